"""Looks for a text in the raw lines of a list, newest first, a little at a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.record import TEXT_FIELDS
from glance.domain.logs.series import LogSeries
from glance.domain.raw_line import LineSearch
from glance.pipeline.line_index import LineIndex
from glance.pipeline.raw_lines import RawLines, record_of

MOST_ROWS = 100_000
"""Rows of hits that are kept to go to; all are counted."""

BAND_RECORDS = 20_000
NEWS_SECONDS = 0.25
"""How often it is told how far the search is."""


class RawSearch:
    """One search through one list."""

    def __init__(self, index: LineIndex, series: LogSeries, lines: RawLines, text: str) -> None:
        """Search nothing yet.

        Args:
            index: the list.
            series: what the records of the list say.
            lines: where the raw lines are.
            text: to be found, whatever its case.
        """
        self.text = text
        self.index = index
        self._series = series
        self._lines = lines
        self._needles = needles(text)
        self._found: dict[int, NDArray[np.bool_]] = {}
        self._hits = 0
        self._rows: list[int] = []
        self._searched = 0
        self._is_done = False
        self._told: tuple[int, ...] = ()

    @property
    def state(self) -> LineSearch:
        """How it stands."""
        share = 1.0 if self._is_done else min(0.999, self._searched / max(1, self.index.total))
        if len(self._told) != len(self._rows):
            self._told = tuple(self._rows)
        return LineSearch(self.text, self._hits, share, self._told)

    async def run(self, told: Callable[[], None]) -> None:
        """Search everything.

        Args:
            told: called now and then, and at the end.
        """
        loop = asyncio.get_running_loop()
        due = loop.time() + NEWS_SECONDS
        for before, first_slot, end_slot in self.index.bands(BAND_RECORDS):
            if self.index.is_stale:
                return  # another list will be made, and searched
            await self._search(before, first_slot, end_slot)
            if loop.time() >= due:
                told()
                due = loop.time() + NEWS_SECONDS
        self._is_done = True
        told()

    async def _search(self, before: int, first_slot: int, end_slot: int) -> None:
        """Search the records of some slots."""
        band = self.index.ordered(first_slot, end_slot)
        hits = np.zeros(len(band.records), np.bool_)
        for number, bucket in enumerate(band.buckets):
            if id(bucket) not in self._found:
                self._found[id(bucket)] = self._hits_in(bucket)
                await asyncio.sleep(0)
            mine = band.owners == number
            hits[mine] = self._found[id(bucket)][band.records[mine]]
        if band.buckets:
            held = {id(bucket) for bucket in band.buckets}
            self._found = {key: found for key, found in self._found.items() if key in held}
        self._hits += int(np.count_nonzero(hits))
        room = MOST_ROWS - len(self._rows)
        self._rows += (np.flatnonzero(hits)[:room] + before).tolist()
        self._searched = before + len(hits)
        await asyncio.sleep(0)

    def _hits_in(self, bucket: HeldBucket) -> NDArray[np.bool_]:
        """Which records of a bucket have it in their line."""
        stretch = self._lines.stretch(bucket)
        if stretch is None:
            return self._hits_of_records(bucket)
        data, ends = stretch
        found = np.zeros(bucket.records, np.bool_)
        records = record_of(bucket.gaps, lines_with(data.lower(), ends, self._needles))
        found[records[records >= 0]] = True
        return found

    def _hits_of_records(self, bucket: HeldBucket) -> NDArray[np.bool_]:
        """The same where the log is gone: by what the records say."""
        found = np.zeros(bucket.records, np.bool_)
        for name in TEXT_FIELDS:
            column, values = bucket.texts[name], self._series.dictionaries[name].values
            has = [any(one in values[key].lower() for one in self._needles) for key in column.keys.tolist()]
            found |= np.array(has, np.bool_)[column.ids]
        return found


def needles(text: str) -> tuple[bytes, ...]:
    """The bytes that a text may be in a log, in small ASCII letters."""
    found = {one.encode(errors="surrogateescape").lower() for one in (text, text.lower(), text.upper())}
    if not text.isascii():
        found |= {one.encode("latin-1", "ignore").lower() for one in (text, text.lower(), text.upper())}
    return tuple(sorted(one for one in found if one))


def lines_with(data: bytes, ends: NDArray[np.int64], wanted: tuple[bytes, ...]) -> NDArray[np.int64]:
    """The numbers of the lines that contain one of the texts.

    Args:
        data: in small letters.
        ends: where each line ends.
        wanted: in small letters, without line ends.
    """
    found = [np.zeros(0, np.int64)]
    for needle in wanted:
        if needle in data:  # by far the fastest look
            places = (match.start() for match in re.finditer(re.escape(needle), data))
            found.append(np.searchsorted(ends, np.fromiter(places, np.int64), "right"))
    lines = np.unique(np.concatenate(found))
    return lines[lines < len(ends)]
