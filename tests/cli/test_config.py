"""What `glance config` prints."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.config import FIELDS, read_config


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file, and a variable, that set something."""
    path = tmp_path / "c.toml"
    path.write_text("# mine\nwindow = '6h'\nformat = '%h \"%r\" %s'\n[keys]\npause = 'ctrl+p'\n")
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
    assert settings["keys"] == {"value": {"pause": "ctrl+p"}, "from": "file", "where": f"{config}:4"}
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
        "keys": (("pause", "ctrl+p"),),
    }
