"""Suspects as text, as JSON and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from glance.cli.code_colours import in_colours
from glance.cli.profile_output import fenced, in_json, table
from glance.cli.report_json import plain
from glance.cli.report_markdown import escaped
from glance.cli.terminal import has_colours
from glance.domain.profiles.measurement import label
from glance.domain.profiles.route_cost import RouteCost, RouteCosts
from glance.domain.profiles.suspect import TYPE_WORDS, Findings, Inspected, Suspect
from glance.domain.profiles.suspect_code import Passage
from glance.domain.safe_text import safe_text

NOTHING = "Nothing stands out."
ROUTE_HEADER = ("route", "cost", "share", "±", "requests", "a request")
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is printed."""

    findings: Findings
    shown: Sequence[Suspect]
    passages: Sequence[Passage]
    """Of each that is shown, its source."""
    costs: RouteCosts | None
    notes: Sequence[str]


def text_lines(told: Told) -> Iterator[str]:
    """For people."""
    yield f"Looked at {safe_text(looked(told.findings.inspected))}"
    if not told.findings.suspects:
        yield NOTHING
    known: set[tuple[str, int]] = set()
    for number, (one, passage) in enumerate(zip(told.shown, told.passages, strict=True), 1):
        yield ""
        yield f"{number:>2}  " + click.style(safe_text(headline(one)), bold=True)
        yield safe_text(f"    {reason(one)}")
        is_known = bool(passage.lines) and (one.file, one.line) in known
        known.add((one.file, one.line))
        yield from code_lines(one, Passage(note="shown above") if is_known else passage)
    left = len(told.findings.suspects) - len(told.shown)
    if left:
        yield ""
        yield f"and {left:,} more: --top 0 shows all"
    if told.costs is not None and told.costs.rows:
        yield ""
        yield from route_lines(told.costs)
    if told.notes:
        yield ""
        yield from (safe_text(f"note: {note}") for note in told.notes)


def headline(one: Suspect) -> str:
    """`regexp.MustCompile under main.handleSlow: 810ms of 2.52s (32 %), new since 14:02`."""
    return f"{one.subject}: {one.amount} ({percent(one.share)}){changed(one)}"


def changed(one: Suspect) -> str:
    """What there was of it in the base."""
    if one.before is None:
        return ""
    if not one.is_new:
        return f", {percent(one.before.share)} before"
    when = clock_time(one.before.time_nanos)
    return f", new since {when}" if when else ", new since the base"


def clock_time(nanos: int) -> str:
    """A time as people here read it; empty where there is none."""
    try:
        return datetime.fromtimestamp(nanos / 1e9, UTC).astimezone().strftime("%H:%M") if nanos > 0 else ""
    except (OverflowError, ValueError, OSError):
        return ""


def percent(share: float) -> str:
    """A share."""
    return f"{share * 100:.1f} %" if share < 0.0995 else f"{share * 100:.0f} %"


def reason(one: Suspect) -> str:
    """The rule in words, and what else is known."""
    words = f"{'fault' if one.rule.is_fault else 'hint'} ({one.rule.name}): it {one.rule.words}"
    where = ", in requests" if one.is_in_request else ""
    return f"{words}{where}{f'; {one.detail}' if one.detail else ''}"


def place(one: Suspect) -> str:
    """Where it is."""
    return f"{one.file}:{one.line}" if one.line else one.file


def code_lines(one: Suspect, passage: Passage) -> Iterator[str]:
    """The place of a suspect, and the lines around it."""
    if place(one):
        yield safe_text(f"    {place(one)}{f'  ({passage.note})' if passage.note else ''}")
    for number, line in enumerate(code_of(passage, is_coloured=has_colours()), passage.first):
        yield click.style(f"    {line}", bold=True) if number == passage.line else f"    {line}"


def code_of(passage: Passage, *, is_coloured: bool = False) -> Iterator[str]:
    """Source lines with their numbers, and a mark at the one in question."""
    lines = [line.expandtabs(4).rstrip() for line in passage.lines]
    texts = in_colours(passage.path, lines) if is_coloured else map(safe_text, lines)
    width = len(str(passage.first + len(lines)))
    for number, text in enumerate(texts, passage.first):
        mark = ">" if number == passage.line else " "
        yield f"{mark} {number:>{width}} │ {text}".rstrip()


def looked(inspected: Sequence[Inspected]) -> str:
    """What was looked at."""
    words = []
    for each in inspected:
        several = f" in {each.profiles} profiles" if each.profiles > 1 else ""
        words.append(f"{label(each.total, each.unit)} {TYPE_WORDS.get(each.type, each.type)}{several}")
    return ", ".join(words) or "nothing: there is no value in it"


