"""What the face is given to show: it knows nothing of logs, collectors and databases itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is to be about."""

    since: float | None = None
    """Epoch seconds."""
    until: float | None = None
    where: str = ""
    """A filter."""
    top: int = 20


class Answers(Protocol):
    """Who knows. Every method may be called from any thread, and may take a moment."""

    def state(self) -> str:
        """`starting`, `ok` or `failing`."""

    def metrics(self) -> str:
        """All metrics, in the text format of Prometheus."""

    def report(self, asked: Asked) -> Mapping[str, Any]:
        """The figures of a stretch of time, as plain values.

        Raises:
            GlanceError: there is no answer to that.
        """
