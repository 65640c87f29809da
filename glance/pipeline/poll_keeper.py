"""Makes profiles of what was polled, and keeps them; in a thread of its own, so that a large one stops nobody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from glance.domain.profiles.delta import Delta, delta, joined
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.poll import CUMULATIVE, KindName, Poll
from glance.domain.profiles.poll_line import PollLine
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read, read_all
from glance.domain.profiles.proto_writer import written
from glance.errors import StoreError
from glance.pipeline.poll_totals import PollTotals
from glance.store.profile_table import KeptPoll, KeptTarget, ProfileTable

logger = logging.getLogger(__name__)

T = TypeVar("T")

WIRE_BYTES = 32 << 20
"""Of one answer, at most: what is polled every minute is no place for more."""

POLL_LIMITS = Limits(packed_bytes=WIRE_BYTES, unpacked_bytes=128 << 20, messages=2_000_000, frames=10_000_000)

RESTARTED = "the target was started anew"
MEMORY_BYTES = 32 << 20
"""Of the ring where there is no database, packed."""

JOINED_POLLS = 1000
"""Of one window, at most: of more, the newest."""

JOINED_BYTES = 16 << 20
"""Likewise, packed."""

TIDY_POLLS = 20
"""From one look at the bounds of the ring to the next."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a poll brought."""

    poll: Poll | None
    """None when it only said where counting begins."""
    samples: int
    is_restarted: bool = False
    size_bytes: int = 0
    """As it is kept."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Polls of one window as one profile."""

    profile: Profile
    polls: int
    start: float
    """Epoch seconds, of the oldest of them."""
    end: float
    is_partial: bool = False
    """There were more than are joined at once."""
    heads: tuple[KeptPoll, ...] = ()
    """Those that were joined, oldest first."""


@dataclass(frozen=True, slots=True)
class Before:
    """The last poll of a cumulative kind."""

    profile: Profile
    at: float


