"""A report as one CSV table (RFC 4180), for spreadsheets.

Each row is one name of one table; single figures stand under `value`. Text from the log that a
spreadsheet would run as a formula gets an apostrophe before it; controls are shown, not passed on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from glance.cli.report_json import SECONDS_DIGITS, iso_moment
from glance.domain.logs.summary import Summary
from glance.domain.safe_text import safe_text

COLUMNS = ("table", "name", "hits", "bytes", "client_errors", "server_errors", "p95", "value")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of a formula; some take the wide forms too."""

Cell = str | int | float | None
Row = tuple[Cell, ...]
EMPTY_COUNTS: Row = (None, None, None, None, None)


def render(summary: Summary) -> str:
    """The report, with a header row and CR LF between rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([rounded(cell) for cell in row] for row in rows(summary))
    return out.getvalue()


def rows(summary: Summary) -> Iterator[Row]:
    """All rows below the header."""
    yield from total_rows(summary)
    yield from file_rows(summary)
    yield from count_rows("status", ((str(status), hits) for status, hits in summary.statuses))
    yield from count_rows("methods", summary.methods)
    yield from count_rows("protocols", summary.protocols)
    for kind in summary.kinds:
        yield ("kinds", kind.name, kind.hits, kind.bytes, kind.client_errors, kind.server_errors, None, None)
    yield from top_rows(summary)
    yield from series_rows(summary)
    for sample in summary.unparsed_samples:
        yield value_row("unparsed_samples", f"{sample.file}:{sample.line}", sample.text)
    for note in summary.notes:
        yield value_row("notes", "note", note)


def total_rows(summary: Summary) -> Iterator[Row]:
    """The sums over the whole report, then its single figures."""
    latency = summary.latency
    yield (
        "total",
        "all",
        summary.hits,
        summary.bytes,
        summary.client_errors,
        summary.server_errors,
        None if latency is None else latency.p95,
        None,
    )
    yield value_row("total", "lines", summary.lines)
    yield value_row("total", "parsed", summary.parsed)
    yield value_row("total", "unparsed", summary.unparsed)
    yield value_row("total", "first", iso_moment(summary.first))
    yield value_row("total", "last", iso_moment(summary.last))
    yield value_row("total", "clients (approximate)" if summary.clients_are_approximate else "clients", summary.clients)
    yield value_row("total", "users", summary.users)
    yield value_row("total", "sizes_absent", summary.sizes_absent)
    yield value_row("total", "error_rate", summary.error_rate)
    yield value_row("total", "scanner_errors", summary.scanner_errors)
    if latency is not None:
        yield value_row("latency", "count", latency.count)
        for name in ("p50", "p90", "p95", "p99", "max"):
            yield value_row("latency", name, getattr(latency, name))


def file_rows(summary: Summary) -> Iterator[Row]:
    """What was read."""
    for file in summary.files:
        yield value_row("file_format", file.path, file.format)
        yield value_row("file_lines", file.path, file.lines)
        yield value_row("file_parsed", file.path, file.parsed)
        yield value_row("file_unparsed", file.path, file.unparsed)


def count_rows(table: str, counts: Iterable[tuple[str, int]]) -> Iterator[Row]:
    """Names that only have hits."""
    for name, hits in counts:
        yield (table, guarded(name), hits, None, None, None, None, None)


def top_rows(summary: Summary) -> Iterator[Row]:
    """The top lists, one after the other."""
    for top in summary.tops:
        note = "approximate" if top.is_approximate else None
        for row in top.rows:
            cpu = None if row.cpu is None else f"cpu_per_request={row.cpu:.4g}"
            yield (
                top.name,
                guarded(row.name),
                row.hits,
                row.bytes,
                row.client_errors,
                row.server_errors,
                row.p95,
                " ".join(filter(None, (note, cpu))) or None,
            )


def series_rows(summary: Summary) -> Iterator[Row]:
    """Each step of time under the moment it begins."""
    series = summary.series
    yield value_row("series", "step_seconds", series.step_seconds)
    columns = zip(series.hits, series.bytes, series.client_errors, series.server_errors, strict=True)
    for step, (hits, size, client_errors, server_errors) in enumerate(columns):
        at = iso_moment(series.start + step * series.step_seconds)
        yield ("series", at, hits, size, client_errors, server_errors, None, None)


def value_row(table: str, name: str, value: Cell) -> Row:
    """A single figure."""
    return (table, guarded(name), *EMPTY_COUNTS, guarded(value) if isinstance(value, str) else value)


def rounded(cell: Cell) -> Cell:
    """Seconds to the microsecond, everything else as it is."""
    return round(cell, SECONDS_DIGITS) if isinstance(cell, float) else cell


def guarded(text: str) -> str:
    """Text that neither a spreadsheet runs nor a terminal obeys."""
    shown = safe_text(text)
    return f"'{shown}" if text.startswith(FORMULA_STARTS) else shown
