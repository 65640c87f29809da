"""`glance snapshot diff`: figures of two windows with their changes, and what changed in profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from glance.cli.alerts_output import table
from glance.cli.profile_diff import changed
from glance.cli.snapshot_output import aligned, window_words
from glance.domain import units
from glance.domain.logs.named_figures import in_words
from glance.domain.logs.summary_document import plain
from glance.domain.profiles.growth import Growth
from glance.domain.profiles.measurement import label
from glance.domain.safe_text import safe_text
from glance.domain.snapshot import Manifest
from glance.pipeline.snapshot_reading import FigureChange, ProfileChange, figure_changes, profile_changes
from glance.store.snapshot_file import SnapshotFile


def compared(before: Path, after: Path, most: int, output: str) -> str:
    """What changed from one snapshot to another.

    Raises:
        StoreError: one of them cannot be read.
    """
    with SnapshotFile.open(before) as old, SnapshotFile.open(after) as new:
        figures, profiles = figure_changes(old, new), profile_changes(old, new)
    manifests = old.manifest, new.manifest
    if output == "json":
        return json.dumps(_document(manifests, figures, profiles, most), indent=1)
    return "\n".join([*_figure_lines(manifests, figures), *_profile_lines(profiles, most)])


def _figure_lines(manifests: tuple[Manifest, Manifest], figures: Sequence[FigureChange]) -> Iterator[str]:
    for name, manifest in zip(("before", "after"), manifests, strict=True):
        yield f"{name:<7} {manifest.id}  {window_words(manifest)}  {safe_text(manifest.note, 200)}".rstrip()
    cells: list[tuple[str, ...]] = [("FIGURE", "BEFORE", "AFTER", "CHANGE")]
    for one in figures:
        if one.before is None and one.after is None:
            continue
        words = [units.NOTHING if each is None else in_words(one.kind, each) for each in (one.before, one.after)]
        cells.append((one.name, *words, _change(one)))
    yield ""
    yield table(aligned(cells, (1, 2)))


def _change(one: FigureChange) -> str:
    if one.before is None or one.after is None:
        return ""
    if one.kind == "share":
        return units.change_of_share(one.after, one.before)
    if one.after == one.before:
        return "="
    return units.change(one.after, one.before) or "new"


def _profile_lines(profiles: Sequence[ProfileChange], most: int) -> Iterator[str]:
    for one in profiles:
        yield ""
        if one.comparison is None:
            yield safe_text(f"{one.kind} of {one.target} cannot be compared: {one.trouble}")
            continue
        found = one.comparison
        before, after = (label(value, found.unit, "auto") for value in (found.before, found.after))
        yield safe_text(f"{one.kind} of {one.target}, {found.type}: {before} → {after}, scaled × {found.ratio:.4g}")
        rows = _rows(one, most)
        if not rows:
            yield "  nothing changed more than by chance"
            continue
        cells = [("FLAT", "CUM", "", "FUNCTION")]
        cells += [
            (f"  {_points(row.flat.growth)}", _points(row.cum.growth), row.flat.word, safe_text(row.name, 200))
            for row in rows
        ]
        yield table(aligned(cells, (0, 1)))


def _rows(one: ProfileChange, most: int) -> list[Growth]:
    assert one.comparison is not None
    rows = changed(one.comparison.functions, by_cum=False, has_noise=False)
    return list(rows[:most] if most else rows)


def _points(growth: float) -> str:
    return f"{growth * 100:+.1f}pt"


def _document(
    manifests: tuple[Manifest, Manifest], figures: Sequence[FigureChange], profiles: Sequence[ProfileChange], most: int
) -> dict[str, Any]:
    return {
        "before": {"id": manifests[0].id, "start": manifests[0].start, "end": manifests[0].end},
        "after": {"id": manifests[1].id, "start": manifests[1].start, "end": manifests[1].end},
        "figures": {one.name: {"before": one.before, "after": one.after} for one in figures},
        "profiles": [
            {
                "target": plain(one.target),
                "kind": one.kind,
                "trouble": plain(one.trouble),
                **({} if one.comparison is None else _profile_document(one, most)),
            }
            for one in profiles
        ],
    }


def _profile_document(one: ProfileChange, most: int) -> dict[str, Any]:
    found = one.comparison
    assert found is not None
    return {
        "type": plain(found.type),
        "unit": plain(found.unit),
        "before": found.before,
        "after": found.after,
        "ratio": found.ratio,
        "rows": [
            {
                "name": plain(row.name),
                "flat": [row.flat.before, row.flat.after],
                "cum": [row.cum.before, row.cum.after],
                "growth": row.flat.growth,
                "cum_growth": row.cum.growth,
                "change": row.flat.word,
            }
            for row in _rows(one, most)
        ],
    }
