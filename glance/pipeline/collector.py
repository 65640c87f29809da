"""The collector: tails and back-fills every source, evaluates alerts, publishes a scene per tick.

It runs in a thread of its own with a loop of its own, because a terminal that stops reading stops
every coroutine of the screen's loop about two seconds later (measured).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from glance.domain.alerts.evaluation import SecondCounts, TrafficAlert
from glance.domain.alerts.rule import TrafficRule
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.series import LogSeries
from glance.domain.scene import LogLine, Scene, View
from glance.domain.window import Window, window_choice
from glance.pipeline.backfill import Backfill
from glance.pipeline.clock import Clock, SystemClock
from glance.pipeline.intake import Intake, Opening
from glance.pipeline.log_feed import LogFeed
from glance.pipeline.pulse import PulseMeter, pulse_of
from glance.pipeline.scene_maker import SceneMaker
from glance.sources.waker import IntervalWaker, watch_for_hints

POLL_SECONDS = 1.0
"""How often every source is looked at without a hint, at least; more often than scenes are made is of no use."""

REST_SECONDS = 0.2
"""How long a look at the sources is the last one: many small pieces cost more than a few larger ones."""

FILL_TICK_SECONDS = 0.4
"""How often a scene is made while a back-fill is going on."""

_POLL_BYTES = 2 << 20
_RATE_SECONDS = 3.0
_MOST_AHEAD_SECONDS = 86_400
"""Records dated further ahead than this are no traffic that an alert will ever see."""
_LIVE_SECONDS = 3600.0
_LEAST_LIVE_SECONDS = 60.0
"""A log whose newest record is older than its window when it is opened has ended: its last window is shown."""


@dataclass(frozen=True, slots=True)
class CollectorOptions:
    """What the collector needs to know."""

    refresh_seconds: float = 1.0
    memory_bytes: int = 256 << 20
    back_seconds: float = math.inf
    """How far back logs are read; 0 is not at all."""
    is_forward: bool = False
    """Read the past oldest first."""
    follow: bool = True
    alert: TrafficRule = field(default_factory=TrafficRule)


class Collector:
    """Reads logs and tells what they say."""

    def __init__(self, intake: Intake, options: CollectorOptions, view: View, clock: Clock | None = None) -> None:
        """Read nothing yet.

        Args:
            intake: the sources.
            options: how.
            view: what is looked at first.
            clock: tells the time.
        """
        self._intake = intake
        self._options = options
        self._view = view
        self._clock = clock or SystemClock()
        self._series = LogSeries(options.memory_bytes)
        self._maker = SceneMaker(self._series)
        self._alert = TrafficAlert(options.alert)
        self._seconds = SecondCounts(options.alert.window_seconds + 60)
        self._pulse = PulseMeter(60)
        self._publish: Callable[[Scene], None] = _nowhere
        self._is_growing = False
        self._is_filling = 0
        self._fills: list[asyncio.Task[None]] = []
        self._unseen: set[Backfill] = set()
        """Back-fills that have not read all of the alert's window yet."""
        self._trouble = ""
        self._readings: deque[tuple[float, int]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wanted = asyncio.Event()
        self._stopping = asyncio.Event()
        self._is_stopped = False

    def look(self, view: View) -> None:
        """Answer another view from now on. May be called from any thread."""
        self._view = view
        self._tell(self._wanted.set)

    def stop(self) -> None:
        """End soon. May be called from any thread."""
        self._is_stopped = True
        self._tell(self._stopping.set)

    def _tell(self, news: Callable[[], None]) -> None:
        """Do something in the collector's loop, if it runs."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it was closed just now
                loop.call_soon_threadsafe(news)

    async def run(self, publish: Callable[[Scene], None]) -> None:
        """Read until `stop`; `publish` is called with every scene, in this thread."""
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._stopping, self._wanted = asyncio.Event(), asyncio.Event()
        waker = IntervalWaker(min(POLL_SECONDS, self._options.refresh_seconds), rest_seconds=REST_SECONDS)
        self._intake.hint = waker.awaken
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._read(group, waker)),
                    group.create_task(self._tick()),
                    group.create_task(self._evaluate()),
                    group.create_task(watch_for_hints(self._intake.watched, waker, self._stopping)),
                ]
                if not self._is_stopped:
                    await self._stopping.wait()
                self._stopping.set()
                for task in (*tasks, *self._fills):
                    task.cancel()
        finally:
            await self._intake.close()

    async def _read(self, group: asyncio.TaskGroup, waker: IntervalWaker) -> None:
        """Poll every source, for ever."""
        while True:
            for opening in await self._intake.open_new(
                self._clock.now() - self._options.back_seconds, self._clock.monotonic()
            ):
                self._open(group, opening)
            is_busy = False
            for feed in self._intake.feeds:
                is_busy = await self._poll(feed) or is_busy
            if is_busy:
                await asyncio.sleep(0)
            else:
                await waker.wait()

    def _open(self, group: asyncio.TaskGroup, opening: Opening) -> None:
        """A source was opened: read its past, unless nobody wants it."""
        if opening.begin >= opening.end or self._options.back_seconds <= 0:
            return
        backfill = Backfill(
            opening.feed,
            opening.fd,
            opening.begin,
            opening.end,
            generation=opening.generation,
            is_forward=self._options.is_forward,
        )
        self._is_filling += 1
        self._unseen.add(backfill)
        self._fills.append(group.create_task(self._fill(backfill)))

    async def _fill(self, backfill: Backfill) -> None:
        is_first = True
        try:
            async with contextlib.aclosing(backfill.buckets()) as pieces:
                async for buckets in pieces:
                    self._take(buckets)
                    if self._reaches_past_the_alert(buckets):
                        self._unseen.discard(backfill)
                    if is_first:
                        self._wanted.set()
                        is_first = False
                        await asyncio.sleep(0)
                    if self._series.rollup.records:
                        backfill.give_up("older lines are not read: the memory for records is full")
                        break
        finally:
            self._is_filling -= 1
            self._unseen.discard(backfill)
            self._readings.clear()  # the pace of the back-fill says nothing of what comes now
            self._wanted.set()

    def _reaches_past_the_alert(self, buckets: Sequence[LogBucket]) -> bool:
        """Newest first, these lines are older than what the alert looks at."""
        oldest_ms = (self._clock.now() - self._options.alert.window_seconds) * 1000
        return not self._options.is_forward and any(
            bucket.records and bucket.first_ms < oldest_ms for bucket in buckets
        )

    async def _poll(self, feed: LogFeed) -> bool:
        """Read what is new in one source; True when there is more."""
        if not self._options.follow and feed.is_read:
            return False
        chunks = await feed.source.poll(_POLL_BYTES)
        for chunk in chunks:
            buckets = feed.take(chunk)
            self._take(buckets)
            self._is_growing = self._is_growing or self._is_recent(buckets)
            await asyncio.sleep(0)
        if not self._options.follow and feed.source.is_at_end:
            for chunk in await feed.source.finish():
                self._take(feed.take(chunk))
            feed.is_read = True
        return bool(chunks) and not feed.source.is_at_end

    def _take(self, buckets: Sequence[LogBucket]) -> None:
        """Add buckets to everything that counts them."""
        now = self._clock.now()
        oldest = math.floor(now) - self._options.alert.window_seconds
        for bucket in buckets:
            held = self._series.add(bucket)
            if held is None:
                continue
            self._pulse.add(held, self._series, now)
            if held.last_ms >= oldest * 1000:
                seconds, counts = np.unique(held.times.milliseconds() // 1000, return_counts=True)
                recent = (seconds >= oldest) & (seconds < now + _MOST_AHEAD_SECONDS)
                self._seconds.add(zip(seconds[recent].tolist(), counts[recent].tolist(), strict=True))
        self._seconds.forget_before(oldest)

    async def _tick(self) -> None:
        """Publish a scene every refresh, at once when another view is wanted, faster while the past is read."""
        while True:
            self._publish(self.scene())
            self._wanted.clear()
            seconds = self._options.refresh_seconds
            if self._is_filling:
                seconds = min(seconds, FILL_TICK_SECONDS)
            try:
                async with asyncio.timeout(seconds):
                    await self._wanted.wait()
            except TimeoutError:
                pass

    async def _evaluate(self) -> None:
        """Look at the alert each second, traffic or not, once all of its window has been read."""
        while True:
            now = self._clock.now()
            if not self._unseen:
                self._alert.evaluate(now, self._seconds)
            await asyncio.sleep(1.0 - now % 1.0)

    def _is_recent(self, buckets: Sequence[LogBucket]) -> bool:
        """These lines tell of now, so whatever brought them is alive; lines of last year may come in now too."""
        recent_ms = (self._clock.now() - _LIVE_SECONDS) * 1000
        return any(bucket.records and bucket.last_ms > recent_ms for bucket in buckets)

    @property
    def _is_live(self) -> bool:
        """A log is being written, or was until a moment ago, and more of it can come."""
        last = self._series.last_ms
        if last is None:
            return True
        if not self._options.follow or all(feed.has_ended for feed in self._intake.feeds):
            return False
        seconds = window_choice(self._view.window).seconds or _LIVE_SECONDS
        return self._is_growing or self._clock.now() - last / 1000 < max(seconds, _LEAST_LIVE_SECONDS)

    def scene(self) -> Scene:
        """What is to be seen now."""
        now, view, last = self._clock.now(), self._view, self._series.last_ms
        is_live = self._is_live
        end = now if is_live or last is None else last / 1000
        figures = self._maker.figures(view, end)
        statuses = tuple(feed.status() for feed in self._intake.feeds)
        lines_total = sum(status.lines for status in statuses)
        return Scene(
            at=now,
            view=view,
            window=figures.window,
            is_live=is_live,
            sources=statuses,
            lines_total=lines_total,
            unparsed_total=sum(status.unparsed for status in statuses),
            lines_per_second=self._lines_per_second(lines_total),
            lag_seconds=None if last is None else max(0.0, now - last / 1000),
            pulse=self._pulse.pulse(now) if is_live else pulse_of(figures.totals, self._known_seconds(figures.window)),
            totals=figures.totals,
            traffic=figures.traffic,
            rankings=figures.rankings,
            alerts=tuple(self._alert.notices),
            alert_rule=self._options.alert.words,
            lines=self._lines(view),
            unparsed_lines=tuple(line for feed in self._intake.feeds for line in feed.unread_lines())[-20:],
            has_latency=self._series.has_latency,
            trouble=self._trouble or self._intake.trouble,
        )

    def _known_seconds(self, window: Window) -> float:
        """How much of a window of the past lies between the log's first and last record."""
        first, last = self._series.first_ms, self._series.last_ms
        if first is None or last is None:
            return window.seconds
        return min(window.end, last / 1000 + 1) - max(window.start, first / 1000)

    def _lines(self, view: View) -> tuple[LogLine, ...]:
        """The newest lines of all sources by time, newest last."""
        if len(self._intake.feeds) == 1:
            return self._intake.feeds[0].log_lines(view.log_lines)
        lines = [line for feed in self._intake.feeds for line in feed.log_lines(view.log_lines)]
        lines.sort(key=lambda line: line.at or 0.0)
        return tuple(lines[-view.log_lines :])

    def _lines_per_second(self, lines_total: int) -> float:
        """How fast lines came in over the last seconds."""
        now = self._clock.monotonic()
        self._readings.append((now, lines_total))
        while len(self._readings) > 2 and now - self._readings[1][0] >= _RATE_SECONDS:
            self._readings.popleft()
        began, before = self._readings[0]
        return (lines_total - before) / (now - began) if now > began else 0.0


def _nowhere(scene: Scene) -> None:
    """Before anybody listens."""
