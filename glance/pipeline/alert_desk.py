"""Keeps what happened to alerts and has it delivered, in a thread of its own with its own connection.

Whoever evaluates only posts here and goes on: a database that is locked and a receiver that hangs
stop nothing. An event, the states after it and what is to be sent of it are written in one
transaction before anything is sent; so after a crash it is sent again, or for the first time.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glance.domain.alerts.event import AlertEvent
from glance.errors import StoreError
from glance.outputs.output import Output
from glance.pipeline.courier import Courier, Outcome
from glance.store.alert_table import AlertTable, Definition, KeptState

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often definitions are looked at that another process may have changed."""
RETRY_SECONDS = 5.0
"""How long to wait for a database that could not be written."""
MOST_POSTINGS = 10_000
"""Postings held for it; the oldest go."""


@dataclass(frozen=True, slots=True)
class Posting:
    """News to be kept and sent."""

    events: tuple[AlertEvent, ...] = ()
    """Kept for good, and sent to outputs that hear of every turn."""
    told: tuple[AlertEvent, ...] = ()
    """Sent to outputs that are spared."""
    states: tuple[KeptState, ...] = ()


class AlertDesk:
    """The keeper of alerts."""

    def __init__(
        self,
        table: AlertTable,
        outputs: Sequence[Output],
        now: Callable[[], float],
        *,
        is_threaded: bool = True,
    ) -> None:
        """Keep alerts in a table, which is closed with this.

        Args:
            table: of an own connection, which nobody else uses from now on.
            outputs: where events go.
            now: the clock, epoch seconds.
            is_threaded: False does nothing until `work` is called.
        """
        self._table = table
        self._now = now
        self._is_threaded = is_threaded
        self._news: queue.SimpleQueue[Posting | Outcome | None] = queue.SimpleQueue()
        self._couriers = [Courier(output, self._news.put, is_threaded=is_threaded) for output in outputs]
        self._postings: list[Posting] = []
        self._outcomes: list[Outcome] = []
        self._retry_at = 0.0
        self._looked_at = 0.0
        self._version: int | None = None
        self._definitions: tuple[Definition, ...] | None = None
        self._thread: threading.Thread | None = None
        self._is_stopping = False
        self.trouble = ""
        """Why nothing can be kept at the moment; empty when all is well."""

    def start(self) -> None:
        """Work from now on."""
        if self._is_threaded and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
            self._thread.start()

    def post(self, posting: Posting) -> None:
        """Something happened. May be called from any thread."""
        self._news.put(posting)

    def take_definitions(self) -> tuple[Definition, ...] | None:
        """The definitions, when they changed since they were taken last."""
        found, self._definitions = self._definitions, None
        return found

    def close(self, seconds: float = 3.0) -> None:
        """Keep what was posted, wait that long for what is under way, and end."""
        if self._thread is None:
            self.work(self._now())
            self._table.close()
            return
        self._news.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        wait = 0.0
        while not self._is_stopping or wait <= 0 or any(courier.is_busy for courier in self._couriers):
            self._wait(wait)
            wait = self.work(self._now())
        for courier in self._couriers:
            courier.stop()
        self._table.close()

    def _wait(self, seconds: float) -> None:
        """Until there is news, or for that long."""
        try:
            self._sort_out(self._news.get(timeout=max(0.0, seconds)))
        except queue.Empty:
            return

    def work(self, now: float) -> float:
        """Do what there is to do; returns the seconds until there may be more."""
        while not self._news.empty():
            self._sort_out(self._news.get())
        if now < self._retry_at:
            return min(LOOK_SECONDS, self._retry_at - now)
        try:
            self._keep(now)
            wait = self._hand_over(now)
            while not self._is_threaded and not self._news.empty():
                self._sort_out(self._news.get())
                self._keep(now)
                wait = self._hand_over(now)
            self._look(now)
        except StoreError as error:
            return self._put_off(error, now)
        self.trouble = ""
        return wait

    def _sort_out(self, news: Posting | Outcome | None) -> None:
        if isinstance(news, Posting):
            self._postings = [*self._postings, news][-MOST_POSTINGS:]
        elif news is None:
            self._is_stopping = True
        else:
            self._outcomes.append(news)

    def _put_off(self, error: StoreError, now: float) -> float:
        """The database cannot be used now: all is held until it can."""
        if not self.trouble:
            logger.warning("%s: %s", error.what, error.why)
        self.trouble = f"{error.what}: {error.why}" if error.why else error.what
        self._retry_at = now + RETRY_SECONDS
        return min(LOOK_SECONDS, RETRY_SECONDS)

    def _keep(self, now: float) -> None:
        """Write what was posted, and how deliveries went."""
        if not self._postings and not self._outcomes:
            return
        outbox = self._table.outbox
        with self._table.writing():
            for posting in self._postings:
                self._write(posting, now)
            for delivery, error in self._outcomes:
                if error is None:
                    outbox.sent(delivery, now)
                else:
                    outbox.failed(delivery, now, error.why, is_passing=error.is_passing)
        free = {delivery.output for delivery, _ in self._outcomes}
        self._postings, self._outcomes = [], []
        for courier in self._couriers:
            courier.is_busy = courier.is_busy and courier.output.name not in free

    def _write(self, posting: Posting, now: float) -> None:
        for event in posting.events:
            self._table.keep_event(event)
        self._table.keep_states(posting.states)
        for courier in self._couriers:
            for event in posting.told if courier.output.is_damped else posting.events:
                self._table.outbox.put(courier.output.name, event, now)

    def _hand_over(self, now: float) -> float:
        """Give each idle courier what is due; returns the seconds until the next is."""
        wait = LOOK_SECONDS
        for courier in self._couriers:
            if courier.is_busy:
                continue
            seconds = self._table.outbox.wait_seconds(courier.output.name, now)
            if seconds is None:
                continue
            if seconds > 0:
                wait = min(wait, max(0.05, seconds))
                continue
            delivery = self._table.outbox.next(courier.output.name)
            if delivery is not None:
                with self._table.writing():
                    self._table.outbox.begin(delivery, now)
                courier.give(delivery)
        return wait

    def _look(self, now: float) -> None:
        """Take note of definitions that changed."""
        if abs(now - self._looked_at) < LOOK_SECONDS and self._version is not None:
            return
        self._looked_at = now
        version = self._table.version
        if version != self._version:
            self._version = version
            self._definitions = self._table.definitions()
