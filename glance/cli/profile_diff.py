"""`glance profile diff`: what changed, what of it is more than chance, and whether a check fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from glance.cli.profile_options import Request
from glance.cli.profile_output import in_json, table
from glance.cli.profile_sources import gathered, prepared
from glance.cli.report_json import plain
from glance.cli.report_markdown import escaped
from glance.domain.profiles.growth import Change, Comparison, Growth, compare
from glance.domain.profiles.growth_condition import GrowthCondition, parse_condition
from glance.domain.profiles.measurement import label
from glance.domain.profiles.pattern import compiled
from glance.domain.safe_text import safe_text
from glance.errors import UsageError

FAILED = 1


def compared(request: Request, conditions: Sequence[str], output: str, wanted: dict[str, Any]) -> int:
    """Compare the first source with the others, print it, and say whether a condition holds.

    Raises:
        GlanceError: there are no two of them, or they do not fit each other.
    """
    parsed = [parse_condition(text) for text in conditions]
    if len(request.sources) < 2:
        raise UsageError("there is nothing to compare with", "", "glance profile diff BEFORE AFTER")
    before, after = (
        prepared(gathered(sources, request), request) for sources in (request.sources[:1], request.sources[1:])
    )
    found = compare(before, after, wanted["sample_index"], is_normalized=wanted["normalize"])
    pattern = compiled(wanted["focus"], "focus") if wanted["focus"] else None
    functions = [one for one in found.functions if pattern is None or pattern.search(one.name)]
    failures = [(condition, [one for one in functions if condition.is_met(one)]) for condition in parsed]
    rows = changed(functions, by_cum=wanted["cum"], has_noise=wanted["has_noise"])
    shown = rows[: wanted["nodecount"]] if wanted["nodecount"] else rows
    writers = {"text": text_lines, "json": json_lines, "markdown": markdown_lines}
    lines = writers[output](found, shown, len(rows), failures)
    click.echo("".join(f"{line}\n" for line in lines), nl=False)
    for condition, why in failures:
        for one in why:
            click.echo(f"{safe_text(one.name)}: {condition.reason(one)} ({condition.text})", err=True)
    return FAILED if any(why for _, why in failures) else 0


def changed(functions: Sequence[Growth], *, by_cum: bool, has_noise: bool) -> list[Growth]:
    """The functions that changed, the most first."""
    rows = [
        one
        for one in functions
        if has_noise or any(each.delta and each.is_significant is not False for each in (one.flat, one.cum))
    ]
    return sorted(rows, key=lambda one: (-abs((one.cum if by_cum else one.flat).delta), -abs(one.cum.delta), one.name))


Failures = Sequence[tuple[GrowthCondition, Sequence[Growth]]]


def head(found: Comparison) -> Iterator[str]:
    """What was compared, and how."""
    totals = f"{label(found.before, found.unit)} before, {label(found.after, found.unit)} after"
    yield safe_text(f"Type: {found.type}, {totals}")
    if found.ratio != 1.0:
        yield f"What came after is scaled by {found.ratio:.4g}, so that both have the same total"
    if all(one.flat.is_significant is None for one in found.functions):
        yield "Nobody can tell what is chance: these values are no counts of events"


def text_lines(found: Comparison, rows: Sequence[Growth], count: int, _failures: Failures) -> Iterator[str]:
    """As a table for people."""
    yield from head(found)
    if not rows:
        yield "Nothing changed by more than chance"
        return
    yield f"{'before':>10} {'after':>10} {'change':>10} {'share':>8} {'':6}  {'cum change':>10} {'share':>8} {'':6}"
    for one in rows:
        yield f"{change_text(found, one.flat, has_values=True)}  {change_text(found, one.cum)}  {safe_text(one.name)}"
    if len(rows) < count:
        yield f"{count - len(rows)} more: --nodecount 0"


def change_text(found: Comparison, one: Change, *, has_values: bool = False) -> str:
    """One change in columns."""
    values = f"{label(one.before, found.unit):>10} {label(one.after, found.unit):>10} " if has_values else ""
    return f"{values}{signed(one.delta, found.unit):>10} {one.growth:>+8.2%} {one.word if one.delta else '':6}"


def signed(value: int, unit: str) -> str:
    """A value with its sign."""
    return f"+{label(value, unit)}" if value > 0 else label(value, unit)


def json_lines(found: Comparison, rows: Sequence[Growth], _count: int, failures: Failures) -> Iterator[str]:
    """With exact values."""
    yield from in_json(
        {
            "type": plain(found.type),
            "unit": plain(found.unit),
            "total_before": found.before,
            "total_after": found.after,
            "scaled_by": found.ratio,
            "rows": [
                {"name": plain(one.name), "flat": change_document(one.flat), "cum": change_document(one.cum)}
                for one in rows
            ],
            "failures": [
                {"expression": plain(condition.text), "functions": [plain(one.name) for one in why]}
                for condition, why in failures
                if why
            ],
        }
    )


def change_document(one: Change) -> dict[str, Any]:
    """One change as plain values."""
    return {
        "before": one.before,
        "after": one.after,
        "share_before": one.share_before,
        "share": one.share,
        "growth": one.growth,
        "significant": one.is_significant,
        "change": one.word,
    }


def markdown_lines(found: Comparison, rows: Sequence[Growth], count: int, failures: Failures) -> Iterator[str]:
    """As a table, and what failed."""
    for line in head(found):
        yield f"- {escaped(line)}"
    for condition, why in failures:
        for one in why:
            yield f"- **failed**: {escaped(one.name)}: {escaped(condition.reason(one))}"
    yield ""
    if not rows:
        yield "Nothing changed by more than chance."
        return
    cells = [
        (
            escaped(one.name),
            escaped(label(one.flat.before, found.unit)),
            escaped(label(one.flat.after, found.unit)),
            f"{one.flat.growth:+.2%}",
            one.flat.word,
            f"{one.cum.growth:+.2%}",
            one.cum.word,
        )
        for one in rows
    ]
    yield from table(("function", "before", "after", "share", "", "cum share", ""), cells)
    if len(rows) < count:
        yield f"\n{count - len(rows)} more."
