"""The tables of a report in HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from glance.cli.html_chart import moment, share_bar
from glance.cli.html_element import Markup, element, figure, joined, outside
from glance.domain import units
from glance.domain.logs.summary import FileFigures, SeriesFigures, Summary, TopList, TopRow, UnparsedLine

MEANINGS = {1: "informational", 2: "success", 3: "redirect", 4: "client-error", 5: "server-error"}
"""Class in the style sheet for each class of status."""
WORDS = {1: "informational", 2: "success", 3: "redirects", 4: "client errors", 5: "server errors"}
PHRASES = {status.value: status.phrase for status in HTTPStatus}
OWN_PHRASES = {444: "Closed Without Response", 499: "Client Closed Request", 520: "Unknown Error"}
"""What servers write beyond the standard."""
COLUMNS = ("Hits", "Share", "4xx", "5xx", "Sent", "p95")


def headings(first: str, *names: str) -> Markup:
    """The head of a table: the first column is text, the others are figures."""
    others = [element("th", name, scope="col", role="columnheader", class_="n") for name in names]
    return element("thead", element("tr", element("th", first, scope="col", role="columnheader"), *others, role="row"))


def table(head: Markup, rows: Iterable[Markup], kind: str, words: str) -> Markup:
    """A table; its rows are so by their role, too, for on a phone they are laid out as something else."""
    body = element("tbody", *rows, role="rowgroup")
    return element("table", head, body, class_=kind, role="table", aria_label=words)


def top_table(top: TopList, summary: Summary) -> Markup:
    """A top list: each name with a bar of its requests and the errors in them."""
    has_latency = summary.latency is not None
    most = max(row.hits for row in top.rows) or 1
    rows = (_top_row(row, summary.hits, most, has_latency=has_latency) for row in top.rows)
    columns = COLUMNS if has_latency else COLUMNS[:-1]
    return table(headings("Name", *columns), rows, "top", f"Top {top.name}")


def _top_row(row: TopRow, all_hits: int, most: int, *, has_latency: bool) -> Markup:
    ends = [row.server_errors, row.server_errors + row.client_errors, row.hits]
    bar = ";".join(f"--{name}:{end / most:.4g}" for name, end in zip("sct", ends, strict=True))
    name = outside(row.name) if row.name else element("em", "(empty)")
    cells = [
        _number(row.hits, units.exact(row.hits)),
        element("td", units.share(row.hits / (all_hits or 1)), class_="n", role="cell"),
        _number(row.client_errors, units.exact(row.client_errors), "client-error"),
        _number(row.server_errors, units.exact(row.server_errors), "server-error"),
        _number(row.bytes, units.size(row.bytes), "volume"),
    ]
    if has_latency:
        known = row.p95 is not None
        cells.append(_number(row.p95 or 0, units.duration(row.p95), "latency", is_known=known))
    heading = element("th", element("span", name, style=bar), scope="row", role="rowheader")
    return element("tr", heading, *cells, role="row")


def _number(value: float, shown: str, meaning: str = "", *, is_known: bool = True) -> Markup:
    """A cell with a figure; zero is faint."""
    kind = f"n {meaning}".rstrip() if value else "n zero"
    return element("td", figure(value, shown) if is_known else shown, class_=kind, role="cell")


def status_mix(summary: Summary) -> Markup:
    """The classes of status as one bar with its legend, and a row for each status."""
    classes: dict[int, int] = {}
    for status, hits in summary.statuses:
        kind = status // 100
        classes[kind] = classes.get(kind, 0) + hits
    kinds = sorted(classes)
    shares = {kind: units.share(classes[kind] / summary.hits) for kind in kinds}
    words = ", ".join(f"{kind}xx {shares[kind]}" for kind in kinds)
    parts = [(MEANINGS.get(kind, "informational"), classes[kind]) for kind in kinds]
    legend = [
        element(
            "li", element("span", f"{kind}xx"), f" {WORDS.get(kind, 'others')} ", element("b", shares[kind]), class_=m
        )
        for kind, (m, _) in zip(kinds, parts, strict=True)
    ]
    most = max(hits for _, hits in summary.statuses)
    rows = (_status_row(status, hits, summary.hits, most) for status, hits in summary.statuses)
    return joined(
        share_bar(parts, f"Status: {words}"),
        element("ul", *legend, class_="legend"),
        table(headings("Status", "Hits", "Share"), rows, "counts", "Requests by status"),
    )


def _status_row(status: int, hits: int, all_hits: int, most: int) -> Markup:
    phrase = PHRASES.get(status) or OWN_PHRASES.get(status, "")
    name = joined(element("b", str(status)), " ", element("small", phrase))
    return _count_row(name, hits, all_hits, most, MEANINGS.get(status // 100, "informational"))


def count_table(title: str, counts: Sequence[tuple[str, int]], all_hits: int) -> Markup:
    """Names that only have requests."""
    most = max(hits for _, hits in counts)
    rows = (_count_row(outside(name), hits, all_hits, most, "traffic") for name, hits in counts)
    return table(headings(title, "Hits", "Share"), rows, "counts", f"Requests by {title.lower()}")


def _count_row(name: Markup, hits: int, all_hits: int, most: int, meaning: str) -> Markup:
    bar = element("span", name, class_=meaning, style=f"--t:{hits / (most or 1):.4g}")
    share = element("td", units.share(hits / (all_hits or 1)), class_="n", role="cell")
    heading = element("th", bar, scope="row", role="rowheader")
    return element("tr", heading, _number(hits, units.exact(hits)), share, role="row")


def file_table(files: Sequence[FileFigures]) -> Markup:
    """What was read, and as what."""
    rows = (
        element(
            "tr",
            element("th", outside(file.path), scope="row", role="rowheader"),
            element("td", outside(file.format) if file.format else units.NOTHING, role="cell"),
            *(_number(count, units.exact(count)) for count in (file.lines, file.parsed, file.unparsed)),
            role="row",
        )
        for file in files
    )
    return table(headings("File", "Format", "Lines", "Parsed", "Unparsed"), rows, "files", "Logs that were read")


def series_table(series: SeriesFigures) -> Markup:
    """The figures behind the chart."""
    rows = (
        element("tr", element("th", moment(series, step), scope="row"), *(element("td", f"{one:,}") for one in figures))
        for step, figures in enumerate(
            zip(series.hits, series.client_errors, series.server_errors, series.bytes, strict=True)
        )
    )
    head = element("tr", *(element("th", n, scope="col") for n in ("Time (UTC)", "Requests", "4xx", "5xx", "Bytes")))
    return element("table", element("thead", head), element("tbody", *rows), class_="steps")


def unparsed_table(samples: Sequence[UnparsedLine]) -> Markup:
    """Some of the lines that no format reads."""
    rows = (
        element(
            "tr",
            element(
                "th", outside(sample.file), f":{sample.line}" if sample.line else "", scope="row", role="rowheader"
            ),
            element("td", element("code", outside(sample.text)), role="cell"),
            role="row",
        )
        for sample in samples
    )
    return table(headings("Place", "Text"), rows, "samples", "Lines that were not understood")
