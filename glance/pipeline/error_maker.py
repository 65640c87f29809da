"""Answers the page of errors. Of each bucket the errors are found once, for as long as the page is open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.error_board import ErrorBoard, ErrorKind, ErrorName, ErrorRow, ErrorWish
from glance.domain.log_line import LogLine
from glance.domain.logs.filter import EVERYTHING
from glance.domain.logs.filter_view import Answers
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.ranking import SLICES, top_places
from glance.domain.logs.scanner import is_probe
from glance.domain.logs.series import LogSeries
from glance.domain.logs.status import CLIENT_ERROR, error_class, error_classes
from glance.domain.logs.storm import stormers
from glance.domain.safe_text import decode
from glance.domain.window import Window
from glance.pipeline.page_maker import PageQuestion
from glance.pipeline.past_lines import line_of

Numbers = NDArray[np.integer]
Truths = NDArray[np.bool_]

MOST_ROWS = 60
"""Statuses that are told of; there are no more in any honest log."""
KINDS: tuple[ErrorKind, ...] = ("error", "probe", "storm")
_FEW = 8
"""Where values are this many times fewer than a dictionary has, they are sorted instead of counted."""


@dataclass(frozen=True, slots=True)
class _Errors:
    """The errors of one bucket, or of several: a column a field."""

    records: Numbers
    """Which records of the bucket they are."""
    at_ms: Numbers
    statuses: Numbers
    paths: Numbers
    clients: Numbers
    is_probe: Truths
    is_chosen: Truths
    """The view's filter chooses it."""

    def only(self, which: Truths) -> _Errors:
        """Some of them."""
        return _Errors(*(getattr(self, name)[which] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Part:
    """A bucket with its errors."""

    bucket: HeldBucket
    errors: _Errors


@dataclass(frozen=True, slots=True)
class _Table:
    """All errors of a window."""

    buckets: list[HeldBucket]
    owners: Numbers
    """The number of its bucket, of each."""
    errors: _Errors


class ErrorMaker:
    """Remembers the errors of each bucket that it saw the last time."""

    def __init__(self) -> None:
        """Know of no error yet."""
        self._parts: dict[int, _Part] = {}
        self._filter = ""
        self._answers = Answers()

    def answer(self, question: PageQuestion) -> ErrorBoard:
        """What the page shows."""
        wish = question.wish
        assert isinstance(wish, ErrorWish)
        requests = question.tally(("clients", "statuses")).total.hits
        table = self._table(question)
        storming = self._stormers(question, table)
        errors = table.errors
        kinds = errors.is_probe.astype(np.uint16)
        not_found = question.series.dictionaries["status"].number(b"404")
        if len(storming):
            is_stormer = np.zeros(len(question.series.dictionaries["client"]), np.bool_)
            is_stormer[storming] = True
            kinds[(errors.statuses == not_found) & is_stormer[errors.clients] & ~errors.is_probe] = 2
        rows = _rows(question, table, kinds, requests)
        values = question.series.dictionaries["client"].values
        return ErrorBoard(wish, rows, requests, tuple(values[key] for key in storming.tolist()))

    def _table(self, question: PageQuestion) -> _Table:
        """The errors of the window, those too that the filter does not choose."""
        if question.filter.text != self._filter:
            self._parts, self._filter = {}, question.filter.text
        start_ms, end_ms = round(question.window.start * 1000), round(question.window.end * 1000)
        parts: dict[int, _Part] = {}
        buckets, found = [], []
        for bucket in question.buckets():
            part = self._parts.get(id(bucket)) or _Part(bucket, self._errors_of(bucket, question))
            parts[id(bucket)] = part
            errors = part.errors
            if bucket.first_ms < start_ms or bucket.last_ms >= end_ms:
                errors = errors.only((errors.at_ms >= start_ms) & (errors.at_ms < end_ms))
            if len(errors.records):
                buckets.append(bucket)
                found.append(errors)
        self._parts = parts
        owners = np.repeat(np.arange(len(found)), [len(errors.records) for errors in found])
        return _Table(buckets, owners, _together(found))

    def _errors_of(self, bucket: HeldBucket, question: PageQuestion) -> _Errors:
        """The errors of a bucket, whatever its times."""
        dictionaries = question.series.dictionaries
        classes = error_classes(bucket.texts["status"], dictionaries["status"].values)
        records = np.flatnonzero(classes)

        def column(name: str) -> Numbers:
            text = bucket.texts[name]
            return text.keys[text.ids[records]].astype(np.int32)

        paths = bucket.texts["path"]
        is_refused = classes[records] == CLIENT_ERROR
        ids = paths.ids[records]
        tried = np.unique(ids[is_refused])
        probes = np.zeros(len(paths.keys), np.bool_)
        probes[tried] = self._answers.of(dictionaries["path"], paths.keys[tried], is_probe, "probe")
        chosen = None if question.filter.is_everything else question.tallies.selections(question.filter).of(bucket)
        is_chosen = np.ones(bucket.records, np.bool_)
        if chosen is not None:
            is_chosen[:] = False
            is_chosen[chosen] = True
        return _Errors(
            records=records.astype(np.int32),
            at_ms=bucket.times.milliseconds()[records],
            statuses=column("status"),
            paths=column("path"),
            clients=column("client"),
            is_probe=probes[ids] & is_refused,
            is_chosen=is_chosen[records],
        )

    def _stormers(self, question: PageQuestion, table: _Table) -> NDArray[np.integer]:
        """The clients that make storms, whatever the filter: who is one stays one when it is pointed at."""
        not_found = question.series.dictionaries["status"].number(b"404")
        if not_found is None:
            return np.zeros(0, np.int64)
        errors = table.errors
        which = errors.statuses == not_found
        if not which.any():
            return np.zeros(0, np.int64)
        tally = question.tally(("clients",), EVERYTHING)
        return stormers(errors.clients[which], errors.paths[which], tally.total.fields["clients"].hits)


def _together(parts: list[_Errors]) -> _Errors:
    """The errors of several buckets."""
    if not parts:
        none = np.zeros(0, np.int64)
        return _Errors(none, none, none, none, none, none.astype(np.bool_), none.astype(np.bool_))
    return _Errors(*(np.concatenate([getattr(part, name) for part in parts]) for name in _Errors.__slots__))


def _rows(question: PageQuestion, table: _Table, kinds: Numbers, requests: int) -> tuple[ErrorRow, ...]:
    """A row for each status and kind that there is."""
    errors = table.errors
    chosen = np.flatnonzero(errors.is_chosen)
    values = question.series.dictionaries["status"].values
    codes = errors.statuses[chosen] * np.int32(len(KINDS)) + kinds[chosen]
    if len(values) * len(KINDS) <= np.iinfo(np.uint16).max:
        codes = codes.astype(np.uint16)  # these sort fastest
    order = np.argsort(codes, kind="stable")
    found, starts = np.unique(codes[order], return_index=True)
    groups = np.split(chosen[order], starts[1:]) if len(found) else []
    rows = [
        _row(question, table, members, _Head(KINDS[code % len(KINDS)], values[code // len(KINDS)], requests))
        for code, members in zip(found.tolist(), groups, strict=True)
    ]
    rows.sort(key=lambda row: (row.is_noise, -error_class(row.status.encode()), -row.hits, row.status, row.kind))
    return tuple(rows[:MOST_ROWS])


@dataclass(frozen=True, slots=True)
class _Head:
    """What a row is about."""

    kind: ErrorKind
    status: bytes
    requests: int
    """Of the window."""


def _row(question: PageQuestion, table: _Table, members: Numbers, head: _Head) -> ErrorRow:
    """One row, with all that is behind it.

    Args:
        question: what is asked.
        table: all errors.
        members: which of them are of this row.
        head: what it is about.
    """
    wish, errors, series = question.wish, table.errors, question.series
    assert isinstance(wish, ErrorWish)
    at_ms = errors.at_ms[members]
    targets, target_count, are_paths = _targets(series, errors.paths[members], wish.names)
    clients = series.dictionaries["client"].values
    lines, agents = _newest(series, table, members, wish.lines)
    top_clients, client_count = _top(errors.clients[members], clients, wish.names)
    return ErrorRow(
        kind=head.kind,
        status=decode(head.status),
        hits=len(members),
        share=len(members) / head.requests if head.requests else 0.0,
        first_at=int(at_ms.min()) / 1000,
        last_at=int(at_ms.max()) / 1000,
        spark=_spark(at_ms, question.window),
        targets=targets,
        are_paths=are_paths,
        target_count=target_count,
        clients=top_clients,
        client_count=client_count,
        lines=lines,
        agents=agents,
    )


def _targets(series: LogSeries, paths: Numbers, most: int) -> tuple[tuple[ErrorName, ...], int, bool]:
    """What was asked for: by route, or by path where there is but one route."""
    routes = series.derived["routes"]
    by_route, many = _top(routes.of()[paths], routes.dictionary.values, most)
    if many > 1:
        return by_route, many, False
    by_path, many = _top(paths, series.dictionaries["path"].values, most)
    return by_path, many, True


def _top(numbers: NDArray[np.integer], values: list[bytes], most: int) -> tuple[tuple[ErrorName, ...], int]:
    """The names with most, and how many names there are."""
    if len(numbers) * _FEW < len(values):
        keys, hits = np.unique(numbers, return_counts=True)
    else:
        counted = np.bincount(numbers)
        keys = np.flatnonzero(counted)
        hits = counted[keys]
    own, total = keys.tolist(), len(numbers)
    order = top_places(hits, lambda place: values[own[place]], most)
    top = (
        ErrorName(decode(values[keys[place]]), values[keys[place]], int(hits[place]), int(hits[place]) / total)
        for place in order
    )
    return tuple(top), len(keys)


def _spark(at_ms: Numbers, window: Window) -> tuple[int, ...]:
    """Hits in equal slices of the window, as other tables have them."""
    steps = window.steps
    per_slice = max(1, -(-steps // SLICES))
    slices = -(-steps // per_slice)
    spare = slices * per_slice - steps
    first = int(window.start // window.step_seconds)
    at = (at_ms // (window.step_seconds * 1000) - first + spare) // per_slice
    return tuple(np.bincount(np.clip(at, 0, slices - 1), minlength=slices).tolist())


def _newest(
    series: LogSeries, table: _Table, members: Numbers, most: int
) -> tuple[tuple[LogLine, ...], tuple[str, ...]]:
    """The newest of them, newest first, and their agents; of one millisecond the one that was read later."""
    if most <= 0:
        return (), ()
    errors = table.errors
    at_ms = errors.at_ms[members]
    if len(members) > most:
        bar = np.partition(at_ms, len(at_ms) - most)[len(at_ms) - most]
        members = members[at_ms >= bar]
    newest = members[np.argsort(errors.at_ms[members], kind="stable")[::-1][:most]]
    made, agents = [], []
    for place in newest.tolist():
        bucket, record = table.buckets[table.owners[place]], int(errors.records[place])
        said = {
            name: series.dictionaries[name].values[column.keys[column.ids[record]]]
            for name, column in bucket.texts.items()
        }
        made.append(line_of(bucket, record, int(errors.at_ms[place]), said))
        agents.append(decode(said["agent"]))
    return tuple(made), tuple(agents)
