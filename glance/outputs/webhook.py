"""A webhook: each transition is posted as JSON. One address, no redirects, and a deadline for all of it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from urllib.parse import SplitResult, urlsplit

from glance import __version__
from glance.domain.alerts.event import AlertEvent
from glance.domain.safe_text import safe_text
from glance.errors import ConfigError
from glance.outputs.output import DeliveryError, name_of

DEADLINE_SECONDS = 15.0
MOST_ANSWER_BYTES = 64 << 10
_PASSING = (408, 425, 429)


class Webhook:
    """Posts to one address."""

    is_damped = True

    def __init__(self, url: str, *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        """Post to this address.

        Raises:
            ConfigError: it is none.
        """
        self._parts = _checked(url)
        self._deadline = deadline_seconds
        self.name = name_of("webhook", safe_text(self._parts.hostname or "", 80), url)

    def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
        """Post one event.

        Raises:
            DeliveryError: there was no answer in time, or not one that says that it arrived.
        """
        connection = self._connection()
        late = threading.Event()
        watchdog = threading.Timer(self._deadline, _cut, (connection, late))
        watchdog.daemon = True
        watchdog.start()
        try:
            status, reason = self._post(connection, event)
            if late.is_set():
                raise TimeoutError
        except (OSError, http.client.HTTPException, ValueError) as error:
            is_late = late.is_set() or isinstance(error, TimeoutError)  # whichever of the two noticed it first
            why = f"no answer within {self._deadline:g} s" if is_late else _words(error)
            raise DeliveryError(why) from error
        finally:
            watchdog.cancel()
            connection.close()
        if not 200 <= status < 300:
            is_passing = status >= 500 or status in _PASSING
            raise DeliveryError(f"answered {status} {safe_text(reason, 80)}".rstrip(), is_passing=is_passing)

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._deadline, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._deadline)

    def _post(self, connection: http.client.HTTPConnection, event: AlertEvent) -> tuple[int, str]:
        path = self._parts.path or "/"
        if self._parts.query:
            path += f"?{self._parts.query}"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"glance/{__version__}",
            "Idempotency-Key": event.key.encode("ascii", "backslashreplace").decode(),
            "Connection": "close",
        }
        connection.request("POST", path, event.as_json().encode(), headers)
        answer = connection.getresponse()
        answer.read(MOST_ANSWER_BYTES)
        return answer.status, answer.reason


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """Time is up: whatever the other side does, the call ends now."""
    late.set()
    sock: socket.socket | None = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


_EXAMPLE = "for example: https://example.com/hook"


def _checked(url: str) -> SplitResult:
    """The parts of the address."""
    try:
        parts = urlsplit(url)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ConfigError(
            "cannot understand alert_webhook", str(error), "for example: https://example.com/hook"
        ) from error
    is_clean = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_good or not is_clean:
        raise ConfigError("cannot understand alert_webhook", "it is no http address", _EXAMPLE)
    if parts.username or parts.password:
        raise ConfigError(
            "alert_webhook holds a user name", "it would be sent nowhere", "put a token into the path or the query"
        )
    return parts


def _words(error: Exception) -> str:
    """Why it failed, without the address, which may hold a secret."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"no answer that is HTTP: {type(error).__name__}"
