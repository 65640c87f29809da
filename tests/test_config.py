"""What values a setting takes, and how its file is read."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from glance.config import (
    DEFAULTS,
    FIELDS,
    THEMES,
    ConfigFile,
    Settings,
    parse_duration,
    parse_setting,
    read_config,
)
from glance.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    """A configuration file with this text."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("1.5m", 90), ("1h30m", 5400),
     (90, 90), (0.5, 0.5), (" 2H ", 7200), ("0", 0)],
)  # fmt: skip
def test_duration_is_read(text: object, seconds: float) -> None:
    assert seconds == parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "m", "-5m", "5 minutes", "1h30", "inf", "nan", -1, math.inf, math.nan, True, None]
)
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"duration|unit"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("window", "15m", "15m"),
        ("window", "all", "all"),
        ("window", "10", "1m"),
        ("window", "50m", "1h"),
        ("window", 86400 * 30, "24h"),
        ("from", "START", "start"),
        ("from", "20m", "20m"),
        ("from", 900, "900"),
        ("alertwindow", 2, 2.0),
        ("alertwindow", "90s", 1.5),
        ("alert_threshold", "0.5", 0.5),
        ("section_limit", "8", 8),
        ("follow", "off", False),
        ("refresh", 2, 2.0),
        ("theme", "Light", "glance-light"),
        ("keys", {"pause": "p"}, (("pause", "p"),)),
        ("routes", ["^/a = b = /c", "x = /y"], (("^/a = b", "/c"), ("x", "/y"))),
    ],
)
def test_value_is_read_and_reads_itself_again(key: str, given: object, value: object) -> None:
    once = parse_setting(key, given)

    assert value == once
    assert value == parse_setting(key, once)


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("window", "2 weeks ago"),
        ("from", "middle"),
        ("alertwindow", 0),
        ("alertwindow", "x"),
        ("alert_threshold", -1),
        ("alert_threshold", "nan"),
        ("section_limit", 0),
        ("section_limit", 1.5),
        ("section_limit", True),
        ("refresh", 0),
        ("follow", "maybe"),
        ("memory", "1GB"),
        ("theme", ""),
        ("theme", 3),
        ("routes", "^/a = /b"),
        ("routes", ["^/a"]),
        ("routes", ["^/a = "]),
        ("routes", ["( = /b"]),
        ("routes", [1]),
        ("keys", "p"),
        ("keys", {"pause": 3}),
    ],
)
def test_impossible_value_is_refused_in_words(key: str, given: object) -> None:
    with pytest.raises(ValueError, match=r"expected|must be"):
        parse_setting(key, given)


def test_every_default_is_a_value_that_may_be_written() -> None:
    again = {field: parse_setting(key, getattr(DEFAULTS, field)) for key, field in FIELDS.items()}

    assert Settings(**again) == DEFAULTS  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        (Settings(), math.inf),
        (Settings(window="1m"), math.inf),
        (Settings(start="end"), 0),
        (Settings(start="start"), math.inf),
        (Settings(start="1d", window="1m"), 86400),
    ],
)
def test_all_of_the_past_is_read_unless_told(settings: Settings, seconds: float) -> None:
    assert seconds == settings.back_seconds


@pytest.mark.parametrize(
    ("given", "panels"),
    [(["lines", "paths"], ("lines", "paths")), ("lines, paths traffic", ("lines", "paths", "traffic"))],
)
def test_panels_are_read_in_their_order(given: object, panels: tuple[str, ...]) -> None:
    assert parse_setting("panels", given) == panels


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["trafic"], "there is no panel 'trafic'; there are traffic, sections, paths, clients, status, alerts, lines"),
        (["lines", "lines"], "the panel 'lines' is there twice"),
        ([], "expected a list of some of traffic"),
        ("", "expected a list"),
        (3, "expected a list"),
        ([3], "there is no panel 3"),
        ({"paths": True}, "expected a list"),
    ],
)
def test_impossible_panels_are_told_with_the_choices(given: object, words: str) -> None:
    with pytest.raises(ValueError, match=r"panel|expected") as caught:
        parse_setting("panels", given)
    assert words in str(caught.value)


