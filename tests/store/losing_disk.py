"""A disk that loses power: what was not synced may be there or not, each write by itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw


@dataclass(frozen=True)
class Operation:
    """What was done to a file."""

    file: str
    kind: str
    offset: int = 0
    data: bytes = b""


class LosingDisk(apsw.VFS):
    """Notes what is done to every file."""

    def __init__(self) -> None:
        super().__init__("losing", base="unix", makedefault=True)
        self.done: list[Operation] = []

    def xOpen(self, name, flags):  # noqa: N802 - the name that apsw calls
        return _NotedFile(self, name, flags)

    def xDelete(self, name, syncdir):  # noqa: N802
        super().xDelete(name, syncdir)
        self.done.append(Operation(Path(name).name, "delete"))

    def after_loss(self, rng: random.Random, moment: int) -> dict[str, bytes]:
        """The files as they may be when power is lost after so many operations."""
        done = self.done[:moment]
        synced = {each.file: index for index, each in enumerate(done) if each.kind == "sync"}
        keep = rng.choice([0.0, 0.5, 0.9, 1.0])
        files: dict[str, bytearray] = {}
        for index, each in enumerate(done):
            if each.kind != "delete" and index > synced.get(each.file, -1) and rng.random() >= keep:
                continue
            content = files.setdefault(each.file, bytearray())
            if each.kind == "delete":
                del files[each.file]
            if each.kind == "truncate":
                del content[each.offset :]
            elif each.kind == "write":
                content.extend(bytes(max(0, each.offset - len(content))))
                content[each.offset : each.offset + len(each.data)] = each.data
        return {name: bytes(content) for name, content in files.items()}


class _NotedFile(apsw.VFSFile):
    def __init__(self, disk, name, flags):
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        super().__init__("unix", name, flags)
        self.disk, self.name = disk, Path(path or "none").name

    def xWrite(self, data, offset):  # noqa: N802
        super().xWrite(data, offset)
        self.disk.done.append(Operation(self.name, "write", offset, bytes(data)))

    def xSync(self, flags):  # noqa: N802
        super().xSync(flags)
        self.disk.done.append(Operation(self.name, "sync"))

    def xTruncate(self, size):  # noqa: N802
        super().xTruncate(size)
        self.disk.done.append(Operation(self.name, "truncate", size))


@contextmanager
def losing_disk() -> Iterator[LosingDisk]:
    """Every database opened within is on it."""
    disk = LosingDisk()
    try:
        yield disk
    finally:
        disk.unregister()
