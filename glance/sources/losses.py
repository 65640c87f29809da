"""What a source could not hand out: counted for the screen, and kept as gaps for the record."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from glance.domain.logs.gap import Gap, GapReason


class Losses:
    """Everything of one log that was passed over or was gone, over all of its generations."""

    def __init__(self, source: str, clock: Callable[[], float] = time.time) -> None:
        """Nothing was lost yet.

        Args:
            source: absolute path of the log.
            clock: tells the time, in seconds since the epoch.
        """
        self.long_lines_total = 0
        self.skipped_bytes = 0
        self.hole_bytes = 0
        self.lost_bytes = 0
        self._source = source
        self._clock = clock
        self._gaps: list[Gap] = []

    def skipped(self, generation: int, offset: int, size: int, *, is_begin: bool) -> None:
        """Bytes of a line that is too long; `is_begin` when they are its first."""
        self.long_lines_total += is_begin
        self.skipped_bytes += size
        self._add(generation, "line_too_long", offset, size, int(is_begin))

    def hole(self, generation: int, offset: int, size: int) -> None:
        """NUL bytes that were never written stood before a line."""
        self.hole_bytes += size
        self._add(generation, "hole", offset, size)

    def lost(self, generation: int, reason: GapReason, offset: int = -1, size: int = 0) -> None:
        """At least `size` bytes are gone, and maybe more that nobody saw."""
        self.lost_bytes += size
        self._add(generation, reason, offset, size)

    def take(self) -> list[Gap]:
        """The gaps since the last call."""
        taken, self._gaps = self._gaps, []
        return taken

    def _add(self, generation: int, reason: GapReason, offset: int, size: int, lines: int = 0) -> None:
        """One more gap; what goes on where the last one ended is the same gap."""
        last = self._gaps[-1] if self._gaps else None
        if (
            last is not None
            and (last.generation, last.reason) == (generation, reason)
            and not lines
            and 0 <= last.offset == offset - last.bytes
        ):
            self._gaps[-1] = replace(last, bytes=last.bytes + size)
            return
        self._gaps.append(Gap(self._source, generation, self._clock(), reason, offset, size, lines))
