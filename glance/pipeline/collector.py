"""The collector: tails and back-fills every source, evaluates alerts, publishes a scene per tick.

It runs in a thread of its own with a loop of its own, because a terminal that stops reading stops
every coroutine of the screen's loop about two seconds later (measured).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.series import LogSeries
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.pipeline.alerting import Alerting
from glance.pipeline.clock import Clock, SystemClock
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.desks import Desks
from glance.pipeline.filling import Filling
from glance.pipeline.followed_alerts import AlertWatch
from glance.pipeline.intake import Intake, Opening
from glance.pipeline.keeping import Keeping
from glance.pipeline.liveness import Liveness
from glance.pipeline.log_feed import LogFeed
from glance.pipeline.looker import Looker, Moment
from glance.pipeline.metric_watch import MetricWatch
from glance.pipeline.poll_watch import NoTargets, PollWatch
from glance.pipeline.pulse import PulseMeter, ReadingPace
from glance.pipeline.recollection import Recollection
from glance.pipeline.snapshot_desk import SnapshotDesk
from glance.pipeline.time_axis import TimeAxis
from glance.sources.waker import IntervalWaker, watch_for_hints

if TYPE_CHECKING:
    from glance.pipeline.snapshot_plan import SnapshotPlan

POLL_SECONDS = 1.0
"""How often every source is looked at without a hint, at least; more often than scenes are made is of no use."""

REST_SECONDS = 0.2
"""How long a look at the sources is the last one: many small pieces cost more than a few larger ones."""

OPENING_SECONDS = 1.5
"""How long the first scene waits at most for what history has to say."""

FILL_TICK_SECONDS = 0.4
"""How often a scene is made while a back-fill is going on."""

BREATH_SECONDS = 0.002
"""Between two parts of one answer: everything else goes on."""

_POLL_BYTES = 2 << 20
Listener = Callable[[Sequence[LogBucket]], None]
"""Is told of the buckets of what was read just now."""


class Collector:
    """Reads logs and tells what they say."""

    def __init__(
        self,
        intake: Intake,
        options: CollectorOptions,
        view: View,
        clock: Clock | None = None,
        *,
        keeping: Keeping | None = None,
        alerting: AlertWatch | None = None,
        metrics: MetricWatch | None = None,
        polling: PollWatch | None = None,
        snapshots: SnapshotPlan | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            intake: the sources.
            options: how.
            view: what is looked at first.
            clock: tells the time.
            keeping: history; without it nothing is kept.
            alerting: rules to watch; without it none.
            metrics: what is counted for the page of metrics; without it nothing.
            polling: what polls targets for profiles; without it none are.
            snapshots: how they are taken; without it none are.
        """
        self._intake = intake
        self._options = options
        self._view = view
        self._clock = clock or SystemClock()
        self._keeping = keeping or Keeping()
        self._series = LogSeries(options.memory_bytes, routes=options.routes)
        self._alerting: AlertWatch = alerting or Alerting(())
        self._metrics = metrics or MetricWatch(None)
        self._alerting.groups = self._metrics.groups = self._keeping.groups
        self._pulse = PulseMeter(60)
        self._pace = ReadingPace()
        self._publish: Callable[[Scene], None] = _nowhere
        self._listeners: list[Listener] = []
        self._liveness = Liveness(self._series)
        waits = options.waits_for_history
        self._filling = Filling(self, self._notice_filling, self._keeping, intake, waits=waits)
        self._recollection = Recollection(self._keeping, intake, self._series, self._hold, self._notice_filling)
        self._began = 0.0
        self._has_looked = False
        self._looker = Looker(self._series, self._keeping, self._pulse, self._liveness)
        self._snapshots = SnapshotDesk(snapshots, self._notice_answer)
        self._alerting.on_fire = lambda rule, event: self._snapshots.alerted(rule, event, self._series, intake.feeds)
        self._desks = Desks(lambda: intake.feeds, self._keeping.checkpoints, self._notice_answer, self._snapshots)
        self.profiles = self._desks.profiles
        self._polling: PollWatch = polling or NoTargets()
        self._desks.attend(self._polling)
        self._axis = TimeAxis(self._looker, self._keeping, intake, self._notice_answer)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wanted = asyncio.Event()
        self._stopping = asyncio.Event()
        self._is_stopped = False

    def look(self, view: View) -> None:
        """Answer another view from now on. May be called from any thread."""
        self._view = view
        self._snapshots.order(view.order)
        self._tell(self._wanted.set)

    def _notice_answer(self) -> None:
        """There is more to be answered than at the last time; from any thread."""
        self._tell(self._wanted.set)

    def listen(self, listener: Listener) -> None:
        """Hand the buckets of what is read from now on to this too, in the collector's thread."""
        self._listeners.append(listener)

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
        self._began = self._clock.monotonic()
        self._stopping, self._wanted = asyncio.Event(), asyncio.Event()
        waker = IntervalWaker(min(POLL_SECONDS, self._options.refresh_seconds), rest_seconds=REST_SECONDS)
        self._intake.hint = waker.awaken
        self._intake.keeping = self._keeping
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(self._read(group, waker))
                tasks = [
                    group.create_task(self._tick()),
                    group.create_task(self._evaluate()),
                    group.create_task(self._polling.run()),
                    group.create_task(watch_for_hints(self._intake.watched, waker, self._stopping)),
                ]
                if not self._is_stopped:
                    await self._stopping.wait()
                self._stopping.set()
                waker.awaken()
                self._filling.cancel()
                await reading  # not cancelled: what it has read, and not yet noted, would be read again
                for task in tasks:
                    task.cancel()
        finally:
            self._desks.forget()
            self._snapshots.close()
            self._axis.forget()
            self._alerting.close()
            self._metrics.close()
            await self._keeping.close()
            await self._intake.close()

    async def _read(self, group: asyncio.TaskGroup, waker: IntervalWaker) -> None:
        """Poll every source, until the end."""
        while not self._stopping.is_set():
            openings = await self._intake.open_new(
                self._clock.now() - self._options.back_seconds, self._clock.monotonic()
            )
            fresh = self._intake.take_fresh()
            if fresh:
                self._recollection.begin(group, fresh)
            for opening in openings:
                self._open(group, opening)
            is_busy = False
            for feed in self._intake.feeds:
                is_busy = await self._poll(feed) or is_busy
            self._liveness.notice(await self._recollection.follow(self._clock.monotonic()), self._clock.now())
            await self._keeping.commit(self._clock.now(), self._intake.formats)
            self._has_looked = True
            if is_busy:
                await asyncio.sleep(0)
            elif not self._stopping.is_set():
                await waker.wait()

    def _open(self, group: asyncio.TaskGroup, opening: Opening) -> None:
        """A source was opened: read its past, unless nobody wants it."""
        if opening.begin >= opening.end or (self._options.back_seconds <= 0 and not opening.is_catching_up):
            opening.close()
            return
        self._filling.start(group, opening.backfill(), self._alert_begins_ms)

    def _alert_begins_ms(self) -> float:
        """How far back the alert looks."""
        return (self._clock.now() - self._alerting.span_seconds) * 1000

    def take_past(self, buckets: Sequence[LogBucket]) -> bool:
        """Buckets of a back-fill; False when there is no memory for more."""
        self._take(buckets)
        return not self._series.rollup.records

    def _notice_filling(self) -> None:
        """A back-fill brought its first buckets, or ended."""
        self._pace.forget()  # the pace of the back-fill says nothing of what comes now
        self._wanted.set()

    async def _poll(self, feed: LogFeed) -> bool:
        """Read what is new in one source; True when there is more."""
        if feed.is_followed:
            return False
        is_read = not self._options.follow and feed.is_read
        if feed.is_filling or is_read or self._keeping.is_full(waits=self._options.waits_for_history):
            self._keeping.note(feed.source)  # a back-fill may have read some of it
            return False
        chunks = await feed.source.poll(_POLL_BYTES)
        for chunk in chunks:
            buckets = feed.take(chunk)
            self._take(buckets)
            self._liveness.notice(buckets, self._clock.now())
            await asyncio.sleep(0)
        self._keeping.note(feed.source)
        if not self._options.follow and feed.source.is_at_end:
            for chunk in await feed.source.finish():
                for bucket in feed.take(chunk):  # shown, not kept: it may still be written on
                    self._hold(bucket)
            feed.is_read = True
        return bool(chunks) and not feed.source.is_at_end

    def _take(self, buckets: Sequence[LogBucket]) -> None:
        """Buckets that were read just now."""
        buckets = self._keeping.take(buckets, self._clock.now())
        for listener in self._listeners:
            listener(buckets)
        for bucket in buckets:
            self._hold(bucket)

    def _hold(self, bucket: LogBucket) -> None:
        """Add a bucket to everything that is counted in memory."""
        held = self._series.add(bucket)
        if held is None:
            return
        now = self._clock.now()
        self._pulse.add(held, self._series, now)
        self._metrics.take(bucket, now, self._clock.monotonic())
        if held.last_ms >= self._alert_begins_ms():
            self._alerting.take([bucket], now)

    async def _tick(self) -> None:
        """Publish a scene every refresh, at once when another view is wanted, faster while the past is read."""
        while True:
            self._wanted.clear()
            view = self._view
            await self._look_back(view)
            seconds = self._options.refresh_seconds
            if not self._is_opening() and view is self._view:
                self._publish(scene := self.scene())
                seconds = seconds if scene.sifting is None else BREATH_SECONDS
            if self._filling.is_busy or self._recollection.is_busy:
                seconds = min(seconds, FILL_TICK_SECONDS)
            try:
                async with asyncio.timeout(seconds):
                    await self._wanted.wait()
            except TimeoutError:
                pass

    def _is_opening(self) -> bool:
        """History is still being read, and it is too early to show a part of it."""
        return self._recollection.is_busy and self._clock.monotonic() - self._began < OPENING_SECONDS

    async def _evaluate(self) -> None:
        """Look at the alert each second, traffic or not, once all of its window has been read.

        Before the first look at every log nothing is known: an alert that fired when the last glance
        ended would recover of it.
        """
        while True:
            now = self._clock.now()
            if self._has_looked and not self._filling.is_hiding and not self._recollection.is_busy:
                self._alerting.evaluate(now, is_stale=self._intake.is_blind)
            await asyncio.sleep(1.0 - now % 1.0)

    def scene(self) -> Scene:
        """What is to be seen now."""
        now, view, last = self._clock.now(), self._view, self._series.last_ms
        is_live = view.end is None and self._is_live(view, now)
        sight = self._looker.sight(view, now, self._intake.feeds, is_live=self._is_live(view, now))
        figures = sight.figures
        statuses = tuple(feed.status() for feed in self._intake.feeds)
        lines_total = sum(status.lines for status in statuses)
        monotonic, window = self._clock.monotonic(), figures.window
        charts = self._metrics.charts(window, self._series, now, monotonic) if view.wants_metrics else ()
        scene = Scene(
            at=now, view=view, window=window, is_live=is_live, sources=statuses, lines_total=lines_total,
            unparsed_total=sum(status.unparsed for status in statuses),
            lines_per_second=self._pace.per_second(monotonic, lines_total),
            lag_seconds=None if last is None else max(0.0, now - last / 1000),
            pulse=sight.pulse,
            totals=figures.totals, traffic=figures.traffic,
            alerts=self._alerting.notices, alert_rule=self._alerting.words,
            metrics=charts,
            matched=figures.matched, matched_of=figures.matched_of, sifting=sight.sifting,
            filter_error=figures.filter_error, lines=sight.lines,
            page=self._desks.page(view, sight, now),
            raw=self._desks.lines(view, sight, now),
            unparsed_lines=tuple(line for feed in self._intake.feeds for line in feed.unread_lines())[-20:],
            has_latency=sight.has_latency,
            absent=sight.maker.absent,
            history=self._keeping.status(), gaps=self._keeping.gaps.notices, targets=self._polling.look(view, now),
            trouble=self._looker.trouble or self._intake.trouble,
            snapshots=self._snapshots.see(view, sight, self._intake.feeds, now),
        )  # fmt: skip
        scene = self._axis.on(scene, sight, is_whole=not self._recollection.is_busy)
        return self.profiles.shelf.meter.on(scene, sight, self._series)

    def _is_live(self, view: View, now: float) -> bool:
        """A log is being written, or was until a moment ago, and more of it can come."""
        can_come = self._options.follow and not all(feed.has_ended for feed in self._intake.feeds)
        return self._liveness.is_live(view, now, can_come=can_come)

    async def _look_back(self, view: View) -> None:
        """Find the figures of a window of the past."""
        names, is_whole = [feed.name for feed in self._intake.feeds], not self._recollection.is_busy
        moment = Moment(now := self._clock.now(), self._clock.monotonic(), self._is_live(view, now))
        await self._looker.look_back(view, names, moment, self._wanted, is_whole=is_whole)


def _nowhere(scene: Scene) -> None:
    """Before anybody listens."""
