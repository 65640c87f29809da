"""Tells whose bytes a compressed log holds, and unpacks what of them was not read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from glance.domain.logs.checkpoint import Checkpoint
from glance.sources.family import Member, Signature
from glance.sources.ledger import Ledger
from glance.sources.look import Look, OpenCopies, Patience
from glance.sources.reader import Reader
from glance.sources.reader_maker import ReaderMaker
from glance.sources.unpacked import UnpackedReader
from glance.sources.unpacking import Survey, is_same_beginning, is_unpacked_beginning, survey


@dataclass(frozen=True, slots=True)
class PackedMembers:
    """The compressed predecessors of one log."""

    ledger: Ledger
    maker: ReaderMaker
    patience: Patience
    copies: OpenCopies
    _broken: set[Signature] = field(default_factory=set)
    """Archives without their end: unpacked again when they have changed, or have rested."""
    _digests: dict[int, bytes] = field(default_factory=dict)
    """Of archives that are read."""

    async def reader(self, member: Member, look: Look) -> UnpackedReader | None:
        """A reader of an archive, if there is anything in it to be read."""
        known = self.ledger.settled(member.signature)
        if known is not None:  # as it was when all of it was read, or passed over: not unpacked again
            look.claimed.setdefault(known.generation, member)
            self.ledger.saw(known, member.path, member.signature, None)
            return None
        is_changing = self.patience.is_changing(member)
        is_final = self.patience.has_rested(member)
        if not is_final and (is_changing or member.signature in self._broken):
            self.patience.wait_for(member, look)
            return None
        found = await asyncio.to_thread(survey, member.path, self.ledger.tellable)
        if not member.is_there():  # it was renamed meanwhile, so that something else may have been unpacked
            look.has_moved = True
            return None
        if not found.is_whole and not is_final:
            self._broken.add(member.signature)
            self.patience.wait_for(member, look)
            return None
        self._broken.discard(member.signature)
        if not found.is_whole and await asyncio.to_thread(_is_left_over, member, look):
            return None
        number = await asyncio.to_thread(self._open_original, member.path, found, look)
        if not member.is_there():
            look.has_moved = True
            return None
        if number:
            self.copies.add(member, number, found.head, found.size)
            return None
        for one in found.found:
            if one.generation not in look.claimed and one.generation not in look.open:
                return self._rest(member, found, one, look)
            is_copy = await asyncio.to_thread(self._is_copy, member, one.generation, look)
            if is_copy is None:
                look.has_moved = True
                return None
            if is_copy:
                self.copies.add(member, one.generation, found.head, found.size)
                return None
        return self._whole(member, found, look)

    def _is_copy(self, member: Member, number: int, look: Look) -> bool | None:
        """Whether an archive that fits a generation holds what is read as this generation from another file.

        Returns:
            None when one of them was renamed meanwhile, so that others may have been compared.
        """
        reader = look.open.get(number)
        if isinstance(reader, Reader):
            is_copy = is_unpacked_beginning(member.path, reader.fileno())
            return is_copy if member.is_there() else None
        original = reader if reader is not None else look.claimed[number]
        try:
            is_copy = is_same_beginning(member.path, _path_of(original))
        except OSError:
            return None
        return is_copy if member.is_there() and original.is_there() else None

    def _rest(self, member: Member, found: Survey, known: Checkpoint, look: Look) -> UnpackedReader | None:
        """A reader of what follows after the bytes of a known generation, if anything does."""
        look.claimed[known.generation] = member
        if found.size > known.offset or (known.state == "active" and not found.is_whole):
            return self._opened(member, look, known)
        self.ledger.saw(replace(known, state="retired"), member.path, member.signature, None)
        return None

    def _whole(self, member: Member, found: Survey, look: Look) -> UnpackedReader | None:
        """A reader of an archive that holds no known generation, unless it is to be passed over."""
        unopened = self.ledger.unopened(found.head, member.status.st_size, member.status.st_mtime_ns)
        if unopened is not None:
            self.ledger.saw(unopened, member.path, member.signature, None)
            return None
        if not found.is_whole and self.ledger.longer_than(found.head, found.size):
            return None
        reader = self._opened(member, look)
        if reader is not None:
            self._digests[reader.number] = found.digest
        return reader

    def _opened(self, member: Member, look: Look, known: Checkpoint | None = None) -> UnpackedReader | None:
        """A reader of the archive that was looked at, if that still has the name."""
        reader = self.maker.archive(member.path, known)
        if reader.open() and reader.identity == member.identity:
            return reader
        look.has_moved = True
        reader.let_go()
        return None

    def _open_original(self, path: str, found: Survey, look: Look) -> int:
        """The generation that is open in another file which holds the same as an archive; 0 for none."""
        for number, reader in look.open.items():
            if isinstance(reader, Reader):
                if is_unpacked_beginning(path, reader.fileno()):
                    return number
            elif self._digests.get(number) == found.digest:
                return number
        return 0


def _path_of(original: Member | UnpackedReader) -> str:
    """Where the file is that holds a generation."""
    return original.path if isinstance(original, Member) else original.seen_path


def _is_left_over(member: Member, look: Look) -> bool:
    """Whether a broken archive was left by a compression that failed: the file itself, or a whole archive, is there."""
    for other in look.order:
        try:
            if other is not member and is_same_beginning(member.path, other.path):
                look.has_moved |= not (member.is_there() and other.is_there())
                return True
        except OSError:  # renamed just now
            look.has_moved = True
    return False