def test_panels_are_those_that_there_are() -> None:
    commands = pytest.importorskip("glance.commands.every")

    assert DEFAULTS.panels == commands.PANELS


def test_themes_are_those_that_there_are() -> None:
    themes = pytest.importorskip("glance.themes")

    assert tuple(themes.PALETTES) == THEMES


def test_minutes_of_the_alert_are_seconds_inside() -> None:
    assert Settings(alert_window_minutes=2).alert_window_seconds == 120


def test_missing_file_sets_nothing(tmp_path: Path) -> None:
    assert ConfigFile(tmp_path / "none.toml") == read_config(tmp_path / "none.toml")


def test_file_gives_values_with_their_lines(tmp_path: Path) -> None:
    path = written(tmp_path, '# mine\nwindow = "1h"\nalert-threshold = 30\n\ntimewindow = 10\n[keys]\npause = "p"\n')

    found = read_config(path)

    assert found.exists
    assert found.values == {"window": "1m", "alert_threshold": 30.0, "keys": (("pause", "p"),)}
    assert found.lines == {"window": 5, "alert_threshold": 3, "keys": 6}


def test_home_is_understood_in_a_path(tmp_path: Path, clean_environment: Path) -> None:
    found = read_config(written(tmp_path, 'file = "~/access.log"'))

    assert found.values == {"file": str(clean_environment / "access.log")}


@pytest.mark.parametrize(
    ("text", "what", "why", "hint"),
    [
        (
            "refresh = 2\ntheem = 'x'",
            "unknown setting `theem` in {path}, line 2",
            "no setting",
            "did you mean `theme`?",
        ),
        ("alert-treshold = 1", "unknown setting `alert-treshold`", "", "did you mean `alert_threshold`?"),
        ("zzz = 1", "unknown setting `zzz`", "", "the settings are format, from"),
        ("window = 'soon'", "bad value for `window` in {path}, line 1", "expected one of 1m, 5m", "correct it"),
        ("section_limit = 0", "bad value for `section_limit`", "whole number from 1|number from 1", "correct it"),
        ("window = ]", "the configuration {path} is not TOML", "line 1", "name = value"),
        ("[window]\na = 1", "bad value for `window`", "expected one of", ""),
        pytest.param("a = " + "[" * 5000, "the configuration {path} is not TOML", "recursion", "", id="deep"),
        pytest.param(f"a = {'9' * 6000}", "the configuration {path} is not TOML", "digits", "", id="long"),
    ],
)
def test_mistake_in_the_file_is_told_in_three_parts(tmp_path: Path, text: str, what: str, why: str, hint: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(ConfigError) as caught:
        read_config(path)

    assert what.format(path=path) in caught.value.what
    assert any(part in caught.value.why for part in why.split("|"))
    assert hint in caught.value.hint
    assert caught.value.exit_code == 3


def test_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no configuration file"):
        read_config(tmp_path / "none.toml", must_exist=True)


def test_directory_and_other_encodings_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'theme = "caf\xe9"')

    with pytest.raises(ConfigError, match="cannot read"):
        read_config(tmp_path)
    with pytest.raises(ConfigError) as caught:
        read_config(latin)
    assert caught.value.why == "byte 12 is not UTF-8"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.chmod(0)

    with pytest.raises(ConfigError, match="cannot read"):
        read_config(path)


def test_names_of_commands_need_no_quotes(tmp_path: Path) -> None:
    """TOML makes a table of what stands before a dot."""
    path = tmp_path / "c.toml"
    path.write_text('[keys]\nwindow.longer = "p"\npause = "o"\n"window.shorter" = "i"\n')

    assert read_config(path).values["keys"] == (("window.longer", "p"), ("pause", "o"), ("window.shorter", "i"))
