"""What is known of every generation of one log: how far it was read, and how its bytes are told.

The rule is a composite, since no single sign is safe. Inodes are given again at once; first bytes
are shared by logs that begin with a header; the bytes before an offset may be a header too, when
the offset is small. So a file goes on where a known generation stood if its first bytes *and* the
bytes before the offset are the same, and of all that fit, the one that was read furthest is meant.
An offset of 0 proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from glance.domain.logs.checkpoint import HEAD_BYTES, Checkpoint
from glance.sources.family import Signature
from glance.sources.generation import Identity

KNOWN_GENERATIONS = 256
"""Generations that are remembered at least; more while their files are still there."""

ReadAt = Callable[[int, int], bytes]
"""Bytes of a file: how many, from where; as `os.pread` has it."""


class Ledger:
    """The checkpoints of one log."""

    def __init__(self, source: str, checkpoints: Sequence[Checkpoint] = ()) -> None:
        """Know what another process knew.

        Args:
            source: absolute path of the log.
            checkpoints: as they were recorded, in any order.
        """
        self.source = source
        self._known = {checkpoint.generation: checkpoint for checkpoint in checkpoints}
        self._recorded = dict(self._known)
        self._dirty: dict[int, None] = {}
        self.is_fresh = not checkpoints
        """Nobody has ever looked at this log before."""

    def __iter__(self) -> Iterator[Checkpoint]:
        """Every generation, in the order in which they were met."""
        return iter(tuple(self._known.values()))

    def get(self, number: int) -> Checkpoint | None:
        """What is known of a generation."""
        return self._known.get(number)

    def put(self, checkpoint: Checkpoint) -> None:
        """This is how it stands with a generation now."""
        number = checkpoint.generation
        self._known[number] = checkpoint
        if self._recorded.get(number) == checkpoint:
            self._dirty.pop(number, None)
        else:
            self._dirty[number] = None

    @property
    def changed(self) -> tuple[Checkpoint, ...]:
        """What differs from the record."""
        return tuple(self._known[number] for number in self._dirty)

    def acknowledge(self, recorded: Sequence[Checkpoint]) -> None:
        """These are on record now."""
        for checkpoint in recorded:
            number = checkpoint.generation
            self._recorded[number] = checkpoint
            if self._known.get(number) in (checkpoint, None):
                self._dirty.pop(number, None)

    def active(self) -> list[Checkpoint]:
        """Generations that had the name or were held when they were last seen."""
        return [checkpoint for checkpoint in self._known.values() if checkpoint.state == "active"]

    def saw(self, known: Checkpoint, path: str, signature: Signature, version: int | None) -> None:
        """All that is wanted of a generation was read, and here it is now."""
        device, inode, size, modified_ns = signature
        self.put(
            replace(
                known,
                path=path,
                device=device,
                inode=inode,
                inode_version=version,
                size=size,
                modified_ns=modified_ns,
            )
        )

    def settled(self, signature: Signature) -> Checkpoint | None:
        """The generation of which a file held all that was wanted, when it looked as it does now."""
        for known in self._known.values():
            same = (known.device, known.inode, known.size, known.modified_ns) == signature
            if same and known.state != "active":
                return known
        return None

    def lower(self, number: int, low: int) -> None:
        """Bytes from `low` on were read, that stand before those read until now."""
        checkpoint = self._known.get(number)
        if checkpoint is not None:
            self.put(replace(checkpoint, low=low))

    def retire(self, number: int) -> None:
        """It was read to its end: kept, so that a copy of it is known; unless it held nothing, and is not on record."""
        checkpoint = self._known.get(number)
        if checkpoint is None:
            return
        if not checkpoint.size and number not in self._recorded:
            del self._known[number]
            self._dirty.pop(number, None)
        elif checkpoint.state == "active":
            self.put(replace(checkpoint, state="retired"))

    def forget_old(self, present: set[int]) -> None:
        """Forget the oldest, but none that is read and none whose file is still there."""
        for number in tuple(self._known):
            if len(self._known) <= KNOWN_GENERATIONS:
                return
            if number not in present and self._known[number].state != "active" and number not in self._dirty:
                del self._known[number]
                self._recorded.pop(number, None)

    def matches(self, read_at: ReadAt, size: int, identity: Identity | None = None) -> list[Checkpoint]:
        """Generations whose bytes a file holds, the one that was read furthest first.

        Args:
            read_at: reads the file.
            size: of the file.
            identity: of the file.
        """
        head = read_at(HEAD_BYTES, 0)
        found = [
            known
            for known in self._known.values()
            if known.offset <= size
            and begins_like(head, known)
            and _proves(known, is_same_file=(known.device, known.inode) == identity)
            and (window := known.window) == read_at(len(window), known.offset - len(window))
        ]
        # Of two that stand at the same place, the one of which more is known to be here, the one that was not
        # finished, the one whose file this is; or else the newer one.
        found.reverse()
        found.sort(
            key=lambda known: (
                known.offset,
                head.startswith(known.head) and len(known.head),
                known.state == "active",
                (known.device, known.inode) == identity,
            ),
            reverse=True,
        )
        return found

    @property
    def tellable(self) -> tuple[Checkpoint, ...]:
        """Generations of which a copy in another file can be told."""
        return tuple(known for known in self._known.values() if _proves(known, is_same_file=False))

    def longer_than(self, head: bytes, size: int) -> bool:
        """Whether something that begins so may be the unfinished copy of a generation that was read further."""
        return bool(head) and any(
            known.offset > size and known.head.startswith(head[: len(known.head)]) for known in self._known.values()
        )

    def unopened(self, head: bytes, size: int, modified_ns: int) -> Checkpoint | None:
        """The archive that was there before anybody looked, and was never unpacked, of which this is another shape.

        Renamed it has the same size; unpacked or packed anew it has the same time.
        """
        for known in self._known.values():
            is_archive = known.state == "ignored" and not known.offset
            is_same = known.size == size or known.modified_ns // 10**9 == modified_ns // 10**9
            if is_archive and is_same and head.startswith(known.head):
                return known
        return None


def begins_like(head: bytes, known: Checkpoint) -> bool:
    """Whether first bytes are those that were read of a generation. A line that was unfinished may be gone."""
    return head.startswith(known.head[: known.offset] if known.offset else known.head)


def _proves(known: Checkpoint, *, is_same_file: bool) -> bool:
    """Whether the bytes that are kept of a generation can tell it from others."""
    if known.offset:
        return is_same_file or bool(known.window.strip(b"\0"))
    return known.state == "active" and (is_same_file or bool(known.head))
