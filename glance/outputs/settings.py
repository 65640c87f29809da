"""The outputs that the settings ask for."""

from __future__ import annotations

from pathlib import Path

from glance.config import Settings
from glance.outputs.alert_file import AlertFile
from glance.outputs.command import Command
from glance.outputs.output import Output
from glance.outputs.webhook import Webhook


def outputs_of(settings: Settings) -> tuple[Output, ...]:
    """Every output, each once.

    Raises:
        ConfigError: one cannot be what the settings say.
    """
    found: list[Output] = []
    if settings.alert_path:
        found.append(AlertFile(Path(settings.alert_path).absolute()))
    if settings.alert_command:
        found.append(Command(settings.alert_command))
    found += [Webhook(url) for url in settings.alert_webhook.split()]
    if settings.alert_notify:
        from glance.outputs.apprise import Apprise  # an extra: most do without

        found += [Apprise(url) for url in settings.alert_notify.split()]
    return tuple({output.name: output for output in found}.values())
