"""Answers the page of heat maps: the latency map out of the window's tally, the sub-second map out of its buckets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.heat_board import SECOND_MS, HeatBoard, HeatWish
from glance.domain.logs.chip import with_chip
from glance.domain.logs.filter import Filter, parse_filter
from glance.domain.logs.heat import (
    SLOTS,
    SecondCells,
    SecondGrid,
    SlotCounts,
    exact_sources,
    latency_axis,
    latency_cells,
    slot_counts,
)
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.tally import Selection
from glance.domain.page import PageAnswer
from glance.pipeline.page_maker import PageQuestion

ERRORS = "status:4xx | status:5xx"
CHIPS = {"errors": f"({ERRORS})", "fine": f"-({ERRORS})"}
SHARES = {"p99": 0.99, "max": 1.0}


@dataclass(frozen=True, slots=True)
class _Extent:
    """What is known of the chosen records of a bucket without counting them."""

    records: int
    first_ms: int
    last_ms: int


@dataclass(slots=True)
class _Known:
    """What is remembered of a bucket that lies wholly within the window."""

    bucket: HeldBucket
    extent: _Extent
    counts: SlotCounts | None = None


class HeatMaker:
    """Answers the page of heat maps."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._known: dict[int, _Known] = {}
        self._for: tuple[object, ...] = ()
        self._narrowed: dict[tuple[str, str], Filter] = {}

    def answer(self, question: PageQuestion) -> PageAnswer:
        """The map that is wanted."""
        wish = question.wish
        assert isinstance(wish, HeatWish)
        return self._latency_map(question, wish) if wish.kind == "latency" else self._second_map(question, wish)

    # Latency ------------------------------------------------------------------------------------

    def _latency_map(self, question: PageQuestion, wish: HeatWish) -> HeatBoard:
        """Steps of the window, some of them together where it is narrow, by rows of latency."""
        window = question.window
        total = question.tally((), self._narrow(question, wish)).total
        timed = int(total.latency[1:].sum())
        start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
        told = HeatBoard(
            wish,
            total=total.hits,
            left_out=total.hits - timed,
            window_start_ms=start_ms,
            window_end_ms=end_ms,
        )
        if not timed:
            return told
        step = window.step_seconds
        first, steps = math.floor(window.start / step), math.ceil(window.end / step) - math.floor(window.start / step)
        together = _together(steps, max(1, wish.columns))
        columns = (first + steps - 1) // together - first // together + 1
        groups = [max(0, (first // together + column) * together - first) for column in range(columns)]
        counts = total.step_latency.between(first, steps)
        axis = latency_axis(counts.sum(axis=0), max(1, wish.rows))
        cells = latency_cells(counts, groups, axis)
        return HeatBoard(
            wish,
            start_ms=first // together * together * step * 1000,
            step_ms=together * step * 1000,
            bounds=axis.bounds[::-1],
            hits=_rows(cells[::-1]),
            total=told.total,
            left_out=told.left_out,
            window_start_ms=start_ms,
            window_end_ms=end_ms,
        )

    def _narrow(self, question: PageQuestion, wish: HeatWish) -> Filter:
        """The view's filter, with errors chosen or left out."""
        chip = CHIPS.get(wish.choice)
        if chip is None:
            return question.filter
        key = (question.filter.text, chip)
        if key not in self._narrowed:
            self._narrowed = {key: parse_filter(with_chip(question.filter.text, chip), question.series.routes)}
        return self._narrowed[key]

    # Parts of seconds ---------------------------------------------------------------------------

    def _second_map(self, question: PageQuestion, wish: HeatWish) -> HeatBoard:
        """Some whole seconds, by parts of the second."""
        buckets = list(self._extents(question))
        placed = [one for one in buckets if one.is_exact]
        records = sum(one.known.extent.records for one in buckets)
        inside = sum(one.known.extent.records for one in placed)
        window = question.window
        told = HeatBoard(
            wish,
            total=records,
            left_out=records - inside,
            window_start_ms=round(window.start * 1000),
            window_end_ms=round(window.end * 1000),
        )
        if not inside:
            return told
        first_ms = min(one.known.extent.first_ms for one in placed)
        last_ms = max(one.known.extent.last_ms for one in placed)
        grid = _grid(wish, first_ms // SECOND_MS, last_ms // SECOND_MS)
        cells = SecondCells(grid)
        statuses = question.series.dictionaries["status"].values
        for one in placed:
            extent = one.known.extent
            if extent.last_ms >= grid.start * SECOND_MS and extent.first_ms < (grid.start + grid.seconds) * SECOND_MS:
                if one.known.counts is None:
                    one.known.counts = slot_counts(one.known.bucket, question.chosen(one.known.bucket), statuses)
                if one.known.counts is not None:
                    cells.add(one.known.counts)
            else:
                one.known.counts = None
        return HeatBoard(
            wish,
            start_ms=grid.start * SECOND_MS,
            bounds=tuple(part / grid.parts for part in range(grid.parts, -1, -1)),
            hits=_rows(_upright(cells.hits(), grid)),
            values=_values(cells, wish, grid),
            total=told.total,
            left_out=told.left_out,
            first_ms=first_ms,
            last_ms=last_ms,
            window_start_ms=told.window_start_ms,
            window_end_ms=told.window_end_ms,
        )

    def _extents(self, question: PageQuestion) -> Iterator[_Part]:
        """The buckets of the window with what is known of their chosen records; those with none are left out."""
        asked = (question.filter.text, id(question.series), question.series.epoch)
        if asked != self._for:
            self._for, self._known = asked, {}
        exact = exact_sources(question.series)
        start_ms, end_ms = round(question.window.start * 1000), round(question.window.end * 1000)
        kept: dict[int, _Known] = {}
        for bucket in question.buckets():
            is_inside = start_ms <= bucket.first_ms and bucket.last_ms < end_ms
            known = self._known.get(id(bucket)) if is_inside else None
            if known is None:
                known = _Known(bucket, _extent(bucket, question.chosen(bucket)))
            if is_inside:
                kept[id(bucket)] = known
            if known.extent.records:
                yield _Part(known, bucket.source in exact)
        self._known = kept


@dataclass(frozen=True, slots=True)
class _Part:
    """A bucket of which something is in the window."""

    known: _Known
    is_exact: bool
    """Its log tells parts of seconds."""


def _extent(bucket: HeldBucket, chosen: Selection) -> _Extent:
    """How many records are chosen, and of when they are."""
    if chosen is None:
        return _Extent(bucket.records, bucket.first_ms, bucket.last_ms)
    if not len(chosen):
        return _Extent(0, 0, 0)
    times = bucket.times
    deltas = times.deltas[chosen]
    first, last = (int(delta) * times.step_ms + times.base_ms for delta in (deltas.min(), deltas.max()))
    return _Extent(len(chosen), first, last)


def _together(steps: int, most: int) -> int:
    """How many steps are one column, so that at most so many columns (or two) cover all.

    Columns begin at multiples of it, wherever the window begins, so that they stand still while it slides.
    """
    if steps <= most:
        return 1
    return max(2, math.ceil((steps - 1) / max(1, most - 1)))


def _grid(wish: HeatWish, first: int, last: int) -> SecondGrid:
    """The seconds that are shown: those from the wanted one on, or the last ones."""
    seconds = min(max(1, wish.columns), last - first + 1)
    latest = last + 1 - seconds
    start = latest if wish.start is None else max(first, min(wish.start, latest))
    parts = wish.rows if wish.rows > 0 and SLOTS % wish.rows == 0 else SLOTS
    return SecondGrid(start, seconds, parts)


def _upright(cells: NDArray[np.int64] | NDArray[np.float64], grid: SecondGrid) -> NDArray[np.int64]:
    """Cells by row and column, the end of the second on top."""
    return np.asarray(cells.reshape(grid.seconds, grid.parts).T[::-1])


def _values(cells: SecondCells, wish: HeatWish, grid: SecondGrid) -> tuple[tuple[float | None, ...], ...]:
    """What colours each cell, where that is not the number of requests."""
    if wish.measure == "errors":
        found = _upright(cells.hits(errors_only=True), grid)
        return tuple(tuple(value or None for value in row) for row in found.tolist())
    if wish.measure in SHARES:
        seconds = _upright(cells.latency(SHARES[wish.measure]), grid)
        return tuple(tuple(None if math.isnan(value) else value for value in row) for row in seconds.tolist())
    return ()


def _rows(cells: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """Plain numbers."""
    return tuple(tuple(row) for row in cells.tolist())
