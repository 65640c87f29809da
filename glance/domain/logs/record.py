"""One request as an access log tells it."""

from __future__ import annotations

from typing import NamedTuple


class LogRecord(NamedTuple):
    """One line, understood. Text is raw bytes of the line; `b""` where the line says nothing (`-`)."""

    at_ms: int
    """Milliseconds since the epoch."""
    client: bytes = b""
    user: bytes = b""
    method: bytes = b""
    path: bytes = b""
    """The request target up to `?`, as it stands in the line."""
    protocol: bytes = b""
    status: bytes = b""
    referrer: bytes = b""
    agent: bytes = b""
    host: bytes = b""
    upstream: bytes = b""
    """The server behind the one that writes the log: whom it asked last."""
    size: int = -1
    """Bytes sent; -1 where the line says nothing."""
    seconds: float = -1.0
    """Latency; -1 where the line says nothing."""


TEXT_FIELDS = (
    "client", "user", "method", "path", "protocol", "status", "referrer", "agent", "host", "upstream",
)  # fmt: skip
"""The fields of a record that are text, in the order in which a bucket keeps them; what comes later is appended."""


def section(path: bytes) -> bytes:
    """What stands before the second `/` of a path: `/pages/create` → `/pages`.

    Scheme and host of an absolute target are left out, and so is the query; case is kept.
    A path of one part is its own section; no path has no section.
    """
    target = path.split(b"?", 1)[0].split(b"#", 1)[0]
    if not target.startswith(b"/"):
        scheme = target.find(b"://")
        if scheme < 0:
            return target
        slash = target.find(b"/", scheme + 3)
        target = target[slash:] if slash >= 0 else b"/"
    end = target.find(b"/", 1)
    return target if end < 0 else target[:end]
