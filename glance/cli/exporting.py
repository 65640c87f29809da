"""What is on the screen, as a file: a scene in the forms of a report, with its alerts and its lines.

Figures, names and columns are those of `glance report`; the whole scene is in the JSON, and the other forms have what
fits into them. Everything here is pure: who asks decides where it is written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC
from typing import Any, NamedTuple

from glance.cli.report_json import SECONDS_DIGITS, document, encode, iso_moment, plain
from glance.domain import units
from glance.domain.log_line import LogLine
from glance.domain.logs.summary import (
    FileFigures,
    LatencyFigures,
    SeriesFigures,
    Summary,
    TopList,
    TopRow,
    UnparsedLine,
)
from glance.domain.page import PageTable
from glance.domain.scene import AlertNotice, MetricChart, Ranking, Scene

FORMS = ("json", "csv", "markdown", "html")
"""What a scene can be written as."""
UNKNOWN_LINE = 0
"""The number of a line that a scene shows without knowing where it stands."""
COUNTED_ONLY = frozenset(("methods", "statuses"))
"""Rankings that a report tells in another place than its top lists."""


def exported(scene: Scene, form: str) -> bytes:
    """The scene in one of `FORMS`."""
    if form == "json":
        return as_json(scene)
    if form == "csv":
        return as_csv(scene).encode()
    if form == "markdown":
        return as_markdown(scene).encode()
    if form == "html":
        from glance.cli import report_html  # with it come the themes, and with them Textual

        return report_html.render(summary_of(scene))
    raise ValueError(f"no form of an export: {form}")


def exported_table(table: PageTable, form: str) -> bytes:
    """The table of a page in one of `FORMS` but the last."""
    import io

    from glance.cli import sql_output

    if form == "markdown":
        return "\n".join((*sql_output.markdown(table.columns, table.rows), "")).encode("utf-8", "replace")
    sink = io.BytesIO()
    sql_output.write(_TableRows(tuple(table.columns), iter(table.rows)), form, 0, sink)
    return sink.getvalue()


class _TableRows(NamedTuple):
    """A table as the answer of a query."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int | float | str | bytes | None, ...]]


def as_json(scene: Scene) -> bytes:
    """One object in ASCII, a line for each of its keys, ending in a newline."""
    lines = [f"{encode(key)}: {encode(value)}" for key, value in scene_document(scene).items()]
    return ("{" + ",\n ".join(lines) + "}\n").encode("ascii")


def as_csv(scene: Scene) -> str:
    """The table of a report, then a row for each alert and each line."""
    import csv
    import io

    from glance.cli import report_csv

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(report_csv.COLUMNS)
    rows = [*report_csv.rows(summary_of(scene))]
    rows += [
        report_csv.value_row("alerts", f"{iso_moment(one.triggered_at)} {one.state}", one.message)
        for one in scene.alerts
    ]
    rows += [report_csv.value_row("lines", iso_moment(line.at) or line.source, line.text) for line in scene.lines]
    writer.writerows([report_csv.rounded(cell) for cell in row] for row in rows)
    return out.getvalue()


def as_markdown(scene: Scene) -> str:
    """The page of a report, then tables of the alerts and of the newest lines."""
    from glance.cli import report_markdown

    return "\n".join((*report_markdown.lines(summary_of(scene)), *_markdown_tables(scene))) + "\n"


def _markdown_tables(scene: Scene) -> Iterator[str]:
    """Alerts and lines as tables."""
    from glance.cli.report_markdown import escaped, table

    if scene.alerts:
        rows = [
            (units.moment(one.triggered_at, UTC), one.state, escaped(one.segment), escaped(one.message))
            for one in scene.alerts
        ]
        yield from ("", "## Alerts")
        yield from table(("Since (UTC)", "State", "Of", "Message"), rows, texts=4)
    if scene.lines:
        yield from ("", "## Newest lines")
        yield from table(("Log", "Line"), [(escaped(line.source), escaped(line.text)) for line in scene.lines], texts=2)


def scene_document(scene: Scene) -> dict[str, Any]:
    """Everything on the screen, as plain values; what a report knows too is named as there."""
    window, traffic = scene.window, scene.traffic
    told = document(summary_of(scene))
    del told["first"], told["last"]  # those of records, which a scene does not know: it has a window
    told["series"] |= {name: [_seconds(one) for one in getattr(traffic, name)] for name in ("p50", "p95", "p99")}
    return {
        "at": iso_moment(scene.at),
        "window": {
            "name": scene.view.window,
            "start": iso_moment(window.start),
            "end": iso_moment(window.end),
            "step_seconds": window.step_seconds,
            "live": scene.is_live,
        },
        "filter": plain(scene.view.filter),
        **told,
        "alerts": [_alert(notice) for notice in scene.alerts],
        "metrics": [_metric(chart) for chart in scene.metrics],
        "gaps": [
            {"file": plain(gap.source), "reason": plain(gap.reason), "at": iso_moment(gap.at), "bytes": gap.bytes,
             "lines": gap.lines}
            for gap in scene.gaps
        ],
        "newest_lines": [_line(line) for line in scene.lines],
    }  # fmt: skip


