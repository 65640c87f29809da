"""Tells whose bytes a rotated file holds, and opens it when there are some to be read."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace

from glance.domain.logs.checkpoint import Checkpoint
from glance.errors import SourceError
from glance.sources.family import Member
from glance.sources.generation import inode_version, proof_at
from glance.sources.ledger import Ledger
from glance.sources.look import Look, OpenCopies, Patience
from glance.sources.reader import Reader
from glance.sources.reader_maker import ReaderMaker
from glance.sources.regular_file import OpenFile, open_file
from glance.sources.sameness import is_beginning
from glance.sources.unpacking import is_same_beginning


@dataclass(frozen=True, slots=True)
class PlainMembers:
    """The rotated files of one log that are not compressed."""

    ledger: Ledger
    maker: ReaderMaker
    patience: Patience
    copies: OpenCopies

    async def reader(self, member: Member, look: Look) -> Reader | None:
        """A reader of a file, if there is anything in it to be read."""
        try:
            file = await open_file(member.path)
        except (OSError, SourceError):
            self.patience.wait_for(member, look)
            return None
        status = os.fstat(file.fileno())
        reader = None
        if (status.st_dev, status.st_ino) != member.identity:
            look.has_moved = True
        else:
            reader = await self._claim(file, status.st_size, member, look)
        if reader is None:
            await file.close()
        return reader

    async def _claim(self, file: OpenFile, size: int, member: Member, look: Look) -> Reader | None:
        """Find out which generation an open file holds; a reader, if it holds more of it than was read."""
        fd = file.fileno()
        found = self.ledger.matches(lambda length, at: os.pread(fd, length, at), size, member.identity)
        if not any(_is_of(known, member) for known in found) and self._is_open_copy(fd, size, member, look):
            return None
        for known in found:
            number = known.generation
            if number in look.open or number in look.claimed:
                if await self._is_copy(member, look, number):
                    return None
                continue  # it only begins alike
            if not _is_of(known, member) and await asyncio.to_thread(_is_part, fd, size, member, look):
                self.patience.wait_for(member, look)
                return None
            look.claimed[number] = member
            if known.state == "active" or size > known.offset:
                return self.maker.plain(file, known, seen_path=member.path)
            self.ledger.saw(known, member.path, member.signature, inode_version(fd))
            return None
        return await self._meet(file, size, member, look)

    async def _meet(self, file: OpenFile, size: int, member: Member, look: Look) -> Reader | None:
        """A file that holds no known generation: one that was never read, unless it is to be passed over."""
        fd = file.fileno()
        if not size:  # the server may still be about to write to it
            return self.maker.plain(file, seen_path=member.path) if self.patience.is_recent(member) else None
        head, window = proof_at(fd, size)
        known = self.ledger.unopened(head, member.status.st_size, member.status.st_mtime_ns)
        if known is not None:
            unpacked = replace(known, low=size, offset=size, head=head, window=window)
            self.ledger.saw(unpacked, member.path, member.signature, inode_version(fd))
            return None
        is_part = await asyncio.to_thread(_is_part, fd, size, member, look)
        if is_part or (self.ledger.longer_than(head, size) and not self.patience.has_rested(member)):
            self.patience.wait_for(member, look)
            return None
        return self.maker.plain(file, seen_path=member.path)

    def _is_open_copy(self, fd: int, size: int, member: Member, look: Look) -> bool:
        """Whether all of a file is what one that is open begins with; also when that cannot be told just now."""
        for number, reader in look.open.items():
            if isinstance(reader, Reader):
                if not reader.is_intact:  # truncated just now: the next look tells
                    look.is_waiting = True
                    return True
                if is_beginning(fd, reader.fileno()):
                    self.copies.add(member, number, *_ended(fd, size))
                    return True
        return False

    async def _is_copy(self, member: Member, look: Look, number: int) -> bool:
        """Whether a file that fits a generation is a copy of the file, not open as such, that holds it."""
        reader = look.open.get(number)
        if isinstance(reader, Reader):
            return False
        original = reader if reader is not None else look.claimed[number]
        path = original.path if isinstance(original, Member) else original.seen_path
        try:
            is_copy = await asyncio.to_thread(is_same_beginning, member.path, path)
        except OSError:
            is_copy = True
            look.has_moved = True
        if not (member.is_there() and original.is_there()):  # renamed meanwhile: others may have been compared
            look.has_moved = True
            return True
        return is_copy


def _is_of(known: Checkpoint, member: Member) -> bool:
    """Whether a file is the one in which a generation was last seen."""
    return (known.device, known.inode) == member.identity


def _ended(fd: int, size: int) -> tuple[bytes, int, bytes]:
    """The first bytes of a file, its size, and the last ones."""
    head, window = proof_at(fd, size)
    return head, size, window


def _is_part(fd: int, size: int, member: Member, look: Look) -> bool:
    """Whether a file is the beginning of a longer one: a copy that is still made, or that nobody finished."""
    for reader in look.open.values():
        if isinstance(reader, Reader) and reader.generation.identity != member.identity:
            other = reader.fileno()
            if reader.is_intact and os.fstat(other).st_size > size and is_beginning(fd, other):
                return True
    for beside in look.order:
        is_shorter = not beside.is_archive and beside.status.st_size <= size
        try:
            if beside is not member and not is_shorter and is_same_beginning(member.path, beside.path, is_longer=True):
                look.has_moved |= not (member.is_there() and beside.is_there())
                return True
        except OSError:  # renamed just now
            look.has_moved = True
    return False
