"""One look at the family of a log, under way: what is open, what was found, what cannot be told yet."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from glance.domain.logs.checkpoint import Checkpoint
from glance.sources.family import Member, Signature
from glance.sources.generation import Identity
from glance.sources.ledger import Ledger
from glance.sources.reader import Reader
from glance.sources.reader_maker import AnyReader

PATIENCE_SECONDS = 30.0
"""How long something unfinished must have rested to be taken for damaged: a copy or an archive is still written."""


@dataclass(slots=True)
class Findings:
    """What one look brought."""

    readers: list[AnyReader] = field(default_factory=list)
    """Of what is to be read, oldest first."""
    missing: list[Checkpoint] = field(default_factory=list)
    """Generations that were not read to their end, as far as is known, and are nowhere any more."""
    missed: int = 0
    """Generations of which nothing is known but that others were numbered after them."""


@dataclass(slots=True)
class Look:
    """One look under way."""

    open: dict[int, AnyReader]
    """Readers by generation, those that were found included."""
    order: list[Member]
    """The files, oldest first."""
    claimed: dict[int, Member] = field(default_factory=dict)
    """Which file holds which generation."""
    found: dict[Identity, AnyReader] = field(default_factory=dict)
    is_waiting: bool = False
    """Something is unfinished: nothing is missing before that is known."""
    has_doubt: bool = False
    """A file is a copy as it is now, but so young that it may yet go on differently."""
    has_moved: bool = False
    """A name led to another file meanwhile."""

    def numbers_missed(self, ledger: Ledger) -> int:
        """How many numbers are missing between the file that had the name and its successors.

        Only where numbers are seen to be handed on: some successor with a lower number was written later.
        """
        numbered = {one.number: one for one in self.order if one.number is not None}
        active = {known.generation for known in ledger.active()}
        last = [one for number, one in self.claimed.items() if number in active and one.number is not None]
        if not last:
            return 0
        newest = min(last, key=lambda one: one.number or 0)
        later = [
            number
            for number, one in numbered.items()
            if number < (newest.number or 0) and one.status.st_mtime_ns >= newest.status.st_mtime_ns
        ]
        return sum(number not in numbered for number in range(1, newest.number or 0)) if later else 0


class Patience:
    """Since when unfinished files have looked as they do."""

    def __init__(self, now: Callable[[], float], clock: Callable[[], float]) -> None:
        """Know nothing yet.

        Args:
            now: a clock that never goes back, in seconds.
            clock: tells the time, in seconds since the epoch.
        """
        self._now = now
        self._clock = clock
        self._since: dict[str, tuple[Signature, float]] = {}

    def has_rested(self, member: Member) -> bool:
        """Whether a file has not changed for so long that nobody writes it any more."""
        if self._clock() - member.status.st_mtime_ns / 1e9 >= PATIENCE_SECONDS:
            return True
        now = self._now()
        signature, since = self._since.get(member.path, (None, now))
        if signature != member.signature:
            since = now
        self._since[member.path] = (member.signature, since)
        return now - since >= PATIENCE_SECONDS

    def is_recent(self, member: Member) -> bool:
        """Whether a file was made, renamed or written just now."""
        return self._clock() - member.status.st_ctime < PATIENCE_SECONDS

    def is_changing(self, member: Member) -> bool:
        """Whether a file is another than when it was looked at before."""
        known = self._since.get(member.path)
        return known is not None and known[0] != member.signature

    def wait_for(self, member: Member, look: Look) -> None:
        """It is unfinished, or cannot be read at present: nothing is certain, unless it has been so for long."""
        look.is_waiting = look.is_waiting or not self.has_rested(member)


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a file was found to hold: the beginning of a generation that is read from another file."""

    number: int
    head: bytes
    end: int
    window: bytes


class OpenCopies:
    """Copies of what is being read: they are not compared whole at every look."""

    def __init__(self) -> None:
        """None is known yet."""
        self._copies: dict[Signature, _Copy] = {}

    def add(self, member: Member, number: int, head: bytes, end: int, window: bytes = b"") -> None:
        """A file holds the first `end` bytes of a generation, which begin and end so."""
        self._copies[member.signature] = _Copy(number, head, end, window)

    def has(self, member: Member, look: Look) -> bool:
        """Whether a file is a copy of what is read from another, and that has not changed since."""
        copy = self._copies.get(member.signature)
        reader = look.open.get(copy.number) if copy is not None else None
        if copy is None or reader is None:
            return False
        if not isinstance(reader, Reader):
            return True
        fd = reader.fileno()
        return (
            os.fstat(fd).st_size >= copy.end
            and os.pread(fd, len(copy.head), 0) == copy.head
            and os.pread(fd, len(copy.window), copy.end - len(copy.window)) == copy.window
        )
