"""What some clients, or networks of them, did within a window that slides: only what is new is counted.

The same counts as `client_counts` makes, remembered by bucket. A few hundred clients are tracked; those that
come in later are counted over what is remembered already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.client_counts import MOST_AGENTS, NOT_FOUND
from glance.domain.logs.dictionary import Keys
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.scanner import is_probe
from glance.domain.logs.series import LogSeries
from glance.domain.logs.status import CLIENT_ERROR, error_classes
from glance.domain.logs.suspicion import BURST_SECONDS
from glance.domain.logs.tally import Selection, step_numbers

MOST_TRACKED = 600
"""Clients that are remembered; one more, and all is counted anew for those that are wanted."""

_SHIFT = 40
_DENSE = 1 << 20
"""Pairs of numbers are counted in a table of at most so many cells."""

_NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class ClientPart:
    """What the tracked clients did in some records. Pairs are `row << 40 | number`, ascending."""

    sums: NDArray[np.int64]
    """By row: answered with 404, probes answered with 4xx."""
    first_ms: NDArray[np.int64]
    last_ms: NDArray[np.int64]
    paths: NDArray[np.int64]
    agents: NDArray[np.int64]
    agent_times: NDArray[np.int64]
    steps: NDArray[np.int64]
    step_times: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClientDeeds:
    """What one of them did."""

    not_found: int
    probes: int
    paths: int
    busiest: int
    agents: tuple[bytes, ...]
    """Most often used first."""
    first_ms: int
    last_ms: int


class ClientTally:
    """Remembers buckets of one series, for one choice of records."""

    def __init__(self, series: LogSeries, moves: Callable[[], Keys] | None = None) -> None:
        """Track nobody yet.

        Args:
            series: whose clients they are.
            moves: the number of the network of each client's number; None is for clients by themselves.
        """
        self._series = series
        self._moves = moves
        self._rows: dict[int, int] = {}
        self._parts: dict[int, tuple[HeldBucket, ClientPart]] = {}
        self._middle: tuple[tuple[int, ...], ClientPart, NDArray[np.int64]] | None = None
        self._probes: dict[int, bool] = {}

    def deeds(
        self,
        keys: Sequence[int],
        buckets: Iterable[HeldBucket],
        chosen: Callable[[HeldBucket], Selection],
        is_whole: Callable[[HeldBucket], bool],
    ) -> list[ClientDeeds]:
        """What these did, in their order.

        Args:
            keys: numbers of clients, or of networks.
            buckets: those that reach into the window.
            chosen: which records of a bucket count.
            is_whole: whether all its records lie within the window, so that it can be remembered.
        """
        self._track(keys, chosen)
        whole: dict[int, tuple[HeldBucket, ClientPart]] = {}
        edges: list[ClientPart] = []
        for bucket in buckets:
            if not is_whole(bucket):
                edges.append(self._part(bucket, chosen(bucket), 0, len(self._rows)))
                continue
            known = self._parts.get(id(bucket))
            whole[id(bucket)] = known or (bucket, self._part(bucket, chosen(bucket), 0, len(self._rows)))
        self._parts = whole
        sealed = {id(bucket) for bucket in self._series.sealed}
        steady = tuple(key for key in whole if key in sealed)
        edges += [part for key, (_, part) in whole.items() if key not in sealed]
        if self._middle is None or self._middle[0] != steady:
            middle = _merged([whole[key][1] for key in steady], len(self._rows))
            self._middle = (steady, middle, np.bincount(middle.paths >> _SHIFT, minlength=len(self._rows)))
        return self._told(keys, self._middle[1], self._middle[2], edges)

    def _track(self, keys: Sequence[int], chosen: Callable[[HeldBucket], Selection]) -> None:
        """Remember these, too; of those that are new, what they did in the buckets that are remembered."""
        fresh = [key for key in keys if key not in self._rows]
        if not fresh:
            return
        self._middle = None
        if len(self._rows) + len(fresh) > MOST_TRACKED:
            self._rows, self._parts, fresh = {}, {}, list(keys)
        first = len(self._rows)
        for key in fresh:
            self._rows[key] = len(self._rows)
        for number, (bucket, part) in self._parts.items():
            more = self._part(bucket, chosen(bucket), first, len(self._rows))
            self._parts[number] = (bucket, _stacked(part, more))

    def _row_of(self, keys: Keys, first: int, end: int) -> NDArray[np.int64]:
        """The row of each number of a client; -1 for those that are not among the rows from `first` to `end`."""
        groups = keys if self._moves is None else self._moves()[keys]
        own = np.fromiter(self._rows, np.int64, len(self._rows))[first:end]
        order = np.argsort(own)
        at = np.minimum(np.searchsorted(own[order], groups), max(0, len(own) - 1))
        return np.where(own[order][at] == groups, order[at] + first, -1) if len(own) else np.full(len(keys), -1)

    def _part(self, bucket: HeldBucket, chosen: Selection, first: int, end: int) -> ClientPart:
        """What the rows from `first` to `end` did in the chosen records of a bucket."""
        column = bucket.texts["client"]
        rows_of_ids = self._row_of(column.keys, first, end)
        if not (rows_of_ids >= 0).any():
            return _nothing(end - first)
        of_record = rows_of_ids[column.ids if chosen is None else column.ids[chosen]]
        places = np.flatnonzero(of_record >= 0)
        if not len(places):
            return _nothing(end - first)
        rows = of_record[places] - first
        records = places if chosen is None else chosen[places]
        many = end - first
        at_ms = bucket.times.deltas[records].astype(np.int64) * bucket.times.step_ms + bucket.times.base_ms
        oldest, newest = np.full(many, _NEVER), np.full(many, -_NEVER)
        np.minimum.at(oldest, rows, at_ms)
        np.maximum.at(newest, rows, at_ms)
        paths, _ = self._pairs(bucket, "path", rows, records, many)
        agents, agent_times = self._pairs(bucket, "agent", rows, records, many)
        steps = step_numbers(bucket, records, BURST_SECONDS * 1000)
        earliest = int(steps.min())
        width = int(steps.max()) - earliest + 1
        if many * width <= _DENSE:
            found, step_times = _table(rows, steps - earliest, many, width)
            step_cells = found // width << _SHIFT | (found % width + earliest)
        else:
            step_cells, step_times = np.unique(rows << _SHIFT | steps, return_counts=True)
        base = first << _SHIFT
        sums = self._refused(bucket, rows, records, many)
        return ClientPart(sums, oldest, newest, paths + base, agents + base, agent_times, step_cells + base, step_times)

    def _refused(
        self, bucket: HeldBucket, rows: NDArray[np.int64], records: NDArray[np.intp], many: int
    ) -> NDArray[np.int64]:
        """How much each row did not find, and how much of what scanners try was refused to it."""
        status, path, statuses = bucket.texts["status"], bucket.texts["path"], self._series.dictionaries["status"]
        refused = np.flatnonzero(error_classes(status, statuses.values)[records] == CLIENT_ERROR)
        number = statuses.number(NOT_FOUND)
        own = rows[refused]
        missing = status.keys[status.ids[records[refused]]] == (-1 if number is None else number)
        keys = path.keys[path.ids[records[refused]]]
        values = self._series.dictionaries["path"].values
        asked = np.unique(keys).tolist()
        for key in asked:
            if key not in self._probes:
                self._probes[key] = is_probe(values[key])
        probes = np.isin(keys, [key for key in asked if self._probes[key]])
        return np.stack([np.bincount(own[mark], minlength=many) for mark in (missing, probes)])

    @staticmethod
    def _pairs(
        bucket: HeldBucket, field: str, rows: NDArray[np.int64], records: NDArray[np.intp], many: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Distinct pairs of a row and a number of the field's dictionary, ascending, and how often each came."""
        column = bucket.texts[field]
        ids, keys = column.ids[records].astype(np.int64), column.keys.astype(np.int64)
        if many * len(keys) > _DENSE:
            return np.unique(rows << _SHIFT | keys[ids], return_counts=True)
        found, times = _table(rows, ids, many, len(keys))
        cells = found // len(keys) << _SHIFT | keys[found % len(keys)]
        order = np.argsort(cells, kind="stable")
        return cells[order], times[order]

    def _told(
        self, keys: Sequence[int], middle: ClientPart, middle_paths: NDArray[np.int64], edges: list[ClientPart]
    ) -> list[ClientDeeds]:
        """Everything together, for each of the wanted ones."""
        many = len(self._rows)
        edge = _merged(edges, many)
        at = np.searchsorted(middle.paths, edge.paths)
        known = at < len(middle.paths)
        known[known] = middle.paths[at[known]] == edge.paths[known]
        paths = middle_paths + np.bincount(edge.paths[~known] >> _SHIFT, minlength=many)
        whole = _merged([replace(middle, paths=edge.paths[:0]), replace(edge, paths=edge.paths[:0])], many)
        busiest = np.zeros(many, np.int64)
        np.maximum.at(busiest, whole.steps >> _SHIFT, whole.step_times)
        agents = self._agents(whole)
        return [
            ClientDeeds(
                not_found=int(whole.sums[0, row]),
                probes=int(whole.sums[1, row]),
                paths=int(paths[row]),
                busiest=int(busiest[row]),
                agents=agents.get(row, ()),
                first_ms=int(whole.first_ms[row]),
                last_ms=int(whole.last_ms[row]),
            )
            for row in (self._rows[key] for key in keys)
        ]

    def _agents(self, whole: ClientPart) -> dict[int, tuple[bytes, ...]]:
        """The agents of each row, most often used first, ties by value; the empty one is none."""
        values = self._series.dictionaries["agent"].values
        rows, numbers = whole.agents >> _SHIFT, whole.agents & (1 << _SHIFT) - 1
        used, places = np.unique(numbers, return_inverse=True)
        names = [values[number] for number in used.tolist()]
        ranks = np.empty(len(used), np.int64)
        ranks[sorted(range(len(used)), key=names.__getitem__)] = np.arange(len(used))
        order = np.lexsort((ranks[places], -whole.agent_times, rows))
        is_named = np.array([bool(name) for name in names], np.bool_)
        order = order[is_named[places[order]]]
        starts = np.searchsorted(rows[order], np.arange(len(self._rows) + 1))
        return {
            row: tuple(names[place] for place in places[order[start:end][:MOST_AGENTS]].tolist())
            for row, (start, end) in enumerate(pairwise(starts.tolist()))
            if end > start
        }


