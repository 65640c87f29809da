"""What stands before the place where following of a log began, wherever it was moved since."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from glance.domain.logs.checkpoint import Checkpoint
from glance.errors import SourceError
from glance.sources.compression import MAGIC_BYTES, archive_kind
from glance.sources.generation import proof_at
from glance.sources.ledger import Ledger
from glance.sources.reader import Reader
from glance.sources.reader_maker import AnyReader
from glance.sources.regular_file import open_regular
from glance.sources.unpacking import unpack


@dataclass(frozen=True, slots=True)
class Past:
    """Bytes [0, low) of a generation: they were not wanted, or a back-fill did not get to them."""

    generation: int
    low: int
    fd: int
    """A file that holds them; whoever asked closes it."""


async def open_pasts(ledger: Ledger, readers: Sequence[AnyReader]) -> list[Past]:
    """The unread beginnings of all generations that are still there, the oldest first."""
    open_files = {reader.number: reader for reader in readers if isinstance(reader, Reader)}
    found = []
    for known in ledger:
        if not known.low or known.state == "ignored":
            continue
        reader = open_files.get(known.generation)
        fd = os.dup(reader.fileno()) if reader is not None else await asyncio.to_thread(_open, known)
        if fd is not None:
            found.append(Past(known.generation, known.low, fd))
    return found


def _open(known: Checkpoint) -> int | None:
    """The file in which a generation was last seen, or what it holds if it is compressed; None when it is gone."""
    try:
        fd = open_regular(known.path)
    except (OSError, SourceError):
        return None
    try:
        if archive_kind(os.pread(fd, MAGIC_BYTES, 0)):
            return _unpacked(known)
        if proof_at(fd, known.offset)[1] == known.window:
            return os.dup(fd)
    except OSError:
        return None
    finally:
        os.close(fd)
    return None


def _unpacked(known: Checkpoint) -> int | None:
    """The first bytes of what an archive holds, in a private file without a name."""
    left = known.low
    with tempfile.TemporaryFile(buffering=0, prefix="glance-") as file:
        try:
            for piece in unpack(known.path):
                file.write(piece[:left])
                left -= min(left, len(piece))
                if not left:
                    return os.dup(file.fileno())
        except SourceError:
            return None
    return None
