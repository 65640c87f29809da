"""What every output is: something that takes one event."""

from __future__ import annotations

import hashlib
from typing import Protocol

from glance.domain.alerts.event import AlertEvent


class DeliveryError(Exception):
    """An event did not arrive, as far as anybody knows."""

    def __init__(self, why: str, *, is_passing: bool = True) -> None:
        """Say why, and whether trying again may help."""
        super().__init__(why)
        self.why = why
        self.is_passing = is_passing


class Output(Protocol):
    """Sends events one at a time, in a thread of its own, in which it may take its time."""

    @property
    def name(self) -> str:
        """The same at every start, and without anything secret."""
        ...

    @property
    def is_damped(self) -> bool:
        """It disturbs somebody, so that it is spared most turns of an alert that flaps."""
        ...

    def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
        """Send one event.

        Args:
            event: what happened.
            is_repeated: it may have been sent before, by a process that did not live to say so.

        Raises:
            DeliveryError: it did not arrive.
        """
        ...


def name_of(kind: str, shown: str, target: str) -> str:
    """A name that is the same for the same target, and shows only what is no secret."""
    return f"{kind} {shown} #{hashlib.blake2s(target.encode('utf-8', 'surrogateescape'), digest_size=3).hexdigest()}"
