"""`glance snapshot show`: what a snapshot has, and the report of its window."""

from __future__ import annotations

import json
from pathlib import Path

import click

from glance.cli.report import rendered, write
from glance.cli.snapshot_output import head
from glance.domain.logs.span import Choice
from glance.domain.safe_text import safe_text
from glance.domain.snapshot import Manifest
from glance.errors import StoreError
from glance.pipeline.snapshot_reading import summary_in
from glance.store.snapshot_file import SnapshotFile

DAMAGED = StoreError.exit_code


def show_one(path: Path, where: Choice | None, top: int, output: str) -> int:
    """Print a snapshot; returns the exit code, which says whether it is whole.

    Raises:
        StoreError: it is none.
    """
    with opened(path) as file:
        found = summary_in(file, where=where, top=top)
        damages = file.damages()
    if output == "json":
        from glance.domain.logs.summary_document import document

        words = {"manifest": file.manifest.as_document(), "damages": damages, "summary": document(found)}
        click.echo(json.dumps(words, indent=1, ensure_ascii=True))
    else:
        if output == "text":
            write(_head(file.manifest))
        if found.hits or output != "text":
            write(rendered(found, output))
    for words_of_one in damages:
        click.echo(f"glance: {safe_text(words_of_one)}", err=True)
    return DAMAGED if damages else 0


def opened(path: Path) -> SnapshotFile:
    """A snapshot to look at: what is left of it, where it was cut off.

    Raises:
        StoreError: nothing of it can be read.
    """
    try:
        return SnapshotFile.open(path)
    except StoreError as error:
        try:
            found = SnapshotFile.salvage(path)
        except StoreError:
            raise error from None
        click.echo(f"glance: {safe_text(f'{path}: {error.why}; what is whole of it is shown')}", err=True)
        return found


def _head(manifest: Manifest) -> bytes:
    return "".join(f"{line}\n" for line in head(manifest)).encode("utf-8", "replace") + b"\n"
