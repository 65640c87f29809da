"""The source of a function, with what each of its lines counts for."""

from __future__ import annotations

import numpy as np

from glance.domain.flame_board import FlameWish, SourceRow, SourceView
from glance.domain.profiles.call_tree import added_up
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.tables import Ints, runs_of, starts_of
from glance.domain.profiles.value_choice import value_index
from glance.errors import SourceError
from glance.sources.code_syntax import spans_of
from glance.sources.source_code import CODE, SourceCode, read_lines

BEFORE, BEHIND, NEAR = 3, 12, 8
"""Lines that are shown before the first and behind the last that counts for something."""
NOT_CODE = "its file is not known to be source code; these are the lines that count for something"
NOT_HERE = "the source is not on this machine; these are the lines that count for something"
TOO_SHORT = "the source on this machine is another one, it is too short; these are the lines that count for something"


def source_of(profile: Profile, wish: FlameWish, code: SourceCode) -> SourceView:
    """The source of the function that is wanted; may take long.

    Args:
        profile: whose function.
        wish: the function, and the value that lines count for.
        code: finds sources.
    """
    index = value_index(profile, wish.value)
    function = wish.source
    file, start = _place(profile, function)
    counts = line_counts(profile, function, index)
    if not any(counts):
        return SourceView(function, file, note="the profile does not know the lines of this function")
    path: object = ""
    try:
        path = code.find(file)
        lines = read_lines(path)
    except SourceError:
        lines = ()
    known = [number for number in counts if number > 0]
    if not known or max(known) > len(lines):
        rows = tuple(SourceRow(number, "", *counts[number]) for number in sorted(counts))
        return SourceView(function, file, rows=rows, note=_why(file, is_short=bool(lines)))
    head = start if start and min(known) - start <= NEAR else min(known)  # of a long one what counts is seen first
    first = max(1, min(head, *known) - BEFORE)
    last = min(len(lines), max(known) + BEHIND)
    spans = spans_of(str(path), lines, first, last)
    rows = tuple(
        SourceRow(number, lines[number - 1], *counts.get(number, (0, 0)), parts)
        for number, parts in enumerate(spans, first)
    )
    return SourceView(function, file, str(path), rows)


def _why(file: str, *, is_short: bool) -> str:
    """Why there is no code."""
    if not CODE.search(file):
        return NOT_CODE
    return TOO_SHORT if is_short else NOT_HERE


def line_counts(profile: Profile, function: str, index: int) -> dict[int, tuple[int, int]]:
    """What each line of a function counts for: flat, and cum once for each sample."""
    tables = profile.tables
    wanted = np.array([name == function for name in profile.strings], dtype=np.bool_)
    is_own = np.append(wanted[tables.functions.names], False)
    numbers = tables.locations.line_numbers
    is_line = is_own[tables.locations.line_functions]
    stack, stack_starts = tables.samples.stack, tables.samples.stack_starts
    line_starts = tables.locations.line_starts
    lines = runs_of(line_starts, stack)
    depths = starts_of(np.diff(line_starts)[stack])[stack_starts]
    owners = np.repeat(np.arange(len(profile), dtype=np.int64), np.diff(depths))
    values = profile.values[:, index]
    hits = is_line[lines]
    known, places = np.unique(numbers[lines[hits]], return_inverse=True)  # whatever numbers a stranger wrote
    most = max(1, len(known))
    pairs = np.unique(owners[hits] * most + places)
    cum = _by_line(known[pairs % most], values[pairs // most])
    filled = np.flatnonzero(np.diff(depths))
    leaves = lines[depths[filled]]
    at_leaf = is_line[leaves]
    flat = _by_line(numbers[leaves[at_leaf]], values[filled[at_leaf]])
    return {number: (flat.get(number, 0), total) for number, total in cum.items()}


def _by_line(numbers: Ints, values: Ints) -> dict[int, int]:
    """Values added up by line."""
    known, places = np.unique(numbers, return_inverse=True)
    return dict(zip(known.tolist(), added_up(places, values, len(known)), strict=True))


def _place(profile: Profile, function: str) -> tuple[str, int]:
    """The file of a function, and the line where it begins."""
    for each in profile.functions:
        if each.name == function and each.filename:
            return each.filename, each.start_line
    return "", 0
