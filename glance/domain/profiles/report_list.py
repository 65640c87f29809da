"""Source code beside what each of its lines counts for: what `pprof -list` prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from glance.domain.profiles.call_graph import Node
from glance.domain.profiles.measurement import percentage
from glance.domain.profiles.pattern import compiled
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.report import Report
from glance.domain.safe_text import safe_text
from glance.errors import SourceError

MARGIN = 5
"""Lines around those that count for something."""
MOST_LINES = 20_000

Reader = Callable[[str], Sequence[str]]
"""Gives the lines of a source file.

Raises:
    SourceError: it is not found, or cannot be read.
"""


@dataclass(frozen=True, slots=True)
class CountedLine:
    """One line of code, and what it counts for."""

    number: int
    flat: int
    cum: int
    code: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One function in one file."""

    name: str
    file: str
    """Empty where nobody knows."""
    flat: int
    cum: int
    lines: tuple[CountedLine, ...] = ()
    trouble: str = ""
    """Why there are no lines."""


def listings(report: Report, regexp: str, reader: Reader) -> Iterator[Listing]:
    """The source of all functions whose name matches.

    Args:
        report: what to print, by lines.
        regexp: names of functions.
        reader: gives source files.

    Raises:
        ProfileError: there are none of that name, or it cannot be understood.
    """
    pattern = compiled(regexp, "argument")
    found: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for node in report.trimmed.graph.nodes:
        if pattern.search(node.place.name):
            found[node.place.name][node.place.file].append(node)
    if not found:
        hint = "glance profile top lists the functions that there are"
        raise ProfileError(f"no matches found for regexp: {regexp}", hint, what="nothing to show")
    for name, files in sorted(found.items()):
        named = {file: nodes for file, nodes in files.items() if file}
        if not named:
            yield Listing(name, "", *sums(files[""]))
        for file, nodes in sorted(named.items()):
            yield listing(name, file, nodes, reader)


def sums(nodes: Sequence[Node]) -> tuple[int, int]:
    """What all of these count for."""
    return sum(node.flat for node in nodes), sum(node.cum for node in nodes)


def listing(name: str, file: str, nodes: list[Node], reader: Reader) -> Listing:
    """One function in one file."""
    try:
        lines = reader(file)
    except SourceError as error:
        return Listing(name, file, *sums(nodes), trouble=error.what)
    by_line: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        by_line[node.place.line].append(node)
    start, end = shown_range(nodes)
    shown = range(start, min(end, len(lines), start + MOST_LINES) + 1)
    counted = tuple(CountedLine(number, *sums(by_line.get(number, [])), lines[number - 1]) for number in shown)
    return Listing(name, file, *sums(nodes), counted)


def code_texts(one: Listing) -> Iterator[str]:
    """The code of the lines of a listing as it is printed: its tabs stay, nothing else in it is obeyed."""
    return (code_text(line.code) for line in one.lines)


def list_lines(
    report: Report, regexp: str, reader: Reader, printed: Callable[[Listing], Iterable[str]] = code_texts
) -> Iterator[str]:
    """The same as text; see `listings`.

    Args:
        report: what to print, by lines.
        regexp: names of functions.
        reader: gives source files.
        printed: the code of each line of a listing; must let nothing pass that a terminal obeys.
    """
    is_first = True
    for one in listings(report, regexp, reader):
        if is_first:
            yield f"Total: {report.value_text(report.total)}"
            is_first = False
        if not one.file:
            yield f"No source information for {safe_text(one.name)}"
            continue
        yield safe_text(f"ROUTINE ======================== {one.name} in {one.file}")
        flat, cum = report.value_text(one.flat), report.value_text(one.cum)
        yield f"{flat:>10} {cum:>10} (flat, cum) {percentage(one.cum, report.total)} of Total"
        if one.trouble:
            yield f" Error: {safe_text(one.trouble)}"
        for line, code in zip(one.lines, printed(one), strict=True):
            counts = " ".join(f"{report.value_text(value) if value else '.':>10}" for value in (line.flat, line.cum))
            yield f"{counts} {line.number:6}:{code}"


def shown_range(nodes: Sequence[Node]) -> tuple[int, int]:
    """The first and the last line to show."""
    first = nodes[0].place
    start, end = first.start_line or first.line - MARGIN, first.line + MARGIN
    for node in nodes:
        line = node.place.line
        begins = node.place.start_line or line - MARGIN
        if begins < start:
            start = begins
        elif line + MARGIN > end:
            end = line + MARGIN
    return max(1, start), end


def code_text(line: str) -> str:
    """A line of code: its tabs stay, nothing else in it is obeyed."""
    return "\t".join(map(safe_text, line.split("\t")))
