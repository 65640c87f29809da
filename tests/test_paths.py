"""Where glance keeps its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.paths import config_file, private_dir, state_dir


def test_files_live_below_home_when_nothing_else_is_said(clean_environment: Path) -> None:
    home = clean_environment

    assert home / ".config/glance/config.toml" == config_file()
    assert home / ".local/state/glance" == state_dir()


def test_xdg_variables_move_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG_HOME", "STATE_HOME"):
        monkeypatch.setenv(f"XDG_{name}", str(tmp_path / name))

    assert tmp_path / "CONFIG_HOME/glance/config.toml" == config_file()
    assert tmp_path / "STATE_HOME/glance" == state_dir()


def test_relative_xdg_variables_are_ignored_as_the_specification_says(
    monkeypatch: pytest.MonkeyPatch, clean_environment: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "here")

    assert clean_environment / ".config/glance/config.toml" == config_file()


def test_private_directory_is_closed_to_others_and_may_stand_already(tmp_path: Path) -> None:
    made = private_dir(tmp_path / "a" / "b")

    assert private_dir(made).is_dir()
    assert made.stat().st_mode & 0o777 == 0o700
