"""The format of callgrind, for KCachegrind and QCachegrind: what `pprof -callgrind` writes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from glance.domain.profiles.call_graph import Node
from glance.domain.profiles.measurement import converted
from glance.domain.profiles.place import Place
from glance.domain.profiles.report import CALLGRIND, Report
from glance.domain.safe_text import safe_text

SIGN_BIT = 1 << 63


def callgrind(report: Report) -> bytes:
    """What a report is about, by address, with all calls; it is not trimmed."""
    return "".join(f"{line}\n" for line in callgrind_lines(replace(report, kind=CALLGRIND))).encode()


def callgrind_lines(report: Report) -> Iterator[str]:
    """The lines of the file."""
    graph, unit = report.trimmed.graph, report.trimmed.unit
    programs = {posixpath.basename(one.file): one.file for one in reversed(report.profile.mappings)}
    objects, files, names = Names(), Names(), Names()

    def number(value: int) -> int:
        return int(converted(report.scaled(value), report.unit, unit)[0])

    yield "positions: instr line"
    yield f"events: {safe_text(report.type)}({safe_text(unit)})"
    before: Place | None = None
    for node in graph.nodes:
        place = node.place
        if before is None or function_of(before) != function_of(place):
            yield ""
            yield f"ob={objects.of(programs.get(place.object, place.object))}"
            yield f"fl={files.of(place.file)}"
            yield f"fn={names.of(place.name)}"
        yield f"{position(before, place)} {place.line} {number(node.flat_value)}"
        for edge in graph.callees(node):
            yield from call(before, edge.target, files, names)
            yield f"* * {number(edge.weight)}"
        before = place


def call(before: Place | None, target: Node, files: Names, names: Names) -> Iterator[str]:
    """Whom a place calls; how often, no profile knows."""
    yield f"cfl={files.of(target.place.file)}"
    yield f"cfn={names.of(target.place.name)}"
    yield f"calls=0 {position(before, target.place)} {target.place.line}"


def function_of(place: Place) -> tuple[str, str, str]:
    """What lines that follow each other have in common."""
    return place.object, place.file, place.name


def position(before: Place | None, place: Place) -> str:
    """An address: as it is, or from the one before where that is shorter."""
    absolute = f"{place.address:#x}"
    if before is None:
        return absolute
    if before.address == place.address:
        return "*"
    step = (place.address - before.address + SIGN_BIT) % (2 * SIGN_BIT) - SIGN_BIT
    relative = f"{step:+d}"
    return relative if len(relative) < len(absolute) else absolute


@dataclass(slots=True)
class Names:
    """Names that are written once, and have a number from then on."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """A name as it is written here."""
        if not name:
            return ""
        if name in self.numbers:
            return f"({self.numbers[name]})"
        self.numbers[name] = len(self.numbers) + 1
        return f"({self.numbers[name]}) {safe_text(name)}"
