"""Reports as text, byte for byte as pprof prints them: top, tree, peek, tags, traces and comments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from glance.domain.profiles.call_graph import Edge, Node, mean
from glance.domain.profiles.measurement import label, percentage
from glance.domain.profiles.pattern import compiled
from glance.domain.profiles.place import Naming, places_of
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.report import FILTERS, LONGEST_FILTER, Report
from glance.domain.profiles.tables import runs_of
from glance.domain.safe_text import safe_text

TREE_LINE = "----------------------------------------------------------+-------------"
TREE_LEGEND = "      flat  flat%   sum%        cum   cum%   calls calls% + context \t \t "
TRACE_LINE = "-----------+-------------------------------------------------------"


def head_lines(report: Report) -> Iterator[str]:
    """What stands before a table: the profile, the filters, and what was left out."""
    found, choices, total = report.trimmed, report.choices, report.total
    if not choices.compact_labels:
        yield from report.head(found.unit)
    filters = [(name, getattr(choices, name)) for name in FILTERS]
    active = [f"{name}={text}" for name, text in filters if text]
    if active:
        yield "Active filters:"
        for text in active:
            raw = text.encode("utf-8", "surrogateescape")
            cut = raw[:LONGEST_FILTER].decode("utf-8", "replace") + "…" if len(raw) > LONGEST_FILTER else text
            yield f"   {safe_text(cut)}"
    shown = found.shown_total
    yield (
        f"Showing nodes accounting for {report.value_text(shown, found.unit)}, {percentage(shown, total).strip()}"
        f" of {report.value_text(total, found.unit)} total"
    )
    if not total:
        return
    nodes = len(found.graph.nodes)
    if found.dropped:
        cutoff = report.value_text(abs(int(total * choices.nodefraction)), found.unit)
        yield f"Dropped {found.dropped} node{'s' * (found.dropped > 1)} (cum <= {cutoff})"
    if 0 < nodes < found.original:
        yield f"Showing top {nodes} nodes out of {found.original}"


def top_lines(report: Report) -> Iterator[str]:
    """The table of places."""
    found, total = report.trimmed, report.total
    yield from head_lines(report)
    yield f"{'flat':>10} {'flat':>5}% {'sum':>5}% {'cum':>10} {'cum':>5}%"
    nodes = found.graph.nodes
    for node, sum_so_far in zip(nodes, accumulate(node.flat_value for node in nodes), strict=True):
        flat, cum = node.flat_value, node.cum_value
        mark = found.graph.inline_mark(node)
        yield (
            f"{report.value_text(flat, found.unit):>10} {percentage(flat, total)} {percentage(sum_so_far, total)}"
            f" {report.value_text(cum, found.unit):>10} {percentage(cum, total)}  {node.name}{' ' * bool(mark)}{mark}"
        )


def matching(report: Report, regexp: str = "") -> list[Node]:
    """The places whose name matches, all of them without an expression.

    Raises:
        ProfileError: there are none of that name.
    """
    if not regexp:
        return report.trimmed.graph.nodes
    pattern = compiled(regexp, "argument")
    found = [node for node in report.trimmed.graph.nodes if pattern.search(" ".join(node.place.words))]
    if not found:
        hint = "glance profile top lists the functions that there are"
        raise ProfileError(f"no matches found for regexp: {regexp}", hint, what="nothing to show")
    return found


def tree_lines(report: Report, regexp: str = "") -> Iterator[str]:
    """Each place with its callers above and what it calls below.

    Args:
        report: what to print.
        regexp: only places whose name matches.

    Raises:
        ProfileError: there are none of that name.
    """
    found, total = report.trimmed, report.total
    graph = found.graph
    nodes = matching(report, regexp)
    yield from head_lines(report)
    yield TREE_LINE
    yield TREE_LEGEND

    def edge_line(edge: Edge, name: str, cum: int) -> str:
        weight = report.value_text(edge.weight, found.unit)
        return f"{weight:>50} {percentage(edge.weight, cum)} |   {name}{' (inline)' * edge.is_inline}"

    sum_so_far = 0
    for node in nodes:
        flat, cum = node.flat_value, node.cum_value
        sum_so_far += flat
        yield TREE_LINE
        for edge in graph.callers(node):
            yield edge_line(edge, edge.source.name, cum)
        yield (
            f"{report.value_text(flat, found.unit):>10} {percentage(flat, total)} {percentage(sum_so_far, total)}"
            f" {report.value_text(cum, found.unit):>10} {percentage(cum, total)}                | {node.name}"
        )
        for edge in graph.callees(node):
            yield edge_line(edge, edge.target.name, cum)
    if graph.nodes:
        yield TREE_LINE


def tag_totals(report: Report) -> dict[str, dict[str, int]]:
    """What each value of each label counts for, numbers in the unit that is wanted."""
    found: dict[str, dict[str, int]] = {}
    sets = report.profile.tables.label_sets
    sums: dict[int, int] = {}
    for row, value in zip(report.profile.tables.samples.label_sets.tolist(), report.values.tolist(), strict=True):
        sums[row] = sums.get(row, 0) + value
    for row, value in sums.items():
        labels = sets[row]
        texts = [(key, text) for key, values in labels.labels.items() for text in values]
        for key, values in labels.numbers.items():
            unit = report.label_units.get(key, "")
            texts += [(key, label(number, unit, report.choices.unit)) for number in values]
        for key, text in texts:
            of_key = found.setdefault(key, {})
            of_key[text] = of_key.get(text, 0) + value
    return found


def tag_lines(report: Report) -> Iterator[str]:
    """Each label with its values."""
    total = report.total
    for key, values in sorted(tag_totals(report).items()):
        ordered = sorted(values.items(), key=lambda each: (-abs(each[1]), each[0]))
        name = f"{safe_text(key)}:"
        shares = [
            f"{report.value_text(value)} ({percentage(value, total)}):" if total > 0 else f"{report.value_text(value)}:"
            for _, value in ordered
        ]
        left, right = len(name) + 1, max(map(len, shares)) + 1
        of_key = sum(values.values())
        share = f" ({percentage(of_key, total)})" if total > 0 else ""
        yield f"{name:>{left}} Total {report.value_text(of_key)} of {report.value_text(total)}{share}"
        for (text, _), each in zip(ordered, shares, strict=True):
            yield f"{'':>{left}}{each:>{right}} {safe_text(text)}"
        yield ""


def trace_lines(report: Report) -> Iterator[str]:
    """Every sample with its labels and its stack."""
    yield from report.head()
    profile, choices = report.profile, report.choices
    found = places_of(profile, Naming(choices.granularity, is_trimmed=False))
    names = [place.shown for place in found.places]
    samples = profile.tables.samples
    lines = runs_of(found.line_starts, samples.stack)
    ends = set((found.line_starts[1:] - 1).tolist())
    of_lines = found.of_lines.tolist()
    stops = [0, *(found.line_starts[samples.stack + 1] - found.line_starts[samples.stack]).cumsum().tolist()]
    starts = samples.stack_starts.tolist()
    divisors = [0] * len(samples) if report.counts is None else report.counts.tolist()
    for row, value in enumerate(report.values.tolist()):
        stack = lines[stops[starts[row]] : stops[starts[row + 1]]].tolist()
        if not stack:
            continue
        yield TRACE_LINE
        labels = profile.tables.label_sets[int(samples.label_sets[row])]
        yield from sorted(f"{safe_text(key):>10}:  {safe_text(' '.join(each))}" for key, each in labels.labels.items())
        yield from sorted(
            f"{safe_text(key):>10}:  {' '.join(label(one, report.label_units.get(key, '')) for one in each)}"
            for key, each in labels.numbers.items()
        )
        text = report.value_text(mean(value, divisors[row]))
        for line in stack:
            yield f"{text:>10}   {names[of_lines[line]]}{'' if line in ends else ' (inline)'}"
            text = ""
    yield TRACE_LINE


def comment_lines(report: Report) -> Iterator[str]:
    """All comments."""
    return map(safe_text, report.profile.comments)
