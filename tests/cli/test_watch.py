"""What the dashboard starts with: what was said now, else what was remembered, else the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.cli import watch as watch_module
from glance.cli.demo import demo
from glance.cli.main import main
from glance.cli.watch import chosen_of, screen_settings, watch
from glance.config import ConfigFile, Settings


@pytest.mark.parametrize(
    ("given", "known", "expected"),
    [
        (frozenset(), {}, ("15m", "glance-dark", 0)),
        (frozenset(), {"window": "1h", "theme": "glance-light"}, ("1h", "glance-light", 0)),
        (frozenset({"window", "theme"}), {"window": "1h", "theme": "glance-light"}, ("15m", "glance-dark", 0)),
        (frozenset({"section_limit"}), {}, ("15m", "glance-dark", 8)),
    ],
    ids=["nothing", "remembered", "said", "sections"],
)
def test_what_is_said_now_counts_more_than_what_is_remembered(
    given: frozenset[str], known: dict[str, str], expected: tuple[str, str, int]
) -> None:
    screen = screen_settings(Settings(), ("a.log",), known, given)

    assert (screen.window, screen.theme, screen.section_limit) == expected


def test_orders_of_tables_are_remembered() -> None:
    screen = screen_settings(Settings(), ("a.log",), {"sort.paths": "errors", "window": "1h"}, frozenset())

    assert screen.sorts == (("paths", "errors"),)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """What the dashboard was told to have been said; it is not opened."""
    seen: list[frozenset[str]] = []

    def open_nothing(_paths: object, _settings: Settings, said: frozenset[str]) -> int:
        seen.append(said)
        return 0

    monkeypatch.setattr(watch_module, "open_dashboard", open_nothing)
    monkeypatch.setattr(watch_module, "has_screen", lambda: True)
    monkeypatch.setattr("glance.cli.demo.has_terminal", lambda: True)
    return seen


@pytest.mark.parametrize("verb", ["watch", "demo"])
def test_every_option_that_is_said_reaches_the_dashboard(given: list[frozenset[str]], verb: str) -> None:
    """`--section-limit 3` limits, `--window 1h` is looked at whatever was remembered."""
    line = ["--section-limit", "3", "--window", "1h"]
    command, more = (watch, ["a.log"]) if verb == "watch" else (demo, ["--seconds", "1"])
    with command.make_context(verb, [*line, *more], obj=ConfigFile(Path("none.toml"))) as ctx:
        command.invoke(ctx)

    assert given == [frozenset({"section_limit", "window"})]


def test_names_of_logs_do_not_command_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file can be called anything."""
    monkeypatch.setattr("click.prompt", lambda *_given, **_named: 1)

    assert chosen_of(["/var/log/\x1b]52;c;eA==\x07.log"]) == "/var/log/\x1b]52;c;eA==\x07.log"
    chosen_of(["/a\x1b[2J", "/b"])

    assert "\x1b" not in capfd.readouterr().err


@pytest.mark.parametrize("line", [["a.log"], ["demo", "--seconds", "1"]], ids=["watch", "demo"])
@pytest.mark.parametrize("place", ["environment", "file"])
def test_environment_and_file_count_more_than_what_is_remembered(
    given: list[frozenset[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: list[str], place: str
) -> None:
    if place == "environment":
        monkeypatch.setenv("GLANCE_WINDOW", "1h")
        monkeypatch.setenv("GLANCE_THEME", "light")
    else:
        (tmp_path / "c.toml").write_text("window = '1h'\ntheme = 'light'\n")
        monkeypatch.setenv("GLANCE_CONFIG", str(tmp_path / "c.toml"))

    assert main(line) == 0
    assert given == [frozenset({"window", "theme"})]
