"""The generations of one log that are open, and what becomes of them when the name comes to other bytes."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

from glance.domain.logs.checkpoint import WINDOW_BYTES, Checkpoint, GenerationState
from glance.domain.logs.gap import GapReason
from glance.errors import SourceError
from glance.sources.chunk import Chunk
from glance.sources.family import has_archive_name
from glance.sources.generation import Generation, Identity
from glance.sources.held import HeldReaders
from glance.sources.ledger import Ledger
from glance.sources.predecessors import Predecessors
from glance.sources.reader import Reader
from glance.sources.reader_maker import AnyReader, ReaderMaker
from glance.sources.regular_file import not_regular, open_file, reason_in_words
from glance.sources.sameness import are_same_so_far, has_same_beginning
from glance.sources.standing import Standing

_MOST_ROUNDS = 8
"""A file that is rewritten each time it is read must not keep others from their turn."""


class Lineage:
    """The file that has the name, and those that had it before, while they are open."""

    def __init__(
        self,
        path: str,
        ledger: Ledger,
        *,
        maker: ReaderMaker,
        predecessors: Predecessors,
        standing: Standing,
        held: HeldReaders,
        start: int = 0,
    ) -> None:
        """Open nothing yet.

        Args:
            path: the name.
            ledger: what is known of the log.
            maker: makes readers.
            predecessors: finds what else there is to read.
            standing: takes what is to be said.
            held: takes readers of files that lost the name.
            start: where to begin in a log that nobody has looked at before.
        """
        self.start = start
        self.current: Reader | None = None
        self.held = held
        self.is_resumed = False
        self.rotations_total = 0
        self.truncations_total = 0
        self._path = path
        self._ledger = ledger
        self._maker = maker
        self._losses = maker.losses
        self._predecessors = predecessors
        self._standing = standing
        self._unfinished: dict[int, bytes] = {}
        """Lines without newline of generations that were truncated, until it is known whether a copy goes on."""
        self._waiting: list[Chunk] = []
        """To be handed out by the next poll."""
        self._failed: set[int] = set()
        """Generations that could not be read on."""
        self._last = 0
        """Number of the generation that had the name last."""
        self._is_look_due = True

    @property
    def readers(self) -> list[AnyReader]:
        """Every file that is open, oldest first, the one that has the name last."""
        return [*self.held.readers, self.current] if self.current else self.held.readers

    @property
    def is_look_wanted(self) -> bool:
        """Whether it is time to look at the predecessors."""
        return self._is_look_due or self._predecessors.is_due

    def record(self, reader: AnyReader, state: GenerationState = "active") -> None:
        """Enter how far a generation was read."""
        self._ledger.put(reader.checkpoint(self._ledger.source, state))

    async def read(self, most_bytes: int) -> tuple[list[Chunk], bool]:
        """Whole lines out of about the next `most_bytes`, and whether that is all there is for now."""
        chunks, self._waiting = self._waiting, []
        is_at_end = False
        await self.follow_name()
        for _ in range(_MOST_ROUNDS):
            await self._look_around(chunks)
            is_at_end = await self._read_all(chunks, most_bytes)
            if is_at_end:
                await self._let_go(chunks)
                self._is_look_due = self._is_look_due or self._predecessors.has_more
                is_at_end = not self._is_look_due
            if is_at_end or _size(chunks) >= most_bytes:
                break
        for reader in self.readers:
            self.record(reader)
        return chunks, is_at_end

    async def find_predecessors(self) -> None:
        """Look where the bytes of known generations are now."""
        await self.follow_name()
        await self._look_around(self._waiting)

    async def close(self) -> None:
        """Let go of every file."""
        readers = self.readers
        self.held.clear()
        self.current = None
        for reader in readers:
            await reader.close()

    async def follow_name(self) -> None:
        """Find out which file has the name now, and open it when it is another."""
        # Looked up in this thread: some microseconds, where a trip through another costs fifty.
        try:
            status = os.stat(self._path)
        except OSError as error:
            self._standing.is_absent(error, self._how_it_was_lost())
            return
        identity = (status.st_dev, status.st_ino)
        if self.current and self.current.generation.identity == identity:
            self._standing.trouble = ""
            return
        if not self._standing.may_try:
            return
        try:
            if not stat.S_ISREG(status.st_mode):
                raise not_regular(self._path, status.st_mode)
            reader = self.held.take(identity) or await self._open()
        except SourceError as error:
            self._standing.back_off(error.why)
        except FileNotFoundError as error:
            self._standing.is_absent(error, self._how_it_was_lost())
        except OSError as error:
            self._standing.back_off(reason_in_words(error))
        else:
            self._switch_to(reader)

    async def _open(self) -> Reader:
        """A reader of the file that has the name now: from where it was left, if it is known."""
        file = await open_file(self._path)
        status = os.fstat(file.fileno())
        identity = (status.st_dev, status.st_ino)
        if any(isinstance(one, Reader) and one.generation.identity == identity for one in self.readers):
            await file.close()
            raise FileNotFoundError  # the name was changed back meanwhile: the next poll sees what it is
        is_fresh = self._ledger.is_fresh
        known, start = self._recognise(file.fileno(), status.st_size, identity)
        self.is_resumed = known is not None
        if known is not None and (known.device, known.inode) == identity and status.st_size < known.size:
            self._losses.lost(known.generation, "truncated", status.st_size, known.size - status.st_size)
        if known is None and is_fresh:
            start = self.start if self.start <= status.st_size else 0
        self.start = 0
        return self._maker.plain(file, known, start=start, seen_path=os.path.realpath(self._path))

    def _recognise(self, fd: int, size: int, identity: Identity, over: int = 0) -> tuple[Checkpoint | None, int]:
        """The generation whose bytes the file with the name holds; if none, where to begin in a new one.

        Args:
            fd: the file.
            size: of it.
            identity: of it.
            over: number of the generation that is over in it.
        """
        readers = {reader.number: reader for reader in self.readers}
        for known in self._ledger.matches(lambda length, at: os.pread(fd, length, at), size, identity):
            reader = readers.get(known.generation)
            if known.generation == over:
                continue
            if reader is None:
                original = self._predecessors.original_of(known, identity, size)
                if not original:
                    return known, 0
                if has_same_beginning(fd, original):
                    return None, known.offset  # a copy of what was read has taken the name
            elif isinstance(reader, Reader) and are_same_so_far(fd, reader.fileno()):
                return None, known.offset
        return None, 0

    def _switch_to(self, reader: Reader) -> None:
        """Another file has the name now, or the same one is open again."""
        old = self.current
        if old is not None:
            self.held.add(old)
        if self._last and self._last != reader.number:
            self.rotations_total += 1
            self._standing.say(self._change_in_words(old))
            self._is_look_due = True
        self.current, self._last = reader, reader.number
        reader.measure()
        self._standing.is_well()

    async def _look_around(self, chunks: list[Chunk]) -> None:
        """Look at the predecessors when it is time: hold what is to be read, give up what is nowhere."""
        if not self.is_look_wanted:
            return
        if not all(reader.is_intact for reader in self.readers if isinstance(reader, Reader)):
            self._is_look_due = True  # first the one that was truncated has to be known for it
            return
        self._is_look_due = False
        findings = await self._predecessors.look(self.readers)
        for reader in findings.readers:
            self._unfinished.pop(reader.number, None)
            self.held.add(reader)
            self.record(reader)
        for known in findings.missing:
            self._give_up(known, chunks)
        for _ in range(findings.missed):
            self._losses.lost(0, "rotated_away")
        for known in self._ledger:
            if known.state != "active" and known.generation in self._unfinished:
                del self._unfinished[known.generation]

    def _give_up(self, known: Checkpoint, chunks: list[Chunk]) -> None:
        """A generation is nowhere any more: hand out its unfinished line, and count what was not read."""
        last = self._unfinished.pop(known.generation, b"")
        if last:
            generation = Generation(self._path, known.device, known.inode, known.generation, known.inode_version)
            chunks.append(Chunk(self._path, generation, known.offset, last, is_partial=True))
        rest = 0 if has_archive_name(known.path) else max(0, known.size - known.offset - len(last))
        end = known.offset + len(last)
        is_here = self.current is not None and self.current.generation.identity == (known.device, known.inode)
        if known.size or known.offset:
            is_failed = known.generation in self._failed
            reason: GapReason = "unreadable" if is_failed else "truncated" if is_here else "rotated_away"
            self._losses.lost(known.generation, reason, end, rest)
        self._ledger.put(
            replace(
                known,
                offset=end,
                window=(known.window + last)[-WINDOW_BYTES:],
                is_skipping=known.is_skipping or bool(last),
                state="retired",
            )
        )

    async def _read_all(self, chunks: list[Chunk], most_bytes: int) -> bool:
        """Read everything that is open, the older first, each to its end; False when there is more."""
        readers = self.held.readers if self._predecessors.has_more else self.readers
        for reader in readers:
            try:
                await reader.read_into(chunks, most_bytes - _size(chunks))
            except OSError as error:
                await self._drop(reader, error)
                continue
            if reader.is_rewritten and isinstance(reader, Reader):
                self._renew(reader)
                return False
            if not reader.is_at_end or _size(chunks) >= most_bytes:
                return False
        return True

    def _renew(self, old: Reader) -> None:
        """The file was truncated or rewritten: its next generation begins at byte 0."""
        self.truncations_total += 1
        size = os.fstat(old.fileno()).st_size
        self._standing.say("was truncated" if size < old.offset else "was rewritten")
        self.record(old)
        if old.pending:
            self._unfinished[old.number] = old.pending
        known, start = self._recognise(old.fileno(), size, old.generation.identity, old.number)
        reader = self._maker.plain(old.hand_over(), known, start=start, seen_path=old.seen_path)
        self.held.replace(old, reader)
        if old is self.current:
            self.current, self._last = reader, reader.number
        self._is_look_due = True

    async def _drop(self, reader: AnyReader, error: OSError) -> None:
        """Reading failed: enter the place, and open the file again later."""
        self.record(reader)
        self._failed.add(reader.number)
        self.held.remove(reader)
        if reader is self.current:
            self.current = None
            self._standing.back_off(reason_in_words(error))
        else:
            self._predecessors.look_again()
        await reader.close()

    async def _let_go(self, chunks: list[Chunk]) -> None:
        """Close files that lost their name and have been quiet for long enough."""
        is_replaced = self.current is not None and self.current.size > 0
        for reader in self.held.let_go(chunks, is_replaced=is_replaced):
            self.record(reader, "retired")
            self._ledger.retire(reader.number)
            self._failed.discard(reader.number)
            await reader.close()

    def _change_in_words(self, old: Reader | None) -> str:
        """How the name came to another file."""
        if os.path.islink(self._path):
            return "leads to another file now"
        return "was deleted and created anew" if old is not None and _is_deleted(old) else "was rotated"

    def _how_it_was_lost(self) -> str:
        """Why the name leads nowhere."""
        if self.current is None:
            return "was moved away; waiting for a new one" if self._last else "does not exist yet"
        if _is_deleted(self.current):
            return "was deleted; waiting for a new one"
        return "was moved away; waiting for a new one"


def _is_deleted(reader: Reader) -> bool:
    """Whether no path leads to a file any more."""
    return os.fstat(reader.fileno()).st_nlink == 0


def _size(chunks: list[Chunk]) -> int:
    """Bytes of lines."""
    return sum(len(chunk.data) for chunk in chunks)
