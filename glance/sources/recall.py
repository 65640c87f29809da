"""Finds the bytes of a generation that is not held open any more, under whatever name they are now."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from glance.domain.logs.checkpoint import HEAD_BYTES, Checkpoint
from glance.errors import SourceError
from glance.sources.compression import MAGIC_BYTES, archive_kind
from glance.sources.family import members
from glance.sources.ledger import begins_like
from glance.sources.regular_file import open_regular
from glance.sources.unpacking import unpack

MOST_UNPACKED_BYTES = 512 << 20
"""Of an archive that is unpacked to show lines of it, at most; what stands behind cannot be shown."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """The bytes of one generation, from its first one on."""

    fd: int
    """Whoever asked closes it."""
    path: str
    """The file that is open here; empty where it has no name, since it was unpacked."""


def recall(known: Checkpoint) -> Recalled | None:
    """The file that has the bytes of a generation, unpacked where it is compressed; None when there is none.

    This may take a while: call it in a thread.
    """
    for path in _names(known):
        try:
            fd = open_regular(path)
        except (OSError, SourceError):
            continue
        try:
            if not archive_kind(os.pread(fd, MAGIC_BYTES, 0)):
                if _is_same(fd, known):
                    return Recalled(os.dup(fd), path)
                continue
        except OSError:
            continue
        finally:
            os.close(fd)
        unpacked = _unpacked(path, known)
        if unpacked is not None:
            return Recalled(unpacked, "")
    return None


def _names(known: Checkpoint) -> Iterator[str]:
    """Where it may be: where it was seen last, under its own name, then among the rotated files of its log."""
    tried = dict.fromkeys((known.path, known.source))
    yield from tried
    for member in reversed(members(known.source)):
        if member.path not in tried:
            yield member.path


def _is_same(fd: int, known: Checkpoint) -> bool:
    """Whether a file holds what was read of a generation: its first bytes, and those before the place of reading."""
    if not known.offset or os.fstat(fd).st_size < known.offset:
        return False
    window = os.pread(fd, len(known.window), known.offset - len(known.window))
    return window == known.window and begins_like(os.pread(fd, HEAD_BYTES, 0), known)


def _unpacked(path: str, known: Checkpoint) -> int | None:
    """What an archive holds, in a private file without a name; None when it is something else."""
    with tempfile.TemporaryFile(buffering=0, prefix="glance-") as file:
        left, is_told = MOST_UNPACKED_BYTES, False
        try:
            for piece in unpack(path):
                if not is_told:
                    is_told = True
                    if len(piece) >= HEAD_BYTES and not begins_like(piece[:HEAD_BYTES], known):
                        return None
                file.write(piece[:left])
                left -= min(left, len(piece))
                if not left:
                    break
        except (SourceError, OSError):
            return None
        fd = file.fileno()
        is_whole = left > 0
        if is_whole and not _is_same(fd, known):
            return None
        return os.dup(fd)
