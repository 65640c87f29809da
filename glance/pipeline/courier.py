"""Brings events to one output, one at a time, in a thread of its own: an output that hangs holds up nobody else."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from glance.outputs.output import DeliveryError, Output
from glance.store.outbox import Delivery

Outcome = tuple[Delivery, DeliveryError | None]
"""What was to be delivered, and why it was not."""


class Courier:
    """The thread of one output, begun with its first delivery."""

    def __init__(self, output: Output, report: Callable[[Outcome], None], *, is_threaded: bool = True) -> None:
        """Deliver to an output.

        Args:
            output: takes the events.
            report: is told how each went, in the courier's thread.
            is_threaded: False delivers at once, in the thread that hands over.
        """
        self.output = output
        self.is_busy = False
        """Something was handed over, and how it went was not taken note of yet: cleared by whoever does."""
        self._report = report
        self._is_threaded = is_threaded
        self._given: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def give(self, delivery: Delivery) -> None:
        """Hand over one delivery; never while the last one is under way."""
        self.is_busy = True
        if not self._is_threaded:
            self._deliver(delivery)
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"alerts to {self.output.name}", daemon=True)
            self._thread.start()
        self._given.put(delivery)

    def stop(self) -> None:
        """Deliver nothing more after what is under way; does not wait for it."""
        self._given.put(None)

    def _run(self) -> None:
        while (delivery := self._given.get()) is not None:
            self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        error: DeliveryError | None = DeliveryError("the output failed with a bug of its own")
        try:
            self.output.send(delivery.event, is_repeated=delivery.attempts > 0)
            error = None
        except DeliveryError as failure:
            error = failure
        finally:
            self._report((delivery, error))
