"""CPU per request by route: labels of polled CPU profiles, by the log's count of requests while each was taken.

Only the polls of this run count, and only where their samples say which route they are of; else it costs nothing.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glance.domain.route_cpu import RouteCpu
from glance.domain.safe_text import decode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from glance.domain.logs.series import LogSeries
    from glance.domain.profiles.poll import Poll
    from glance.domain.profiles.route_pattern import RoutePattern
    from glance.domain.scene import Ranking, Scene
    from glance.pipeline.looker import Sight

MOST_POLLS = 4000
"""A day and a half of them, of one target."""
MOST_ENTRIES = 200_000
"""Labels and routes of all of them, of which each takes about a hundred bytes."""
SETTLE_SECONDS = 2.0
"""After a poll, until its requests are counted: logs note them at their end, and are read a moment later."""
LAG_BYTES = 1 << 20
"""Of a log that are unread: as long as there are more, requests of any moment may still come."""
NANOS = 1e9


@dataclass(slots=True, eq=False)
class Metered:
    """One CPU profile."""

    target: str
    start: float
    end: float
    values: Mapping[str, int]
    """Nanoseconds by the label of the route."""
    per_nano: float | None
    """Samples that a nanosecond stands for."""
    hits: Mapping[bytes, int] | None = None
    """Requests of that time by route; None until they are counted."""

    @property
    def entries(self) -> int:
        """How many labels and routes it holds."""
        return len(self.values) + len(self.hits or ())


class RouteMeter:
    """Remembers what each poll and its time said; used in the collector's thread."""

    def __init__(self) -> None:
        """Know of no poll."""
        self._polls: deque[Metered] = deque(maxlen=MOST_POLLS)
        self._known: tuple[tuple[object, ...], tuple[RouteCpu, ...]] = ((), ())
        self._patterns: dict[str, RoutePattern] = {}

    def take(self, poll: Poll) -> None:
        """A profile was polled."""
        if poll.kind != "cpu" or not len(poll.profile):
            return
        from glance.domain.profiles.growth import events_per_unit  # who polls has all of these
        from glance.domain.profiles.route_cost import values_by_label
        from glance.domain.profiles.value_choice import value_index

        index = value_index(poll.profile)
        if poll.profile.sample_types[index].unit != "nanoseconds":
            return
        key, values, _ = values_by_label(poll.profile, index)
        if key:
            self._polls.append(Metered(poll.target, poll.start, poll.end, values, events_per_unit(poll.profile, index)))

    def on(self, scene: Scene, sight: Sight, series: LogSeries) -> Scene:
        """The scene with what requests cost; the same one where nothing is known of that.

        Args:
            scene: what is shown.
            sight: answers for rankings.
            series: the records of this run.
        """
        if not self._polls:
            return scene
        costs = self._costs(scene, series)
        if not costs:
            return scene
        rankings = scene.rankings
        if dict(scene.view.sorts).get("routes") == "cpu":
            rankings = tuple(_ordered(one, costs, scene, sight) for one in rankings)
        known = {one.name: one for one in costs}
        return replace(scene, rankings=tuple(_told(one, known) if one.name == "routes" else one for one in rankings))

    def _costs(self, scene: Scene, series: LogSeries) -> tuple[RouteCpu, ...]:
        late = scene.at - SETTLE_SECONDS
        is_behind = any(one.pending_bytes or one.lag_bytes > LAG_BYTES for one in scene.sources)
        fresh = [one for one in self._polls if one.hits is None and one.end <= late and not is_behind]
        for one in fresh:
            if series.holds(one.start):
                one.hits = hits_of(series, one.start, one.end)
            else:  # not all of its requests are known any more: it cannot be told
                self._polls.remove(one)
        if fresh:
            self._bound()
        start, end = scene.window.start, scene.window.end
        counted = [one for one in self._polls if one.hits is not None and one.end > start and one.start < end]
        key = (len(counted), *(id(one) for one in (counted[0], counted[-1]) if counted)) if counted else ()
        if key != self._known[0]:
            self._known = (key, self._summed(counted))
        return self._known[1]

    def _bound(self) -> None:
        """Let go of the oldest where all of them hold too much."""
        entries = sum(one.entries for one in self._polls)
        while entries > MOST_ENTRIES:
            entries -= self._polls.popleft().entries

    def _summed(self, polls: list[Metered]) -> tuple[RouteCpu, ...]:
        """What a request of each route costs, over several polls; in all of the targets that have a part in it.

        Each target has polls of its own time: replicas behind one log do a part of its requests each.
        """
        events: dict[str, float] = {}
        for poll in polls:
            for value, nanos in poll.values.items():
                events[value] = events.get(value, 0.0) + nanos * (poll.per_nano or 0.0)
        seconds: dict[bytes, float] = {}
        labels: dict[bytes, str] = {}
        for target in dict.fromkeys(poll.target for poll in polls):
            found = self._of_target([poll for poll in polls if poll.target == target])
            for name, (label, cost) in found.items():
                seconds[name] = seconds.get(name, 0.0) + cost
                labels.setdefault(name, label)
        return tuple(
            RouteCpu(decode(name), cost, 2.0 / math.sqrt(events[labels[name]]) if events[labels[name]] else None)
            for name, cost in sorted(seconds.items())
        )

    def _of_target(self, polls: list[Metered]) -> dict[bytes, tuple[str, float]]:
        """The label of each route, and what a request of it costs one target."""
        from glance.domain.profiles.route_cost import label_for

        spent: dict[str, int] = {}
        hits: dict[bytes, int] = {}
        for poll in polls:
            for value, nanos in poll.values.items():
                spent[value] = spent.get(value, 0) + nanos
            for name, count in (poll.hits or {}).items():
                hits[name] = hits.get(name, 0) + count
        patterns = {label: self._pattern(label) for label in spent}
        fitting = {name: label_for(self._pattern(decode(name)), patterns) for name in hits}
        requests: dict[str, int] = {}
        for name, label in fitting.items():
            if label is not None:
                requests[label] = requests.get(label, 0) + hits[name]
        return {
            name: (label, spent[label] / NANOS / requests[label])
            for name, label in fitting.items()
            if label is not None
        }

    def _pattern(self, text: str) -> RoutePattern:
        """A route in its normal form."""
        from glance.domain.profiles.route_pattern import RoutePattern

        if text not in self._patterns:
            if len(self._patterns) > MOST_POLLS:
                self._patterns.clear()
            self._patterns[text] = RoutePattern.of(text)
        return self._patterns[text]


