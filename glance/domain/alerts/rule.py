"""What is watched, and when it is too much."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrafficRule:
    """Fires while the average over the whole window is strictly above the threshold."""

    threshold: float = 10.0
    """Requests per second."""
    window_seconds: int = 120

    name = "traffic"

    @property
    def words(self) -> str:
        """The rule for a person."""
        return f"more than {self.threshold:g} requests/s on average over {_span(self.window_seconds)}"


def _span(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
