"""How the answer of a query is printed: as a table for people, as JSON, CSV or Markdown.

JSON and CSV go out row by row, whatever their number.
"""

from __future__ import annotations

import csv
import io
import math
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple, Protocol

from rich.cells import cell_len, set_cell_size

from glance.cli.report_csv import FORMULA_STARTS
from glance.cli.report_json import encode, plain
from glance.cli.report_markdown import escaped
from glance.cli.report_markdown import table as markdown_table
from glance.domain.safe_text import safe_text

Value = None | int | float | str | bytes

LEAST_WIDTH = 8
"""A column of text is not made narrower, however many there are."""
LONGEST_CELL = 400
NULL = "NULL"


class Found(Protocol):
    """What a query finds."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""

    @property
    def rows(self) -> Iterator[tuple[Value, ...]]:
        """The rows, once."""


class Written(NamedTuple):
    """What was printed."""

    rows: int
    is_all: bool
    """There was no more."""


def write(found: Found, output: str, most_rows: int, sink: BinaryIO) -> Written:
    """Print an answer.

    Args:
        found: the answer.
        output: its form.
        most_rows: of a table that is laid out as a whole; 0 for all.
        sink: where to.
    """
    if output == "json":
        return Written(_json(found, sink), is_all=True)
    if output == "csv":
        return Written(_csv(found, sink), is_all=True)
    rows = list(islice(found.rows, most_rows or None))
    is_all = not most_rows or len(rows) < most_rows or next(found.rows, None) is None
    if output == "markdown":
        text = "\n".join(markdown(found.columns, rows)) + "\n"
    else:
        # a pipe takes all of every cell
        width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 0
        text = "\n".join(table(found.columns, rows, width)) + "\n"
    encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
    sink.write(text.encode(encoding or "utf-8", errors="replace"))
    sink.flush()
    return Written(len(rows), is_all)


# ----------------------------------------------------------------------------------------------- text


def table(columns: Sequence[str], rows: Sequence[Sequence[Value]], width: int = 0) -> Iterator[str]:
    """Lines of a table: numbers to the right and never cut, texts cut where a width has no room; 0 is any width."""
    heads = [safe_text(name) for name in columns]
    shown = [[_shown(value) for value in row] for row in rows]
    numeric = [
        any(row[at] is not None for row in rows) and all(isinstance(row[at], int | float | None) for row in rows)
        for at in range(len(columns))
    ]
    widths = [max(cell_len(line[at]) for line in (heads, *shown)) for at in range(len(columns))]
    if width:
        widths = _fitted(widths, numeric, width)
    for line in (heads, ["─" * each for each in widths], *shown):
        yield "  ".join(_placed(*each) for each in zip(line, widths, numeric, strict=True)).rstrip()


def _shown(value: Value) -> str:
    """A value as a person reads it; no unit that the query did not give."""
    if value is None:
        return NULL
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return f"x'{value[: LONGEST_CELL // 2].hex()}'"
    return safe_text(str(value), LONGEST_CELL)


def _fitted(widths: Sequence[int], numeric: Sequence[bool], width: int) -> list[int]:
    """The widths, those of the widest texts made less until all fit."""
    fitted = list(widths)
    excess = sum(fitted) + 2 * (len(fitted) - 1) - width
    texts = [at for at in range(len(fitted)) if not numeric[at] and fitted[at] > LEAST_WIDTH]
    while excess > 0 and texts:
        widest = max(texts, key=fitted.__getitem__)
        others = [fitted[at] for at in texts if fitted[at] < fitted[widest]]
        least = max(LEAST_WIDTH, *others, 0) if others else LEAST_WIDTH
        step = max(1, min(excess, fitted[widest] - least))
        fitted[widest] -= step
        excess -= step
        if fitted[widest] <= LEAST_WIDTH:
            texts.remove(widest)
    return fitted


def _placed(text: str, width: int, is_number: bool) -> str:
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    space = " " * (width - cell_len(text))
    return space + text if is_number else text + space


# ------------------------------------------------------------------------------------------- markdown


def markdown(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> Iterator[str]:
    """Lines of a table; every column is text, for what a query gives is not known before."""
    shown = [["" if value is None else escaped(_shown(value)) for value in row] for row in rows]
    return islice(markdown_table([escaped(name) for name in columns], shown, texts=len(columns)), 1, None)


# ------------------------------------------------------------------------------------------------ JSON


def _json(found: Found, sink: BinaryIO) -> int:
    """An array of objects, one a line; returns their number."""
    names = [encode(plain(name)) for name in distinct(found.columns)]
    count = 0
    for row in found.rows:
        pairs = (f"{name}: {encode(_json_value(value))}" for name, value in zip(names, row, strict=True))
        sink.write((",\n " if count else "[").encode() + ("{" + ", ".join(pairs) + "}").encode("ascii"))
        count += 1
    sink.write(b"]\n" if count else b"[]\n")
    sink.flush()
    return count


def _json_value(value: Value) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.hex()
    return plain(value) if isinstance(value, str) else value


def distinct(names: Sequence[str]) -> list[str]:
    """The names, those that came before with a number."""
    out: list[str] = []
    for name in names:
        number, fresh = 1, name
        while fresh in out:
            number += 1
            fresh = f"{name}_{number}"
        out.append(fresh)
    return out


# ------------------------------------------------------------------------------------------------- CSV


def _csv(found: Found, sink: BinaryIO) -> int:
    """A heading and the rows (RFC 4180); returns their number."""
    text = io.TextIOWrapper(sink, encoding="utf-8", newline="", errors="replace", write_through=False)
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([_csv_cell(name) for name in found.columns])
        count = 0
        for row in found.rows:
            writer.writerow([_csv_cell(value) for value in row])
            count += 1
        text.flush()
        return count
    finally:
        text.detach()


def _csv_cell(value: Value) -> int | float | str | None:
    """A cell that neither a spreadsheet runs nor a terminal obeys; NULL is empty."""
    if isinstance(value, bytes):
        return value.hex()
    if not isinstance(value, str):
        return value
    shown = safe_text(value, len(value))
    return f"'{shown}" if value.startswith(FORMULA_STARTS) else shown
