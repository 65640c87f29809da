"""Polls one target: one request at a time, each kind at its own pace; whatever the target does is state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from glance.domain.profiles.poll import (
    CUMULATIVE,
    KindCondition,
    KindName,
    KindStatus,
    Poll,
    TargetCondition,
    TargetStatus,
)
from glance.domain.profiles.poll_line import FailureKind
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.poll_schedule import LONGEST_SECONDS, Chance, PollSchedule
from glance.domain.profiles.profile_error import ProfileError
from glance.errors import SourceError
from glance.pipeline.clock import Clock
from glance.pipeline.poll_keeper import PollKeeper, Taken
from glance.sources.pprof_index import PprofIndex
from glance.sources.scrape import BusyError
from glance.sources.target import AbsentError, DownError, Fetched, TargetLink

Pause = Callable[[float], Awaitable[None]]
Sink = Callable[[Poll], None]
FailureSink = Callable[[str, KindName, float, FailureKind, str], None]
"""Target, kind, when, what it was, and why."""

BUSY = "someone else is profiling it"
UNLISTED = "it lists no profiles: all kinds are tried"
EMPTY = {
    "mutex": "nothing waited for a mutex yet, or the program never called runtime.SetMutexProfileFraction",
    "block": "nothing blocked yet, or the program never called runtime.SetBlockProfileRate",
    "cpu": "it used no CPU meanwhile",
}
NOTHING_THERE = "it answers, and serves no profiles there: does the program import net/http/pprof?"
BASELINE = "counting from here on"


class TargetPoller:
    """Polls one target, and knows how it is doing."""

    def __init__(
        self,
        link: TargetLink,
        plan: PollPlan,
        *,
        keeper: PollKeeper,
        sink: Sink,
        clock: Clock,
        chance: Chance,
        pause: Pause = asyncio.sleep,
        failed: FailureSink | None = None,
    ) -> None:
        """Ask for nothing yet.

        Args:
            link: the way to it.
            plan: what is polled, and how often.
            keeper: understands and keeps the answers.
            sink: is handed every profile.
            clock: tells the time.
            chance: makes the jitter.
            pause: waits so many seconds.
            failed: is told of every poll that brought nothing.
        """
        self._link = link
        self._plan = plan
        self._keeper = keeper
        self._sink = sink
        self._clock = clock
        self._pause = pause
        self._failed = failed
        self._schedule = PollSchedule(plan, clock.monotonic(), chance)
        self._paths: dict[KindName, str] | None = None
        self._kinds = {kind: KindStatus(kind) for kind in plan.kinds}
        target = link.target
        self._status = TargetStatus(target.name, target.address, kinds=tuple(self._kinds.values()))

    @property
    def status(self) -> TargetStatus:
        """How the target is doing."""
        return self._status

    async def run(self) -> None:
        """Poll until cancelled, which ends a profile that is being taken."""
        try:
            while True:
                await self._step()
        finally:
            await self._link.close()

    async def once(self) -> None:
        """Poll every kind once, those left out of which one poll only says where counting begins."""
        try:
            if await self._discover():
                for kind in reversed(self._plan.kinds):
                    if kind not in CUMULATIVE or kind == "allocs":
                        await self._poll(kind)
        finally:
            await self._link.close()

    async def _step(self) -> None:
        """Find out what it offers, or poll what is due next."""
        if self._paths is None:
            await self._wait(self._schedule.up_at)
            await self._discover()
            return
        turn = self._schedule.due()
        if turn is None:  # nothing of what is wanted is offered: perhaps later
            await self._pause(LONGEST_SECONDS)
            self._paths = None
            return
        kind, at = turn
        await self._wait(at)
        await self._poll(kind)

    async def _wait(self, until: float) -> None:
        await self._pause(max(0.0, until - self._clock.monotonic()))

    async def _discover(self) -> bool:
        """Ask what it offers; False when it does not say."""
        try:
            index = await self._link.index()
        except SourceError as error:
            self._schedule.went_down(self._clock.monotonic())
            for kind in self._kinds:
                self._told_of(kind, "down" if isinstance(error, DownError) else "failing", reason(error))
            self._tell("down" if isinstance(error, DownError) else "failing", reason(error))
            return False
        self._paths = paths_of(index)
        offered = frozenset(self._paths)
        self._schedule.only(offered)
        for kind, status in self._kinds.items():
            if kind not in offered:
                self._note(kind, "absent", "it offers no such profile")
            elif status.condition == "absent":
                self._note(kind, "waiting", "")
        self._tell("up" if self._status.at is not None else "waiting", "" if index is not None else UNLISTED)
        return True

    async def _poll(self, kind: KindName) -> None:
        """Fetch one profile, whatever comes of it."""
        if self._paths is None or kind not in self._paths:
            return
        seconds = self._plan.cpu_seconds if kind == "cpu" else 0
        begin, start = self._clock.monotonic(), self._clock.now()
        self._mark(kind, since=start, seconds=seconds)
        try:
            patience = self._plan.timeout_of(kind)
            fetched = await self._link.profile(self._paths[kind], seconds, timeout_seconds=patience)
            self._count(fetched, seconds)
            taken = await self._keeper.take(self._link.target.name, kind, fetched.data, start, self._clock.now())
        except DownError as error:
            self._lost(error)
            self._told_of(kind, "down", reason(error))
        except AbsentError as error:
            self._schedule.absent(kind)
            self._note(kind, "absent", reason(error))
        except BusyError:
            self._schedule.refused(kind, begin)
            self._note(kind, "busy", BUSY)
            self._told_of(kind, "busy", BUSY)
        except (SourceError, ProfileError) as error:
            self._schedule.failed(kind, begin)
            self._note(kind, "failing", reason(error))
            self._told_of(kind, "failing", reason(error))
        else:
            self._brought(kind, fetched, taken, begin, seconds)
        self._mark(kind)
        self._tell(*self._standing())

    def _lost(self, error: DownError) -> None:
        """It cannot be reached any more: what it offers is asked anew when it can."""
        self._schedule.went_down(self._clock.monotonic())
        self._paths = None
        self._tell("down", reason(error))

    def _count(self, fetched: Fetched, seconds: int) -> None:
        """What it cost the target and the network."""
        status = self._status
        self._status = replace(
            status,
            bytes_total=status.bytes_total + len(fetched.data),
            seconds_total=status.seconds_total + max(0.0, fetched.seconds - seconds),
            profiled_total=status.profiled_total + seconds,
        )

    def _brought(self, kind: KindName, fetched: Fetched, taken: Taken, begin: float, seconds: int) -> None:
        """A profile is there."""
        status, poll = self._kinds[kind], taken.poll
        self._schedule.brought(kind, begin, is_first=not status.polls)
        condition: KindCondition = "up" if taken.samples else "empty"
        words = "" if taken.samples else EMPTY.get(kind, "")
        if taken.samples and poll is None:
            words = BASELINE
        if taken.is_restarted:
            words = poll.note if poll is not None else ""
            self._status = replace(self._status, restarts=self._status.restarts + 1)
        self._kinds[kind] = replace(
            status,
            at=self._clock.now(),
            polls=status.polls + 1,
            size_bytes=len(fetched.data),
            seconds=max(0.0, fetched.seconds - seconds),
            samples=taken.samples,
        )
        self._note(kind, condition, words)
        if poll is not None:
            self._sink(poll)

    def _told_of(self, kind: KindName, condition: FailureKind, words: str) -> None:
        """A poll brought nothing."""
        if self._failed is not None:
            self._failed(self._link.target.name, kind, self._clock.now(), condition, words)

    def _mark(self, kind: KindName, *, since: float | None = None, seconds: int = 0) -> None:
        """A profile is being taken since then, or no longer."""
        found = self._kinds[kind]
        self._kinds[kind] = replace(found, is_taking=since is not None, since=since, asked_seconds=seconds)
        self._status = replace(self._status, kinds=tuple(self._kinds.values()))

    def _note(self, kind: KindName, condition: KindCondition, words: str) -> None:
        """How one kind is doing now."""
        next_at = self._schedule.next_at(kind)
        self._kinds[kind] = replace(
            self._kinds[kind],
            condition=condition,
            words=words,
            failures=self._schedule.failures(kind),
            next_at=None if next_at is None else self._clock.now() + next_at - self._clock.monotonic(),
        )
        self._status = replace(self._status, kinds=tuple(self._kinds.values()))

    def _standing(self) -> tuple[TargetCondition, str]:
        """How the target is doing, by how its kinds are."""
        if self._paths is None:
            return self._status.condition, self._status.words
        asked = [status for status in self._kinds.values() if status.condition not in ("waiting", "absent")]
        if any(status.condition == "busy" for status in asked):
            return "busy", BUSY
        if not asked:
            is_absent = bool(self._kinds) and all(status.condition == "absent" for status in self._kinds.values())
            return ("failing", NOTHING_THERE) if is_absent else (self._status.condition, self._status.words)
        failing = [status for status in asked if status.condition == "failing"]
        if failing and len(failing) == len(asked):
            return "failing", failing[0].words
        return "up", self._keeper.trouble

    def _tell(self, condition: TargetCondition, words: str) -> None:
        """How the target is doing now."""
        kinds = tuple(self._kinds.values())
        self._status = replace(self._status, condition=condition, words=words, kinds=kinds)


def reason(error: SourceError | ProfileError) -> str:
    """An error in few words; the address is beside it."""
    return error.why or error.what


def paths_of(index: PprofIndex | None) -> dict[KindName, str]:
    """Where each kind is found that a target offers; all of them where it does not say."""
    known: dict[KindName, tuple[str, ...]] = {
        "cpu": ("profile",),
        "allocs": ("allocs", "heap"),  # the same data: one of them is enough
        "goroutine": ("goroutine",),
        "mutex": ("mutex",),
        "block": ("block",),
    }
    found: dict[KindName, str] = {}
    for kind, names in known.items():
        name = next((name for name in names if index is None or name in index.names), None)
        if name is not None:
            found[kind] = name
    return found
