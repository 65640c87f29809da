"""What arrived since a moment, for counters that never go back: names by name, bounded, no record kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.agent_kind import KINDS, agent_kind, crawler_name
from glance.domain.logs.bucket import LogBucket, TextColumn
from glance.domain.logs.histogram import BINS
from glance.domain.logs.record import section
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.scanner import is_probe
from glance.domain.logs.status import CLIENT_ERROR, error_class
from glance.domain.logs.summary import FileFigures, KindFigures, SeriesFigures, Summary, TopList, TopRow
from glance.domain.safe_text import decode

MOST_NAMES = 5_000
"""Names that are counted in one list; when there are more, the rarer half is forgotten, and begins again at 0."""
MOST_SOURCES = 200
"""Logs that are counted by name; the others are counted together."""
MOST_REMEMBERED = 20_000
"""Values of which it is remembered what follows from them."""
OTHER_LOGS = "other"

_NOTHING = SeriesFigures(60, 0.0, (), (), (), ())


@dataclass(slots=True)
class _Name:
    """What is counted of one name."""

    hits: int = 0
    client_errors: int = 0
    server_errors: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Source:
    """What is counted of one log."""

    lines: int = 0
    parsed: int = 0
    unparsed: int = 0


@dataclass(slots=True)
class _Remembered:
    """What follows from a value, worked out once."""

    rule: Callable[[Sequence[bytes]], Sequence[bytes]]
    known: dict[bytes, bytes] = field(default_factory=dict)

    def of(self, values: Sequence[bytes]) -> list[bytes]:
        """What follows from each."""
        if len(self.known) > MOST_REMEMBERED:
            self.known.clear()
        fresh = [value for value in values if value not in self.known]
        self.known.update(zip(fresh, self.rule(fresh), strict=True))
        return [self.known[value] for value in values]


def _each(rule: Callable[[bytes], bytes]) -> Callable[[Sequence[bytes]], Sequence[bytes]]:
    return lambda values: [rule(value) for value in values]


class TrafficCounts:
    """Counts buckets as they come. What it takes in memory does not grow with the traffic."""

    def __init__(self, routes: Routes = BUILT_IN) -> None:
        """Start at zero.

        Args:
            routes: by which rules paths become routes.
        """
        rules = {
            "sections": ("path", _each(section)),
            "routes": ("path", routes.all_of),
            "hosts": ("host", _each(bytes)),
            "crawlers": ("agent", _each(crawler_name)),
            "kinds": ("agent", _each(agent_kind)),
        }
        self._rules = {name: (of, _Remembered(rule)) for name, (of, rule) in rules.items()}
        self._probes = _Remembered(_each(lambda path: b"1" if is_probe(path) else b""))
        self._names: dict[str, dict[bytes, _Name]] = {name: {} for name in rules}
        self._plain: dict[str, dict[bytes, int]] = {name: {} for name in ("status", "method", "protocol")}
        self._sources: dict[str, _Source] = {}
        self.latency: NDArray[np.int64] = np.zeros(BINS, np.int64)
        """Records in each bin of the histogram."""
        self.hits = self.bytes = self.sizes_absent = self.scanner_errors = 0

    def add(self, bucket: LogBucket) -> None:
        """Count a bucket."""
        self._add_source(bucket)
        if not bucket.records:
            return
        self.hits += bucket.records
        sent = np.maximum(bucket.sizes, 0).astype(np.int64)
        self.bytes += int(sent.sum())
        self.sizes_absent += int(np.count_nonzero(bucket.sizes < 0))
        if bucket.latencies is not None:
            self.latency += np.bincount(bucket.latencies, minlength=BINS)
        status = bucket.texts["status"]
        classes = np.array([error_class(value) for value in status.values], np.int64)[status.ids]
        tables = {name: _table(bucket.texts[name], classes, sent) for name in ("path", "host", "agent")}
        for name, (of, remembered) in self._rules.items():
            if _tells(bucket.texts[of]):
                self._add_names(self._names[name], remembered.of(bucket.texts[of].values), tables[of])
        for name, counts in self._plain.items():
            _add_plain(counts, bucket.texts[name])
        probes = self._probes.of(bucket.texts["path"].values)
        errors = tables["path"][CLIENT_ERROR].tolist()
        self.scanner_errors += sum(count for count, is_one in zip(errors, probes, strict=True) if is_one)

    def _add_source(self, bucket: LogBucket) -> None:
        is_known = bucket.source in self._sources or len(self._sources) < MOST_SOURCES
        source = self._sources.setdefault(bucket.source if is_known else OTHER_LOGS, _Source())
        source.lines += bucket.lines
        source.parsed += bucket.records
        source.unparsed += bucket.unparsed

    def _add_names(self, known: dict[bytes, _Name], names: Sequence[bytes], table: NDArray[np.int64]) -> None:
        for name, (fine, client, server, sent) in zip(names, table.T.tolist(), strict=True):
            if not name:
                continue
            count = known.get(name)
            if count is None:
                count = known[name] = _Name()
            count.hits += fine + client + server
            count.client_errors += client
            count.server_errors += server
            count.bytes += sent
        if len(known) > MOST_NAMES:
            for name in sorted(known, key=lambda name: known[name].hits)[: len(known) - MOST_NAMES // 2]:
                del known[name]

    def summary(self, top: int) -> Summary:
        """What was counted; of what only records can tell, such as distinct clients, nothing.

        Args:
            top: names of each list.
        """
        files = tuple(FileFigures(path, "", one.lines, one.parsed, one.unparsed) for path, one in self._sources.items())
        statuses = sorted((int(status), hits) for status, hits in self._plain["status"].items() if status.isdigit())
        return Summary(
            files=files,
            lines=sum(file.lines for file in files),
            parsed=sum(file.parsed for file in files),
            unparsed=sum(file.unparsed for file in files),
            first=None,
            last=None,
            hits=self.hits,
            bytes=self.bytes,
            clients=0,
            statuses=tuple(statuses),
            methods=self._by_name("method"),
            protocols=self._by_name("protocol"),
            client_errors=sum(hits for status, hits in statuses if 400 <= status < 500),
            server_errors=sum(hits for status, hits in statuses if 500 <= status < 600),
            latency=None,
            tops=tuple(self._top(name, top) for name in ("sections", "routes", "hosts", "crawlers")),
            series=_NOTHING,
            sizes_absent=self.sizes_absent,
            kinds=self._kinds(),
            scanner_errors=self.scanner_errors,
        )

    def _by_name(self, name: str) -> tuple[tuple[str, int], ...]:
        return tuple((decode(value), hits) for value, hits in self._plain[name].items() if value)

    def _top(self, name: str, most: int) -> TopList:
        counts = self._names[name]
        leading = sorted(counts, key=lambda one: (-counts[one].hits, one))[:most]
        rows = (
            TopRow(decode(one), found.hits, found.bytes, found.client_errors, found.server_errors, None)
            for one in leading
            for found in [counts[one]]
        )
        return TopList(name, tuple(rows))

    def _kinds(self) -> tuple[KindFigures, ...]:
        known = self._names["kinds"]
        found = ((kind, known[kind]) for kind in KINDS if kind in known)
        return tuple(
            KindFigures(decode(kind), one.hits, one.bytes, one.client_errors, one.server_errors) for kind, one in found
        )


def _table(column: TextColumn, classes: NDArray[np.int64], sent: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each value of a column hits without error, client errors, server errors, bytes."""
    size, ids = len(column.values), column.ids.astype(np.intp)
    table = np.zeros((4, size), np.int64)
    table[:3] = np.bincount(classes * size + ids, minlength=3 * size).reshape(3, size)
    np.add.at(table[3], ids, sent)
    return table


def _tells(column: TextColumn) -> bool:
    """The log says something of the kind."""
    return column.values != (b"",)


def _add_plain(counts: dict[bytes, int], column: TextColumn) -> None:
    """Count each value; of values that clients make up, the first ones by name and the others together."""
    found = np.bincount(column.ids.astype(np.intp), minlength=len(column.values)).tolist()
    for value, hits in zip(column.values, found, strict=True):
        name = value if value in counts or len(counts) < MOST_NAMES else b"(other)"
        counts[name] = counts.get(name, 0) + hits
