"""Takes snapshots beside a collector, when a person or an alert wants one; lists them, and does what is ordered.

Nothing of it is done in a tick: there, only references to what is held are taken. One is taken at a time, in a thread
of its own; while nobody wants anything there is no thread, and nothing is read.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from glance.domain.page import PageAnswer
from glance.domain.snapshot_board import SnapshotWish
from glance.domain.snapshot_order import IDLE, Errand, SnapshotOrder, SnapshotStatus
from glance.errors import GlanceError
from glance.pipeline.poll_watch import NoTargets

if TYPE_CHECKING:
    from glance.domain.alerts.event import AlertEvent
    from glance.domain.alerts.rule import AlertRule
    from glance.domain.logs.series import LogSeries
    from glance.domain.view import View
    from glance.pipeline.log_feed import LogFeed
    from glance.pipeline.looker import Sight
    from glance.pipeline.poll_watch import PollWatch
    from glance.pipeline.snapshot_list import SnapshotList
    from glance.pipeline.snapshot_plan import SnapshotPlan
    from glance.pipeline.snapshot_work import SnapshotWork

logger = logging.getLogger(__name__)

ALERT_SECONDS = 900.0
"""An alert keeps so much of what was before it, or twice its own window."""
MOST_ALERT_SECONDS = 3600.0
STEP_SECONDS = 5.0
"""Such a window lies on the steps of the chart."""
NOT_HERE = "no snapshots are taken here"
LAST_SECONDS = 1.0
"""At the end, one that is nearly there is waited for so long."""


class SnapshotDesk:
    """Used in the collector's thread, but for `order`."""

    def __init__(self, plan: SnapshotPlan | None, told: Callable[[], None]) -> None:
        """Do nothing yet.

        Args:
            plan: how; None takes none.
            told: called from any thread when there is more to say than at the last time.
        """
        self._plan = plan
        self._told = told
        self._orders: queue.SimpleQueue[SnapshotOrder] = queue.SimpleQueue()
        self._newest = 0
        self._status: SnapshotStatus = IDLE
        self._serial_lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._is_taking = False
        self._asked_at: dict[str, float] = {}
        """When a rule was granted its last snapshot."""
        self._list: SnapshotList | None = None
        self._watch: PollWatch = NoTargets()
        self.is_of_snapshot = False
        """What is looked at is a snapshot itself."""

    def attend(self, watch: PollWatch) -> None:
        """Keep what this polls too, where it is in no database."""
        self._watch = watch

    def change(self, plan: SnapshotPlan | None) -> None:
        """Take them in another way from now on; what is under way goes on as it began."""
        self._plan = plan
        self._list = None

    def order(self, order: SnapshotOrder | None) -> None:
        """A person wants something; done once. May be called from any thread."""
        if order is not None and order.number > self._newest:
            self._newest = order.number
            self._orders.put(order)

    def see(self, view: View, sight: Sight, feeds: Sequence[LogFeed], now: float) -> SnapshotStatus:
        """Begin what was ordered; returns how all goes.

        Args:
            view: what is looked at.
            sight: its records.
            feeds: the logs.
            now: epoch seconds.
        """
        while not self._orders.empty():
            order = self._orders.get()
            if order.kind == "take":
                self._take_seen(view, sight, feeds, now)
            elif self._plan is not None:
                self._begin("order", partial(self._do, self._plan, order))
        return self._status

    def _do(self, plan: SnapshotPlan, order: SnapshotOrder) -> None:
        self._work(plan).do(order)

    def answer(self, wish: SnapshotWish) -> PageAnswer:
        """What the page of snapshots shows."""
        if self._list is None:
            from glance.pipeline.snapshot_list import SnapshotList  # the store: only on this page

            self._list = SnapshotList(self._plan, self._told)
        return self._list.answer(wish, self._status.serial)

    def forget(self) -> None:
        """Nobody looks at the page."""
        self._list = None

    # Taking -------------------------------------------------------------------------------------

    def _take_seen(self, view: View, sight: Sight, feeds: Sequence[LogFeed], now: float) -> None:
        """Take one of what a person looks at."""
        plan = self._plan
        if plan is None or self.is_of_snapshot:
            self._say("this is a snapshot already" if self.is_of_snapshot else NOT_HERE, is_bad=True)
            return
        if self._is_taking:
            self._say("one snapshot at a time: another is being taken", is_busy=True)
            return
        window = sight.figures.window
        span = (window.start, window.end)
        if view.interval is not None:
            span = (view.interval.start, view.interval.end)
        text = "" if sight.figures.filter_error else view.filter
        self._take(plan, (sight.series, feeds), Errand(span, now, text))

    def alerted(self, rule: AlertRule, event: AlertEvent, series: LogSeries, feeds: Sequence[LogFeed]) -> None:
        """A rule begins to fire: take a snapshot, when it is to, and took none for a while."""
        plan, now = self._plan, event.at
        if plan is None or not plan.is_on_alert or not rule.takes_snapshot:
            return
        asked = self._asked_at.get(rule.name)
        if asked is not None and 0 <= now - asked < plan.cooldown_seconds:
            return
        if self._is_taking:
            logger.info("alert %s takes no snapshot: another is being taken", rule.name)
            return
        self._asked_at[rule.name] = now
        length = min(MOST_ALERT_SECONDS, max(ALERT_SECONDS, 2.0 * rule.window_seconds))
        end = (now // STEP_SECONDS + 1) * STEP_SECONDS
        self._take(plan, (series, feeds), Errand((end - length, end), now, "", rule.name, event.message))

    def _take(self, plan: SnapshotPlan, logs: tuple[LogSeries, Sequence[LogFeed]], errand: Errand) -> None:
        """Take hold of the moment, and do the rest in a thread."""
        from glance.pipeline.held_moment import held_moment  # only where a snapshot is taken

        held = held_moment(
            *logs, errand.span, errand.around_seconds, filter_text=errand.filter, most_records=plan.most_records
        )
        self._is_taking = True

        def work() -> None:
            words = ""
            try:
                words = self._work(plan).take(held, errand)
            finally:
                self._is_taking = False  # first: who is told may want another one at once
            if words:
                self._say(words)

        self._begin("snapshot", work)

    def _work(self, plan: SnapshotPlan) -> SnapshotWork:
        from glance.pipeline.snapshot_work import SnapshotWork  # aiohttp and the store: in the thread

        return SnapshotWork(plan, self._say, time.time, self._watch.memory())

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        """Do something in a thread; what fails is said, and a bug ends the dashboard as one in the collector does."""

        def run() -> None:
            try:
                work()
            except GlanceError as error:
                self._say(": ".join(filter(None, (error.what, error.why))), is_bad=True)
                logger.warning("%s: %s", error.what, error.why)
            except (OSError, MemoryError) as error:
                self._say(f"no snapshot: {error}", is_bad=True)
                logger.warning("no snapshot: %s", error)

        self._threads = [one for one in self._threads if one.is_alive()]
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _say(self, words: str, *, is_busy: bool = False, is_bad: bool = False) -> None:
        """There is something to say; from any thread."""
        with self._serial_lock:
            self._status = SnapshotStatus(self._status.serial + 1, words, is_busy, is_bad)
        self._told()

    def close(self, seconds: float = LAST_SECONDS) -> None:
        """End; what is half done leaves nothing behind."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
