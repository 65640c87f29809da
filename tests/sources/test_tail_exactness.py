"""Whatever is done to a log between two polls, each of its bytes is handed out once, in order."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from glance.sources.chunk import Chunk
from glance.sources.tail import Tail

ACTIONS = ("append", "append", "part", "poll", "poll", "poll a little", "rename", "copytruncate")
MORE_ACTIONS = ("write to the renamed", "write to the renamed", "delete", "switch", "switch back", "wait")


class World:
    """A log, what befalls it, and what must come out: the bytes of each life of a file."""

    def __init__(self, directory: Path, *, is_link: bool, chunk_bytes: int) -> None:
        self.at = 0.0
        self.directory = directory
        self.is_link = is_link
        self.path = directory / "access.log"
        self.file = directory / "target.0" if is_link else self.path
        self.made = 0
        self.words = 0
        self.lives: list[bytearray] = []
        self.life_of: dict[Path, bytearray] = {}
        self.renamed: list[Path] = []
        self.earlier: list[Path] = []
        self.is_seen = False
        self.received: list[Chunk] = []
        self.begin()
        if is_link:
            self.path.symlink_to(self.file)
        self.tail = Tail(self.path, chunk_bytes=chunk_bytes, line_limit=10_000, now=lambda: self.at)

    def begin(self) -> None:
        """A new life of the file with the name."""
        self.file.touch()
        self.life_of[self.file] = bytearray()
        self.lives.append(self.life_of[self.file])
        self.is_seen = False

    def write(self, file: Path, data: bytes) -> None:
        with file.open("ab") as out:
            out.write(data)
        self.life_of[file] += data

    def word(self) -> bytes:
        """Bytes that are never written twice."""
        self.words += 1
        return b"%06d" % self.words

    async def poll(self, most_bytes: int = 1 << 20) -> None:
        self.received += await self.tail.poll(most_bytes)
        self.is_seen = True

    async def poll_all(self) -> None:
        await self.poll()
        while not self.tail.is_at_end:
            await self.poll()

    async def act(self, action: str, size: int) -> None:
        """Let one thing befall the log."""
        if action == "append":
            self.write(self.file, b"".join(self.word() + b"\n" for _ in range(size)))
        elif action == "part":
            self.write(self.file, self.word())
        elif action == "poll":
            await self.poll_all()
        elif action == "poll a little":
            await self.poll(size)
        elif action == "write to the renamed" and self.renamed:
            self.write(self.renamed[-1], self.word() + b"\n")
        elif action == "copytruncate":
            await self.poll_all()
            shutil.copy(self.file, self.directory / f"copy.{len(self.lives)}")
            os.truncate(self.file, 0)
            self.begin()
        elif action == "wait":
            await self.poll_all()
            self.at += 100
            self.renamed.clear()
        else:
            await self.replace(action)

    async def replace(self, action: str) -> None:
        """Let another file have the name. One that no poll ever saw could not be found again: look first."""
        if not self.is_seen:
            await self.poll(1)
        self.made += 1
        if action == "rename":
            old = self.file.rename(self.directory / f"old.{self.made}")
            self.life_of[old] = self.life_of.pop(self.file)
            self.renamed.append(old)
            self.earlier.append(old)
            self.begin()
        elif action == "delete":
            self.file.unlink()
            self.begin()
        elif action == "switch" and self.is_link:
            self.earlier.append(self.file)
            self.file = self.directory / f"target.{self.made}"
            self.begin()
            self.relink()
        elif action == "switch back" and self.is_link and self.earlier:
            self.earlier.append(self.file)
            self.file = self.earlier.pop(0)
            self.relink()
            self.is_seen = False

    def relink(self) -> None:
        """Let the name lead to the present file."""
        fresh = self.directory / "fresh"
        fresh.symlink_to(self.file)
        fresh.replace(self.path)

    async def end(self) -> None:
        await self.poll_all()
        self.received += await self.tail.finish()
        await self.tail.close()


async def live(directory: Path, actions: list[tuple[str, int]], *, is_link: bool, chunk_bytes: int) -> World:
    world = World(directory, is_link=is_link, chunk_bytes=chunk_bytes)
    for action, size in actions:
        await world.act(action, size)
    await world.end()
    return world


@settings(max_examples=200, deadline=None)
@given(
    actions=st.lists(st.tuples(st.sampled_from(ACTIONS + MORE_ACTIONS), st.integers(1, 40)), min_size=15, max_size=50),
    is_link=st.booleans(),
    chunk_bytes=st.sampled_from([5, 7, 64, 1000]),
)
def test_every_byte_of_every_life_comes_once_and_in_order(actions, is_link, chunk_bytes):
    with tempfile.TemporaryDirectory() as directory:
        world = asyncio.run(live(Path(directory), actions, is_link=is_link, chunk_bytes=chunk_bytes))

    received: defaultdict[int, bytearray] = defaultdict(bytearray)
    for chunk in world.received:
        assert chunk.offset == len(received[chunk.generation.number])
        assert chunk.is_partial or chunk.data.endswith(b"\n")
        received[chunk.generation.number] += chunk.data

    assert sorted(map(bytes, received.values())) == sorted(bytes(life) for life in world.lives if life)
    assert world.tail.status.lost_bytes == 0
    assert world.tail.status.long_lines_total == 0
