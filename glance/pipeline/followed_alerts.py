"""Alerts that another glance watches, as it keeps them: shown here, neither counted nor sent again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.alerts.watched import Watched
from glance.domain.logs.bucket import LogBucket
from glance.domain.scene import AlertNotice
from glance.errors import GlanceError, StoreError
from glance.pipeline.alert_book import MOST_NOTICES, AlertBook
from glance.store.alert_table import AlertTable, KeptState

logger = logging.getLogger(__name__)


OnFire = Callable[[AlertRule, AlertEvent], None]
"""Is told of a rule that begins to fire, and of what happened."""


class AlertWatch(Protocol):
    """What a collector does with alerts, whoever watches them."""

    groups: Mapping[str, str]
    """The group of each log, by its name."""
    on_fire: OnFire | None
    """Told of what begins to fire here; of what another glance watches that one takes care."""

    @property
    def span_seconds(self) -> int:
        """How far back the records are that it needs to begin with."""

    @property
    def notices(self) -> tuple[AlertNotice, ...]:
        """What fires, fired and is about to, newest first."""

    @property
    def words(self) -> str:
        """What the first rule watches, for a person."""

    def take(self, buckets: Iterable[LogBucket], now: float | None = None) -> None:
        """Count what was read just now."""

    def evaluate(self, now: float, *, is_stale: bool = False) -> None:
        """Look at every rule."""

    def close(self, seconds: float = 3.0) -> None:
        """End."""


class FollowedAlerts:
    """The alerts of a database that another process writes."""

    def __init__(self, database: Path, words: str) -> None:
        """Read nothing yet.

        Args:
            database: where they are kept.
            words: what the first rule watches.
        """
        self._database = database
        self._table: AlertTable | None = None
        self._version = -1
        self.groups: Mapping[str, str] = {}
        self.on_fire: OnFire | None = None
        self.span_seconds = 0
        self.words = words
        self.notices: tuple[AlertNotice, ...] = ()

    def take(self, buckets: Iterable[LogBucket], now: float | None = None) -> None:
        """Counting is the other one's work."""

    def evaluate(self, now: float, *, is_stale: bool = False) -> None:
        """Look whether the other one has kept anything new."""
        try:
            self._table = self._table or AlertTable.open_to_read(self._database)
            if self._table is None or self._table.version == self._version:
                return
            self._version = self._table.version
            book = AlertBook()
            for event in reversed(self._table.events(most=2 * MOST_NOTICES)):
                book.add(event)
            self.notices = book.notices(_standing(self._table.states()), is_stale=False)
        except StoreError as error:
            logger.warning("%s: %s", error.what, error.why)

    def close(self, seconds: float = 3.0) -> None:
        """Let go of the database."""
        if self._table is not None:
            self._table.close()
            self._table = None


def _standing(states: Iterable[KeptState]) -> list[Watched]:
    """How rules stand that are not calm, as it was kept last: with the worst value of what fires."""
    found = []
    for kept in states:
        try:
            rule = parse_rule(kept.rule, kept.text)
            found.append(Watched.restored(rule, kept.segment, kept.phase, kept.data))
        except (KeyError, TypeError, ValueError, GlanceError):
            continue  # of another version, or of a rule that has no text; its events are shown
    return found
