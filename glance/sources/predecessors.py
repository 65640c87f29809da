"""Finds out what the predecessors of a log hold that was not read: in its rotated, copied and compressed files.

Names say only who belongs to the family; what was read of whom, the bytes say. So it does not
matter how often a log was rotated between two looks, or under what name its rest turns up.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Sequence

from glance.domain.logs.checkpoint import Checkpoint
from glance.errors import SourceError
from glance.sources.family import Member, may_not_recur, members
from glance.sources.generation import Identity, new_number, proof_at
from glance.sources.ledger import Ledger
from glance.sources.look import Findings, Look, OpenCopies, Patience
from glance.sources.packed_members import PackedMembers
from glance.sources.plain_members import PlainMembers
from glance.sources.reader import Reader
from glance.sources.reader_maker import AnyReader, ReaderMaker
from glance.sources.regular_file import open_regular
from glance.sources.unpacking import first_bytes

MOST_AT_ONCE = 16
"""Predecessors that are opened by one look; the rest waits until these are read."""

_AGAIN_SECONDS = 2.0
_TRIES = 4


class Predecessors:
    """The rotated files of one log."""

    def __init__(
        self,
        path: str,
        ledger: Ledger,
        maker: ReaderMaker,
        *,
        now: Callable[[], float],
        clock: Callable[[], float],
        wanted: Collection[str] = (),
    ) -> None:
        """Look at nothing yet.

        Args:
            path: the log.
            ledger: what is known of it.
            maker: makes readers.
            now: a clock that never goes back, in seconds.
            clock: tells the time, in seconds since the epoch.
            wanted: predecessors to be read although they were there before anybody looked.
        """
        self._path = path
        self._ledger = ledger
        self._now = now
        self._clock = clock
        self._wanted = {os.path.realpath(one) for one in wanted}
        self._patience, self._copies = Patience(now, clock), OpenCopies()
        self._plain = PlainMembers(ledger, maker, self._patience, self._copies)
        self._packed = PackedMembers(ledger, maker, self._patience, self._copies)
        self._folder: tuple[int, int] | None = None
        self._settled: tuple[object, ...] | None = None
        """State of the family of which nothing was left to find out."""
        self._has_looked = False
        self._again_at: float | None = None
        self.has_more = False
        """There are more to be read than were opened."""

    @property
    def is_due(self) -> bool:
        """Whether it is time to look: something appeared, went or was renamed beside the log, or is unfinished."""
        if self._again_at is not None and self._now() >= self._again_at:
            return True
        return self._folder_state() != self._folder

    def look_again(self) -> None:
        """Look again soon."""
        self._again_at = self._now() + _AGAIN_SECONDS

    async def look(self, readers: Sequence[AnyReader]) -> Findings:
        """Look at every file of the family.

        Args:
            readers: what is open: the predecessors that are held, and the file that has the name.
        """
        findings = Findings()
        if self._ledger.is_fresh:
            await self._ignore_all()
        self._note_folder()
        state = self._state(readers)
        if state == self._settled:  # other files in the directory changed, not these
            return findings
        for _ in range(_TRIES):
            look = await self._look_once([*readers, *findings.readers], MOST_AT_ONCE - len(findings.readers))
            findings.readers += [look.found[one.identity] for one in look.order if one.identity in look.found]
            if not look.has_moved and not self._is_unsettled(look):
                break
            self.look_again()
        else:
            return findings
        if not (look.is_waiting or self.has_more):
            findings.missing = self._missing(look)
            findings.missed = 0 if self._has_looked else look.numbers_missed(self._ledger)
            self._settled = None if findings.readers or look.has_doubt else state
        self._has_looked = True
        self._ledger.forget_old(set(look.claimed))
        return findings

    def original_of(self, known: Checkpoint, identity: Identity, size: int) -> str:
        """The file that holds a generation more likely than this one, of which the bytes fit too.

        That in which it was last seen, if it is still there; or a copy, where this file is shorter than it was.
        """
        is_same = (known.device, known.inode) == identity
        if is_same and size >= known.size:
            return ""
        for member in self._members():
            is_other = is_same and member.status.st_size >= known.size
            if not member.is_archive and (is_other or member.identity == (known.device, known.inode)):
                try:
                    fd = open_regular(member.path)
                except (OSError, SourceError):
                    continue
                try:
                    is_there = proof_at(fd, known.offset)[1] == known.window
                finally:
                    os.close(fd)
                if is_there:
                    return member.path
        return ""

    async def _look_once(self, readers: Sequence[AnyReader], most: int) -> Look:
        """Look at the files as they are called now."""
        self.has_more = False
        self._note_folder()
        look = Look({reader.number: reader for reader in readers}, self._members())
        for member in sorted(look.order, key=lambda one: one.is_archive):  # plain files first: they are certain
            if len(look.found) >= most:
                self.has_more = True
                break
            await self._look_at(member, look)
        if look.is_waiting or look.has_doubt:
            self.look_again()
        return look

    async def _look_at(self, member: Member, look: Look) -> None:
        """Find out what one file holds."""
        for reader in look.open.values():
            if _identity_of(reader) == member.identity:
                reader.seen_path = member.path
                look.claimed[reader.number] = member
                return
        found = None
        if not self._copies.has(member, look):
            found = await (self._packed if member.is_archive else self._plain).reader(member, look)
        if found is None:
            look.has_doubt |= self._copies.has(member, look) and self._patience.is_recent(member)
        else:
            look.claimed[found.number] = member
            look.found[member.identity] = look.open[found.number] = found

    def _members(self) -> list[Member]:
        """The files of the family, and others in which active generations were last seen."""
        return members(self._path, [known.path for known in self._ledger.active()])

    def _is_unsettled(self, look: Look) -> bool:
        """Whether a generation is missing that may have been renamed while the names were read."""
        if look.is_waiting or self.has_more or not self._missing(look):
            return False
        return {(one.path, one.identity) for one in self._members()} != {(one.path, one.identity) for one in look.order}

    def _missing(self, look: Look) -> list[Checkpoint]:
        """Active generations that are nowhere."""
        return [
            known
            for known in self._ledger.active()
            if known.generation not in look.open and known.generation not in look.claimed
        ]

    async def _ignore_all(self) -> None:
        """Enter the files that were there before anybody looked, so that they are known again."""
        for member in self._members():
            if os.path.realpath(member.path) in self._wanted or not member.status.st_size:
                continue
            if member.is_archive:  # not unpacked: its first bytes must do
                self._ignore(member, 0, await asyncio.to_thread(first_bytes, member.path), b"")
                continue
            try:
                fd = open_regular(member.path)
            except (OSError, SourceError):
                continue
            try:
                size = os.fstat(fd).st_size
                self._ignore(member, size, *proof_at(fd, size))
            finally:
                os.close(fd)
        self._ledger.is_fresh = False

    def _ignore(self, member: Member, size: int, head: bytes, window: bytes) -> None:
        """Enter a file that was there before anybody looked."""
        device, inode, file_size, modified_ns = member.signature
        self._ledger.put(
            Checkpoint(
                source=self._ledger.source,
                generation=new_number(),
                path=member.path,
                device=device,
                inode=inode,
                inode_version=None,
                low=size,
                offset=size,
                head=head,
                window=window,
                size=file_size,
                modified_ns=modified_ns,
                state="ignored",
                is_skipping=bool(window) and not window.endswith(b"\n"),
            )
        )

    def _state(self, readers: Sequence[AnyReader]) -> tuple[object, ...]:
        """What decides the answer of a look."""
        family = [(member.path, member.signature) for member in self._members()]
        return (family, [reader.number for reader in readers], [known.generation for known in self._ledger.active()])

    def _note_folder(self) -> None:
        """Look again when names in the directory change after this moment."""
        self._again_at = None
        self._folder = self._folder_state()
        if self._folder is not None and not may_not_recur(self._folder[1], self._clock()):
            self.look_again()  # what happens right now may not show

    def _folder_state(self) -> tuple[int, int] | None:
        """When names in the log's directory changed last."""
        try:
            status = os.stat(os.path.dirname(self._path) or ".")
        except OSError:
            return None
        return (status.st_ino, status.st_mtime_ns)


def _identity_of(reader: AnyReader) -> Identity | None:
    """The file a reader reads."""
    return reader.generation.identity if isinstance(reader, Reader) else reader.identity
