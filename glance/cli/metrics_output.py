"""How metrics are printed: as tables with a line of their course, as JSON, as CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from rich.cells import cell_len, set_cell_size

from glance.cli.report_chart import EIGHTHS
from glance.cli.report_csv import guarded
from glance.domain import units
from glance.domain.metrics.metric import Metric
from glance.domain.metrics.question import NO_NAME
from glance.domain.safe_text import decode, safe_text
from glance.pipeline.observing import Observed
from glance.store.metric_table import Definition

SPARK_WIDTH = 60
MOST_SPARKS = 8
"""Segments with a line of their own."""
NAME_WIDTH = 48


def listed(definitions: Sequence[Definition], output: str) -> str:
    """All metrics; empty where there is none, but for JSON."""
    if output == "json":
        return json.dumps([_plain(one) for one in definitions], indent=2)
    if not definitions:
        return ""
    rows = [(one.metric.id, safe_text(one.metric.words)) for one in definitions]
    return _table(("METRIC", "MEASURES"), rows)


def defined(definition: Definition, output: str) -> str:
    """How a metric is defined."""
    if output == "json":
        return json.dumps(_plain(definition), indent=2)
    metric = definition.metric
    rows = (
        ("identifier", metric.id),
        ("statistic", metric.statistic),
        ("property", metric.property),
        ("period", units.duration(metric.period_seconds)),
        ("segment", metric.segment or "none"),
        ("where", metric.filter or "all requests"),
        ("groups", ", ".join(metric.groups) or "all"),
        ("sources", ", ".join(metric.sources) or "all"),
        ("unit", metric.unit or "none"),
        ("measures", metric.words),
        ("created", units.iso(math.floor(definition.made_at))),
    )
    return "\n".join(f"{name:<11} {safe_text(value)}" for name, value in rows)


def observed(found: Observed, output: str) -> str:
    """The observations of a metric, with their line end."""
    if output == "json":
        return json.dumps(_mapping(found), indent=2) + "\n"
    if output == "csv":
        return _csv(found)
    return _text(found) + "\n"


def _plain(definition: Definition) -> dict[str, object]:
    metric = definition.metric
    return {**metric.as_mapping(), "unit": metric.unit, "words": metric.words, "created": units.iso(definition.made_at)}


def _mapping(found: Observed) -> dict[str, object]:
    has_segments = bool(found.metric.segment)
    return {
        "metric": {**found.metric.as_mapping(), "unit": found.metric.unit, "words": found.metric.words},
        "observations": [
            {
                "start": units.iso(one.start),
                **({"segment": safe_text(one.segment)} if has_segments else {}),
                "value": one.value,
                "samples": one.samples,
                "is_whole": found.is_whole(one),
            }
            for one in found.observations
        ],
        "notes": list(found.notes),
    }


def _csv(found: Observed) -> str:
    """A table with a heading; numbers with all their digits."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("start", "segment", "value", "samples", "is_whole"))
    for one in found.observations:
        value = "" if one.value is None else f"{one.value:.15g}"
        whole = str(found.is_whole(one)).lower()
        name = guarded(decode(one.segment)) if one.segment != NO_NAME else "-"
        writer.writerow((units.iso(one.start), name, value, one.samples, whole))
    return out.getvalue()


def _text(found: Observed) -> str:
    """For a person."""
    metric = found.metric
    notes = [f"note: {safe_text(note)}" for note in found.notes]
    if not found.observations:
        return "\n".join([f"Metric({metric.id}) has no observations yet", *notes])
    show = shower(metric)
    known = [one.value for one in found.overall if one.value is not None]
    lines = [f"{metric.id}: {safe_text(metric.words)}", ""]
    if known:
        latest = found.overall[-1].value
        figures = (("least", min(known)), ("most", max(known)), ("latest", latest))
        lines.append(f"{spark([one.value for one in found.overall], SPARK_WIDTH)}  " + _figures(figures, show))
    lines += _segment_lines(found, show)
    return "\n".join([*lines, "", _observations(found, show), *notes])


