"""What the distinct tokens of a format say, remembered from bucket to bucket.

Most tokens of a log come again and again, so each is matched, split and numbered once; a bucket
then costs one dictionary look-up per token and some vectorised gathers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.format import Group, LogFormat, said
from glance.domain.logs.hash_index import HashIndex, is_worth_it
from glance.domain.logs.timestamp import clf_moment
from glance.domain.logs.upstream import upstream
from glance.ingest.builder import Interner

MOST_BYTES = 96 << 20
"""About what the tokens of one format may take; then they are forgotten, so that memory stays bounded."""

_CLF_BYTES = len(b"17/May/2015:10:05:03 +0000")

_TOKEN_BYTES = 120
"""What a token costs beside its text: dictionary slot, bytes object, numbers."""


class NotValidError(Exception):
    """A token is not what its part of the line must be."""


class Tokens(dict[bytes, int]):
    """Numbers of the distinct tokens of one group, and for each field the number of what they say.

    A token that is met for the first time gets the next number at once; `learn` then matches and splits
    all that are new in one go, which costs a third of doing it one by one. None that is not valid stays.
    """

    def __init__(self, group: Group, values: dict[str, Interner]) -> None:
        """Remember nothing yet; `values` number the values of each text field."""
        super().__init__()
        self._group = group
        self._values = [values[name] for name in group.names]
        self._numbers: list[list[int]] = [[] for _ in group.names]
        self._arrays: list[NDArray[np.int32]] = [np.zeros(0, np.int32) for _ in group.names]
        self._fresh: list[bytes] = []
        self._index = HashIndex()
        self.size_bytes = 0

    def __missing__(self, token: bytes) -> int:
        self.size_bytes += len(token) + _TOKEN_BYTES
        self._fresh.append(token)
        self[token] = found = len(self)
        return found

    def ids(self, column: Sequence[bytes]) -> NDArray[np.int32]:
        """The number of each token.

        Raises:
            NotValidError: one of them is not valid; those that were new are forgotten again.
        """
        if is_worth_it(len(self)):
            found = self._index.numbers(column, partial(map, self.__getitem__))
        else:
            found = np.fromiter(map(self.__getitem__, column), np.int32, len(column))
        if self._fresh:
            self._learn()
        return found

    def _learn(self) -> None:
        fresh, self._fresh = self._fresh, []
        rows = self._group.rows(fresh)
        if rows is None:
            for token in fresh:
                del self[token]
                self.size_bytes -= len(token) + _TOKEN_BYTES
            self._index = HashIndex()
            raise NotValidError
        for name, numbers, interner, column in zip(
            self._group.names, self._numbers, self._values, zip(*rows, strict=True), strict=True
        ):
            values = list(map(said, column))
            numbers.extend(interner.numbers(list(map(upstream, values)) if name == "upstream" else values))

    def fields(self, ids: NDArray[np.int32]) -> list[tuple[str, NDArray[np.int32]]]:
        """For each field of the group, the numbers of its values."""
        for place, numbers in enumerate(self._numbers):
            if numbers:
                fresh = np.array(numbers, np.int32)
                self._arrays[place] = np.concatenate([self._arrays[place], fresh])
                numbers.clear()
        return [(name, array[ids]) for name, array in zip(self._group.names, self._arrays, strict=True)]


class Moments(dict[bytes, int]):
    """The moment of each distinct time text."""

    def __init__(self, layout: LogFormat) -> None:
        """Remember nothing yet."""
        super().__init__()
        self._moment = layout.moment
        self._minutes: dict[bytes, int | None] = {}

    @property
    def size_bytes(self) -> int:
        """About what they take; their texts are short and of one length."""
        return len(self) * 2 * _TOKEN_BYTES

    def __missing__(self, text: bytes) -> int:
        at_ms = self._clf(text) if self._moment is clf_moment else None
        at_ms = self._moment(text) if at_ms is None else at_ms
        if at_ms is None:
            raise NotValidError
        self[text] = at_ms
        return at_ms

    def _clf(self, text: bytes) -> int | None:
        """The moment of `17/May/2015:10:05:03 +0000` from that of its minute; None for what is not just so."""
        second = text[18:20]
        if len(text) != _CLF_BYTES or text[17:18] != b":" or text[20:21] != b" " or not b"00" <= second <= b"59":
            return None
        minute = text[:18] + b"00" + text[20:]
        if minute not in self._minutes:
            self._minutes[minute] = self._moment(minute)
        start = self._minutes[minute]
        return None if start is None or not second.isdigit() else start + 1000 * int(second)

    def ids(self, column: Sequence[bytes]) -> NDArray[np.int64]:
        """The moment of each text, milliseconds since the epoch.

        Raises:
            NotValidError: one of them is none.
        """
        return np.fromiter(map(self.__getitem__, column), np.int64, len(column))


class TokenMemory:
    """Tokens and values of one format."""

    def __init__(self, layout: LogFormat) -> None:
        """Remember nothing yet."""
        self.values = {name: Interner() for group in layout.groups if group.kind == "text" for name in group.names}
        self.groups: tuple[Tokens | Moments | None, ...] = tuple(
            Tokens(group, self.values) if group.kind == "text" else Moments(layout) if group.kind == "time" else None
            for group in layout.groups
        )
        self._known: dict[str, list[bytes]] = {name: [] for name in self.values}

    @property
    def is_full(self) -> bool:
        """It is time to forget."""
        return sum(tokens.size_bytes for tokens in self.groups if tokens is not None) > MOST_BYTES

    def used(self, name: str, numbers: NDArray[np.int32]) -> tuple[Sequence[bytes], NDArray[np.int32]]:
        """The values that a column uses, and its ids among them.

        Args:
            name: text field.
            numbers: of values, one a record.

        Returns:
            Distinct values, and for each record its place among them.
        """
        interner, known = self.values[name], self._known[name]
        if len(known) < len(interner):
            self._known[name] = known = list(interner)
        marks = np.zeros(len(known), np.bool_)
        marks[numbers] = True
        used = np.flatnonzero(marks)
        places = np.zeros(len(known), np.int32)
        places[used] = np.arange(len(used), dtype=np.int32)
        return [known[number] for number in used.tolist()], places[numbers]
