"""Profiles in a report: what each counts, and which functions it is spent in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import set_cell_size
from rich.text import Text

from glance.cli.profile_sources import file_data, named, reading_of
from glance.cli.report_markdown import escaped
from glance.cli.report_markdown import table as markdown_table
from glance.cli.report_text import HEADING, LABEL, LEAST_WIDTH, cropped
from glance.domain import units
from glance.domain.logs.summary_document import plain
from glance.domain.profiles.function_figures import FunctionFigures, function_figures
from glance.domain.profiles.measurement import label
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.prune import without_uninteresting
from glance.domain.safe_text import safe_text
from glance.errors import GlanceError

WIDTHS = (10, 7, 10, 7)
HEADINGS = ("flat", "flat %", "cum", "cum %")


def read_profiles(paths: Sequence[str]) -> list[tuple[str, Profile, str, tuple[str, ...]]]:
    """Path, profile, words for its format, and what was wrong with it, of each.

    Raises:
        GlanceError: one of them cannot be used.
    """
    found = []
    for path in paths:
        data = file_data(path)
        if isinstance(data, GlanceError):
            raise data
        reading = named(path, reading_of, data)
        words = getattr(reading, "format", "pprof")  # what a reader of several formats knows
        profile, _ = without_uninteresting(reading.profile)
        found.append((path, profile, words, tuple(reading.damages)))
    return found


def named_figures(path: str, profile: Profile, top: int, words: str, damages: tuple[str, ...]) -> FunctionFigures:
    """What one profile comes to."""
    return function_figures(path, profile, top, format_words=words, damages=damages)


def documents(profiles: Sequence[FunctionFigures]) -> list[dict[str, Any]]:
    """As plain values, as JSON has them."""
    return [
        {
            "path": plain(one.path),
            "format": one.format,
            "type": plain(one.type),
            "unit": plain(one.unit),
            "total": one.total,
            "rows": [{"name": plain(row.name), "flat": row.flat, "cum": row.cum} for row in one.rows],
        }
        for one in profiles
    ]


def heading_words(one: FunctionFigures) -> str:
    """What a profile is of, in a line."""
    seconds = f" in {label(one.duration_nanos, 'nanoseconds')}" if one.duration_nanos else ""
    total = label(one.total, one.unit)
    return f"{one.type}, {total}{seconds}, {units.counted(one.functions, 'function')}, {one.format}"


def cells_of(one: FunctionFigures) -> Iterator[tuple[str, tuple[str, str, str, str]]]:
    """Name and figures of each row."""
    whole = one.total or 1
    for row in one.rows:
        shares = units.share(abs(row.flat) / whole), units.share(abs(row.cum) / whole)
        yield row.name, (label(row.flat, one.unit), shares[0], label(row.cum, one.unit), shares[1])


def text_lines(profiles: Sequence[FunctionFigures], width: int) -> Iterator[Text]:
    """As text, for a terminal."""
    width = max(LEAST_WIDTH, width)
    room = width - 2 - sum(size + 1 for size in WIDTHS)
    for one in profiles:
        yield Text()
        yield Text.assemble(("Profile", HEADING), "  ", cropped(safe_text(one.path), width - 9, at_left=True))
        yield Text(cropped(f"  {safe_text(heading_words(one))}", width), style=LABEL)
        for damage in one.damages:
            yield Text(cropped(f"  {safe_text(damage)}", width), style=LABEL)
        names = "".join(f" {name:>{size}}" for name, size in zip(HEADINGS, WIDTHS, strict=True))
        yield Text.assemble((set_cell_size("Top functions", room + 2), HEADING), (names, LABEL))
        for name, figures in cells_of(one):
            shown = set_cell_size(cropped(safe_text(name) or "(no name)", room, at_left=True), room)
            yield Text("  " + shown + "".join(f" {cell:>{size}}" for cell, size in zip(figures, WIDTHS, strict=True)))


def markdown(profiles: Sequence[FunctionFigures]) -> str:
    """As Markdown."""
    return "\n".join(markdown_lines(profiles)) + "\n"


def markdown_lines(profiles: Sequence[FunctionFigures]) -> Iterator[str]:
    """All lines of it."""
    for one in profiles:
        yield from ("", f"## Profile {escaped(one.path)}", "", escaped(heading_words(one)))
        for damage in one.damages:
            yield from ("", escaped(damage))
        rows = [(escaped(name) or "(no name)", *map(escaped, figures)) for name, figures in cells_of(one)]
        yield from markdown_table(("Function", *HEADINGS), rows)
