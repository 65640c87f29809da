"""Reports on profiles as JSON and as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from glance.cli.report_json import plain
from glance.cli.report_markdown import escaped
from glance.cli.report_markdown import table as markdown_table
from glance.domain.profiles.call_graph import Edge, Node
from glance.domain.profiles.measurement import percentage
from glance.domain.profiles.parts import Line
from glance.domain.profiles.report import Report
from glance.domain.profiles.report_list import Reader, listings
from glance.domain.profiles.report_text import head_lines, matching, tag_totals


def in_json(value: Any) -> Iterator[str]:
    """A document, one line for each row of its lists."""
    yield json.dumps(value, indent=1, ensure_ascii=True)


def top_json(report: Report) -> Iterator[str]:
    """The rows of `top` with exact values."""
    rows = [node_document(report, node) for node in report.trimmed.graph.nodes]
    yield from in_json(head_document(report) | {"dropped": report.trimmed.dropped, "rows": rows})


def head_document(report: Report) -> dict[str, Any]:
    """What a report counts."""
    types = [{"type": plain(each.type), "unit": plain(each.unit)} for each in report.profile.sample_types]
    return {"sample_types": types, "type": plain(report.type), "unit": plain(report.unit), "total": report.total}


def node_document(report: Report, node: Node) -> dict[str, Any]:
    """One place."""
    mark = report.trimmed.graph.inline_mark(node)
    row = {"name": plain(" ".join(node.place.words)), "flat": node.flat_value, "cum": node.cum_value}
    return row | ({"inline": mark.strip("()")} if mark else {})


def tree_json(report: Report, regexp: str = "") -> Iterator[str]:
    """The places of `tree` or `peek`, with callers and callees."""
    graph = report.trimmed.graph
    rows = [
        node_document(report, node)
        | {
            "callers": [call_document(edge.source, edge) for edge in graph.callers(node)],
            "callees": [call_document(edge.target, edge) for edge in graph.callees(node)],
        }
        for node in matching(report, regexp)
    ]
    yield from in_json(head_document(report) | {"dropped": report.trimmed.dropped, "rows": rows})


def call_document(node: Node, edge: Edge) -> dict[str, Any]:
    """One caller or callee."""
    return {"name": plain(" ".join(node.place.words)), "value": edge.weight, "inline": edge.is_inline}


def list_json(report: Report, regexp: str, reader: Reader) -> Iterator[str]:
    """Source code with exact values."""
    functions = [
        {
            "name": plain(one.name),
            "file": plain(one.file),
            "flat": one.flat,
            "cum": one.cum,
            "error": plain(one.trouble),
            "lines": [
                {"line": line.number, "flat": line.flat, "cum": line.cum, "code": plain(line.code)}
                for line in one.lines
            ],
        }
        for one in listings(report, regexp, reader)
    ]
    yield from in_json(head_document(report) | {"functions": functions})


def traces_json(report: Report) -> Iterator[str]:
    """Every sample that has a stack; frames are the leaf first."""
    values = report.values.tolist()
    samples = [
        {
            "value": value,
            "labels": {plain(key): [plain(one) for one in each] for key, each in sample.labels.items()},
            "numbers": {plain(key): list(each) for key, each in sample.numbers.items()},
            "stack": [
                plain(line.function.name if line.function else f"{location.address:#x}")
                for location in sample.locations
                for line in location.lines or (Line(None),)
            ],
        }
        for sample, value in zip(report.profile.samples, values, strict=True)
        if sample.locations
    ]
    yield from in_json(head_document(report) | {"samples": samples})


def fenced(lines: Iterable[str]) -> Iterator[str]:
    """A report as a block of code, whose fence is longer than any in it."""
    text = list(lines)
    longest = max((len(run) for line in text for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *text, fence)


def top_markdown(report: Report) -> Iterator[str]:
    """The rows of `top` as a table."""
    found, total = report.trimmed, report.total
    for line in head_lines(report):
        yield f"- {escaped(line.strip())}"
    yield ""
    rows = [
        (
            escaped(node.name),
            escaped(report.value_text(node.flat_value, found.unit)),
            percentage(node.flat_value, total).strip(),
            escaped(report.value_text(node.cum_value, found.unit)),
            percentage(node.cum_value, total).strip(),
        )
        for node in found.graph.nodes
    ]
    yield from table(("function", "flat", "flat %", "cum", "cum %"), rows)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table of Markdown, without the blank line before it."""
    return (line for line in markdown_table(header, rows) if line)


def tags_json(report: Report) -> Iterator[str]:
    """What the values of labels count for."""
    tags = {
        plain(key): [{"value": plain(text), "flat": value} for text, value in ordered(values)]
        for key, values in sorted(tag_totals(report).items())
    }
    yield from in_json({"type": plain(report.type), "unit": plain(report.unit), "total": report.total, "tags": tags})


def tags_markdown(report: Report) -> Iterator[str]:
    """What the values of labels count for, as a table."""
    rows = [
        (escaped(key), escaped(text), escaped(report.value_text(value)), percentage(value, report.total).strip())
        for key, values in sorted(tag_totals(report).items())
        for text, value in ordered(values)
    ]
    yield from table(("label", "value", "flat", "flat %"), rows)


def ordered(values: dict[str, int]) -> list[tuple[str, int]]:
    """The largest first."""
    return sorted(values.items(), key=lambda each: (-abs(each[1]), each[0]))
