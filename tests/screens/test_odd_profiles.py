"""Profiles that hardly are some: the page of profiles stands whatever is done on it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from glance.cli.profile import profile as verb
from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto_writer import written
from tests.screens.test_sample_page import watched

CPU = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
EVERYTHING = (
    "down", "down", "enter", "escape", "tab", "down", "enter", "tab", "down", "tab", "down", "tab",
    "i", "i", "i", "w", "w", "o", "u", "b", "B", "s", "R", "R", "c",
    "y", "H", "slash", "a", "enter", "n", "N", "escape", "right", "left", "pagedown", "pageup", "G", "g",
)  # fmt: skip
SOME = ("down", "down", "enter", "i", "w", "o", "c", "s", "tab", "down", "u", "H", "slash", "a", "enter", "n")


def stacks(*samples: tuple[str, tuple[int, ...]], types=CPU) -> Profile:
    """A profile of stacks as they are written, and their values."""
    places: dict[str, Location] = {}
    for stack, _ in samples:
        for name in stack.split(";"):
            places.setdefault(name, Location(lines=(Line(Function(name)),), address=len(places) + 1))
    return Profile.of(
        types,
        [Sample(tuple(places[name] for name in reversed(stack.split(";"))), values) for stack, values in samples],
    )


LONG = "example.com/" + "x" * 65_536
PROFILES = {
    "empty": stacks(),
    "one-sample": stacks(("main;f", (1, 10_000_000))),
    "all-zeros": stacks(("main;f", (0, 0)), ("main;g", (0, 0))),
    "negative": stacks(("main;f", (-3, -30)), ("main;g", (2, 20)), ("other", (-1, 5))),
    "one-value": stacks(("main;f", (3,)), ("main;g", (4,)), types=CPU[:1]),
    "long-names": stacks((f"main;{LONG}.a;{LONG}.b", (1, 10)), (f"main;{LONG}.c", (2, 20))),
    "deep": stacks((";".join(f"f{number}" for number in range(2_000)), (1, 10)), ("f0;f1;g", (1, 10))),
    "deep-in-itself": stacks((";".join(["f"] * 2_000), (1, 10))),
    "huge-values": stacks(("main;f", (1, (1 << 63) - 1)), ("main;g", (1, (1 << 63) - 1))),
}


@pytest.fixture(params=list(PROFILES))
def path(request, tmp_path):
    path = tmp_path / f"{request.param}.pb.gz"
    path.write_bytes(written(PROFILES[request.param]))
    return path


async def test_the_page_stands(path):
    async with watched(path, size=(120, 35)) as on:
        keys = EVERYTHING if path.name.partition(".")[0] in ("empty", "deep", "long-names") else SOME
        for at in range(0, len(keys), 8):
            await on.on.press(*keys[at : at + 8])
            await on.answer()
            assert on.on.screen_text.strip()
        assert not on.on.app.return_code
        for _ in range(9):  # where there is nothing to draw, some of the keys lead elsewhere
            await on.on.press("escape")
        assert on.on.overview.wish.zoomed == ""


@pytest.mark.parametrize("name", ["empty", "all-zeros"])
async def test_without_anything_to_draw_it_says_so(name, tmp_path):
    path = tmp_path / "cpu.pb.gz"
    path.write_bytes(written(PROFILES[name]))
    async with watched(path, size=(80, 24)) as on:
        assert "nothing was counted" in on.on.text("profile") or "no samples" in on.on.text("profile")


def test_so_does_the_report(path):
    done = CliRunner().invoke(verb, ["top", str(path)])

    assert done.exception is None or done.exit_code in (0, 1), done.output
