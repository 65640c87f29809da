"""What is still to be sent: in the order in which it happened, at least once, across restarts, and bounded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from glance.domain.alerts.event import AlertEvent, event_from
from glance.store.failure import failure

MOST_WAITING = 1000
"""Events that wait for one output; beyond it the oldest go, and are counted."""

FIRST_RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 900.0
GIVE_UP_SECONDS = 86_400.0
"""What could not be delivered within a day is given up, and counted."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one output."""

    id: int
    output: str
    event: AlertEvent
    made_at: float
    attempts: int
    """How often it was begun before; it may have arrived although nobody knows."""


@dataclass(frozen=True, slots=True)
class OutputState:
    """How an output is doing."""

    name: str
    waiting: int
    sent: int
    failed: int
    """Given up: refused for good, or not delivered in time."""
    dropped: int
    """Left out because too many waited."""
    last_sent_at: float | None
    trouble: str
    """Why the last attempt failed; empty when it did not."""


class Outbox:
    """The outbox of an open database. Writing methods are called within a transaction of the table of alerts."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Use an open database, which lies at `path`."""
        self._connection = connection
        self._path = path

    def put(self, output: str, event: AlertEvent, now: float) -> None:
        """An event for an output; one that waits already, or was the last one sent, changes nothing."""
        self._connection.execute("INSERT INTO alert_output (name) VALUES (?) ON CONFLICT DO NOTHING", (output,))
        ((last,),) = self._connection.execute("SELECT last_key FROM alert_output WHERE name = ?", (output,)).fetchall()
        if last == event.key:
            return
        self._connection.execute(
            "INSERT INTO alert_outbox (output, key, data, made_at, due_at) VALUES (?, ?, ?, ?4, ?4) "
            "ON CONFLICT (output, key) DO NOTHING",
            (output, event.key, event.as_json(), now),
        )
        self._drop_oldest(output)

    def _drop_oldest(self, output: str) -> None:
        self._connection.execute(
            "DELETE FROM alert_outbox WHERE output = ?1 AND id IN "
            "(SELECT id FROM alert_outbox WHERE output = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
            (output, MOST_WAITING),
        )
        dropped = self._connection.changes()
        if dropped:
            self._connection.execute("UPDATE alert_output SET dropped = dropped + ? WHERE name = ?", (dropped, output))

    def next(self, output: str) -> Delivery | None:
        """What this output gets next, be it due or not."""
        rows = self._rows(
            "SELECT id, data, made_at, attempts FROM alert_outbox WHERE output = ? ORDER BY id LIMIT 1", (output,)
        )
        for number, data, made_at, attempts in rows:
            return Delivery(number, output, event_from(json.loads(data)), made_at, attempts)
        return None

    def wait_seconds(self, output: str, now: float) -> float | None:
        """Seconds until the next attempt; None when nothing waits. A clock that was set back delays nothing."""
        rows = self._rows("SELECT due_at FROM alert_outbox WHERE output = ? ORDER BY id LIMIT 1", (output,))
        return min(LONGEST_RETRY_SECONDS, max(0.0, rows[0][0] - now)) if rows else None

    def begin(self, delivery: Delivery, now: float) -> None:
        """It is about to be sent: whatever happens now, it may have arrived."""
        wait = retry_seconds(delivery.attempts)
        self._connection.execute(
            "UPDATE alert_outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?", (now + wait, delivery.id)
        )

    def sent(self, delivery: Delivery, now: float) -> None:
        """It arrived."""
        self._connection.execute("DELETE FROM alert_outbox WHERE id = ?", (delivery.id,))
        self._connection.execute(
            "UPDATE alert_output SET sent = sent + 1, last_sent_at = ?, trouble = '', last_key = ? WHERE name = ?",
            (now, delivery.event.key, delivery.output),
        )

    def failed(self, delivery: Delivery, now: float, why: str, *, is_passing: bool) -> None:
        """It did not arrive: try again later, or not any more."""
        is_over = not is_passing or now - delivery.made_at > GIVE_UP_SECONDS
        if is_over:
            self._connection.execute("DELETE FROM alert_outbox WHERE id = ?", (delivery.id,))
        else:
            self._connection.execute(
                "UPDATE alert_outbox SET due_at = ? WHERE id = ?", (now + retry_seconds(delivery.attempts), delivery.id)
            )
        self._connection.execute(
            "UPDATE alert_output SET failed = failed + ?, trouble = ? WHERE name = ?",
            (int(is_over), why[:500], delivery.output),
        )

    def outputs(self) -> tuple[OutputState, ...]:
        """Every output that ever got anything, by name."""
        rows = self._rows(
            "SELECT name, (SELECT count(*) FROM alert_outbox WHERE output = name), sent, failed, dropped, "
            "last_sent_at, trouble FROM alert_output ORDER BY name"
        )
        return tuple(OutputState(*row) for row in rows)

    def _rows(self, statement: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except apsw.Error as error:
            raise failure(f"cannot read {self._path}", self._path, error) from error


def retry_seconds(attempts: int) -> float:
    """How long to wait after that many attempts that failed before: twice as long each time."""
    return min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(attempts, 20))
