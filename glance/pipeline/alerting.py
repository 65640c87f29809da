"""Alerts of a running collector: counts what is read, looks each second, keeps and sends what happens.

The collector calls `take` with each tick's new buckets and `evaluate` each second, traffic or not,
once all of the longest window (`span_seconds`) was read. Nothing here waits for anything.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from glance.domain.alerts.builtin import NO_DATA, effective_rules, no_data_rule
from glance.domain.alerts.event import AlertEvent, event_of
from glance.domain.alerts.evidence import NO_EVIDENCE, Evidence, evidence_of, parts_between
from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.rule_text import parse_rule, rule_text
from glance.domain.alerts.state import Reading, Transition
from glance.domain.alerts.watched import Watched
from glance.domain.alerts.watcher import ALL, Watcher
from glance.domain.alerts.wording import words_of
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.part import part_of
from glance.domain.scene import AlertNotice
from glance.errors import GlanceError, RuleError
from glance.outputs.output import Output
from glance.pipeline.alert_book import AlertBook
from glance.pipeline.alert_desk import AlertDesk, Posting
from glance.pipeline.followed_alerts import OnFire
from glance.pipeline.recent import RecentBuckets
from glance.store.alert_table import AlertTable, KeptState

logger = logging.getLogger(__name__)

MOST_PAUSE_SECONDS = 60.0
"""A longer time between two looks, or a step back, is a clock that was set or a machine that slept."""

KEEP_SECONDS = 30.0
"""How often states that go on are written."""

FORGET_SECONDS = 3600.0
"""How long a segment is remembered after its last turn."""

MOST_RECENT_SECONDS = 3600.0
"""How far back buckets are held at most."""


class Alerting:
    """Every rule in force."""

    def __init__(
        self,
        rules: Sequence[AlertRule],
        table: AlertTable | None = None,
        outputs: Sequence[Output] = (),
        *,
        now: Callable[[], float] = time.time,
        known_from: float = -math.inf,
        off: Collection[str] = (),
        is_threaded: bool = True,
    ) -> None:
        """Watch these rules, and those that the table defines.

        Args:
            rules: the built-in ones, as they are set.
            table: of an own connection (`AlertTable.open`), closed with this; None keeps nothing.
            outputs: where events go.
            now: the clock of deliveries.
            known_from: all that was logged since then will be taken; set it where reading begins at the end of a log.
            off: rules that the settings switch off.
            is_threaded: False keeps and delivers only when `desk.work` is called.
        """
        self._base = tuple(rule for rule in rules if rule.name not in off)
        self._off = frozenset(off)
        self._table = table or AlertTable.in_memory()
        self.desk = AlertDesk(self._table, outputs, now, is_threaded=is_threaded)
        self.known_from = known_from
        self.groups: Mapping[str, str] = {}
        """The group of each log, by its path; set by whoever knows."""
        self.broken: Mapping[str, RuleError] = {}
        """Definitions that cannot be used, and why."""
        self.on_fire: OnFire | None = None
        self._watchers: dict[str, Watcher] = {}
        self._no_data: Watched | None = Watched(no_data_rule(), ALL)
        self._book = AlertBook()
        self._recent = RecentBuckets()
        self._stale_since: float | None = None
        self._is_stale = False
        self._looked_at: float | None = None
        self._kept_at = 0.0
        self._use([], -math.inf)

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """The rules in force."""
        return tuple(watcher.rule for watcher in self._watchers.values())

    @property
    def span_seconds(self) -> int:
        """How far back the records are that it needs to begin with."""
        return max((rule.span_seconds for rule in self.rules), default=0)

    @property
    def notices(self) -> tuple[AlertNotice, ...]:
        """What fires, fired and is about to, newest first; what fires now tells its worst value so far."""
        return self._book.notices(self._all(), is_stale=self._is_stale)

    @property
    def words(self) -> str:
        """What the first rule watches, for a person."""
        return words_of(self.rules[0]) if self.rules else ""

    @property
    def left_out(self) -> Mapping[str, int]:
        """Segments that a rule did not look at because they were too many, by rule."""
        return {name: watcher.left_out for name, watcher in self._watchers.items() if watcher.left_out}

    def restore(self, now: float | None = None) -> None:
        """Go on where the last process stopped: nothing fires or resolves by that. Call it before anything else.

        Raises:
            StoreError: the database cannot be read.
        """
        at = time.time() if now is None else now
        self._use([(each.name, each.text) for each in self._table.definitions()], at)
        for event in reversed(self._table.events(most=200)):
            self._book.add(event)
        for kept in self._table.states():
            self._restore_state(kept, at)
        self.desk.start()

    def take(self, buckets: Iterable[LogBucket], now: float | None = None) -> None:
        """Count what was read just now."""
        at = time.time() if now is None else now
        oldest = at - min(MOST_RECENT_SECONDS, self.span_seconds)
        for bucket in buckets:
            self._recent.add(bucket, oldest)
            for watcher in self._watchers.values():
                watcher.add(bucket, at, self.groups.get(bucket.source, ""))

    def evaluate(self, now: float, *, is_stale: bool = False) -> None:
        """Look at every rule.

        Args:
            now: epoch seconds.
            is_stale: what is watched cannot be read, or is far behind, so that nothing is known of now.
        """
        self._take_definitions(now)
        self._note_pause(now)
        self._is_stale = is_stale
        turns = self._look_for_data(now, is_stale=is_stale)
        if not is_stale:
            for watcher in self._watchers.values():
                turns += [(watcher.rule, turn) for turn in watcher.evaluate(now, known_from=self.known_from)]
        events = [self._event(rule, turn) for rule, turn in turns]
        told = [event for watched in self._all() if (event := watched.damper.told(now)) is not None]
        self._post(now, events, told)

    def close(self, seconds: float = 3.0) -> None:
        """Keep how everything stands, and end."""
        if self._looked_at is not None:
            self.desk.post(Posting(states=tuple(self._kept(watched) for watched in self._all())))
        self.desk.close(seconds)

    # rules

    def _take_definitions(self, now: float) -> None:
        """Another process may have made or removed a rule."""
        definitions = self.desk.take_definitions()
        if definitions is not None:
            self._use([(each.name, each.text) for each in definitions], now)

    def _use(self, definitions: Sequence[tuple[str, str | None]], now: float) -> None:
        """Watch these from now on; a rule that is the same goes on as it stands."""
        rules, self.broken = effective_rules(self._base, definitions)
        is_off = NO_DATA in self._off or any(name == NO_DATA and text is None for name, text in definitions)
        if is_off:
            self._close([self._no_data] if self._no_data else [], now)
            self._no_data = None
        elif self._no_data is None:
            self._no_data = Watched(no_data_rule(), ALL)
        before, self._watchers = self._watchers, {}
        for rule in rules:
            known = before.pop(rule.name, None)
            if known is not None and known.rule == rule:
                self._watchers[rule.name] = known
                continue
            if known is not None:
                self._close(known.watched.values(), now)
            self._watchers[rule.name] = self._begun(rule, now)
        for gone in before.values():
            self._close(gone.watched.values(), now)

    def _begun(self, rule: AlertRule, now: float) -> Watcher:
        """A new rule, told of what was read lately."""
        watcher = Watcher(rule)
        watcher.known_from = self._recent.known_from
        for bucket in self._recent:
            watcher.add(bucket, now, self.groups.get(bucket.source, ""))
        return watcher

    def _close(self, group: Iterable[Watched], now: float) -> None:
        """These rules are gone: what fires is resolved, and forgotten."""
        events, states = [], []
        for watched in group:
            turn = watched.state.close(now)
            if turn is not None:
                event = event_of(watched.state.rule, turn, is_flapping=False)
                self._book.add(event)
                events.append(event)
            state = watched.state
            states.append(KeptState(state.rule.name, state.segment, "", "inactive", {}))
        self.desk.post(Posting(tuple(events), tuple(events), tuple(states)))

    # what survives

    def _restore_state(self, kept: KeptState, now: float) -> None:
        """One state as it was; that of a rule which changed meanwhile is closed."""
        watcher = self._watchers.get(kept.rule)
        rule = watcher.rule if watcher is not None else self._no_data_rule(kept.rule)
        try:
            if rule is not None and rule_text(rule) == kept.text:
                watched = Watched.restored(rule, kept.segment, kept.phase, kept.data)
                if watcher is not None:
                    watcher.watched[kept.segment] = watched
                else:
                    self._no_data = watched
                return
            old = parse_rule(kept.rule, kept.text)
            self._close([Watched.restored(old, kept.segment, kept.phase, kept.data)], now)
        except (KeyError, TypeError, ValueError, GlanceError) as error:
            logger.warning("the state of alert %s cannot be used: %s", kept.rule, error)

    def _no_data_rule(self, name: str) -> AlertRule | None:
        return self._no_data.state.rule if name == NO_DATA and self._no_data is not None else None

    def _all(self) -> list[Watched]:
        """Every state there is."""
        found = [watched for watcher in self._watchers.values() for watched in watcher.watched.values()]
        return [*found, self._no_data] if self._no_data is not None else found

    @staticmethod
    def _kept(watched: Watched) -> KeptState:
        state = watched.state
        return KeptState(state.rule.name, state.segment, rule_text(state.rule), state.phase, watched.as_mapping())

    # looking

    def _note_pause(self, now: float) -> None:
        """After a sleep or a step of the clock, what was logged between is not known."""
        if self._looked_at is not None and not -1.0 <= now - self._looked_at <= MOST_PAUSE_SECONDS:
            self.known_from = now
            self._stale_since = None
        self._looked_at = now

    def _look_for_data(self, now: float, *, is_stale: bool) -> list[tuple[AlertRule, Transition]]:
        """Logs that cannot be read for long are trouble of their own."""
        if not is_stale:
            self._stale_since = None
        elif self._stale_since is None:
            self._stale_since = now
        if self._no_data is None:
            return []
        seconds = 0.0 if self._stale_since is None else max(0.0, now - self._stale_since)
        turn = self._no_data.state.evaluate(now, Reading(seconds))
        return [] if turn is None else [(self._no_data.state.rule, turn)]

    def _event(self, rule: AlertRule, turn: Transition) -> AlertEvent:
        """What happened, with its evidence."""
        watched = self._watched(rule, turn.segment)
        event = event_of(rule, turn, self._evidence(rule, turn), is_flapping=watched.damper.is_flapping)
        watched.damper.turn(event)
        self._book.add(event)
        if self.on_fire is not None and turn.status == "firing":
            self.on_fire(rule, event)
        return event

    def _watched(self, rule: AlertRule, segment: bytes) -> Watched:
        if self._no_data is not None and rule is self._no_data.state.rule:
            return self._no_data
        return self._watchers[rule.name].watched[segment]

    def _evidence(self, rule: AlertRule, turn: Transition) -> Evidence:
        """What stands in the window that ends now, of the records that the rule looks at."""
        watcher = self._watchers.get(rule.name)
        if watcher is None:
            return NO_EVIDENCE
        start, end = watcher.span(turn.at)
        parts = []
        for part in parts_between(self._recent, start * 1000, end * 1000):
            mask = watcher.chosen(part, turn.segment)
            if mask.any() and rule.metric.is_about(part.source, self.groups.get(part.source, "")):
                parts.append(part_of(part, mask))
        return evidence_of(parts)

    def _post(self, now: float, events: list[AlertEvent], told: list[AlertEvent]) -> None:
        """Have it kept and sent; states that go on are written now and then."""
        changed = {(event.rule, event.segment) for event in (*events, *told)}
        is_time = not 0 <= now - self._kept_at < KEEP_SECONDS
        states = [
            self._kept(watched)
            for watched in self._all()
            if (watched.state.rule.name, watched.state.segment) in changed or (is_time and not watched.is_calm)
        ]
        if is_time:
            self._kept_at = now
            for watcher in self._watchers.values():
                gone = watcher.forget_calm(now, FORGET_SECONDS)
                states += [KeptState(watcher.rule.name, segment, "", "inactive", {}) for segment in gone]
        if events or told or states:
            flapping = {(each.state.rule.name, each.state.segment): each.damper.is_flapping for each in self._all()}
            told = [replace(event, is_flapping=flapping.get((event.rule, event.segment), False)) for event in told]
            self.desk.post(Posting(tuple(events), tuple(told), tuple(states)))
