"""Labels of samples in profile.proto: few distinct ones, whatever the number of samples."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from glance.domain.profiles.damage import Damages
from glance.domain.profiles.parts import NO_LABELS, LabelSet, text_of
from glance.domain.profiles.tables import Ints, Unsigned
from glance.domain.profiles.top_level import signed

FIELDS = 4
"""Of a label: rows of key and text, the number, the row of its unit."""


class LabelReader:
    """Reads the labels of one profile."""

    def __init__(self, strings: Sequence[bytes], damages: Damages) -> None:
        """For a profile with this string table."""
        self.strings, self.damages = strings, damages
        self.sets: list[LabelSet] = [NO_LABELS]
        self.rows: dict[tuple[object, ...], int] = {NO_LABELS.key: 0}

    def rows_of(self, samples: int, owners: Ints, labels: Unsigned) -> Ints:
        """The row of the label set of each sample.

        Args:
            samples: how many there are.
            owners: to which sample each label belongs, in rising order.
            labels: a row for each field of a label, a column for each label.
        """
        found = np.zeros(samples, dtype=np.int64)
        if not owners.size:
            return found
        table = np.ascontiguousarray(labels.T)
        raw = table.tobytes()
        is_first = np.ones(len(owners), dtype=np.bool_)
        np.not_equal(owners[1:], owners[:-1], out=is_first[1:])
        first = np.flatnonzero(is_first)
        places = [*(first * (FIELDS * 8)).tolist(), len(raw)]
        distinct: dict[bytes, int] = {}
        known = distinct.setdefault
        kinds = np.array(
            [known(raw[start:end], len(distinct)) for start, end in pairwise(places)],
            dtype=np.int64,
        )
        rows = [self.row_of(np.frombuffer(each, dtype=np.uint64).reshape(-1, FIELDS).tolist()) for each in distinct]
        found[owners[first]] = np.array(rows, dtype=np.int64)[kinds]
        return found

    def row_of(self, labels: Sequence[Sequence[int]]) -> int:
        """The row of the label set that these labels make."""
        made = self.label_set(labels)
        row = self.rows.setdefault(made.key, len(self.sets))
        if row == len(self.sets):
            self.sets.append(made)
        return row

    def label_set(self, labels: Sequence[Sequence[int]]) -> LabelSet:
        """What these labels say. One without text, number and unit says nothing, as for pprof."""
        texts: dict[str, tuple[str, ...]] = {}
        numbers: dict[str, tuple[int, ...]] = {}
        units: dict[str, tuple[str, ...]] = {}
        for key_row, text_row, number, unit_row in labels:
            key = self.text(key_row)
            if text_row:
                texts[key] = (*texts.get(key, ()), self.text(text_row))
            elif number or unit_row:
                before = numbers.get(key, ())
                if unit_row:
                    named = units.get(key, ())
                    units[key] = (*named, *[""] * (len(before) - len(named)), self.text(unit_row))
                numbers[key] = (*before, signed(number))
        padded = {key: (*named, *[""] * (len(numbers[key]) - len(named))) for key, named in units.items()}
        return LabelSet(texts, numbers, padded)

    def text(self, row: int) -> str:
        """The text of a row of the string table."""
        if row < len(self.strings):
            return text_of(self.strings[row])
        self.damages.note("malformed profile format", "a label whose text is not there has an empty one")
        return ""
