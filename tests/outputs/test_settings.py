"""Outputs out of the settings, and what they refuse."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from glance.config import Settings, read_config
from glance.errors import ConfigError
from glance.outputs.settings import outputs_of


def test_every_setting_makes_its_outputs(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        'alert_path = "alert.log"\nalert_command = ["notify-send", "an alert"]\n'
        'alert_webhook = ["http://127.0.0.1/a", "http://127.0.0.1/b", "http://127.0.0.1/a"]\n'
    )
    values = read_config(file).values
    names = [output.name for output in outputs_of(Settings(**values))]  # type: ignore[arg-type]

    assert [name.split(" #")[0] for name in names] == [
        f"file {Path('alert.log').absolute()}",
        "command notify-send",
        "webhook 127.0.0.1",
        "webhook 127.0.0.1",
    ]


def test_without_settings_there_is_no_output() -> None:
    assert outputs_of(Settings()) == ()


@pytest.mark.skipif(importlib.util.find_spec("apprise") is not None, reason="apprise is installed")
def test_notify_without_its_extra_says_what_to_install() -> None:
    with pytest.raises(ConfigError) as caught:
        outputs_of(Settings(alert_notify="json://127.0.0.1"))

    assert "notify" in caught.value.hint
