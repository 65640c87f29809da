"""What the distinct tokens of a format say, remembered from bucket to bucket.

Most tokens of a log come again and again, so each is matched, split and numbered once; a bucket
then costs one dictionary look-up per token and some vectorised gathers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.format import Group, LogFormat, said
from glance.ingest.builder import Interner

INVALID = -1

MOST_BYTES = 96 << 20
"""About what the tokens of one format may take; then they are forgotten, so that memory stays bounded."""

_TOKEN_BYTES = 120
"""What a token costs beside its text: dictionary slot, bytes object, numbers."""


class Tokens(dict[bytes, int]):
    """Numbers of the distinct tokens of one group, and for each field the number of what they say."""

    def __init__(self, group: Group, values: dict[str, Interner]) -> None:
        """Remember nothing yet; `values` number the values of each text field."""
        super().__init__()
        self._group = group
        self._values = [values[name] for name in group.names]
        self._numbers: list[list[int]] = [[] for _ in group.names]
        self._arrays: list[NDArray[np.int32]] = [np.zeros(0, np.int32) for _ in group.names]
        self._count = 0
        self.size_bytes = 0

    def __missing__(self, token: bytes) -> int:
        self.size_bytes += len(token) + _TOKEN_BYTES
        values = self._group.values(token)
        if values is None:
            self[token] = INVALID
            return INVALID
        for numbers, interner, value in zip(self._numbers, self._values, values, strict=True):
            numbers.append(interner[said(value)])
        self[token] = found = self._count
        self._count = found + 1
        return found

    def fields(self, ids: NDArray[np.int32]) -> list[tuple[str, NDArray[np.int32]]]:
        """For each field of the group, the numbers of its values."""
        for place, numbers in enumerate(self._numbers):
            if numbers:
                fresh = np.array(numbers, np.int32)
                self._arrays[place] = np.concatenate([self._arrays[place], fresh])
                numbers.clear()
        return [(name, array[ids]) for name, array in zip(self._group.names, self._arrays, strict=True)]


class Moments(dict[bytes, int]):
    """The moment of each distinct time text; INVALID for what is none."""

    def __init__(self, layout: LogFormat) -> None:
        """Remember nothing yet."""
        super().__init__()
        self._moment = layout.moment

    @property
    def size_bytes(self) -> int:
        """About what they take; their texts are short and of one length."""
        return len(self) * 2 * _TOKEN_BYTES

    def __missing__(self, text: bytes) -> int:
        at_ms = self._moment(text)
        self[text] = found = INVALID if at_ms is None else at_ms
        return found


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
