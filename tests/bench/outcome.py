"""What a measurement gave, beside what it should give."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Samples:
    """The same thing measured several times."""

    values: tuple[float, ...]

    @property
    def best(self) -> float:
        """The least disturbed of them: the smallest."""
        return min(self.values)

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.values)

    def words(self, unit: Callable[[float], str]) -> str:
        """`1.31 s (median 1.35 s, 1.31 s..1.50 s, 3 runs)`."""
        if len(self.values) == 1:
            return f"{unit(self.best)} (1 run)"
        return (
            f"{unit(self.best)} (median {unit(self.median)}, "
            f"{unit(self.best)}..{unit(max(self.values))}, {len(self.values)} runs)"
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the table."""

    what: str
    target: str
    measured: str
    noise: str
    """Least and greatest of what was measured."""
    is_met: bool | None
    """None when it could not be measured, and `measured` says why, or when it was too small to be judged."""
    facts: dict[str, object] = field(default_factory=dict)
    """Figures behind it, for `--json`."""

    @property
    def verdict(self) -> str:
        """In a word."""
        return {True: "pass", False: "FAIL", None: "-"}[self.is_met]


def missing(what: str, target: str, program: str) -> Outcome:
    """The line of a measurement whose peer is not installed."""
    return Outcome(what, target, f"{program} is not installed", "", None)


def table(outcomes: Sequence[Outcome]) -> str:
    """All lines as a table in Markdown."""
    rows = [("what", "to reach", "measured", "noise", ""), ("---",) * 5]
    rows += [(each.what, each.target, each.measured, each.noise, each.verdict) for each in outcomes]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def seconds_text(value: float) -> str:
    """`1.31 s`, or `84 ms` below a second."""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def percent_text(value: float) -> str:
    """A share of one core: `3.1 %`."""
    return f"{value * 100:.1f} %"


def megabytes_text(value: float) -> str:
    """Bytes in units of 1024 × 1024: `143 MB`."""
    return f"{value / (1 << 20):.0f} MB"


def ratio_text(value: float) -> str:
    """`11.3 ×`."""
    return f"{value:.1f} ×"