def _figures(figures: Sequence[tuple[str, float | None]], show: Callable[[float | None], str]) -> str:
    return "  ".join(f"{name} {show(value)}" for name, value in figures)


def _segment_lines(found: Observed, show: Callable[[float | None], str]) -> list[str]:
    """The course of the largest segments."""
    if not found.metric.segment or not found.overall:
        return []
    by_segment: dict[bytes, dict[int, float]] = defaultdict(dict)
    for one in found.observations:
        if one.value is not None:
            by_segment[one.segment][one.start] = one.value
    weights = {name: sum(values.values()) for name, values in by_segment.items()}
    names = sorted(weights, key=lambda name: (-weights[name], name))[:MOST_SPARKS]
    starts = [one.start for one in found.overall]
    empty = 0.0 if found.metric.empty_is_zero else None
    lines = []
    for name in names:
        values = [by_segment[name].get(start, empty) for start in starts]
        lines.append(f"{spark(values, SPARK_WIDTH)}  {_name(name)}  most {show(max(by_segment[name].values()))}")
    return ["", *lines] if lines else []


def _observations(found: Observed, show: Callable[[float | None], str]) -> str:
    """The table of them, newest first."""
    metric = found.metric
    has_samples = metric.statistic != "count"
    heading = ["TIME", *(["SEGMENT"] if metric.segment else []), "VALUE", *(["SAMPLES"] if has_samples else []), ""]
    rows = []
    for one in found.observations:
        row = [units.iso(one.start), *([_name(one.segment)] if metric.segment else []), show(one.value)]
        row += [units.exact(one.samples)] if has_samples else []
        rows.append((*row, "" if found.is_whole(one) else "so far"))
    return _table(tuple(heading), rows, right={"VALUE", "SAMPLES"})


def _name(segment: bytes) -> str:
    """A segment as it is shown: one that is long keeps its beginning."""
    name = safe_text(decode(segment))
    return name if cell_len(name) <= NAME_WIDTH else set_cell_size(name, NAME_WIDTH - 1).rstrip() + "…"


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]], right: set[str] | None = None) -> str:
    """Columns as wide as they need."""
    widths = [max(cell_len(row[at]) for row in (heading, *rows)) for at in range(len(heading))]
    lines = []
    for row in (heading, *rows):
        cells = []
        for name, cell, width in zip(heading, row, widths, strict=True):
            space = " " * (width - cell_len(cell))
            cells.append(space + cell if right and name in right else cell + space)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def spark(values: Sequence[float | None], width: int) -> str:
    """A line of blocks, newest at the right; of values that share a place the greatest counts."""
    per_place = max(1, -(-len(values) // width))
    padded = [None] * (-len(values) % per_place) + list(values)
    places = [padded[at : at + per_place] for at in range(0, len(padded), per_place)]
    peaks = [max((value for value in place if value is not None), default=None) for place in places]
    most = max((peak for peak in peaks if peak is not None), default=0.0)
    return "".join(" " if peak is None else _block(peak, most) for peak in peaks)


def _block(value: float, most: float) -> str:
    """The block of a value: what is above zero is seen to be."""
    if value <= 0 or most <= 0:
        return EIGHTHS[1] if most > 0 else "_"
    return EIGHTHS[max(2, min(8, math.ceil(value / most * 8)))]


def shower(metric: Metric) -> Callable[[float | None], str]:
    """How values of a metric are written."""

    def show(value: float | None) -> str:
        if value is None:
            return units.NOTHING
        if metric.unit == "s":
            return units.duration(value)
        if metric.unit == "bytes":
            return units.size(value)
        if metric.unit == "share":
            return units.share(value)
        if float(value).is_integer():
            return f"{value:,.0f}"
        return f"{value:,.4g}" if abs(value) < 1e6 else f"{value:,.0f}"

    return show