def route_lines(costs: RouteCosts) -> Iterator[str]:
    """What a request of each route costs, as a table."""
    rows = [ROUTE_HEADER, *(route_row(row, costs) for row in costs.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(ROUTE_HEADER))]
    yield f"What a request costs: {safe_text(costs.type)} by the label {safe_text(costs.key)}, requests by the log"
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
    yield from (safe_text(line) for line in route_notes(costs))


def route_row(row: RouteCost, costs: RouteCosts) -> tuple[str, ...]:
    """One route."""
    share = row.value / costs.total if costs.total else 0.0
    return (
        safe_text(row.label),
        label(row.value, costs.unit),
        percent(share),
        f"{row.error * 100:.0f} %" if row.error is not None else "",
        f"{row.requests:,}" if row.requests else "none",
        label(round(row.per_request), costs.unit) if row.per_request is not None else "",
    )


def route_notes(costs: RouteCosts) -> Iterator[str]:
    """What the table leaves out."""
    if costs.unlabelled:
        yield f"{label(costs.unlabelled, costs.unit)} have no label: {percent(costs.unlabelled / costs.total)} of all"
    if costs.unmatched:
        yield f"no request in the log: {listed(costs.unmatched)}"
    if costs.other_requests:
        yield f"{costs.other_requests:,} requests are of routes without a sample: {listed(costs.other_routes)}"


def listed(names: Sequence[str]) -> str:
    """The first of these."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def markdown_lines(told: Told) -> Iterator[str]:
    """For a comment on a change, or a ticket."""
    yield f"Looked at {escaped(looked(told.findings.inspected))}"
    yield ""
    if not told.findings.suspects:
        yield NOTHING
    for number, (one, passage) in enumerate(zip(told.shown, told.passages, strict=True), 1):
        where = f" ({escaped(place(one))})" if place(one) else ""
        yield f"{number}. **{escaped(headline(one))}**: {escaped(reason(one))}{where}"
        if passage.lines:
            yield ""
            yield from (f"   {line}" for line in fenced(code_of(passage)))
            yield ""
    if told.costs is not None and told.costs.rows:
        yield ""
        costs = told.costs
        yield from table(ROUTE_HEADER, [tuple(map(escaped, route_row(row, costs))) for row in costs.rows])
        yield from (f"\n{escaped(line)}" for line in route_notes(costs))
    for note in told.notes:
        yield f"\nNote: {escaped(note)}"


def json_lines(told: Told) -> Iterator[str]:
    """For programs: exact numbers."""
    yield from in_json(
        {
            "suspects": [document(*each) for each in zip(told.shown, told.passages, strict=True)],
            "suspects_total": len(told.findings.suspects),
            "inspected": [
                {"kind": each.kind, "profiles": each.profiles, "type": plain(each.type), "unit": plain(each.unit),
                 "total": each.total, "events": each.events}
                for each in told.findings.inspected
            ],
            "routes": None if told.costs is None else costs_document(told.costs),
            "notes": [plain(note) for note in told.notes],
        }
    )  # fmt: skip


def document(one: Suspect, passage: Passage) -> dict[str, Any]:
    """One suspect."""
    source = {"path": plain(passage.path), "first": passage.first, "lines": [plain(line) for line in passage.lines]}
    return {
        "rule": one.rule.name,
        "is_fault": one.rule.is_fault,
        "words": plain(f"{headline(one)}: it {one.rule.words}"),
        "function": plain(one.function),
        "callee": plain(one.callee),
        "type": plain(one.type),
        "unit": plain(one.unit),
        "value": one.value,
        "total": one.total,
        "share": one.share,
        "share_before": None if one.before is None else one.before.share,
        "is_new": one.is_new,
        "in_request": one.is_in_request,
        "file": plain(one.file),
        "line": one.line,
        "detail": plain(one.detail),
        "source": source if passage.lines else None,
    }


def costs_document(costs: RouteCosts) -> dict[str, Any]:
    """What a request of each route costs."""
    return {
        "label": plain(costs.key),
        "type": plain(costs.type),
        "unit": plain(costs.unit),
        "total": costs.total,
        "unlabelled": costs.unlabelled,
        "rows": [
            {"label": plain(row.label), "value": row.value, "requests": row.requests,
             "per_request": row.per_request, "error": row.error, "routes": [plain(name) for name in row.routes]}
            for row in costs.rows
        ],
        "unmatched": [plain(name) for name in costs.unmatched],
        "other_requests": costs.other_requests,
        "other_routes": [plain(name) for name in costs.other_routes],
    }  # fmt: skip


WRITERS: dict[str, Callable[[Told], Iterator[str]]] = {
    "text": text_lines,
    "markdown": markdown_lines,
    "json": json_lines,
}
