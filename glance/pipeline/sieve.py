"""Sifts history by one filter: newest first, step by step, and then whatever is written next."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import rest
from glance.domain.logs.bucket_head import BucketHead, Cut, Wanted
from glance.domain.logs.filter import Filter
from glance.domain.logs.second_counts import SecondCounts
from glance.domain.logs.series import LogSeries
from glance.domain.scene import Sifting
from glance.domain.window import Window
from glance.errors import StoreError
from glance.pipeline.following import Covered
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.numbering import Numbering
from glance.pipeline.picker import Picked, Picker, Stored
from glance.pipeline.scene_maker import SceneMaker
from glance.store.bucket_codec import encode
from glance.store.column_codec import DamagedError
from glance.store.failure import damaged

THREADS = 2
"""Buckets are unpacked by so many threads; most of that runs beside everything else."""

LEAST_AT_ONCE, MOST_AT_ONCE = 1, 4
"""Buckets that are read together: the first answer comes soon, the last one too."""

GAP_SHARE = 0.125
"""Of the memory, for what leads from a chosen record to its raw line; lines beyond are told by their records."""

NO_GAPS: NDArray[np.uint32] = np.zeros(0, np.uint32)

MOST_STRETCHES = 2000
"""Stretches of which it is known how many records they have, before these are added up."""

SLICE_SECONDS = 0.06
"""What was chosen is counted for so long before it is told how far that came."""

MOST_TRIES = 5
"""How often history is asked anew when its writer has merged what was just looked for."""


class Sieve:
    """One filter, and what it has chosen of history so far."""

    def __init__(
        self,
        history: HistoryThread,
        pool: Executor,
        chosen_by: Filter,
        series: LogSeries,
        *,
        numbering: Numbering,
        counter: Executor,
    ) -> None:
        """Choose nothing yet.

        Args:
            history: what is kept.
            pool: threads to unpack in.
            chosen_by: the filter.
            series: an empty one, for what is chosen; its dictionaries are those of the numbering.
            numbering: of the values of all buckets.
            counter: one thread, in which what is chosen is kept and counted.
        """
        self._history = history
        self._pool = pool
        self.counter = counter
        self._picker = Picker(chosen_by, numbering)
        self._covered: dict[int, Covered] = {}
        self.series = series
        self.maker = SceneMaker(series, is_chosen=True, slice_seconds=SLICE_SECONDS)
        self._seconds: list[SecondCounts] = []
        self._seq = -1
        self._reach: Window | None = None
        """What of history was asked for so far."""
        self._task: asyncio.Task[None] | None = None
        self._failure: StoreError | None = None
        self._done = self._total = 0
        self._gap_bytes = 0
        self._arrived: deque[tuple[Picked, bool]] = deque()
        """What was picked and is not kept yet, and whether more of its log follows."""
        self._news = asyncio.Event()

    @property
    def is_busy(self) -> bool:
        """There is more to be looked at."""
        return self._is_reading or bool(self._arrived)

    @property
    def _is_reading(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def sifting(self) -> Sifting | None:
        """How far it has come."""
        return Sifting(self._done, self._total) if self.is_busy else None

    @property
    def nearly_done(self) -> Sifting:
        """All was looked at, and not all of it is counted."""
        return Sifting(max(0, self._total - 1), self._total)

    def looked_at(self, window: Window) -> int:
        """Records of a window that were looked at."""
        return sum(counts.between(window.start, window.end) for counts in self._seconds)

    async def seek(self, wanted: Wanted, reach: Window) -> None:
        """Begin to look at what is wanted and was not looked at before.

        Args:
            wanted: part of history.
            reach: its span; the end may be infinite.

        Raises:
            StoreError: history cannot be read.
        """
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if self._is_reading and self._covers(reach):
            return
        self.rest()
        await asyncio.get_running_loop().run_in_executor(self.counter, self.keep)
        heads = await self._unseen(wanted, reach)
        if heads:
            self._done, self._total = 0, sum(head.records for head in heads)
            self._task = asyncio.create_task(self._sift(wanted, heads))

    async def wait(self, hurry: asyncio.Event, seconds: float) -> None:
        """Until more was picked, or all was, or so long, or there is something else to do."""
        if not self._is_reading or self._arrived or self._task is None:
            return
        self._news.clear()
        waiting = [asyncio.create_task(event.wait()) for event in (hurry, self._news)]
        await asyncio.wait((self._task, *waiting), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    def rest(self) -> None:
        """Look at no more for now; what was looked at stays, but for what an open page still looks up."""
        self.maker.close()
        if self._task is None:
            return
        if not self._task.done():
            self._task.cancel()
            self._reach = None  # some of it was not looked at
        self._task = None

    def _covers(self, reach: Window) -> bool:
        known = self._reach
        return known is not None and known.start <= reach.start and reach.end <= known.end

    async def _unseen(self, wanted: Wanted, reach: Window) -> list[BucketHead]:
        """The buckets that were not looked at whole, newest first."""
        if self._covers(reach):
            since = self._seq
            self._seq, heads = await self._history.ask(lambda history: history.news(since))
            heads = [head for head in heads if _reaches(head, wanted)]
            heads.sort(key=lambda head: -head.last_ms)
        else:
            heads = await self._history.ask(lambda history: history.heads(wanted))
            self._seq = max((head.seq for head in heads), default=self._seq)
            self._reach = reach
        return [head for head in heads if head.records and self._part_of(head).offset < head.end]

    def _part_of(self, head: BucketHead) -> Cut:
        """How far a bucket was looked at."""
        return self._covered.setdefault(head.generation, Covered()).part_of(head)

    async def _sift(self, wanted: Wanted, heads: list[BucketHead]) -> None:
        """Look at buckets; those that their writer has merged meanwhile are asked for anew."""
        for _ in range(MOST_TRIES):
            try:
                await self._look_at(heads)
            except DamagedError as error:
                self._failure = damaged(self._history.path, str(error))
            except StoreError as error:
                if error.is_passing:
                    self._reach = None
                    heads = await self._unseen(wanted, Window(-math.inf, -math.inf, 1))
                    continue
                self._failure = error
            return

    async def _look_at(self, heads: Sequence[BucketHead]) -> None:
        loop, at_once, next_one = asyncio.get_running_loop(), LEAST_AT_ONCE, 0
        running: deque[tuple[Sequence[BucketHead], asyncio.Future[Picked]]] = deque()
        try:
            while next_one < len(heads) or running:
                while next_one < len(heads) and len(running) <= THREADS:
                    batch = heads[next_one : next_one + at_once]
                    stored = await self._read(batch)
                    running.append((batch, loop.run_in_executor(self._pool, self._picker.pick_all, stored)))
                    next_one, at_once = next_one + len(batch), min(2 * at_once, MOST_AT_ONCE)
                batch, picked = running.popleft()
                self._note(batch, await picked)
        finally:
            for _, picked in running:
                picked.cancel()

    async def _read(self, heads: Sequence[BucketHead]) -> list[Stored]:
        """Buckets as they are stored; of those that were looked at in part, the rest."""
        whole = [head for head in heads if self._part_of(head).offset == head.offset]
        found = await self._history.ask(lambda history: history.stored(whole))
        known = {head.id: bucket for head, bucket in zip(whole, found, strict=True) if bucket is not None}
        return [Stored(head.seq, known[head.id]) if head.id in known else await self._rest_of(head) for head in heads]

    async def _rest_of(self, head: BucketHead) -> Stored:
        bucket = await self._history.ask(lambda history: history.bucket(head))
        taken = self._part_of(head)
        return Stored(-1, encode(bucket if taken.offset == head.offset else rest(bucket, *taken)))

    def _note(self, heads: Sequence[BucketHead], picked: Picked) -> None:
        """Buckets were looked at."""
        self._arrived.append((picked, not all(head.is_sealed for head in heads)))
        for head in heads:
            self._done += head.records - self._part_of(head).records
            self._covered[head.generation].add(head)
        self._news.set()

    def keep(self) -> None:
        """Keep what was picked so far. In the thread that counts it."""
        while self._arrived:
            self._take(*self._arrived[0])
            self._arrived.popleft()  # not before: until then there is more to be looked at

    def _take(self, picked: Picked, grows: bool) -> None:
        """Keep what was chosen of some buckets."""
        for held in picked.chosen:
            self._gap_bytes += held.gaps.nbytes
            if self._gap_bytes > self.series.memory_bytes * GAP_SHARE:
                self.series.take(replace(held, lines=0, gaps=NO_GAPS), grows=grows)
            else:
                self.series.take(held, grows=grows)
        self._seconds += picked.seconds
        if len(self._seconds) > MOST_STRETCHES:
            self._seconds = [SecondCounts.together(self._seconds)]


def _reaches(head: BucketHead, wanted: Wanted) -> bool:
    """Whether a bucket is of a wanted log, and reaches into the span."""
    if wanted.sources and head.source not in wanted.sources:
        return False
    is_early = wanted.start_ms is not None and head.last_ms < wanted.start_ms
    return not is_early and (wanted.end_ms is None or head.first_ms < wanted.end_ms)
