"""Glance with its clock set, so that a picture shows the same moment whenever it is made.

`python -m tests.pictures.program EPOCH WORDS...` is `glance WORDS...`, begun at that moment.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def clock_from(at: float) -> Callable[[], float]:
    """A clock that is first looked at at this moment, and goes on from there."""
    monotonic = time.monotonic
    began: float | None = None

    def now() -> float:
        nonlocal began
        if began is None:
            began = monotonic()
            return at
        return at + monotonic() - began

    return now


def main() -> int:
    """Set the clock, then be glance."""
    time.time = clock_from(float(sys.argv[1]))
    sys.argv[1:] = sys.argv[2:]

    from glance.cli.main import main as glance  # not before the clock is set

    return glance()


if __name__ == "__main__":
    sys.exit(main())