def _told(ranking: Ranking, known: Mapping[str, RouteCpu]) -> Ranking:
    """The ranking with what requests of its rows cost."""
    return replace(ranking, rows=tuple(replace(row, cpu=known.get(row.name)) for row in ranking.rows))


def hits_of(series: LogSeries, start: float, end: float) -> dict[bytes, int]:
    """Requests of a stretch of time by route."""
    import numpy as np

    from glance.domain.logs.tally import DERIVED, RANKED_FIELDS, chosen_between

    start_ms, end_ms = round(start * 1000), round(end * 1000)
    derived = series.derived["routes"]
    moves, values = derived.of(), derived.dictionary.values
    counts: NDArray[np.int64] = np.zeros(len(values), dtype=np.int64)
    for bucket in series.buckets:
        if bucket.last_ms < start_ms or bucket.first_ms >= end_ms:
            continue
        chosen = chosen_between(bucket, start_ms, end_ms)
        column = bucket.texts[RANKED_FIELDS[DERIVED["routes"]]]
        ids = column.ids if chosen is None else column.ids[chosen]
        counts += np.bincount(moves[column.keys[ids]], minlength=len(values))[: len(values)]
    return {values[number]: int(counts[number]) for number in np.flatnonzero(counts).tolist() if values[number]}


def _ordered(ranking: Ranking, costs: tuple[RouteCpu, ...], scene: Scene, sight: Sight) -> Ranking:
    """The ranking of routes, the dearest first; what is known of none comes last."""
    import numpy as np

    if ranking.name != "routes":
        return ranking
    dictionary = sight.maker.series.derived["routes"].dictionary
    dear = {one.name.encode("utf-8", "surrogateescape"): one.seconds for one in costs}

    def scores(hits: NDArray[np.int64]) -> NDArray[np.int64]:
        """What each route costs, by its number."""
        given = np.where(hits > 0, 1, 0).astype(np.int64)
        for name, seconds in dear.items():
            number = dictionary.number(name)
            if number is not None and number < len(given) and given[number]:
                given[number] = 1 + max(1, round(seconds * NANOS))
        return given

    return sight.maker.ranked_by(scene.view, scene.window, "routes", scores)
