"""What the distinct values of JSON lines say, remembered from bucket to bucket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs import value
from glance.domain.logs.hash_index import HashIndex, is_worth_it
from glance.domain.logs.keyed import TEXT_READERS, Key, KeyedLayout
from glance.domain.logs.record import TEXT_FIELDS
from glance.ingest.builder import Interner

INVALID = np.iinfo(np.int64).min
"""Stands for what is no moment."""


class Values:
    """The distinct values of one text field that were met; only those of records reach a bucket."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {b"": 0}
        """The number of each value, in order; 0 is the empty one."""
        self._texts: list[bytes] = []

    def __len__(self) -> int:
        """Number of distinct values."""
        return len(self.numbers)

    def ids(self, numbers: NDArray[np.int32], interner: Interner) -> NDArray[np.int32]:
        """A bucket's ids of values that stand in its records."""
        fresh = list(islice(reversed(self.numbers), len(self.numbers) - len(self._texts)))
        self._texts.extend(reversed(fresh))
        is_used = np.zeros(len(self._texts), np.bool_)
        is_used[numbers] = True
        used = np.flatnonzero(is_used)
        moves = np.zeros(len(self._texts), np.int32)
        moves[used] = interner.ids_of_distinct([self._texts[number] for number in used.tolist()])
        return moves[numbers]


class Numbers(dict[object, int]):
    """Numbers of values as they were decoded."""

    def __init__(self, values: Values, read: Callable[[object], bytes]) -> None:
        super().__init__()
        self._values = values.numbers
        self._read = read
        self._index = HashIndex()

    def __missing__(self, told: object) -> int:
        self[told] = found = self._values.setdefault(self._read(told), len(self._values))
        return found

    def ids(self, column: Sequence[Any]) -> NDArray[np.int32]:
        """The number of each value."""
        if is_worth_it(len(self)) and _is_ascii(column):
            return self._index.numbers(column, partial(map, self.__getitem__))
        return np.fromiter(map(self.__getitem__, column), np.int32, len(column))


def _is_ascii(column: Sequence[Any]) -> bool:
    """All values are texts in ASCII."""
    try:
        return "".join(column).isascii()
    except TypeError:
        return False


class Moments(dict[object, int]):
    """Moments of values as they were decoded."""

    def __missing__(self, told: object) -> int:
        at_ms = None if told is None else value.moment(told)
        self[told] = found = INVALID if at_ms is None else at_ms
        return found


def _part(index: int) -> Callable[[object], bytes]:
    """Method, path or protocol of a request line."""
    return lambda told: value.request(told)[index]


_PARTS = (("method", _part(0)), ("path", _part(1)), ("protocol", _part(2)))


MOST_VALUES = 400_000
"""Distinct values that are remembered of one layout; then they are forgotten, so that memory stays bounded."""


class JsonMemory:
    """What the distinct values of a layout say, remembered from bucket to bucket."""

    def __init__(self, layout: KeyedLayout) -> None:
        """Remember nothing yet."""
        self.moments = Moments()
        self.values = {name: Values() for name in TEXT_FIELDS}
        self.numbers = {
            (key, name): Numbers(self.values[name], read) for key in layout.keys for name, read in readers_of(key)
        }

    @property
    def is_full(self) -> bool:
        """It is time to forget."""
        told = sum(map(len, self.numbers.values())) + sum(map(len, self.values.values()))
        return told + len(self.moments) > MOST_VALUES


def readers_of(key: Key) -> Sequence[tuple[str, Callable[[object], bytes]]]:
    """The text fields that a key tells, and how each is read."""
    if key.field == "request":
        return _PARTS
    if key.field in TEXT_FIELDS:
        return ((key.field, TEXT_READERS.get(key.field, value.text)),)
    return ()
