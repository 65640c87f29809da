"""Answers the page that is open: each kind of wish has a maker of its own, which is imported when it is first asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, runtime_checkable

from glance.domain.logs.filter import Filter
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.selections import both
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import Selection, chosen_between
from glance.domain.logs.window_tally import WindowTally
from glance.domain.page import PageAnswer, PageWish
from glance.domain.window import Window
from glance.pipeline.tallies import Tallies


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """What a maker has to answer with."""

    wish: PageWish
    window: Window
    series: LogSeries
    tallies: Tallies
    filter: Filter
    """The view's."""
    now: float
    """Epoch seconds."""

    def tally(self, rankings: tuple[str, ...], narrowed: Filter | None = None) -> WindowTally:
        """The counts of the window, which cost only what entered and left since they were asked for last.

        Args:
            rankings: names of `tally.RANKED_FIELDS` that are needed.
            narrowed: another filter than the view's.
        """
        return self.tallies.of(self.filter if narrowed is None else narrowed, rankings, self.window)

    def chosen(self, bucket: HeldBucket) -> Selection:
        """The records of a bucket within the window that the filter chooses; None is all of them."""
        within = chosen_between(bucket, round(self.window.start * 1000), round(self.window.end * 1000))
        return within if self.filter.is_everything else both(within, self.tallies.selections(self.filter).of(bucket))

    def buckets(self) -> Iterator[HeldBucket]:
        """The buckets that reach into the window."""
        start_ms, end_ms = round(self.window.start * 1000), round(self.window.end * 1000)
        for bucket in self.series.buckets:
            if bucket.last_ms >= start_ms and bucket.first_ms < end_ms:
                yield bucket


class Maker(Protocol):
    """Answers one kind of wish; may remember what the next answer can use, for as long as the page is open."""

    def answer(self, question: PageQuestion) -> PageAnswer:
        """What the page shows."""


@runtime_checkable
class Restless(Protocol):
    """A maker that may have more to tell though nothing was asked and no line came."""

    @property
    def version(self) -> int:
        """Changes when it has."""

    def close(self) -> None:
        """The page is open no more."""


MAKERS: dict[str, str] = {
    "ClientWish": "glance.pipeline.client_maker:ClientMaker",
    "HeatWish": "glance.pipeline.heat_maker:HeatMaker",
    "ErrorWish": "glance.pipeline.error_maker:ErrorMaker",
    "LatencyWish": "glance.pipeline.latency_maker:LatencyMaker",
}
"""By the name of the kind of wish, the maker: `module:class`. The class takes nothing."""

ONLY_COUNTED = frozenset(("HeatWish", "ErrorWish", "LatencyWish"))
"""Kinds of wish whose answer follows from records and window alone: any thread may ask for it, one at a time."""


class PageMaker:
    """Answers the open page out of one series."""

    def __init__(self, series: LogSeries, tallies: Tallies) -> None:
        """No page is open."""
        self._series = series
        self._tallies = tallies
        self._kind = ""
        self._maker: Maker | None = None
        self._asked: tuple[object, ...] = ()
        self._answer: PageAnswer | None = None

    def answer(self, wish: PageWish | None, window: Window, chosen_by: Filter, now: float) -> PageAnswer | None:
        """What the open page shows; None while none is open, and what was remembered for it is forgotten."""
        if wish is None:
            self.close()
            return None
        kind = type(wish).__name__
        if self._maker is None or kind != self._kind:
            self.close()
            module, _, name = MAKERS[kind].partition(":")
            self._kind, self._maker = kind, getattr(import_module(module), name)()
        version = self._maker.version if isinstance(self._maker, Restless) else 0
        asked = (self._series.version, window, chosen_by.text, wish, version)
        if self._answer is None or asked != self._asked:
            question = PageQuestion(wish, window, self._series, self._tallies, chosen_by, now)
            assert self._maker is not None
            self._answer, self._asked = self._maker.answer(question), asked
        return self._answer

    def close(self) -> None:
        """No page is open any more, or not with these records."""
        maker: object = self._maker
        if isinstance(maker, Restless):
            maker.close()
        self._kind, self._maker, self._asked, self._answer = "", None, (), None
