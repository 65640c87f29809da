"""Notification services by their apprise addresses; needs the extra `notify`."""

from __future__ import annotations

from typing import Any

from glance.domain.alerts.event import AlertEvent
from glance.domain.safe_text import safe_text
from glance.errors import ConfigError
from glance.outputs.output import DeliveryError, name_of


class Apprise:
    """One address, such as `mailto://…` or `ntfy://topic`."""

    is_damped = True

    def __init__(self, url: str) -> None:
        """Notify this address.

        Raises:
            ConfigError: apprise is not installed, or knows no such address.
        """
        self._library = _library()
        self._service: Any = self._library.Apprise()
        if not self._service.add(url):
            raise ConfigError(
                "alert_notify is no address that apprise knows", "", "see the list of services of apprise"
            )
        self.name = name_of("notify", safe_text(url.partition(":")[0], 40), url)

    def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
        """Send one notification.

        Raises:
            DeliveryError: the service did not take it.
        """
        types = self._library.NotifyType
        kind = types.SUCCESS if event.status == "resolved" else types.FAILURE
        if event.status == "firing" and event.severity != "critical":
            kind = types.WARNING
        if not self._service.notify(title=title(event), body=body(event), notify_type=kind, body_format="text"):
            raise DeliveryError("the service did not take it")


def title(event: AlertEvent) -> str:
    """A line that says which alert does what."""
    return safe_text(f"{event.rule} {event.status}{' (flapping)' if event.is_flapping else ''}")


def body(event: AlertEvent) -> str:
    """The message, the rule and the top paths."""
    paths = [f"{hits} × {safe_text(path, 120)}" for path, hits in event.evidence.paths]
    return "\n".join([safe_text(event.message), safe_text(event.words), *paths])


def _library() -> Any:
    try:
        import apprise  # an extra: most do without
    except ImportError as error:
        raise ConfigError(
            "alert_notify needs apprise", "it is not installed", 'install it: pip install "glance-tui[notify]"'
        ) from error
    return apprise