def _table(
    rows: NDArray[np.int64], ids: NDArray[np.int64], many: int, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct `row · size + id`, ascending, and how often each came, counted in a table."""
    counted = np.bincount(rows * size + ids, minlength=many * size)
    found = np.flatnonzero(counted)
    return found, counted[found]


def _nothing(many: int) -> ClientPart:
    """No record of any of so many rows."""
    none = np.zeros(0, np.int64)
    sums = np.zeros((2, many), np.int64)
    return ClientPart(sums, np.full(many, _NEVER), np.full(many, -_NEVER), none, none, none, none, none)


def _stacked(one: ClientPart, more: ClientPart) -> ClientPart:
    """The same records with more rows behind those that were counted."""
    return ClientPart(
        np.concatenate([one.sums, more.sums], axis=1),
        *(
            np.concatenate([getattr(one, name), getattr(more, name)])
            for name in ("first_ms", "last_ms", "paths", "agents", "agent_times", "steps", "step_times")
        ),
    )


def _merged(parts: Sequence[ClientPart], many: int) -> ClientPart:
    """Different records of the same rows, together."""
    if not parts:
        return _nothing(many)
    if len(parts) == 1:
        return parts[0]
    agents, agent_times = _summed([part.agents for part in parts], [part.agent_times for part in parts])
    steps, step_times = _summed([part.steps for part in parts], [part.step_times for part in parts])
    return ClientPart(
        np.sum([part.sums for part in parts], axis=0),
        np.min([part.first_ms for part in parts], axis=0),
        np.max([part.last_ms for part in parts], axis=0),
        np.unique(np.concatenate([part.paths for part in parts])),
        agents,
        agent_times,
        steps,
        step_times,
    )


def _summed(
    cells: Sequence[NDArray[np.int64]], times: Sequence[NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct cells, and how often each came in all."""
    distinct, places = np.unique(np.concatenate(cells), return_inverse=True)
    return distinct, np.bincount(places, weights=np.concatenate(times), minlength=len(distinct)).astype(np.int64)
