"""What a program of Go says of how it was built: whether a profile guided its compiler."""

from __future__ import annotations

import mmap
import os

from glance.errors import SourceError
from glance.sources.regular_file import open_regular

_INFO = b"\xff Go buildinf:"
_GUIDED = b"build\t-pgo="
_MOST_INFO = 1 << 20
_LEAST_ID = 8


def is_guided(path: str, build_id: str) -> bool | None:
    """Whether the program was built with a profile; None where that cannot be told.

    Args:
        path: the program.
        build_id: of the one that is meant: another build may lie there by now.
    """
    wanted = _bytes_of(build_id)
    if len(wanted) < _LEAST_ID:
        return None
    try:
        fd = open_regular(path)
    except (OSError, SourceError, ValueError):
        return None
    try:
        with mmap.mmap(fd, 0, access=mmap.ACCESS_READ) as program:
            at = program.find(_INFO)
            if at < 0 or program.find(wanted) < 0:
                return None
            return program.find(_GUIDED, at, at + _MOST_INFO) >= 0
    except (OSError, ValueError):
        return None
    finally:
        os.close(fd)


def _bytes_of(build_id: str) -> bytes:
    try:
        return bytes.fromhex(build_id)
    except ValueError:
        return build_id.encode("utf-8", "replace")
