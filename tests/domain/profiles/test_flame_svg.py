"""The picture of a flame graph: well-formed whatever the names are, and as wide as the numbers."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.call_tree import call_tree
from glance.domain.profiles.flame_svg import TENTHS, WIDTH, boxes_of, flame_svg, ink, shortened
from glance.domain.profiles.folded import read_folded
from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import read
from glance.themes import DARK_FRAMES, LIGHT_FRAMES
from tests.domain.profiles.captured import CAPTURES, needs_data
from tests.domain.profiles.made import TYPES, profiles

SVG = "{http://www.w3.org/2000/svg}"


def frames_of(data: bytes) -> dict[str, tuple[float, float, str]]:
    """Left edge, width and whole title of each frame, by name."""
    found = {}
    for group in ET.fromstring(data).iter(f"{SVG}g"):
        title, rect = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        if title is not None and rect is not None:
            text = title.text or ""
            found[text.partition("\n")[0]] = (float(rect.get("x", "")), float(rect.get("width", "")), text)
    return found


def drawn(folded: bytes) -> bytes:
    """A picture of folded stacks."""
    return flame_svg(read_folded(folded).profile, 0, LIGHT_FRAMES)


def test_widths_are_shares():
    found = frames_of(drawn(b"main;b 25\nmain;a 50\nrest 25\n"))
    whole = WIDTH - 20

    assert found["root"][:2] == (0, whole)
    assert found["main"][:2] == (0, whole * 3 / 4)
    assert found["a"][:2] == (0, whole / 2)
    assert found["b"][:2] == (whole / 2, whole / 4)
    assert found["b"][2] == "b\n25 · 25.00% · 25 in itself"


def test_names_are_escaped():
    name = "<script>alert(1)</script>&\"'\x1b[31m\u202e\x00"
    profile = Profile.of(
        [ValueType("cpu", "nanoseconds")], [Sample((Location(lines=(Line(Function(name)),)),), (5_000_000,))]
    )
    data = flame_svg(profile, 0, DARK_FRAMES, title=f"{name}]]>")

    assert b"<script" not in data
    assert b"\x1b" not in data
    (shown,) = [each for each in frames_of(data) if each != "root"]
    assert shown.startswith("<script>alert(1)</script>&\"'␛[31m")
    assert "5ms · 100%" in frames_of(data)[shown][2]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters=";\n\r"), min_size=1, max_size=40), min_size=1, max_size=4))
def test_any_name_is_well_formed(names):
    lines = "".join(f"f{name} {at}\n" for at, name in enumerate(names, 1))

    ET.fromstring(drawn(lines.encode("utf-8", "surrogatepass")))


@settings(max_examples=40, deadline=None)
@given(profiles(TYPES, values=st.integers(-5, 1 << 50)))
def test_edges_are_shared_and_do_not_overlap(profile):
    tree = call_tree(profile, 1)
    boxes = {box.node: box for box in boxes_of(tree, 11800)}

    for box in boxes.values():
        assert 0 <= box.left < box.right <= 11800
        parent = boxes.get(int(tree.parents[box.node])) if box.node else None
        if parent is not None and tree.totals[box.node] <= tree.totals[parent.node]:
            assert parent.left <= box.left
    for depth in {box.depth for box in boxes.values()}:
        row = sorted((box.left, box.right) for box in boxes.values() if box.depth == depth)
        if min(tree.totals) >= 0 and min(tree.own) >= 0:
            assert all(one[1] <= other[0] for one, other in pairwise(row))


@needs_data
@pytest.mark.parametrize("palette", [DARK_FRAMES, LIGHT_FRAMES])
def test_a_real_profile(palette):
    profile = read((CAPTURES / "m123.pb.gz").read_bytes())
    data = flame_svg(profile, 1, palette, title="m123")
    found = frames_of(data)

    assert len(data) < 200_000
    assert b"http" not in data.replace(b"http://www.w3.org/2000/svg", b"").replace(b"net/http", b"")[:600]
    tree = call_tree(profile, 1)
    assert sum(1 for _ in boxes_of(tree, (WIDTH - 20) * TENTHS)) == len(tree)
    assert "main.handleSlow" in found


def test_nothing_is_drawn_of_nothing():
    empty = Profile.of(TYPES, [])

    assert list(frames_of(flame_svg(empty, 0, LIGHT_FRAMES))) == ["root"]


def test_deep_stacks_are_drawn():
    depth = 3000
    data = drawn(b";".join(b"f%d" % at for at in range(depth)) + b" 1\n")

    assert data.count(b"<rect") == depth + 2


@pytest.mark.parametrize(
    ("tenths", "text"), [(2000, "net/http.(*conn).serve"), (1300, "(*conn).serve"), (500, "serve"), (200, "")]
)
def test_names_are_shortened_where_they_say_less(tenths, text):
    assert shortened("net/http.(*conn).serve", tenths) == text


def test_ink_can_be_read():
    assert (ink("#ffffff"), ink("#000000")) == ("black", "white")
