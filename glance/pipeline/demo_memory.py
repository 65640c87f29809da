"""Memory that the demo's service keeps, by the stack that keeps it.

The service says itself what it keeps and lets go, as an allocator does. Python's own counting of all memory would make
it twenty times as slow.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from glance.pipeline.demo_profiler import SERVING, Stack, frames_of, maker_of, row_of


class Kept:
    """What is kept."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._objects: Counter[Stack] = Counter()
        self._bytes: Counter[Stack] = Counter()

    def keep(self, thing: object) -> Stack:
        """Something is kept by whoever calls; returns by whom."""
        stack = SERVING.route, frames_of(sys._getframe(1))  # noqa: SLF001 - the caller
        self._objects[stack] += 1
        self._bytes[stack] += sys.getsizeof(thing)
        return stack

    def let_go(self, thing: object, stack: Stack) -> None:
        """It is kept no more."""
        self._objects[stack] -= 1
        self._bytes[stack] -= sys.getsizeof(thing)

    def profile(self) -> bytes:
        """All of it, as pprof has it."""
        maker, kinds = maker_of(("inuse_objects", "count"), ("inuse_space", "bytes"))
        from glance.domain.profiles.proto_writer import written  # numpy: not before somebody asks

        sizes = self._bytes.copy()
        for stack, count in self._objects.copy().items():
            maker.add(row_of(maker, stack[1], stack[0]), count, sizes[stack])
        return written(maker.profile(time_nanos=time.time_ns(), period_type=kinds[1], period=1))
