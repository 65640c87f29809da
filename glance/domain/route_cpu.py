"""What a request of a route costs in processor time, as the table of paths shows it."""

from __future__ import annotations

from dataclasses import dataclass

ROUGH = 0.5
"""From this error on a figure is but a hint."""


@dataclass(frozen=True, slots=True)
class RouteCpu:
    """One route."""

    name: str
    """As the table has it."""
    seconds: float
    """Processor time of one request, while profiles were taken."""
    error: float | None = None
    """As a share of it: two standard deviations of so many samples; None where nobody can tell."""

    @property
    def is_rough(self) -> bool:
        """It is of few samples."""
        return self.error is None or self.error >= ROUGH
