"""`glance profile heatmap`: when the samples of a recording were taken, within each second."""

from __future__ import annotations

import math
from collections.abc import Iterator

from glance.cli.profile_options import Request
from glance.cli.profile_output import in_json
from glance.cli.profile_sources import data_of, named, reading_of, say
from glance.domain import units
from glance.domain.profiles.any_reading import AnyReading
from glance.domain.profiles.flame_counts import name_counts
from glance.domain.profiles.flame_maker import FlameChoice, flame_tree
from glance.domain.profiles.sample_ticks import MICRO, SampleTicks
from glance.domain.profiles.tables import Ints
from glance.domain.profiles.value_choice import value_index
from glance.domain.safe_text import safe_text
from glance.errors import SourceError, UsageError

SIGNS = " ░▒▓█"
MOST_COLUMNS = 100
MOST_NAMES = 20


def heatmap_lines(request: Request, rows: int, span: str, output: str) -> Iterator[str]:
    """The map of the first source, and of a range what its samples were doing.

    Raises:
        GlanceError: it cannot be used, its samples have no times, or the range is none.
    """
    source = request.sources[0]
    (data,) = data_of(request.sources[:1], request)
    if isinstance(data, SourceError):
        raise data
    reading = named(source, reading_of, data)
    for damage in reading.damages:
        say(f"{safe_text(source)}: {safe_text(damage)}")
    timed = reading.timed if isinstance(reading, AnyReading) else None
    if timed is None or not len(timed):
        why = "its samples have no times" if timed is None else "there are no samples"
        raise SourceError(f"there is no map of {source}", why, "those of perf script, austin and Go traces have times")
    ticks = SampleTicks.of(timed)
    start_us, end_us = _range(span, ticks)
    if span:
        yield from _range_lines(ticks, start_us, end_us, output)
    else:
        yield from _map_lines(ticks, rows, output)


def _range(text: str, ticks: SampleTicks) -> tuple[int, int]:
    """A range in seconds from the first second on, as microseconds of the profile's own clock."""
    zero = ticks.first_second * MICRO
    if not text:
        return zero, (ticks.last_second + 1) * MICRO
    try:
        start, end = (float(part) for part in text.split(","))
    except ValueError:
        start = end = math.nan
    if not (math.isfinite(start) and math.isfinite(end) and start < end and abs(start) + abs(end) < 1e12):
        raise UsageError(f"{text!r} is no range", "", "two numbers of seconds, such as --range 1.2,3")
    return zero + round(start * MICRO), zero + round(end * MICRO)


def _zero(ticks: SampleTicks) -> str:
    """What the second 0 is."""
    first = ticks.first_second
    return units.iso(first) if ticks.timed.is_wall_clock else f"{first} s of the recording's own clock"


def _map_lines(ticks: SampleTicks, rows: int, output: str) -> Iterator[str]:
    """All of it; of long recordings several seconds are a column."""
    seconds = ticks.last_second - ticks.first_second + 1
    together = -(-seconds // MOST_COLUMNS)
    columns = -(-seconds // together)
    places = (ticks.ticks - ticks.first_second * MICRO) // (MICRO // rows)
    cells = _counted(places // rows // together * rows + places % rows, columns, rows)
    if output == "json":
        yield from in_json(
            {
                "samples": len(ticks), "zero": _zero(ticks), "seconds_a_column": together, "rows": rows,
                "cells": cells.tolist(),
            }
        )  # fmt: skip
        return
    top = max(1, int(cells.max()))
    yield f"{units.counted(len(ticks), 'sample')}; second 0 is {_zero(ticks)}; the end of each second is on top"
    for row, counts in enumerate(cells.tolist()):
        signs = "".join(SIGNS[-(-count * (len(SIGNS) - 1) // top)] for count in counts)
        yield f"{(rows - 1 - row) * 1000 // rows:4} ms |{signs}|"
    yield f"each column is {units.counted(together, 'second')}; {SIGNS[-1]} is up to {units.counted(top, 'sample')}"


def _counted(places: Ints, columns: int, rows: int) -> Ints:
    """Cells by row, the end of the second on top."""
    import numpy as np

    counts = np.bincount(places, minlength=columns * rows).astype(np.int64)
    return np.asarray(counts.reshape(columns, rows).T[::-1])


def _range_lines(ticks: SampleTicks, start_us: int, end_us: int, output: str) -> Iterator[str]:
    """The functions of the samples of a range, the largest first."""
    profile = ticks.profile(start_us, end_us)
    index = value_index(profile, "")
    tree = flame_tree(profile, FlameChoice(index))
    counts, unit = name_counts(tree), profile.sample_types[index]
    order = sorted(range(len(tree.names) - 1), key=lambda row: (-int(counts.cum[row]), tree.names[row]))
    shown = [row for row in order if counts.cum[row]]
    samples = ticks.count(start_us, end_us)
    if output == "json":
        rows = [
            {"name": safe_text(tree.names[row]), "flat": int(counts.flat[row]), "cum": int(counts.cum[row])}
            for row in shown
        ]
        yield from in_json({"samples": samples, "type": unit.type, "unit": unit.unit, "rows": rows})
        return
    yield f"{units.counted(samples, 'sample')}, {safe_text(unit.type)} in {safe_text(unit.unit)}"
    for row in shown[:MOST_NAMES]:
        yield f"{int(counts.flat[row]):>16,} flat {int(counts.cum[row]):>16,} cum  {safe_text(tree.names[row])}"
    if len(shown) > MOST_NAMES:
        yield f"and {units.counted(len(shown) - MOST_NAMES, 'function')} more"
