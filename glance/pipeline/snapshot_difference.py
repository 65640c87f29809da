"""Two snapshots beside each other, in words that a page shows."""

from __future__ import annotations

from pathlib import Path

from glance.domain import units
from glance.domain.logs.named_figures import Kind
from glance.domain.logs.summary import TopRow
from glance.domain.profiles.growth import Growth
from glance.domain.profiles.measurement import label
from glance.domain.snapshot_board import FigureRow, FunctionRow, ProfileRows, RouteRow, SnapshotDiff
from glance.pipeline.snapshot_reading import FigureChange, ProfileChange, figure_changes, profile_changes, summary_in
from glance.store.snapshot_file import SnapshotFile

SAME = ("lines", "parsed", "unparsed", "unparsed_rate")
"""Figures that say of a snapshot, which holds records, what others say already."""
TOP, MOST_ROUTES = 200, 12
"""Routes of each that are looked at, and those that are shown."""
MOST_FUNCTIONS = 12
"""Of each profile."""


def difference_of(before: str, after: str) -> SnapshotDiff:
    """What changed from one snapshot to another.

    Raises:
        StoreError: one of them cannot be read.
    """
    with SnapshotFile.open(Path(before)) as old, SnapshotFile.open(Path(after)) as new:
        figures, profiles = figure_changes(old, new), profile_changes(old, new)
        routes = _routes(old, new)
        names = old.manifest.id, new.manifest.id
    told = tuple(
        _figure(one) for one in figures if one.name not in SAME and (one.before is not None or one.after is not None)
    )
    return SnapshotDiff(*names, told, tuple(map(_profile, profiles)), routes)


def _figure(one: FigureChange) -> FigureRow:
    before, after = one.before, one.after
    old, new = (_words(one.kind, each) for each in (before, after))
    change = ""
    if before is not None and after is not None:
        if one.kind == "share":
            change = units.change_of_share(after, before)
        else:
            change = "=" if after == before else units.change(after, before) or "new"
    is_known = before is not None and after is not None
    is_more = is_known and (after or 0.0) > (before or 0.0)
    is_less = is_known and (after or 0.0) < (before or 0.0)
    return FigureRow(one.name.replace("_", " "), old, new, change, is_more, is_less)


def _words(kind: Kind, value: float | None) -> str:
    """A figure as short as elsewhere on the screen."""
    if value is None:
        return units.NOTHING
    if kind == "rate":
        return f"{units.rate(value)}/s"
    if kind == "seconds":
        return units.duration(value)
    if kind == "share":
        return units.share(value)
    return units.size(value) if kind == "bytes" else units.exact(round(value))


def _routes(old: SnapshotFile, new: SnapshotFile) -> tuple[RouteRow, ...]:
    """The routes whose rate changed most."""
    sides = [
        {row.name: row for top in summary_in(file, top=TOP).tops if top.name == "routes" for row in top.rows}
        for file in (old, new)
    ]
    seconds = [max(1e-3, file.manifest.end - file.manifest.start) for file in (old, new)]
    found = []
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        before, after = sides[0].get(name), sides[1].get(name)
        rates = [
            0.0 if row is None else row.hits / length for row, length in zip((before, after), seconds, strict=True)
        ]
        found.append((-abs(rates[1] - rates[0]), name, before, after, rates))
    return tuple(
        _route(name, before, after, rates)
        for _, name, before, after, rates in sorted(found, key=lambda one: one[:2])[:MOST_ROUTES]
    )


def _route(name: str, before: TopRow | None, after: TopRow | None, rates: list[float]) -> RouteRow:
    hits = [units.NOTHING if row is None else units.exact(row.hits) for row in (before, after)]
    p95 = [units.duration(None if row is None else row.p95) for row in (before, after)]
    errors = ""
    if before is not None and after is not None:
        errors = units.change_of_share(_errors(after), _errors(before))
    change = "gone" if after is None else units.change(rates[1], rates[0]) or "new"
    told = "" if errors == "=" else errors
    return RouteRow(name, hits[0], hits[1], change, told, p95[0], p95[1], is_more=rates[1] > rates[0])


def _errors(row: TopRow) -> float:
    return (row.client_errors + row.server_errors) / max(1, row.hits)


def _profile(one: ProfileChange) -> ProfileRows:
    found = one.comparison
    if found is None:
        return ProfileRows(f"{one.kind} of {one.target}", f"cannot be compared: {one.trouble}")
    before, after = (label(value, found.unit, "auto") for value in (found.before, found.after))
    title = f"{one.kind} of {one.target}, {found.type}: {before} → {after}, scaled × {found.ratio:.4g}"
    changed = [
        row
        for row in found.functions
        if any(each.delta and each.is_significant is not False for each in (row.flat, row.cum))
    ]
    changed.sort(key=lambda row: (-abs(row.flat.delta), -abs(row.cum.delta), row.name))
    rows = tuple(_function(row) for row in changed[:MOST_FUNCTIONS])
    return ProfileRows(title, "" if rows else "nothing changed more than by chance", rows)


def _function(row: Growth) -> FunctionRow:
    flat, cum = (f"{change.growth * 100:+.1f}pt" for change in (row.flat, row.cum))
    return FunctionRow(row.name, flat, cum, row.flat.word, (row.flat.growth or row.cum.growth) > 0)
