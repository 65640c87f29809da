"""A line of a log as a screen shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogLine:
    """One raw line with what was understood of it."""

    text: str
    source: str = ""
    at: float | None = None
    client: str = ""
    method: str = ""
    target: str = ""
    status: int | None = None
    size: int | None = None
    seconds: float | None = None
