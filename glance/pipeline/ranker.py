"""Makes rankings out of counts: the rows that are shown, in the order that is wanted, with what each tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.ranking import RowDetails, first_named, top_keys, without
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import DERIVED, RANKED_FIELDS, Counts
from glance.domain.logs.window_tally import WindowTally
from glance.domain.safe_text import decode
from glance.domain.scene import Ranking, Row
from glance.domain.view import RankingName, SortKey

Scores = Callable[[NDArray[np.int64]], NDArray[np.int64]]

_SLOW_CANDIDATES = 200
"""Names by hits among which the slowest are looked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of one ranking."""

    name: RankingName
    rows: int
    sort: SortKey
    search: str


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one ranking by their numbers, in order, with the counts of all."""

    keys: NDArray[np.intp]
    counts: Counts
    hits: NDArray[np.int64]


class Ranker:
    """Makes the rankings of one series."""

    def __init__(self, series: LogSeries) -> None:
        """Make rankings of its names."""
        self._series = series

    def distinct(self, name: str, counts: Counts) -> int:
        """How many names there are; the one that says nothing is left out."""
        return int(np.count_nonzero(self._hits(name, counts)))

    def ranked_by(self, tally: WindowTally, wish: Wish, scores: Scores) -> Ranking:
        """The names with the highest scores first.

        Args:
            tally: the counts.
            wish: what is wanted.
            scores: what each name gets for its hits, by its number.
        """
        counts, values = _counts_of(tally, wish.name), self._values(wish.name)
        given = scores(self._hits(wish.name, counts))
        if wish.search:
            given = np.where(_containing(values[: len(given)], wish.search), given, 0)
        keys = top_keys(given, values, wish.rows)
        rows = self._chosen_rows(tally, wish, keys)
        details = tally.details(wish.name, keys, has_latency=self._series.has_latency)
        return self._made(tally, wish, rows, details, tally.total.hits)

    def rankings(
        self, tally: WindowTally, wishes: Sequence[Wish], all_hits: int, *, is_partial: bool
    ) -> tuple[Ranking, ...]:
        """All rankings; of what their rows tell besides counts, all is counted at once, or what is known is taken."""
        chosen = [self._chosen_rows(tally, wish) for wish in wishes]
        pairs = list(zip(wishes, chosen, strict=True))
        has_latency = self._series.has_latency
        if not is_partial:
            tally.track({wish.name: rows.keys for wish, rows in pairs}, has_latency=has_latency)
        details_of = tally.known_details if is_partial else tally.details
        details = [details_of(wish.name, rows.keys, has_latency=has_latency) for wish, rows in pairs]
        return tuple(
            self._made(tally, wish, rows, one, all_hits) for (wish, rows), one in zip(pairs, details, strict=True)
        )

    def _chosen_rows(self, tally: WindowTally, wish: Wish, keys: NDArray[np.intp] | None = None) -> _Rows:
        """The rows of a ranking, in order."""
        counts = _counts_of(tally, wish.name)
        values = self._values(wish.name)
        if keys is not None:
            counts.grow(len(values))  # of some of them nothing is left
        hits = self._hits(wish.name, counts)
        if wish.search:
            hits = np.where(_containing(values[: len(hits)], wish.search), hits, 0)
        return _Rows(self._ordered(tally, wish, counts, hits) if keys is None else keys, counts, hits)

    def _made(self, tally: WindowTally, wish: Wish, rows: _Rows, details: RowDetails, all_hits: int) -> Ranking:
        keys, counts, hits, values = rows.keys, rows.counts, rows.hits, self._values(wish.name)
        first = math.floor(tally.window.start / tally.step_seconds)
        sparks = details.sparks(first, tally.window.steps)
        made = tuple(
            Row(
                name=decode(values[key]),
                hits=int(hits[key]),
                share=int(hits[key]) / all_hits if all_hits else 0.0,
                client_errors=int(counts.classes[1, key]),
                server_errors=int(counts.classes[2, key]),
                bytes=int(counts.bytes[key]),
                p95=p95,
                spark=spark,
                raw=_raw(values[key]),
            )
            for key, p95, spark in zip(keys, details.p95(), sparks, strict=True)
        )
        return Ranking(wish.name, made, int(np.count_nonzero(hits)), self._series.is_approximate)

    def _ordered(self, tally: WindowTally, wish: Wish, counts: Counts, hits: NDArray[np.int64]) -> NDArray[np.intp]:
        """The numbers of the rows that are shown, in order."""
        values, rows, sort = self._values(wish.name), wish.rows, wish.sort
        if sort == "name":
            return np.array(first_named(hits, values, rows), np.intp)
        if sort == "p95":
            leading = top_keys(hits, values, max(rows, _SLOW_CANDIDATES))
            slow = tally.details(wish.name, leading, has_latency=self._series.has_latency).p95()
            order = sorted(range(len(leading)), key=lambda place: -(slow[place] or -1.0))
            return leading[order[:rows]]
        scores = hits
        if sort == "errors":
            scores = np.where(hits > 0, counts.classes[1] + counts.classes[2], 0)
        elif sort == "bytes":
            scores = np.where(hits > 0, counts.bytes, 0)
        return top_keys(scores, values, rows)

    def _values(self, name: str) -> list[bytes]:
        if name in DERIVED:
            self._series.derived[name].of()
            return self._series.derived[name].dictionary.values
        return self._series.dictionaries[RANKED_FIELDS[name]].values

    def _hits(self, name: str, counts: Counts) -> NDArray[np.int64]:
        field = (
            self._series.derived[name].dictionary if name in DERIVED else self._series.dictionaries[RANKED_FIELDS[name]]
        )
        return without(counts, field.number(b""))


def _counts_of(tally: WindowTally, name: str) -> Counts:
    return tally.total.derived(name) if name in DERIVED else tally.total.fields[name]


def _raw(value: bytes) -> bytes:
    """A name as it stands in the log, where its text does not tell it."""
    return b"" if value.isascii() or decode(value).encode() == value else value


def _containing(values: list[bytes], search: str) -> NDArray[np.bool_]:
    """Which names contain the text, case folded."""
    wanted = search.casefold()
    return np.array([wanted in decode(value).casefold() for value in values], np.bool_)
