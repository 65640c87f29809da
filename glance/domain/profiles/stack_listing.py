"""Stacks as rows: what there was of each at every moment, how it grew, and what its goroutines do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from glance.domain import units
from glance.domain.profiles.goroutine_groups import Groups, doing_of
from glance.domain.profiles.measurement import label
from glance.domain.profiles.stack_book import StackBook, StackCounts, is_hidden
from glance.domain.profiles.stack_growth import GrowthScale, growth_of
from glance.domain.profiles.suspect import GROWTH, LEAST_GROWTH_BYTES, LEAST_GROWTH_PART
from glance.domain.profiles.tables import Ints
from glance.domain.stack_board import Doing, StackFrame, StackRow

MOST_ROWS = 400
"""Of each order: by what is there now, by growth, and by waiting."""
LEAST_SECONDS = 1.0
"""From the first moment to the last: over less nobody can tell what becomes of something in a minute."""


@dataclass(frozen=True, slots=True)
class StackMoment:
    """One profile, or one dump."""

    at: float
    """Epoch seconds; 0 where nobody knows."""
    counts: StackCounts


@dataclass(frozen=True, slots=True)
class StackTable:
    """All that is told of stacks."""

    rows: tuple[StackRow, ...]
    stacks: int
    totals: tuple[int, ...]
    """At each moment."""


def listed(
    book: StackBook,
    moments: Sequence[StackMoment],
    *,
    groups: Groups | None = None,
    before: Groups | None = None,
    per_unit: float | None = 1.0,
) -> StackTable:
    """The rows.

    Args:
        book: numbers the stacks.
        moments: at least one, the oldest first; values are goroutines, or objects and bytes in use.
        groups: the goroutines of the newest dump, where there is one.
        before: those of the first one, where there are two.
        per_unit: events that one unit stands for.
    """
    many, place = len(book.stacks), moments[0].counts.values.shape[1] - 1
    columns = [moment.counts.column(many, place) for moment in moments]
    totals = tuple(int(column.sum()) for column in columns)
    start = moments[0].at
    is_timed = bool(start) and all(early.at < late.at for early, late in pairwise(moments))
    is_timed = is_timed and moments[-1].at - start >= LEAST_SECONDS
    seconds = [moment.at - start if is_timed else float(row) for row, moment in enumerate(moments)]
    scale = scale_of(book, (columns[0], columns[-1]), totals, per_unit)
    objects = [moments[at].counts.column(many) for at in (0, -1)] if place else None
    rows = []
    for number in chosen(columns, groups):
        values = tuple(int(column[number]) for column in columns)
        growth = growth_of(seconds, values, scale, is_timed=is_timed)
        frames = tuple(book.frames[frame] for frame in book.wholes[number])
        rows.append(
            StackRow(
                key_of(book, number),
                frames,
                place_of(frames, is_of_goroutines=book.is_of_goroutines),
                values,
                growth.standing,
                growth.words,
                growth.per_minute,
                (int(objects[0][number]), int(objects[1][number])) if objects else (0, 0),
                None if not book.is_of_goroutines else doing(book, number, groups, before or {}, values[-1]),
            )
        )
    return StackTable(tuple(rows), int(np.count_nonzero(columns[-1])), totals)


def chosen(columns: Sequence[Ints], groups: Groups | None) -> list[int]:
    """The stacks that any order would show first."""
    last, gain = columns[-1], columns[-1] - columns[0]
    found: dict[int, None] = {}
    for order in (np.argsort(-last, kind="stable"), np.argsort(-gain, kind="stable"), np.argsort(gain, kind="stable")):
        for number in order[:MOST_ROWS].tolist():
            if last[number] or gain[number]:
                found[number] = None
    waits = {number: max(one.wait_minutes for one in members) for number, members in (groups or {}).items()}
    waiting = sorted((number for number, minutes in waits.items() if minutes), key=lambda number: -waits[number])
    found |= dict.fromkeys(waiting[:MOST_ROWS])
    return list(found)


def scale_of(book: StackBook, ends: tuple[Ints, Ints], totals: Sequence[int], per_unit: float | None) -> GrowthScale:
    """What is enough growth to be suspected: of goroutines some, of memory as the rule of growth has it."""
    if book.is_of_goroutines:
        return GrowthScale(units.exact, 1.0, int(GROWTH.least_events))
    grown = totals[-1] - totals[0]
    gained = int(np.maximum(ends[1] - ends[0], 0).sum())
    is_grown = grown >= LEAST_GROWTH_BYTES and grown >= LEAST_GROWTH_PART * totals[0]
    least = max(1, int(GROWTH.least_share * gained)) if is_grown else 1 << 62
    return GrowthScale(lambda value: label(value, "bytes"), per_unit, least, says_rate=True, fewer="less")


def doing(book: StackBook, number: int, groups: Groups | None, before: Groups, now: int) -> Doing:
    """What the goroutines of a stack do: as the program says, else as their stack tells."""
    members = groups.get(number) if groups is not None else None
    if members:
        return doing_of(book, members, before.get(number, ()))
    return Doing(((book.states[number], now),) if now else ())


def place_of(frames: Sequence[StackFrame], *, is_of_goroutines: bool) -> int:
    """The frame that a stack is named after.

    It is the innermost own one. Without one, a goroutine is what it was started as, and memory where it was allocated.
    """
    own = next((at for at, frame in enumerate(frames) if frame.is_own), -1)
    if own >= 0:
        return own
    if is_of_goroutines:
        return len(frames) - 1
    return next((at for at, frame in enumerate(frames) if not is_hidden(frame.name)), 0)


def key_of(book: StackBook, number: int) -> str:
    """The same for the same stack in another book."""
    frames = (book.frames[one] for one in book.stacks[number])
    return "\n".join(f"{frame.name} {frame.file}:{frame.line}" for frame in frames)
