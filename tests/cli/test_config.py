"""What `glance config` prints."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.config import FIELDS, read_config
from glance.paths import DATABASE_NAME, private_dir, state_dir
from glance.store.remembered import Remembered


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file, and a variable, that set something."""
    path = tmp_path / "c.toml"
    path.write_text("# mine\nwindow = '6h'\nformat = '%h \"%r\" %s'\n[keys]\npause = 'ctrl+o'\n")
    monkeypatch.setenv("GLANCE_REFRESH", "2")
    return path


def test_json_says_each_value_and_where_it_came_from(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--config", str(config), "--section_limit", "5", "--output", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    settings = told["settings"]
    assert told["file"] == str(config)
    assert list(FIELDS) == list(settings)
    assert settings["section_limit"] == {"value": 5, "from": "flag", "where": "--section-limit"}
    assert settings["refresh"] == {"value": 2.0, "from": "environment", "where": "GLANCE_REFRESH"}
    assert settings["window"] == {"value": "6h", "from": "file", "where": f"{config}:2"}
    assert settings["keys"] == {"value": {"pause": "ctrl+o"}, "from": "file", "where": f"{config}:4"}
    assert settings["theme"]["from"] == "default"


def test_table_has_a_row_for_each_and_names_the_file(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--config", str(config)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["setting", "value", "from"]
    assert [line.split()[0] for line in lines[1 : 1 + len(FIELDS)]] == list(FIELDS)
    assert lines[-1] == f"file: {config}"


def test_table_says_that_the_usual_file_is_missing(clean_environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 0
    assert capsys.readouterr().out.endswith(f"file: {clean_environment}/.config/glance/config.toml (does not exist)\n")


def test_own_routes_are_printed_as_they_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text('routes = ["^/a = /{a}", "^/b = /{b}"]\n')
    assert main(["config", "--config", str(path), "--output", "toml"]) == 0

    assert tomllib.loads(capsys.readouterr().out) == tomllib.loads(path.read_text())


def test_what_only_the_file_can_say_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    look = 'panels = ["lines"]\nbell = false\n'
    path.write_text(look + '[themes.mine]\nbase = "light"\naccent = "#00f"\n[themes.plain]\n')
    told_of = told(capsys, "--config", str(path), "--theme", "mine")

    assert told_of["panels"] == {"value": ["lines"], "from": "file", "where": f"{path}:1"}
    assert told_of["bell"]["value"] is False
    mine = {"mine": {"base": "light", "accent": "#00f"}, "plain": {"base": "dark"}}
    assert told_of["themes"] == {"value": mine, "from": "file", "where": f"{path}:3"}
    assert told_of["theme"]["value"] == "mine"
    assert main(["config", "--config", str(path), "--output", "toml"]) == 0
    again = tomllib.loads(capsys.readouterr().out)
    assert again == {"panels": ["lines"], "bell": False, "themes": mine}


def test_a_theme_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--theme", "solarized"]) == 2
    assert "expected one of dark, light, cb, ansi-dark, ansi-light, mono, not 'solarized'" in capsys.readouterr().err


def test_toml_is_a_file_that_sets_the_same(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--config", str(config), "--no-follow", "--output", "toml"]) == 0

    out = capsys.readouterr().out
    again = tmp_path / "again.toml"
    again.write_text(out)
    assert {"format", "follow", "window", "refresh", "keys"} == set(tomllib.loads(out))
    assert read_config(again).values == {
        "format": '%h "%r" %s',
        "follow": False,
        "window": "6h",
        "refresh": 2.0,
        "keys": (("pause", "ctrl+o"),),
    }


@pytest.fixture
def remembered() -> str:
    """A database in which the dashboard left its window and theme. Gives its path."""
    path = private_dir(state_dir()) / DATABASE_NAME
    store = Remembered.open(path)
    store.keep("window", "6h")
    store.keep("theme", "glance-light")
    store.keep("sort.paths", "errors")
    store.close()
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict[str, object]]:
    """What `glance config` says of each setting."""
    assert main(["config", "--output", "json", *arguments]) == 0
    settings: dict[str, dict[str, object]] = json.loads(capsys.readouterr().out)["settings"]
    return settings


def test_what_is_remembered_is_told_with_its_place(remembered: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings = told(capsys)

    assert settings["window"] == {"value": "6h", "from": "remembered", "where": remembered}
    assert settings["theme"] == {"value": "light", "from": "remembered", "where": remembered}
    assert settings["refresh"]["from"] == "default"


@pytest.mark.usefixtures("remembered")
def test_what_is_remembered_is_no_line_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Else it would be set for good."""
    assert main(["config", "--output", "toml"]) == 0
    assert tomllib.loads(capsys.readouterr().out) == {}


@pytest.mark.usefixtures("remembered")
def test_whatever_was_said_counts_more(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLANCE_THEME", "mono")
    settings = told(capsys, "--config", str(config))

    assert (settings["window"]["value"], settings["window"]["from"]) == ("6h", "file")
    assert (settings["theme"]["value"], settings["theme"]["from"]) == ("mono", "environment")


def test_values_are_in_the_words_of_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    settings = told(capsys, "--theme", "glance-cb")

    assert settings["theme"]["value"] == "cb"
    assert settings["from"]["value"] == "all"
    assert told(capsys, "--from", "all")["from"]["value"] == "all"
