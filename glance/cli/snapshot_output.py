"""Snapshots as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from glance.cli.alerts_output import table
from glance.domain import units
from glance.domain.alerts.wording import moment
from glance.domain.safe_text import safe_text
from glance.domain.snapshot import Manifest
from glance.domain.snapshot_words import contents, why
from glance.store.snapshot_shelf import Shelved, SnapshotShelf

NUMBERS = (3, 4, 5)
"""Columns of a list that are numbers."""

UNREADABLE = "cannot be read"


def listed(shelf: SnapshotShelf, output: str) -> str:
    """Every snapshot in a line."""
    there = shelf.all()
    if output == "json":
        return json.dumps([_row(one) for one in there], indent=2)
    if not there:
        return f"there is no snapshot in {safe_text(str(shelf.folder))}\ntake one: glance snapshot take access.log"
    cells = [("SNAPSHOT", "TAKEN", "WINDOW", "RECORDS", "PROFILES", "SIZE", "WHY")]
    for one in there:
        found = one.manifest
        if found is None:
            cells.append((one.id, UNREADABLE, "", "", "", units.size(one.size_bytes), one.trouble))
            continue
        cells.append(
            (
                one.id,
                moment(found.made_at),
                window_words(found),
                units.exact(found.records),
                str(len(found.profiles)),
                units.size(one.size_bytes),
                why(found),
            )
        )
    return table(aligned(cells, NUMBERS))


def aligned(rows: Sequence[tuple[str, ...]], columns: Sequence[int]) -> list[tuple[str, ...]]:
    """The same with these columns right-aligned."""
    widths = {column: max(len(row[column]) for row in rows) for column in columns}
    return [
        tuple(cell.rjust(widths[column]) if column in widths else cell for column, cell in enumerate(row))
        for row in rows
    ]


def _row(one: Shelved) -> dict[str, Any]:
    row: dict[str, Any] = {"id": one.id, "path": str(one.path), "size_bytes": one.size_bytes, "trouble": one.trouble}
    if one.manifest is None:
        return row
    found = one.manifest.as_document()
    names = ("made_at", "start", "end", "why", "alert", "note", "filter", "records")
    return row | {name: found[name] for name in names} | {"profiles": len(one.manifest.profiles)}


def window_words(manifest: Manifest) -> str:
    """From when to when."""
    return f"{moment(manifest.start)} + {units.duration(manifest.end - manifest.start)}"


def head(manifest: Manifest) -> Iterator[str]:
    """What it is and what is in it, a line each; made safe."""
    rows = [
        ("snapshot", manifest.id),
        ("taken", f"{moment(manifest.made_at)} by {manifest.made_by or 'glance'}"),
        ("window", window_words(manifest)),
        ("why", why(manifest)),
        ("filter", manifest.filter),
        *contents(manifest),
    ]
    for name, words in rows:
        if words:
            yield f"{name:<9} {safe_text(words, 400)}"
