"""Joins the polls that a person chooses on the page of profiles: exactly those."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace

from glance.domain.flame_board import FlameWish, ProfileNote
from glance.domain.page import PageWish
from glance.domain.profiles.poll_line import PollLine, PollStep, polls_words
from glance.pipeline.poll_board import Pick, Picked, PollBoard
from glance.pipeline.poll_keeper import PollKeeper

GONE = "these polls are kept no longer"


class PollBrush:
    """Asks who keeps polls, in the collector's thread, for one choice after the other."""

    def __init__(self, keeper: PollKeeper, board: PollBoard) -> None:
        """Join nothing yet.

        Args:
            keeper: has the polls.
            board: is told what they are.
        """
        self._keeper = keeper
        self._board = board
        self._joining: asyncio.Task[None] | None = None

    def look(self, page: PageWish | None) -> None:
        """Somebody looks at this page."""
        task = self._joining
        if task is not None and task.done():
            task.result()  # a bug is not hidden
            self._joining = None
        if self._joining is None and isinstance(page, FlameWish) and (missing := self._board.missing(page)):
            self._joining = asyncio.get_running_loop().create_task(self._join(missing))

    async def _join(self, picks: Sequence[Pick]) -> None:
        for pick in picks:
            self._board.hold(pick, await self._picked(*pick))

    async def _picked(self, name: str, numbers: tuple[int, ...]) -> Picked:
        target, _, kind = name.rpartition(" ")
        found = await self._keeper.chosen(target, kind, numbers)
        if found is None:
            return Picked(ProfileNote(name, "failed", note=GONE), None)
        steps = [PollStep(head.number, head.start, head.end) for head in found.heads]
        words = f"{name}, {polls_words(steps)}"
        left = len(numbers) - len(steps)
        note = ProfileNote(words, "ready", found.end, found.profile.duration_nanos / 1e9, len(found.profile), 1.0)
        if left:
            note = replace(note, note=f"{left:,} more are left out: {'too many at once' if found.is_partial else GONE}")
        return Picked(note, found.profile)

    async def draw(self, keys: Sequence[tuple[str, str]], start: float, end: float, now: float) -> None:
        """Draw the lines of targets and kinds anew."""
        for target, kind in keys:
            line = await self._keeper.line(target, kind, start, end)
            if line is not None:
                self._board.draw(bounded(line, now))

    async def close(self) -> None:
        """Nobody looks any more."""
        if self._joining is not None:
            self._joining.cancel()
            await asyncio.wait([self._joining])
            self._joining = None


def bounded(line: PollLine, now: float) -> PollLine:
    """The same with both ends at a moment, begun where the first poll is: what is before that says nothing."""
    end = line.end if math.isfinite(line.end) else now
    first = line.steps[0].start if line.steps else -math.inf
    start = max(first, line.start)
    start = start if math.isfinite(start) else end
    return replace(line, start=start, end=max(end, start + 1.0))
