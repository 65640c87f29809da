"""What some clients of a series did: the counts by which suspicion judges them, exact over the chosen records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.scanner import is_probe
from glance.domain.logs.series import LogSeries
from glance.domain.logs.status import CLIENT_ERROR, SERVER_ERROR, error_classes
from glance.domain.logs.suspicion import BURST_SECONDS, ClientCounts
from glance.domain.logs.tally import Selection, step_numbers

NOT_FOUND = b"404"
MOST_AGENTS = 64
"""Agents of one client that are named."""

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Distinct cells, which are row and number, and how often each came."""

Numbered = tuple[int, int]
"""How often, and the number of what."""


def every_record(_: HeldBucket) -> Selection:
    """Chooses all records of a bucket."""
    return None


def client_counts(
    series: LogSeries,
    clients: NDArray[np.integer],
    chosen: Callable[[HeldBucket], Selection] = every_record,
    buckets: Iterable[HeldBucket] | None = None,
) -> list[ClientCounts]:
    """The counts of these clients, in their order.

    Args:
        series: what they are clients of.
        clients: their numbers in its dictionary, each once.
        chosen: which records of a bucket count.
        buckets: of the series; None is all.
    """
    counting = _Counting(series, clients)
    for bucket in series.buckets if buckets is None else buckets:
        counting.add(bucket, chosen(bucket))
    return counting.counts()


@dataclass(frozen=True, slots=True)
class _Found:
    """The records of a bucket that are those of the clients."""

    records: NDArray[np.intp]
    rows: NDArray[np.int64]
    """Which client each is of."""


class _Counting:
    """Adds up buckets."""

    def __init__(self, series: LogSeries, clients: NDArray[np.integer]) -> None:
        self._series = series
        self._clients = clients
        self._row_of = np.full(len(series.dictionaries["client"]), -1, np.int64)
        self._row_of[clients] = np.arange(len(clients))
        self._sums = np.zeros((5, len(clients)), np.int64)
        """Hits, client errors, server errors, 404s, probes."""
        self._pairs: dict[str, list[Pairs]] = {"path": [], "agent": [], "step": []}
        self._probes: dict[int, bool] = {}

    def add(self, bucket: HeldBucket, chosen: Selection) -> None:
        """Count the chosen records of a bucket."""
        found = self._found(bucket, chosen)
        if not len(found.records):
            return
        statuses = self._series.dictionaries["status"]
        classes = error_classes(bucket.texts["status"], statuses.values)[found.records]
        number = statuses.number(NOT_FOUND)
        missing = self._keys(bucket, "status", found) == (-1 if number is None else number)
        paths = self._keys(bucket, "path", found)
        refused = classes == CLIENT_ERROR
        probes = refused & self._are_probes(paths, refused)
        marks = (np.ones_like(refused), refused, classes == SERVER_ERROR, missing, probes)
        for row, mark in enumerate(marks):
            self._sums[row] += np.bincount(found.rows[mark], minlength=len(self._clients))
        steps = step_numbers(bucket, found.records, BURST_SECONDS * 1000)
        for name, numbers in (("path", paths), ("agent", self._keys(bucket, "agent", found)), ("step", steps)):
            self._pairs[name].append(np.unique(found.rows << 40 | numbers, return_counts=True))

    def _found(self, bucket: HeldBucket, chosen: Selection) -> _Found:
        column = bucket.texts["client"]
        rows = self._row_of[column.keys]
        if not (rows >= 0).any():
            return _Found(np.zeros(0, np.intp), rows[:0])
        of_record = rows[column.ids if chosen is None else column.ids[chosen]]
        places = np.flatnonzero(of_record >= 0)
        return _Found(places if chosen is None else chosen[places], of_record[places])

    def _keys(self, bucket: HeldBucket, field: str, found: _Found) -> NDArray[np.int64]:
        """The number of each record's value."""
        column = bucket.texts[field]
        return column.keys[column.ids[found.records]].astype(np.int64)

    def _are_probes(self, paths: NDArray[np.int64], refused: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether each path is one that scanners try; asked of refused ones only, once each."""
        values = self._series.dictionaries["path"].values
        asked = np.unique(paths[refused])
        for key in asked.tolist():
            if key not in self._probes:
                self._probes[key] = is_probe(values[key])
        return np.isin(paths, [key for key in asked.tolist() if self._probes[key]])

    def _by_client(self, name: str) -> list[list[Numbered]]:
        """For each client what it had of a kind: (times, number)."""
        listed: list[list[Numbered]] = [[] for _ in self._clients]
        if self._pairs[name]:
            cells = np.concatenate([cells for cells, _ in self._pairs[name]])
            times = np.concatenate([times for _, times in self._pairs[name]])
            distinct, places = np.unique(cells, return_inverse=True)
            summed = np.bincount(places, weights=times).astype(np.int64)
            for cell, count in zip(distinct.tolist(), summed.tolist(), strict=True):
                listed[cell >> 40].append((count, cell & (1 << 40) - 1))
        return listed

    def counts(self) -> list[ClientCounts]:
        """The counts of each client."""
        clients, agents = (self._series.dictionaries[name].values for name in ("client", "agent"))
        listed = zip(*(self._by_client(name) for name in ("path", "agent", "step")), strict=True)
        found = []
        for row, (key, (own_paths, own_agents, own_steps)) in enumerate(
            zip(self._clients.tolist(), listed, strict=True)
        ):
            names = [agents[number] for number in most_first(own_agents, agents)]
            found.append(self._client(row, clients[key], own_paths, names, own_steps))
        return found

    def _client(
        self, row: int, client: bytes, paths: list[Numbered], agents: list[bytes], steps: list[Numbered]
    ) -> ClientCounts:
        hits, client_errors, server_errors, not_found, probes = self._sums[:, row].tolist()
        return ClientCounts(
            client,
            hits,
            client_errors,
            server_errors,
            not_found,
            probes,
            paths=len(paths),
            busiest=max((count for count, _ in steps), default=0),
            agents=tuple(agent for agent in agents if agent)[:MOST_AGENTS],
        )


def most_first(counted: Sequence[Numbered], values: Sequence[bytes]) -> list[int]:
    """The numbers with the highest counts first, ties by value."""
    return [number for _, number in sorted(counted, key=lambda pair: (-pair[0], values[pair[1]]))]
