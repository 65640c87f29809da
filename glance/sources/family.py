"""The family of a log: its rotated predecessors, by name; which of them is what, their bytes tell.

`access.log` has `access.log.1`, `access.log.2.gz`, `access.log-20261122` and `access-20261122.log`.
"""

from __future__ import annotations

import os
import re
import stat
import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glance.errors import SourceError
from glance.sources.compression import MAGIC_BYTES, archive_kind
from glance.sources.generation import Identity
from glance.sources.regular_file import open_regular

_DATE = r"(?:19|20)\d{2} -? [01]\d -? [0-3]\d"
_ROTATED = re.compile(
    rf"""(?x) ^ (?P<live> .+? ) (?:
        \.\d{{1,3}}(?!\d) | [.-] (?: old | bak | save | {_DATE}
        (?: [-_.T] (?=\d) (?: [\d:] | [.-](?=\d) )*+ )?+ )
    )*+ (?: \. (?: gz | bz2 | xz | zst | Z ) )? $"""
)
_DATED_STEM = re.compile(
    rf"""(?x) ^ (?P<stem> .+? ) [.-] {_DATE} (?: [-_.T] [\d:.-]*\d )? (?P<ending> \.\w+ )
    (?: \. \d{{1,3}} )? (?: \. (?: gz | bz2 | xz | zst ) )? $"""
)
_NUMBER = re.compile(r"\.(\d{1,3})(?:\.(?:gz|bz2|xz|zst))?$")
Signature = tuple[int, int, int, int]
"""Device, inode, size, time of the last change."""

_LISTINGS_KEPT = 64
_FINE_TICK_SECONDS, _COARSE_TICK_SECONDS = 0.05, 2.0
"""How long after a change there may be another with the same time; some file systems count whole seconds."""


@dataclass(frozen=True, slots=True)
class Member:
    """One predecessor of a log."""

    path: str
    status: os.stat_result
    is_archive: bool

    @property
    def identity(self) -> Identity:
        """What the file system calls the file."""
        return (self.status.st_dev, self.status.st_ino)

    @property
    def signature(self) -> Signature:
        """The same as long as nothing was written to it."""
        status = self.status
        return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    def is_there(self) -> bool:
        """Whether the path still leads to this file, as it was: what was read by the path meanwhile was this."""
        try:
            status = os.stat(self.path)
        except OSError:
            return False
        return self.signature == (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    @property
    def number(self) -> int | None:
        """The 2 of `access.log.2.gz`."""
        found = _NUMBER.search(self.path)
        return int(found[1]) if found else None


def live_name(name: str) -> str:
    """The name of the log that a file was rotated from, by its own; the same name when it was not.

    A date before the ending (`access-2026-01-01.log`) says nothing by itself: it may be how a live
    log is called. See `stem_name`.
    """
    matched = _ROTATED.match(name)
    return matched["live"] if matched else name


def has_archive_name(path: str) -> bool:
    """Whether a file is called like a compressed one."""
    return path.endswith((".gz", ".bz2", ".xz", ".zst"))


def stem_name(name: str) -> str:
    """The name without the date before its ending: `access.log` for `access-2026-01-01.log`; or the same name."""
    dated = _DATED_STEM.match(name)
    return dated["stem"] + dated["ending"] if dated else name


def members(path: str, more: Iterable[str] = ()) -> list[Member]:
    """The predecessors of a log, the one written last at the end.

    Args:
        path: the log, which need not exist.
        more: other paths to look at.
    """
    real = os.path.realpath(path)
    found: dict[Identity, Member] = {}
    beside = _names(path) if real == os.path.abspath(path) else [*_names(path), *_names(real)]
    for candidate in dict.fromkeys([*beside, *more]):
        if candidate in (path, real):
            continue
        member = _look_at(candidate)
        if member is not None:
            found.setdefault(member.identity, member)
    return sorted(found.values(), key=lambda one: (one.status.st_mtime_ns, -(one.number or 0), one.path))


def may_not_recur(changed_ns: int, now: float) -> bool:
    """Whether a change after this one will have another time."""
    tick = _FINE_TICK_SECONDS if changed_ns % 10**6 else _COARSE_TICK_SECONDS
    return now - changed_ns / 1e9 > tick


def _names(path: str) -> list[str]:
    """Paths beside a log whose names say that they were rotated from it."""
    directory, live = os.path.split(path)
    names = _listing(directory or ".")
    stem = os.path.splitext(live)[0]
    found = []
    for name in names[bisect_left(names, stem) :]:
        if not name.startswith(stem):
            break
        is_near = name[len(stem) : len(stem) + 1] in (".", "-")  # most neighbours in a full directory are not
        if is_near and name != live and live in (live_name(name), stem_name(name)):
            found.append(os.path.join(directory, name))
    return found


def _look_at(path: str) -> Member | None:
    """What stands at a path; None when it is nothing that can be read."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return None
        fd = open_regular(path)
        try:
            head = os.pread(fd, MAGIC_BYTES, 0)
        finally:
            os.close(fd)
    except (OSError, SourceError):
        return None
    return Member(path, status, archive_kind(head) is not None)


_listings: dict[str, tuple[Identity, int, Sequence[str]]] = {}
"""Names in directories by path: thousands of logs may stand in one, and each asks for its neighbours."""


def _listing(directory: str) -> Sequence[str]:
    """The names in a directory, sorted; nothing when it cannot be looked into."""
    try:
        status = os.stat(directory)
        identity, changed_ns = (status.st_dev, status.st_ino), status.st_mtime_ns
        known = _listings.get(directory)
        if known is not None and known[:2] == (identity, changed_ns):
            return known[2]
        is_settled = may_not_recur(changed_ns, time.time())
        names = sorted(os.listdir(directory))
    except OSError:
        return ()
    _listings.pop(directory, None)
    if is_settled:
        if len(_listings) >= _LISTINGS_KEPT:
            del _listings[next(iter(_listings))]
        _listings[directory] = (identity, changed_ns, names)
    return names
