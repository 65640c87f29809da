"""A report for a person, in a terminal or through a pipe: totals, status mix, latency, chart, top lists.

Every line is laid out here and fits the width; Rich only adds colour where there is any.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from glance.cli.report_chart import bar, column_rows, fitted
from glance.domain import units
from glance.domain.logs.summary import FileFigures, SeriesFigures, Summary, TopList, TopRow
from glance.domain.safe_text import safe_text

ColorSystem = Literal["auto", "standard", "256", "truecolor", "windows"]

LEAST_WIDTH = 60
CHART_HEIGHT = 5
GUTTER = 7
"""Cells to the left of the chart."""
HEADING = "bold"
LABEL = "dim"
CLASS_STYLES = {1: "dim", 2: "green", 3: "steel_blue", 4: "yellow", 5: "red"}
LATENCY_STYLE = "medium_purple"
BYTES_STYLE = "cyan"
WIDE = 100
"""From this width on every list has all columns."""
LONG_NAMED = frozenset(("agents", "referrers"))
KIND_WORDS = {
    "person": "people",
    "crawler": "crawlers",
    "tool": "tools",
    "monitor": "monitors",
    "unknown": "unknown",
}
LEFT_CROPPED = frozenset(("sections", "routes", "paths"))
"""Lists whose long names lose their left side, for the end tells them apart."""


def render(
    summary: Summary, width: int = 100, color_system: ColorSystem | None = None, more: Sequence[Text] = ()
) -> str:
    """The report as text; without a colour system there is no escape code in it.

    Args:
        summary: the figures.
        width: in cells.
        color_system: what the terminal can show.
        more: lines below; where no log was read there is nothing else.
    """
    out = io.StringIO()
    width = max(LEAST_WIDTH, width)
    console = Console(
        file=out,
        width=width,
        color_system=color_system,
        force_terminal=color_system is not None,
        no_color=color_system is None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    of_logs = report_lines(summary, width) if summary.files or not more else (Text("glance report", style=HEADING),)
    for line in (*of_logs, *more):
        line.rstrip()
        console.print(line, no_wrap=True, overflow="crop", crop=True)
    return out.getvalue()


def report_lines(summary: Summary, width: int) -> Iterator[Text]:
    """All lines of the report."""
    yield from header_lines(summary, width)
    if not summary.hits:
        yield from (Text(), Text("No request was found." if summary.lines else "The log is empty."))
    else:
        yield from total_lines(summary)
        yield from chart_lines(summary.series, width)
        yield from status_lines(summary, width)
        yield from latency_lines(summary)
        yield from who_lines(summary, width)
        for top in summary.shown_tops:
            if top.name != "crawlers":  # they stand with who asked
                yield from top_lines(top, summary, width)
    yield from unparsed_lines(summary, width)
    for note in summary.notes:
        yield Text()
        words = textwrap.wrap(f"Note: {safe_text(note)}", width, subsequent_indent="      ", break_on_hyphens=False)
        yield from (Text(line) for line in words)


def header_lines(summary: Summary, width: int) -> Iterator[Text]:
    """What was read, as what, the time it covers, and how many asked how often."""
    yield Text("glance report", style=HEADING)
    for file in summary.files:
        yield from file_lines(file, width)
    if summary.first is None or summary.last is None:
        return
    first, last = units.date_minute(summary.first, UTC), units.date_minute(summary.last, UTC)
    seconds = summary.last - summary.first
    about = "~" if summary.clients_are_approximate else ""
    line = Text.assemble((f"{first} to {last} UTC, {units.age(seconds)}", LABEL))
    line.append(f"   {about}{units.counted(summary.clients, 'client')}")
    if seconds >= 1:
        line.append(f"   {units.rate(summary.hits / seconds)} hits/s")
    yield line


def file_lines(file: FileFigures, width: int) -> Iterator[Text]:
    """One file: its figures stand beside the name where there is room, else below."""
    figures = f"{safe_text(file.format or 'no known format')}, "
    figures += f"{units.exact(file.parsed)} of {units.counted(file.lines, 'line')}"
    if file.unparsed:
        figures += f", {units.exact(file.unparsed)} not understood"
    path = safe_text(file.path)
    if cell_len(path) + cell_len(figures) + 2 <= width:
        yield Text.assemble(path, (f"  {figures}", LABEL))
    else:
        yield Text(cropped(path, width, at_left=True))
        yield Text(cropped(f"  {figures}", width), style=LABEL)


def total_lines(summary: Summary) -> Iterator[Text]:
    """The figures over everything: names above, figures below."""
    errors = summary.client_errors + summary.server_errors
    cells = [
        ("Total Hits", units.exact(summary.hits), "", "bold"),
        ("Data Sent", units.size(summary.bytes), "", BYTES_STYLE),
        ("Known Users", units.exact(summary.users), "", ""),
        ("Errors", units.exact(errors), units.share(errors / summary.hits), "bold" if errors else ""),
        error_cell("Client Errors", summary.client_errors, summary.hits, CLASS_STYLES[4]),
        error_cell("Server Errors", summary.server_errors, summary.hits, CLASS_STYLES[5]),
    ]
    widths = [max(map(len, cell[:3])) for cell in cells]
    yield Text()
    for row, style in ((0, LABEL), (1, None), (2, LABEL)):
        line = Text()
        for cell, width in zip(cells, widths, strict=True):
            line.append(f"{cell[row]:>{width}}  ", style=cell[3] if style is None else style)
        yield line


def error_cell(name: str, errors: int, hits: int, style: str) -> tuple[str, str, str, str]:
    """Name, figure, share and style of a kind of error."""
    return name, units.exact(errors), units.share(errors / hits), style if errors else ""


def chart_lines(series: SeriesFigures, width: int) -> Iterator[Text]:
    """Hits over time as columns, with client and server errors below on scales of their own."""
    hits, steps, wide = fitted(series.hits, width - GUTTER)
    if not hits:
        return
    step_seconds = series.step_seconds * steps
    yield from heading(f"Traffic  hits in {step_words(step_seconds)}, most {units.exact(max(hits))}")
    for number, row in enumerate(column_rows(hits, CHART_HEIGHT, wide)):
        label = units.count(max(hits)) if number == 0 else ""
        yield Text.assemble((f"{label:>{GUTTER - 1}} ", LABEL), (row, CLASS_STYLES[2]))
    for name, values, style in (
        ("4xx", series.client_errors, CLASS_STYLES[4]),
        ("5xx", series.server_errors, CLASS_STYLES[5]),
    ):
        errors, _, _ = fitted(values, width - GUTTER)
        if any(errors):
            yield Text.assemble((f"{name:>{GUTTER - 1}} ", LABEL), (column_rows(errors, 1, wide)[0], style))
    yield axis_line(series, len(hits) * wide)


def axis_line(series: SeriesFigures, columns: int) -> Text:
    """When the chart begins and ends."""
    first = units.date_minute(series.start, UTC)
    last = units.date_minute(series.start + len(series.hits) * series.step_seconds, UTC)
    if first[:10] == last[:10]:
        last = last[11:]
    if columns < len(first) + len(last) + 2:
        return Text(f"{'':{GUTTER}}{first}", style=LABEL)
    return Text(f"{'':{GUTTER}}{first}{last:>{columns - len(first)}}", style=LABEL)


def status_lines(summary: Summary, width: int) -> Iterator[Text]:
    """The mix of status classes, each with a bar and the codes in it."""
    yield from heading("Status")
    room = max(10, width // 4)
    for kind in sorted({status // 100 for status, _ in summary.statuses}):
        codes = [(status, hits) for status, hits in summary.statuses if status // 100 == kind]
        total = sum(hits for _, hits in codes)
        part = total / summary.hits
        line = Text.assemble(
            (f"  {kind}xx ", LABEL),
            (f"{bar(part, room):<{room}}", CLASS_STYLES.get(kind, LABEL)),
            f" {units.share(part):>{units.SHARE_WIDTH}}",
            f" {units.exact(total):>{len(units.exact(summary.hits))}}  ",
        )
        most = sorted(codes, key=lambda code: (-code[1], code[0]))
        listed = "  ".join(f"{status} {units.count(hits)}" for status, hits in most)
        line.append(cropped(listed, width - line.cell_len), style=LABEL)
        yield line
    yield pair_line("methods", summary.methods, width)
    if summary.protocols:
        yield pair_line("protocols", summary.protocols, width)


def pair_line(name: str, counts: Sequence[tuple[str, int]], width: int) -> Text:
    """Names with their counts on one line."""
    listed = "  ".join(f"{cropped(safe_text(word), 24)} {units.count(hits)}" for word, hits in counts)
    return Text.assemble((f"  {name} ", LABEL), cropped(listed, width - len(name) - 3))


def latency_lines(summary: Summary) -> Iterator[Text]:
    """Percentiles, when the log has times."""
    latency = summary.latency
    if latency is None:
        return
    yield from heading(f"Latency  of {units.counted(latency.count, 'request')}, within 1 %")
    line = Text("  ")
    for name in ("p50", "p90", "p95", "p99", "max"):
        line.append(f"{name} ", style=LABEL)
        line.append(f"{units.duration(getattr(latency, name))}    ", style=LATENCY_STYLE)
    yield line


def who_lines(summary: Summary, width: int) -> Iterator[Text]:
    """Who asked: kinds of clients, crawlers by name, and how much of it is noise."""
    if summary.kinds:
        yield from heading("Who  as agents say of themselves")
        shares = [f"{KIND_WORDS[kind.name]} {units.share(kind.hits / summary.hits)}" for kind in summary.kinds]
        yield Text.assemble("  ", cropped("   ".join(shares), width - 2))
    crawlers = [(safe_text(row.name), row.hits) for top in summary.tops if top.name == "crawlers" for row in top.rows]
    if crawlers:
        yield pair_line("crawlers", crawlers, width)
    if summary.scanner_errors:
        if not summary.kinds:
            yield from heading("Who")
        share = units.share(summary.scanner_errors / summary.client_errors)
        words = f"{units.exact(summary.scanner_errors)} of the 4xx, {share}, on paths that scanners try everywhere"
        yield Text.assemble(("  noise ", LABEL), cropped(words, width - 8))


def top_lines(top: TopList, summary: Summary, width: int) -> Iterator[Text]:
    """One top list: name, hits, share, errors, bytes and the 95th percentile."""
    if not top.rows:
        return
    columns = shown_columns(top, summary, width)
    room = width - 2 - sum(size + 1 for size in columns.values())
    title = f"Top {top.name}" + ("  ~ approximate" if top.is_approximate else "")
    yield Text()
    names = "".join(f" {name:>{size}}" for name, size in columns.items())
    yield Text.assemble((set_cell_size(cropped(title, room + 2), room + 2), HEADING), (names, LABEL))
    for row in top.rows:
        name = cropped(safe_text(row.name) or "(empty)", room, at_left=top.name in LEFT_CROPPED)
        yield Text.assemble("  ", set_cell_size(name, room), *row_cells(row, summary.hits, columns))


def shown_columns(top: TopList, summary: Summary, width: int) -> dict[str, int]:
    """The columns of a list with their widths; where it is narrow, long names get the room of some."""
    columns = {"hits": max(4, len(units.exact(top.rows[0].hits))), "share": 6, "4xx": 7, "5xx": 7}
    if width >= WIDE or top.name not in LONG_NAMED:
        columns["sent"] = 7
        if summary.latency is not None:
            columns["p95"] = 7
    return columns


def row_cells(row: TopRow, all_hits: int, columns: dict[str, int]) -> Iterator[tuple[str, str]]:
    """The figures of a row in these columns, each with its style."""
    cells = {
        "hits": (units.exact(row.hits), HEADING),
        "share": (units.share(row.hits / all_hits), ""),
        "4xx": (units.count(row.client_errors), CLASS_STYLES[4] if row.client_errors else LABEL),
        "5xx": (units.count(row.server_errors), CLASS_STYLES[5] if row.server_errors else LABEL),
        "sent": (units.size(row.bytes), BYTES_STYLE),
        "p95": (units.duration(row.p95), LATENCY_STYLE),
    }
    for name, size in columns.items():
        text, style = cells[name]
        yield f" {text:>{size}}", style


def unparsed_lines(summary: Summary, width: int) -> Iterator[Text]:
    """Some of the lines that no format reads."""
    if not summary.unparsed:
        return
    yield from heading(f"Not understood  {units.exact(summary.unparsed)} of {units.counted(summary.lines, 'line')}")
    for sample in summary.unparsed_samples:
        place = f"  {cropped(safe_text(sample.file), width // 3, at_left=True)}:{sample.line}  "
        yield Text.assemble((place, LABEL), cropped(safe_text(sample.text), width - cell_len(place)))


def heading(text: str) -> Iterable[Text]:
    """A blank line and a title: its first word matters most."""
    title, _, rest = text.partition("  ")
    return Text(), Text.assemble((title, HEADING), (f"  {rest}" if rest else "", LABEL))


def step_words(seconds: int) -> str:
    """The width of a step: `10 s`, `5 min`, `2 h`, `1 day`."""
    for length, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds % length == 0:
            return f"{seconds // length} {unit}{'s' if unit == 'day' and seconds > length else ''}"
    return f"{seconds} s"


def cropped(text: str, room: int, at_left: bool = False) -> str:
    """The text in at most that many cells; an ellipsis stands for what was lost."""
    if cell_len(text) <= room:
        return text
    if not at_left:
        return set_cell_size(text, room - 1).rstrip() + "…"
    kept = text[-(room - 1) :]
    while cell_len(kept) > room - 1:
        kept = kept[1:]
    return "…" + kept
