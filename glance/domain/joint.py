"""From traffic to code: what was pointed at when somebody asked for the code behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glance.domain.interval import Interval

QUIET = "\0quiet"
"""What a page of profiles is compared with by name, where that is the time before the one that was pointed at."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A stretch of traffic, and a route of it."""

    interval: Interval | None = None
    """Which time; None is the window that is looked at, wherever that moves."""
    route: str = ""
    """As the log has it; empty is all of them."""
    alert: str = ""
    """The rule that fired then; empty where it was no alert."""


WHOLE = Joint()
"""Nothing was pointed at: all of the window."""


def quiet_before(start: float, end: float) -> tuple[float, float] | None:
    """The stretch of the same length before another; None where there is none, since that begins with everything."""
    if not (math.isfinite(start) and math.isfinite(end)) or end <= start:
        return None
    return start - (end - start), start
