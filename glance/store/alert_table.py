"""Alert definitions, the states that survive a restart, and the events: both transitions, for good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from glance.domain.alerts.event import AlertEvent, event_from
from glance.store.alert_schema import SCHEMA_ALERTS
from glance.store.beside import TableBeside
from glance.store.failure import failure
from glance.store.outbox import Outbox
from glance.store.transaction import writing

MOST_EVENTS = 20_000
"""Events that are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule that a person made, or a built-in one that they switched off."""

    name: str
    text: str | None
    made_at: float


@dataclass(frozen=True, slots=True)
class KeptState:
    """How a rule stood for a segment."""

    rule: str
    segment: bytes
    text: str
    phase: str
    data: Mapping[str, Any]


class AlertTable(TableBeside):
    """The alerts of an open database."""

    KNOWN_BY = "alert_rule"
    SCHEMA = SCHEMA_ALERTS

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Use an open database of the present schema."""
        super().__init__(connection, path)
        self.outbox = Outbox(connection, path)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All that is written within is written whole, or not at all.

        Raises:
            StoreError: it was not.
        """
        with writing(self._connection, self.path, f"cannot keep alerts in {self.path}"):
            yield

    @property
    def version(self) -> int:
        """Another number after another process wrote to the database."""
        try:
            return int(self._connection.pragma("data_version"))
        except apsw.Error as error:
            raise failure(f"cannot read {self.path}", self.path, error) from error

    # definitions

    def definitions(self) -> tuple[Definition, ...]:
        """Every rule that was made or switched off, by name."""
        rows = self._rows("SELECT name, text, made_at FROM alert_rule ORDER BY name")
        return tuple(Definition(str(name), text, float(made_at)) for name, text, made_at in rows)

    def define(self, name: str, text: str | None, now: float) -> None:
        """Keep a rule under a name, in place of what was there; no text switches a built-in one off."""
        with self.writing():
            self._connection.execute("INSERT OR REPLACE INTO alert_rule VALUES (?, ?, ?)", (name, text, now))

    def forget(self, name: str) -> bool:
        """Forget a definition; False when there was none. Its events stay."""
        with self.writing():
            self._connection.execute("DELETE FROM alert_rule WHERE name = ?", (name,))
            return bool(self._connection.changes())

    # states

    def states(self) -> tuple[KeptState, ...]:
        """Every state that is not calm."""
        rows = self._rows("SELECT rule, segment, text, phase, data FROM alert_state")
        return tuple(
            KeptState(str(rule), bytes(segment), str(text), str(phase), json.loads(data))
            for rule, segment, text, phase, data in rows
        )

    def keep_states(self, states: Iterable[KeptState]) -> None:
        """Write states, within `writing`; an inactive one whose data is empty is forgotten."""
        for state in states:
            if state.phase == "inactive" and not state.data:
                self._connection.execute(
                    "DELETE FROM alert_state WHERE rule = ? AND segment = ?", (state.rule, state.segment)
                )
                continue
            self._connection.execute(
                "INSERT OR REPLACE INTO alert_state VALUES (?, ?, ?, ?, ?)",
                (state.rule, state.segment, state.text, state.phase, json.dumps(state.data)),
            )

    # events

    def keep_event(self, event: AlertEvent) -> None:
        """Write a transition, within `writing`; one that is known changes nothing."""
        self._connection.execute(
            "INSERT INTO alert_event (key, rule, status, started_at, at, data) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO NOTHING",
            (event.key, event.rule, event.status, event.started_at, event.at, event.as_json()),
        )
        self._connection.execute(
            "DELETE FROM alert_event WHERE id <= (SELECT max(id) FROM alert_event) - ?", (MOST_EVENTS,)
        )

    def events(self, rule: str | None = None, *, most: int = 100) -> tuple[AlertEvent, ...]:
        """The newest events, newest first, of one rule or of all."""
        where, values = ("WHERE rule = ? ", [rule]) if rule is not None else ("", [])
        rows = self._rows(
            f"SELECT data FROM alert_event {where}ORDER BY at DESC, id DESC LIMIT ?",  # noqa: S608 - fixed text
            (*values, most),
        )
        return tuple(event_from(json.loads(data)) for (data,) in rows)

    def names(self) -> tuple[str, ...]:
        """Every rule of which there are events, those that are gone too."""
        return tuple(str(rule) for (rule,) in self._rows("SELECT DISTINCT rule FROM alert_event"))

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except apsw.Error as error:
            raise failure(f"cannot read {self.path}", self.path, error) from error
