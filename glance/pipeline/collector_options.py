"""What the collector needs to know: how often, how far back, how much."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glance.domain.logs.route import BUILT_IN, Routes


@dataclass(frozen=True, slots=True)
class CollectorOptions:
    """What the collector needs to know."""

    refresh_seconds: float = 1.0
    memory_bytes: int = 256 << 20
    routes: Routes = BUILT_IN
    back_seconds: float = math.inf
    """How far back logs are read; 0 is not at all."""
    follow: bool = True
    waits_for_history: bool = False
    """Read no further while history takes nothing; else go on in memory, and keep no more of it."""