class PollKeeper:
    """The thread that understands and keeps polls."""

    def __init__(self, plan: PollPlan, database: Path | None, most_bytes: int, *, is_reader: bool = False) -> None:
        """Open nothing yet.

        Args:
            plan: what is kept.
            database: where; None keeps some in memory, until it ends.
            most_bytes: room of the ring.
            is_reader: nothing is polled, only looked up.
        """
        self._plan = plan
        self._database = database
        self._most_bytes = most_bytes if database is not None else min(most_bytes, MEMORY_BYTES)
        self._is_reader = is_reader
        self._table: ProfileTable | None = None
        self._before: dict[tuple[str, str], Before] = {}
        self._until_tidy = 0
        self._totals = PollTotals(POLL_LIMITS)
        self._thread = ThreadPoolExecutor(1, "profiles")
        self.trouble = ""
        """Why profiles are not kept; empty when all is well."""

    async def take(self, target: str, kind: KindName, data: bytes, start: float, end: float) -> Taken:
        """Understand and keep an answer.

        Args:
            target: its name.
            kind: what was asked for.
            data: the answer.
            start: when the request was made, epoch seconds.
            end: when the answer was there.

        Raises:
            ProfileError: it is no profile, or too large.
        """
        return await self._ask(lambda: self._take(target, kind, data, start, end))

    async def _ask(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _asked(self, work: Callable[[], T]) -> T | None:
        """What is found in what is kept; None where it cannot be read, and it is told why."""
        try:
            return await self._ask(work)
        except StoreError as error:
            self._fail(error)
            return None

    def _take(self, target: str, kind: KindName, data: bytes, start: float, end: float) -> Taken:
        profile = read(data, limits=POLL_LIMITS)
        if kind not in CUMULATIVE:
            span = (start, end) if kind == "cpu" else (end, end)
            return self._kept(Poll(target, kind, *span, profile), data, len(profile))
        before = self._before.get((target, kind))
        gained = delta(profile, None if before is None else before.profile)
        self._before[target, kind] = Before(profile, end)
        if before is None and kind != "allocs":  # of memory there is something to see at once: what is in use
            return Taken(None, len(profile))
        poll = self._gain(target, kind, gained, end if before is None else before.at, end)
        return self._kept(poll, None, len(profile), is_restarted=gained.is_restarted)

    @staticmethod
    def _gain(target: str, kind: KindName, gained: Delta, start: float, end: float) -> Poll:
        return Poll(target, kind, start, end, gained.profile, RESTARTED if gained.is_restarted else "")

    def _kept(self, poll: Poll, data: bytes | None, samples: int, *, is_restarted: bool = False) -> Taken:
        """Keep a profile; a database that fails costs what is kept of it, nothing else."""
        packed = data if data is not None and data[:2] == b"\x1f\x8b" else written(poll.profile)
        try:
            self._keep(poll, packed)
            self.trouble = ""
        except StoreError as error:
            self._fail(error)
        return Taken(poll, samples, is_restarted, len(packed))

    def _keep(self, poll: Poll, packed: bytes) -> None:
        table = self._opened()
        table.add(poll.target, poll.kind, packed, start=poll.start, end=poll.end, note=poll.note)
        if self._until_tidy <= 0:
            table.retain(poll.end, most_bytes=self._most_bytes, most_age_seconds=self._plan.keep_days * 86_400)
            self._until_tidy = TIDY_POLLS
        self._until_tidy -= 1

    def _opened(self) -> ProfileTable:
        """The ring, opened when it is first needed."""
        if self._table is None and self._database is not None:
            opened = ProfileTable.open_to_read if self._is_reader else ProfileTable.open
            self._table = opened(self._database)
        self._table = self._table or ProfileTable.in_memory()
        return self._table

    def _fail(self, error: StoreError) -> None:
        """The database cannot be used: if that stays so, go on in memory."""
        self.trouble = f"{error.what}: {error.why}"
        logger.warning("%s", self.trouble)
        if not error.is_passing:
            self._close()
            self._database, self._most_bytes = None, min(self._most_bytes, MEMORY_BYTES)

    async def targets(self) -> list[KeptTarget]:
        """What is kept, by target and kind; nothing where that cannot be read."""
        return await self._asked(lambda: self._opened().targets()) or []

    async def joined(self, target: str, kind: str, start: float, end: float, *, is_over: bool = False) -> Joined | None:
        """The polls of a stretch of time as one profile; None where there are none.

        Args:
            target: of which.
            kind: which.
            start: polls that end after it, epoch seconds.
            end: polls that begin before it.
            is_over: only those that ended by then too: what lasts on belongs to the time behind it.
        """
        return await self._asked(lambda: self._joined(target, kind, start, end, is_over=is_over))

    async def chosen(self, target: str, kind: str, numbers: Sequence[int]) -> Joined | None:
        """Exactly these polls as one profile, as far as they are still kept; None where none is.

        Args:
            target: of which.
            kind: which.
            numbers: under which they are kept.
        """
        return await self._asked(lambda: self._chosen(target, kind, numbers))

    def _chosen(self, target: str, kind: str, numbers: Sequence[int]) -> Joined | None:
        heads = self._opened().those(numbers)
        return self._join(kind, [head for head in heads if (head.target, head.kind) == (target, kind)])

    async def line(self, target: str, kind: str, start: float, end: float) -> PollLine | None:
        """The polls of a stretch of time, one by one; None where that cannot be read.

        Args:
            target: of which.
            kind: which.
            start: polls that end after it, epoch seconds.
            end: polls that begin before it.
        """
        return await self._asked(lambda: self._totals.line(self._opened(), (target, kind), start, end))

    def _joined(self, target: str, kind: str, start: float, end: float, *, is_over: bool) -> Joined | None:
        heads = self._opened().heads(start, end, target=target, kind=kind, most=JOINED_POLLS + 1)
        return self._join(kind, [head for head in heads if not is_over or head.end <= end])

    def _join(self, kind: str, heads: list[KeptPoll]) -> Joined | None:
        """The newest of these, as many as are joined at once."""
        count, size = 0, 0
        for head in reversed(heads[-(1 if kind == "goroutine" else JOINED_POLLS) :]):
            if count and size + head.size_bytes > JOINED_BYTES:
                break
            count, size = count + 1, size + head.size_bytes
        chosen = heads[len(heads) - count :]
        datas = self._opened().datas(chosen)
        if not datas:
            return None
        is_partial = count < len(heads) and kind != "goroutine"
        try:
            profiles = read_all(datas, limits=POLL_LIMITS)
            self._totals.learn(chosen, profiles)
            profile = joined(kind, profiles)
        except (
            ProfileError
        ):  # another program serves there now: what it counts cannot be added to that of the one before
            profile, chosen, is_partial = read(datas[-1], limits=POLL_LIMITS), chosen[-1:], True
        start = min(head.start for head in chosen)
        return Joined(profile, len(chosen), start, chosen[-1].end, is_partial, tuple(chosen))

    async def read(self, work: Callable[[ProfileTable], T]) -> T | None:
        """Look at what is kept, in the thread that keeps it; None where it cannot be read."""
        return await self._asked(lambda: work(self._opened()))

    @property
    def is_in_memory(self) -> bool:
        """What is kept is in no database."""
        return self._database is None

    def read_beside(self, work: Callable[[ProfileTable], T]) -> T | None:
        """The same, waited for in another thread than the collector's; None too where all has ended."""
        try:
            looking = self._thread.submit(lambda: work(self._opened()))
        except RuntimeError:  # it was shut down
            return None
        try:
            return looking.result()
        except (StoreError, CancelledError) as error:
            logger.warning("polls are not looked at: %s", error)
            return None

    async def close(self) -> None:
        """Finish what was begun, and let go of the database."""
        try:
            await self._ask(self._close)
        finally:
            self._thread.shutdown(wait=False)

    def _close(self) -> None:
        if self._table is not None:
            self._table.close()
            self._table = None
