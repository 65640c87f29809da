"""Answers the page of clients: counts of the window's tally, deeds of the rows that are shown, and their names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glance.domain.client_board import ClientBoard, ClientRow, ClientWish
from glance.domain.logs.agent_kind import classified
from glance.domain.logs.client_tally import ClientDeeds, ClientTally
from glance.domain.logs.dictionary import Dictionary
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.ranking import first_named, top_keys, without
from glance.domain.logs.suspicion import ClientCounts, reasons
from glance.domain.logs.tally import Counts
from glance.domain.page import PageAnswer
from glance.domain.safe_text import decode
from glance.pipeline.page_maker import PageQuestion
from glance.sources.reverse_names import ReverseNames

CANDIDATES = 150
"""Clients with the most hits, and with the most errors, among which suspicious ones are looked for."""


class ClientMaker:
    """Answers the page of clients."""

    def __init__(self, names: ReverseNames | None = None) -> None:
        """Remember nothing yet.

        Args:
            names: where names of addresses are looked up; made when they are wanted.
        """
        self._names = names
        self._tally: ClientTally | None = None
        self._for: tuple[object, ...] = ()

    @property
    def version(self) -> int:
        """Changes when there is more to tell though no line came: a name was found."""
        return self._names.version if self._names is not None else 0

    def close(self) -> None:
        """Nobody looks any more: look nothing up."""
        if self._names is not None:
            self._names.close()

    def answer(self, question: PageQuestion) -> PageAnswer:
        """The clients that are wanted."""
        wish = question.wish
        assert isinstance(wish, ClientWish)
        counting = _Counting(question, wish)
        keys = counting.leading(CANDIDATES if wish.sort == "suspicion" else wish.rows)
        deeds = self._deeds(question, wish, keys)
        rows = [counting.row(key, deed) for key, deed in zip(keys, deeds, strict=True)]
        if wish.sort == "suspicion":
            rows = sorted(rows, key=lambda row: (not row.reasons, -len(row.reasons), -row.hits))[: wish.rows]
        return ClientBoard(
            wish,
            self._with_names(rows, wish),
            distinct=int(np.count_nonzero(counting.hits)),
            hits=counting.total,
            is_approximate=question.series.is_approximate,
        )

    def _deeds(self, question: PageQuestion, wish: ClientWish, keys: Sequence[int]) -> list[ClientDeeds]:
        """What these did within the window."""
        series = question.series
        asked = (id(series), series.epoch, question.filter.text, wish.grouping)
        if self._tally is None or asked != self._for:
            moves = series.derived["networks"].of if wish.grouping == "network" else None
            self._tally, self._for = ClientTally(series, moves), asked
        start_ms, end_ms = round(question.window.start * 1000), round(question.window.end * 1000)

        def is_whole(bucket: HeldBucket) -> bool:
            return start_ms <= bucket.first_ms and bucket.last_ms < end_ms

        return self._tally.deeds(keys, question.buckets(), question.chosen, is_whole)

    def _with_names(self, rows: Sequence[ClientRow], wish: ClientWish) -> tuple[ClientRow, ...]:
        """The rows with the names that are known; those that are not are looked up."""
        if wish.grouping != "address" or not wish.named:
            return tuple(rows)
        if self._names is None:
            self._names = ReverseNames()
        named = self._names.of([row.raw for row in rows[: wish.named]])
        return tuple(replace(row, name=named.get(row.raw, "")) for row in rows)


class _Counting:
    """The counts of one answer."""

    def __init__(self, question: PageQuestion, wish: ClientWish) -> None:
        total = question.tally(("clients",)).total
        clients = total.fields["clients"]
        self._sort = wish.sort
        self._is_network = wish.grouping == "network"
        self._counts: Counts = total.derived("networks") if self._is_network else clients
        self._dictionary = _dictionary(question, is_network=self._is_network)
        self.hits: NDArray[np.int64] = without(self._counts, self._dictionary.number(b""))
        self.total = int(total.hits)
        self._seconds = _known_seconds(question)
        self._addresses: NDArray[np.int64] = np.zeros(0, np.int64)
        if self._is_network:
            present = np.flatnonzero(clients.hits)
            moves = question.series.derived["networks"].of()
            self._addresses = np.bincount(moves[present], minlength=len(self.hits))

    def leading(self, rows: int) -> list[int]:
        """The numbers of the first rows, in their order."""
        values, counts, hits = self._dictionary.values, self._counts, self.hits
        errors = np.where(hits > 0, counts.classes[1] + counts.classes[2], 0)
        if self._sort == "name":
            return first_named(hits, values, rows)
        if self._sort == "suspicion":
            both = [*top_keys(hits, values, rows).tolist(), *top_keys(errors, values, rows).tolist()]
            return list(dict.fromkeys(both))
        scores = {"errors": errors, "bytes": np.where(hits > 0, counts.bytes, 0)}.get(self._sort, hits)
        return [int(key) for key in top_keys(scores, values, rows)]

    def row(self, key: int, deeds: ClientDeeds) -> ClientRow:
        """One row."""
        raw, hits = self._dictionary.values[key], int(self.hits[key])
        errors = [int(self._counts.classes[row, key]) for row in (1, 2)]
        agent = deeds.agents[0] if deeds.agents else b""
        kind = classified(agent)
        counts = ClientCounts(
            raw,
            hits,
            errors[0],
            errors[1],
            not_found=deeds.not_found,
            probes=deeds.probes,
            paths=deeds.paths,
            busiest=deeds.busiest,
            agents=deeds.agents,
            clients=frozenset((raw,)) if self._is_network else frozenset(),  # says only that there may be several
        )
        return ClientRow(
            raw,
            hits,
            share=hits / self.total if self.total else 0.0,
            rate=hits / self._seconds,
            client_errors=errors[0],
            server_errors=errors[1],
            paths=deeds.paths,
            sent=int(self._counts.bytes[key]),
            addresses=int(self._addresses[key]) if self._is_network else 1,
            kind=decode(kind.kind) if agent else "",
            crawler=decode(kind.name),
            agent=agent,
            agents=len(deeds.agents),
            first_at=deeds.first_ms / 1000,
            last_at=deeds.last_ms / 1000,
            reasons=tuple(reason.words for reason in reasons(counts)),
        )


def _dictionary(question: PageQuestion, *, is_network: bool) -> Dictionary:
    """What numbers the rows."""
    if is_network:
        question.series.derived["networks"].of()
        return question.series.derived["networks"].dictionary
    return question.series.dictionaries["client"]


def _known_seconds(question: PageQuestion) -> float:
    """How much of the window is known: from the oldest record on, and no longer than until now."""
    window, first = question.window, question.series.first_ms
    start = window.start if first is None else max(window.start, first / 1000)
    return max(1.0, math.ceil(min(window.end, max(question.now, start)) - start))