def _alert(notice: AlertNotice) -> dict[str, Any]:
    return {
        "rule": plain(notice.rule),
        "state": notice.state,
        "severity": notice.severity,
        "segment": plain(notice.segment),
        "message": plain(notice.message),
        "triggered": iso_moment(notice.triggered_at),
        "recovered": iso_moment(notice.recovered_at),
        "value": _finite(notice.value),
        "highest": _finite(notice.highest),
        "paths": [{"name": plain(name), "hits": hits} for name, hits in notice.paths],
    }


def _metric(chart: MetricChart) -> dict[str, Any]:
    return {
        "id": plain(chart.id),
        "words": plain(chart.words),
        "unit": chart.unit,
        "start": iso_moment(chart.start),
        "step_seconds": chart.step_seconds,
        "points": [_finite(value) for value in chart.points],
        "latest": _finite(chart.latest),
        "segments": [{"name": plain(name), "latest": _finite(value)} for name, value in chart.segments],
    }


def _line(line: LogLine) -> dict[str, Any]:
    return {
        "file": plain(line.source),
        "at": iso_moment(line.at),
        "text": plain(line.text),
        "status": line.status,
        "latency": _seconds(line.seconds),
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, SECONDS_DIGITS)


def _finite(value: float | None) -> float | None:
    """A value that JSON has a word for."""
    return value if value is None or math.isfinite(value) else None


def summary_of(scene: Scene) -> Summary:
    """A scene as the report on its window."""
    totals, traffic, window = scene.totals, scene.traffic, scene.window
    methods = tuple((row.name, row.hits) for row in scene.ranking("methods").rows)
    steps = SeriesFigures(
        window.step_seconds, window.start, traffic.hits, traffic.client_errors, traffic.server_errors, traffic.bytes
    )
    return Summary(
        files=tuple(
            FileFigures(one.path, one.format, one.lines, max(0, one.lines - one.unparsed), one.unparsed)
            for one in scene.sources
        ),
        lines=scene.lines_total,
        parsed=max(0, scene.lines_total - scene.unparsed_total),
        unparsed=scene.unparsed_total,
        first=window.start,
        last=window.end,
        hits=totals.hits,
        bytes=totals.bytes,
        clients=totals.clients,
        statuses=totals.statuses,
        methods=methods,
        protocols=(),
        client_errors=totals.client_errors,
        server_errors=totals.server_errors,
        latency=_latency(scene),
        tops=tuple(_top_list(ranking) for ranking in scene.rankings if ranking.name not in COUNTED_ONLY),
        series=steps,
        unparsed_samples=tuple(UnparsedLine(line.source, UNKNOWN_LINE, line.text) for line in scene.unparsed_lines),
        clients_are_approximate=totals.is_approximate,
        users=totals.users,
        notes=tuple(_notes(scene)),
    )


def _latency(scene: Scene) -> LatencyFigures | None:
    totals = scene.totals
    p50, p90, p95, p99, slowest = totals.p50, totals.p90, totals.p95, totals.p99, totals.slowest
    if p50 is None or p90 is None or p95 is None or p99 is None or slowest is None:
        return None
    return LatencyFigures(totals.timed, p50, p90, p95, p99, slowest)


def _top_list(ranking: Ranking) -> TopList:
    rows = (
        TopRow(
            row.name, row.hits, row.bytes, row.client_errors, row.server_errors, row.p95,
            None if row.cpu is None else row.cpu.seconds,
        )
        for row in ranking.rows
    )  # fmt: skip
    return TopList(ranking.name, tuple(rows), ranking.is_approximate)


def _notes(scene: Scene) -> Iterator[str]:
    """What a reader of the file must know: which part of the traffic this is."""
    window = scene.window
    state = "live" if scene.is_live else "ended"
    yield f"the window {scene.view.window} to {iso_moment(window.end)}, {state}, as seen at {iso_moment(scene.at)}"
    if scene.view.filter:
        chosen = "" if scene.matched is None else f" ({scene.matched:,} of {scene.matched_of:,} requests)"
        yield f"only requests of: {scene.view.filter}{chosen}"
    for name, text in scene.view.searches:
        if text:
            yield f"{name}: only names that contain {text}"
    for gap in scene.gaps:
        yield f"{gap.source}: {gap.reason}: {gap.bytes:,} bytes were not counted"
    if scene.trouble:
        yield scene.trouble
