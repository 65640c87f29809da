"""`glance snapshot export`: a snapshot, or what is in it, written elsewhere."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from glance.cli.snapshot_show import opened
from glance.domain.safe_text import safe_text
from glance.domain.snapshot import is_member_name
from glance.errors import StoreError, UsageError
from glance.store.snapshot_file import (
    CHECKSUMS,
    MANIFEST,
    SnapshotFile,
    cannot_write,
    checksums,
    document_bytes,
    write_snapshot,
)
from glance.store.snapshot_shelf import contents_of
from glance.store.whole_file import write_whole


def exported(path: Path, to: str | None, unpack: str | None, member: str | None) -> int:
    """Write what is asked for; returns the exit code, which says whether all of it is whole.

    Raises:
        UsageError: it is not said what to write, or where.
        StoreError: it cannot be read or written.
    """
    if sum(each is not None for each in (to, unpack, member)) != 1:
        raise UsageError(
            "say what to write",
            "one of --to, --unpack and --member",
            "glance snapshot export last --to incident.glance",
        )
    with opened(path) as file:
        if member is not None:
            data = document_bytes(file.manifest) if member == MANIFEST else file.data(member)
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return 0
        if to is not None:
            write_snapshot(Path(to), file.manifest, contents_of(file))
            return 0
        assert unpack is not None
        return unpacked(file, Path(unpack))


def unpacked(file: SnapshotFile, folder: Path) -> int:
    """Write all members into a new folder, also of a damaged snapshot those that are whole."""
    code = 0
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=False)
        words = document_bytes(file.manifest)
        write_whole(folder / MANIFEST, partial(_put, data=words))
        write_whole(folder / CHECKSUMS, partial(_put, data=checksums(file.manifest, words)))
        for member in file.manifest.members:
            try:
                data = file.data(member.name)
            except StoreError as error:
                click.echo(f"glance: {safe_text(f'{error.what}: {error.why}')}", err=True)
                code = error.exit_code
                continue
            assert is_member_name(member.name), "the manifest was held against this"
            place = folder / member.name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(place, partial(_put, data=data))
    except FileExistsError as error:
        raise StoreError(f"{folder} is there already", "", "name a new folder") from error
    except OSError as error:
        raise cannot_write(folder, error) from error
    return code


def _put(target: BinaryIO, data: bytes) -> None:
    target.write(data)
