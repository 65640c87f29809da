"""Answers the page of lines: which rows there are, their raw lines, what a search found, what was saved."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from glance.domain.log_line import LogLine
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.filter import EVERYTHING, Filter, parse_filter
from glance.domain.logs.record import TEXT_FIELDS
from glance.domain.logs.selections import Selections
from glance.domain.logs.series import LogSeries
from glance.domain.raw_line import LineRows, LineSearch, LinesWish, RawLine
from glance.domain.safe_text import decode
from glance.domain.view import View
from glance.domain.window import Window
from glance.errors import FilterError
from glance.pipeline.line_index import LineIndex, Place
from glance.pipeline.line_saving import LineSaving
from glance.pipeline.line_search import RawSearch
from glance.pipeline.log_feed import LogFeed
from glance.pipeline.past_lines import line_of
from glance.pipeline.raw_bytes import RawBytes
from glance.pipeline.raw_lines import FoundLine, RawLines

MOST_ROWS = 600
"""Rows of one answer."""

MOST_SAVED_BYTES = 64 << 20
"""Of one line that is saved."""

_BOM = b"\xef\xbb\xbf"


class LineDesk:
    """Answers one view after the other; lets go of everything when nobody looks at lines."""

    def __init__(
        self,
        feeds: Callable[[], Sequence[LogFeed]],
        recorded: Callable[[str], Awaitable[Sequence[Checkpoint]]],
        told: Callable[[], None],
    ) -> None:
        """Answer nothing yet.

        Args:
            feeds: the logs.
            recorded: what is on record of the generations of a log.
            told: called when there is more to be answered than at the last time.
        """
        self._feeds = feeds
        self._told = told
        self._bytes = RawBytes(feeds, recorded, self._notice)
        self._lines = RawLines(self._bytes)
        self._index: LineIndex | None = None
        self._question: tuple[object, ...] = ()
        self._version: tuple[object, ...] = ()
        self._selections: Selections | None = None
        self._filter = EVERYTHING
        self._search: RawSearch | None = None
        self._searching: asyncio.Task[None] | None = None
        self._saving: asyncio.Task[None] | None = None
        self._saved: LineSaving | None = None
        self._save = 0
        self._answered: tuple[object, ...] = ()
        self._rows: tuple[RawLine, ...] = ()
        self._news = 0
        self._serial = 0

    def _notice(self) -> None:
        """Bytes were found, or a search went on."""
        self._news += 1
        self._told()

    def answer(self, view: View, series: LogSeries, window: Window, now: float) -> LineRows:
        """The rows that a view wants.

        Args:
            view: what is looked at.
            series: the records of its window.
            window: that window.
            now: epoch seconds.
        """
        wish = view.lines
        if wish is None:
            self.forget()
            return LineRows()
        index = self._list(view, wish, series, window)
        self._look_for(wish, index, series)
        if wish.save > self._save:
            self._save = wish.save
            self._begin_saving(index, series, now)
        total = index.total
        first = max(0, min(wish.first, total - 1))
        answered = (wish.first, wish.count, self._serial, self._news)
        if answered != self._answered:
            self._rows = tuple(self._raw_line(place, series) for place in index.rows(first, min(MOST_ROWS, wish.count)))
            self._answered = answered
        return LineRows(
            wish=wish,
            total=total,
            first=first,
            lines=self._rows,
            newer=index.newer() if wish.is_still else 0,
            search=self._search.state if self._search is not None else LineSearch(),
            saved=self._saved.words if self._saved is not None else "",
            save=self._save,
        )

    def _list(self, view: View, wish: LinesWish, series: LogSeries, window: Window) -> LineIndex:
        """The list: that of now, or the one that stands still."""
        chosen = self._chosen(view, series)
        question = (view.window, view.end, chosen.text, id(series))
        version = (window, series.version)
        index = self._index
        is_same = index is not None and question == self._question and not index.is_stale
        if index is not None and is_same and (wish.is_still or version == self._version):
            return index
        if not is_same:
            self._selections = None if chosen.is_everything else Selections(chosen, series)
        if self._selections is not None:
            self._selections.retain(series.buckets)
        self._serial += 1
        self._index = index = LineIndex(series, window, self._selections)
        self._question, self._version = question, version
        return index

    def _chosen(self, view: View, series: LogSeries) -> Filter:
        """The view's filter; when it cannot be understood the last that could."""
        if view.filter != self._filter.text:
            with contextlib.suppress(FilterError):
                self._filter = parse_filter(view.filter, series.routes)
        return self._filter

    def _look_for(self, wish: LinesWish, index: LineIndex, series: LogSeries) -> None:
        """Begin another search, or end it."""
        search = self._search
        if search is not None and (search.text, search.index) == (wish.search, index):
            return
        if self._searching is not None:
            self._searching.cancel()
        self._search = self._searching = None
        if wish.search and wish.is_still:
            self._search = search = RawSearch(index, series, self._lines, wish.search)
            self._searching = asyncio.get_running_loop().create_task(search.run(self._told))

    def _begin_saving(self, index: LineIndex, series: LogSeries, now: float) -> None:
        """Save the list."""

        def raw(place: Place) -> bytes:
            found = self._lines.line(place.bucket, place.record, MOST_SAVED_BYTES)
            return found.raw if found is not None else self._record(place, series)[0].text.encode()

        if self._saving is not None:
            self._saving.cancel()
        self._saved = saving = LineSaving(index, raw, Path.cwd(), now)
        self._saving = asyncio.get_running_loop().create_task(saving.run(self._told))

    def _record(self, place: Place, series: LogSeries) -> tuple[LogLine, dict[str, bytes]]:
        """What the record of a place says."""
        bucket = place.bucket
        said = {
            name: series.dictionaries[name].values[column.keys[column.ids[place.record]]]
            for name, column in bucket.texts.items()
        }
        return line_of(bucket, place.record, place.at_ms, said), said

    def _raw_line(self, place: Place, series: LogSeries) -> RawLine:
        """The line of a place, with all that its record says."""
        log, said = self._record(place, series)
        bucket = place.bucket
        found = self._lines.line(bucket, place.record)
        if found is not None and not self._agrees(found, place, said):
            found = None
        fields = tuple((name, decode(said[name])) for name in TEXT_FIELDS if said[name])
        if found is None:
            return RawLine(log.text, len(log.text.encode()), log, fields, bucket.source, is_rebuilt=True)
        return RawLine(
            decode(found.raw),
            found.size_bytes,
            log,
            fields,
            bucket.source,
            self._bytes.file_of(bucket.source, bucket.generation),
            found.offset,
        )

    def _agrees(self, found: FoundLine, place: Place, said: dict[str, bytes]) -> bool:
        """Whether a line that was found says what its record says; a log may have been written anew."""
        feed = next((feed for feed in self._feeds() if feed.name == place.bucket.source), None)
        if feed is None or not feed.readers or found.size_bytes > len(found.raw):
            return True
        line = found.raw.lstrip(b"\0").removeprefix(_BOM)
        size = int(place.bucket.sizes[place.record])
        for reader in feed.readers:
            record = reader.read_line(line)
            if record is not None and (record.status, record.size) == (said["status"], size):
                return True
        return False

    def forget(self) -> None:
        """Nobody looks at lines: keep nothing."""
        if self._index is None or (self._saving is not None and not self._saving.done()):
            return  # what is being saved is saved first
        if self._searching is not None:
            self._searching.cancel()
        self._index = self._search = self._searching = self._saving = self._saved = self._selections = None
        self._answered, self._rows = (), ()
        self._bytes.forget()
        self._lines.forget()
