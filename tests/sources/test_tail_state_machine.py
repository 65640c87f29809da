"""Whatever befalls a log and its reader, in any order: nothing lost, nothing doubled, nothing garbled.

A model knows where every line is. What a destroyed file held that no poll could read is outside the
contract; what was known of it must be told as a gap.
"""

from __future__ import annotations

import asyncio
import bz2
import gzip
import lzma
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.sources.bookkeeper import Bookkeeper, OldFiles, Turned, lines_of

SEQUENCES = int(os.environ.get("GLANCE_SOAK_SEQUENCES", "200"))
HEADER = b"#Fields: the same first line in every file of this log%s\n"
HEADERS = (b"", HEADER % b"", HEADER % (b", for more than a kilobyte" * 50))
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
_NAME = "access.log"


@dataclass(eq=False)
class Life:
    """One life of a file's bytes, as the model knows it."""

    lines: list[bytes] = field(default_factory=list)
    unended: bytes = b""
    is_seen: bool = False
    """A tail that still runs has it open."""
    is_gone: bool = False
    """Nothing but that tail can read its rest."""
    size: int = 0
    """Of the file when it was deleted."""


class LogMachine(RuleBasedStateMachine):
    """A log, a server that writes it, tools that rotate it, and glance."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="glance-")
        self.path = Path(self.folder.name) / _NAME
        self.lives: list[Life] = []
        self.life_of: dict[Path, Life] = {}
        self.told: set[bytes] = set()
        """Lines that may be missing, since the only file that held them was destroyed."""
        self.serial = 0
        self.late: Path | None = None
        self.header, self.is_old = b"", False
        self.destroyed_bytes = 0
        self.expected_gap = 0
        """Bytes that were known to be unread when the file was destroyed while nobody ran who could read them."""

    @initialize(header=st.sampled_from(HEADERS), is_old=st.booleans(), chunk_bytes=st.sampled_from([7, 64, 1 << 16]))
    def begin(self, *, header: bytes, is_old: bool, chunk_bytes: int) -> None:
        self.header = header
        self.is_old = is_old
        self.books = Bookkeeper(
            self.path, OldFiles() if is_old else Turned(), chunk_bytes=chunk_bytes, line_limit=10_000
        )
        self.create()
        self.poll()
        self.books.commit()

    def create(self) -> None:
        """An empty file with the name."""
        self.path.touch()
        self.renew(self.path)

    def renew(self, path: Path) -> None:
        """A life begins."""
        self.life_of[path] = Life()
        self.lives.append(self.life_of[path])
        with path.open("ab") as file:
            file.write(self.header)

    def new_line(self) -> bytes:
        self.serial += 1
        return b"%08d %s" % (self.serial, b"x" * (self.serial * 7919 % 90))

    def append(self, path: Path, count: int, part: int) -> None:
        """End the line that is under way, write some, and begin another."""
        life = self.life_of[path]
        data = b""
        for _ in range(count):
            line = self.new_line()
            if life.unended:
                begun, life.unended = life.unended, b""
                line = begun + b"+" + line[9:]
                data += line[len(begun) :] + b"\n"
            else:
                data += line + b"\n"
            life.lines.append(line)
        if part and not life.unended:
            life.unended = self.new_line()[: 8 + part]
            data += life.unended
        with path.open("ab") as file:
            file.write(data)

    @property
    def has_file(self) -> bool:
        return self.path in self.life_of

    # ------------------------------------------------------------------------------- the server

    @precondition(lambda self: self.has_file)
    @rule(count=st.integers(1, 12))
    def write(self, count: int) -> None:
        self.append(self.path, count, 0)

    @precondition(lambda self: self.has_file)
    @rule(count=st.integers(0, 2), part=st.integers(1, 30))
    def write_partly(self, count: int, part: int) -> None:
        self.append(self.path, count, part)

    @precondition(lambda self: self.late in self.life_of and (self.life_of[self.late].lines or not self.is_old))
    @rule(count=st.integers(1, 5))
    def write_to_the_old_file(self, count: int) -> None:
        assert self.late is not None
        self.append(self.late, count, 0)

    # ------------------------------------------------------------------------------ what rotates

    def shift(self) -> Path:
        """Make room for a new first predecessor, as logrotate does."""
        found = sorted(
            (path for path in self.path.parent.iterdir() if path.name.startswith(f"{_NAME}.")),
            key=lambda path: -int(path.name.split(".")[2]),
        )
        for path in found:
            parts = path.name.split(".")
            parts[2] = str(int(parts[2]) + 1)
            moved = path.rename(path.with_name(".".join(parts)))
            if path in self.life_of:
                self.life_of[moved] = self.life_of.pop(path)
        self.late = None
        return self.path.with_name(f"{_NAME}.1")

    @precondition(lambda self: self.has_file)
    @rule(is_created=st.booleans())
    def rename(self, *, is_created: bool) -> None:
        first = self.shift()
        self.path.rename(first)
        self.life_of[first] = self.life_of.pop(self.path)
        self.late = first
        if is_created:
            self.create()

    @precondition(lambda self: self.has_file and self.life_of[self.path].lines)
    @rule()
    def copytruncate(self) -> None:
        first = self.shift()
        shutil.copy(self.path, first)
        os.truncate(self.path, 0)
        self.life_of[first] = self.life_of.pop(self.path)
        self.renew(self.path)

    @precondition(lambda self: self.has_file)
    @rule(count=st.integers(0, 20))
    def truncate_and_refill(self, count: int) -> None:
        self.expect_gap()
        self.destroy(self.life_of.pop(self.path), self.path.stat().st_size)
        os.truncate(self.path, 0)
        self.renew(self.path)
        self.append(self.path, count, 0)

    @precondition(lambda self: self.has_file)
    @rule(is_created=st.booleans())
    def delete(self, *, is_created: bool) -> None:
        self.expect_gap()
        life = self.life_of.pop(self.path)
        life.size = self.path.stat().st_size
        if life.is_seen:
            life.is_gone = True
        else:
            self.destroy(life, life.size)
        self.path.unlink()
        if is_created:
            self.create()

    @precondition(lambda self: not self.has_file)
    @rule()
    def recreate(self) -> None:
        self.create()

    @rule(
        which=st.integers(0, 5), suffix=st.sampled_from(sorted(PACKERS)), is_kept=st.booleans(), is_broken=st.booleans()
    )
    def compress(self, which: int, suffix: str, *, is_kept: bool, is_broken: bool) -> None:
        plain = [path for path in self.life_of if path.name[len(_NAME) + 1 :].isdigit()]
        if which >= len(plain):
            return
        path = plain[which]
        if path == self.late:
            self.late = None  # it is compressed when the server has let go of it
        packed = path.with_name(f"{path.name}.{suffix}")
        data = PACKERS[suffix](path.read_bytes())
        packed.write_bytes(data[: len(data) // 2] if is_broken and is_kept else data)
        shutil.copystat(path, packed)
        if not is_kept:
            path.unlink()
            del self.life_of[path]

    @rule()
    def touch(self) -> None:
        for path in self.life_of:
            os.utime(path)

    def expect_gap(self) -> None:
        """The file with the name is about to be destroyed: what is known of it that was not read?"""
        if self.books.tail is not None:
            return
        status, data = self.path.stat(), self.path.read_bytes()
        for known in self.books.checkpoints.values():
            is_this = (known.device, known.inode, known.state) == (status.st_dev, status.st_ino, "active")
            # After no more than a header that all files share, nobody can tell the next file from this one.
            if (
                is_this
                and known.offset > len(self.header)
                and data[: known.offset].endswith(known.window)
                and data.startswith(known.head)
            ):
                self.expected_gap += known.size - known.offset

    def destroy(self, life: Life, size: int) -> None:
        """Its rest is nowhere any more."""
        life.is_gone = False
        self.destroyed_bytes += size
        self.told.update(life.lines)
        if life.unended:
            life.lines.append(life.unended)  # never ended: may come as it is
            self.told.add(life.unended)

    # -------------------------------------------------------------------------------- glance

    @rule()
    def poll(self) -> None:
        self.runner.run(self.books.read())
        for life in self.life_of.values():
            life.is_seen = False
        if self.has_file:
            self.life_of[self.path].is_seen = True

    @rule()
    def poll_and_commit(self) -> None:
        self.poll()
        self.books.commit()

    @rule(most_bytes=st.integers(1, 500))
    def poll_a_little(self, most_bytes: int) -> None:
        self.runner.run(self.books.read(most_bytes))

    @rule(seconds=st.sampled_from([2.0, 6.0, 100.0]))
    def wait(self, seconds: float) -> None:
        self.books.turned.ahead += seconds
        self.late = None
        self.runner.run(self.books.read_all())

    @rule(point=st.sampled_from(["at rest", "after the read", "before the commit", "after the commit"]))
    def crash(self, point: str) -> None:
        if point != "at rest":
            self.poll()
        if point == "before the commit" and self.books.tail is not None:
            assert self.books.tail.checkpoints is not None
        if point == "after the commit":
            self.books.commit(is_told=False)
        self.runner.run(self.books.kill())
        for life in self.lives:
            life.is_seen = False
            if life.is_gone:
                self.destroy(life, life.size)

    # --------------------------------------------------------------------------------- the law

    @invariant()
    def nothing_is_doubled_or_garbled(self) -> None:
        if not hasattr(self, "books"):
            return
        received = self.received()
        doubled = [line for line, count in received.items() if count > 1]
        assert not doubled
        serials = Counter(line[:8] for line in received)
        assert not [serial for serial, count in serials.items() if count > 1], "a part of a line, and the line"
        written = {line for life in self.lives for line in life.lines}
        for line in received:
            assert line in written or self.is_beginning(line), line

    def is_beginning(self, line: bytes) -> bool:
        """An unfinished line that was given up for finished."""
        return any(
            whole.startswith(line) and chunk.is_partial
            for chunk in self.books.chunks
            if chunk.data == line
            for life in self.lives
            for whole in (*life.lines, life.unended)
        )

    def received(self) -> Counter[bytes]:
        return Counter(line for line in lines_of(self.books.chunks) if line and line != self.header.rstrip())

    def teardown(self) -> None:
        try:
            if hasattr(self, "books"):
                self.settle()
        finally:
            if hasattr(self, "books"):
                self.runner.run(self.books.kill())
            self.runner.close()
            self.folder.cleanup()

    def settle(self) -> None:
        """Let glance read all there is, and look what is missing."""
        if not self.has_file:
            self.create()
        self.append(self.path, 1, 0)
        for seconds in (0.0, 100.0, 100.0):
            self.books.turned.ahead += seconds
            self.runner.run(self.books.read_all())
        self.nothing_is_doubled_or_garbled()
        begun = {chunk.data[:8] for chunk in self.books.chunks if chunk.is_partial}
        received = self.received()
        missing = [line for life in self.lives for line in life.lines if not received[line] and line[:8] not in begun]
        assert not [line for line in missing if line not in self.told], "lost"
        known = sum(gap.bytes for gap in self.books.gaps if gap.reason in ("truncated", "rotated_away"))
        assert self.expected_gap <= known <= self.destroyed_bytes


@pytest.mark.timeout(60 if SEQUENCES <= 200 else 3600)
def test_every_line_comes_once_whatever_befalls_the_log() -> None:
    run_state_machine_as_test(
        LogMachine,
        settings=settings(max_examples=SEQUENCES, stateful_step_count=40, deadline=None, derandomize=SEQUENCES <= 200),
    )
