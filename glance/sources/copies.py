"""Tells a copy of a log from a log of its own, by all of its bytes: a glob may find both."""

from __future__ import annotations

import os
from collections.abc import Iterable

from glance.errors import SourceError
from glance.sources.family import Signature
from glance.sources.generation import Identity
from glance.sources.regular_file import open_regular
from glance.sources.sameness import is_beginning

_LEAST_BYTES = 1024
"""Less than that two logs may well have in common: a header, or the same few requests."""

_KEY_BYTES = 256
_MOST_COMPARED = 32
"""Files that begin with the same line are compared with so many others at most."""


class Copies:
    """Files under one pattern that hold nothing but the beginning of another one."""

    def __init__(self) -> None:
        """None was found yet."""
        self.of: dict[str, str] = {}
        """Which log each is a copy of."""
        self._signatures: dict[str, Signature] = {}

    def sort_out(self, fresh: Iterable[str], known: Iterable[str]) -> list[str]:
        """Those of `fresh` that are no copy and no second name, of each other or of `known`.

        One that was a copy stays one as long as it does not change, also when the log itself is rotated.
        """
        judged = self._signatures
        new = {path: sign for path in fresh if (sign := _signature(path)) is not None and judged.get(path) != sign}
        keys = {path: _key(path) for path in new}
        groups: dict[bytes, list[str]] = {}
        seen: set[Identity] = set()
        for path in known if new else ():
            signature = _signature(path)
            if signature is not None:
                seen.add(signature[:2])
                if any(keys.values()):
                    groups.setdefault(_key(path), []).append(path)
        own = []
        # A copy is called something longer than the log, as a rule.
        for path in sorted(new, key=lambda one: (len(one), one)):
            if new[path][:2] in seen:
                continue
            of = _whole_in(path, groups.get(keys[path], ())) if keys[path] else ""
            if of:
                self.of[path], judged[path] = of, new[path]
                continue
            self.of.pop(path, None)
            seen.add(new[path][:2])
            groups.setdefault(keys[path], []).append(path)
            own.append(path)
        return sorted(own)


def _signature(path: str) -> Signature | None:
    """What the file system says of a file, None when it is gone."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _key(path: str) -> bytes:
    """The first line of a file, or what there may be of it; nothing when it holds too little to be compared."""
    try:
        fd = open_regular(path)
    except (OSError, SourceError):
        return b""
    try:
        head = os.pread(fd, _KEY_BYTES, 0) if os.fstat(fd).st_size >= _LEAST_BYTES else b""
    finally:
        os.close(fd)
    end = head.find(b"\n") + 1
    return head[:end] if end else head


def _whole_in(path: str, others: Iterable[str]) -> str:
    """The file that begins with all of this one; nothing when there is none."""
    try:
        fd = open_regular(path)
    except (OSError, SourceError):
        return ""
    try:
        return next((other for other in list(others)[-_MOST_COMPARED:] if _is_beginning_of(fd, other)), "")
    finally:
        os.close(fd)


def _is_beginning_of(fd: int, path: str) -> bool:
    """Whether another file begins with all of this one."""
    try:
        other = open_regular(path)
    except (OSError, SourceError):
        return False
    try:
        return is_beginning(fd, other)
    finally:
        os.close(other)
