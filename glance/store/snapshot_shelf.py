"""The folder of snapshots beside the history: what lies there is whole, and no more than there is room for."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from glance.domain.snapshot import ID, MOST_NOTE, Allowance, Kept, Manifest, to_let_go
from glance.errors import StoreError, UsageError
from glance.store.snapshot_file import (
    CHECKSUMS,
    README,
    SUFFIX,
    Content,
    SnapshotFile,
    cannot_write,
    not_whole,
    write_snapshot,
)
from glance.store.whole_file import remove_parts, sync_folder

FOLDER_SUFFIX = ".snapshots"
LOCK = ".lock"
FREE_BYTES = 64 << 20
"""Room that snapshots leave on the disk for others."""
_TRIES, _TRY_SECONDS = 200, 0.05


def shelf_beside(database: Path) -> Path:
    """The folder of snapshots of a history: `glance.db` → `glance.snapshots`."""
    return database.with_suffix(FOLDER_SUFFIX)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A snapshot that lies on the shelf."""

    path: Path
    size_bytes: int
    manifest: Manifest | None
    """None when it cannot be read."""
    trouble: str = ""
    """Why not."""

    @property
    def id(self) -> str:
        """By which it is asked for."""
        return self.path.name.removesuffix(SUFFIX)


class SnapshotShelf:
    """All snapshots of one folder. Processes may share it; each change is made by one of them alone."""

    def __init__(self, folder: Path, pause: Callable[[float], None] = time.sleep) -> None:
        """Use this folder, which need not be there yet.

        Args:
            folder: where.
            pause: waits so many seconds for another process.
        """
        self.folder = folder
        self._pause = pause

    # Looking ------------------------------------------------------------------------------------

    def all(self) -> list[Shelved]:
        """Every snapshot, the newest first; also those that cannot be read, each with its reason.

        Raises:
            StoreError: the folder cannot be read.
        """
        try:
            names = sorted((path for path in self.folder.iterdir() if _is_snapshot(path)), reverse=True)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"cannot read {self.folder}", error.strerror or str(error)) from error
        found = [shelved for path in names if (shelved := _shelved(path)) is not None]
        return sorted(found, key=lambda one: (-(one.manifest.made_at if one.manifest else 0.0), one.id))

    def path_of(self, word: str) -> Path:
        """The file that a word means: an id, the beginning of one, `last`, or a path.

        Raises:
            UsageError: there is none, or there are several.
        """
        if word == "last":
            there = self.all()
            if not there:
                raise UsageError(f"there is no snapshot in {self.folder}", "", "glance snapshot take access.log")
            return there[0].path
        if word.endswith(SUFFIX) or os.sep in word:
            return Path(word)
        found = [one for one in self._paths() if one.name.startswith(word)] if word else []
        exact = [one for one in found if one.name == word + SUFFIX]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if found:
            names = ", ".join(one.name.removesuffix(SUFFIX) for one in found[:4])
            raise UsageError(f"{word} is the beginning of {len(found)} snapshots", names, "say more of it")
        raise UsageError(f"there is no snapshot {word}", f"none in {self.folder} begins so", "glance snapshot list")

    def own_path(self, word: str) -> Path:
        """The same, of what lies here.

        Raises:
            UsageError: it lies elsewhere.
        """
        path = self.path_of(word)
        if path.parent.resolve() != self.folder.resolve() or not _is_snapshot(path) or not path.exists():
            raise UsageError(f"{path} does not lie on the shelf", f"which is {self.folder}", "glance snapshot list")
        return path

    def _paths(self) -> list[Path]:
        try:
            return sorted(path for path in self.folder.iterdir() if _is_snapshot(path))
        except OSError:
            return []

    # Changing -----------------------------------------------------------------------------------

    def add(
        self, manifest: Manifest, contents: Sequence[Content], *, now: float, allowance: Allowance | None = None
    ) -> tuple[Shelved, tuple[str, ...]]:
        """Keep a snapshot, and let others go where there is no room; returns it and the ids of those.

        Raises:
            StoreError: it is not kept.
        """
        allowance = allowance or Allowance()
        expected = sum(one.least_bytes for one in contents)
        with self._alone():
            self._check_room(min(expected, allowance.most_bytes))
            path = self.folder / f"{manifest.id}{SUFFIX}"
            full = write_snapshot(path, manifest, contents)
            size = path.stat().st_size
            if size > allowance.most_bytes:
                path.unlink()
                raise StoreError(
                    "the snapshot was not kept",
                    f"it has {size:,} bytes, and there is room for {allowance.most_bytes:,}",
                    "take a shorter window, or give it more room with --keep-mb",
                )  # fmt: skip
            try:
                self._check_room(0)
            except StoreError:
                path.unlink()
                raise
            gone = self._retain(now, allowance, manifest.id)
        return Shelved(path, size, full), gone

    def take_in(
        self, source: Path, *, now: float, allowance: Allowance | None = None
    ) -> tuple[Shelved, tuple[str, ...]]:
        """Keep a snapshot that came from elsewhere, when it is whole.

        Raises:
            StoreError: it is none, or damaged, or here already.
        """
        with SnapshotFile.open(source) as file:
            damages = file.damages()
            if damages:
                raise not_whole(source, damages[0])
            return self.add(file.manifest, contents_of(file), now=now, allowance=allowance)

    def note(self, word: str, text: str) -> Manifest:
        """Write a note to a snapshot, in place of the one it had; the rest stays as it is.

        Raises:
            UsageError: there is no such snapshot, or the note is too long.
            StoreError: it cannot be read or written.
        """
        if len(text) > MOST_NOTE:
            raise UsageError("the note is too long", f"it has {len(text):,} characters, at most {MOST_NOTE:,} are kept")
        path = self.own_path(word)
        with self._alone(), SnapshotFile.open(path) as file:
            damages = file.damages()
            if damages:
                raise not_whole(path, damages[0])
            self._check_room(path.stat().st_size)
            return write_snapshot(path, replace(file.manifest, note=text), contents_of(file), replaces=True)

    def remove(self, word: str) -> str:
        """Remove a snapshot; returns its id.

        Raises:
            UsageError: there is no such snapshot.
            StoreError: it cannot be removed.
        """
        path = self.own_path(word)
        with self._alone():
            try:
                path.unlink(missing_ok=True)
                sync_folder(self.folder)
            except OSError as error:
                raise StoreError(f"cannot remove {path}", error.strerror or str(error)) from error
        return path.name.removesuffix(SUFFIX)

    def retain(self, *, now: float, allowance: Allowance) -> tuple[str, ...]:
        """Let go what is too old or beyond the room; returns the ids.

        Raises:
            StoreError: nothing could be let go.
        """
        if not self.folder.exists():
            return ()
        with self._alone():
            return self._retain(now, allowance, "")

    def _retain(self, now: float, allowance: Allowance, newest: str) -> tuple[str, ...]:
        """What cannot be read stays: a person may want to look at it."""
        kept = [
            Kept(one.id, one.manifest.made_at, one.size_bytes, one.manifest.is_dear)
            for one in self.all()
            if one.manifest is not None
        ]
        gone = to_let_go(kept, now, allowance, newest)
        for number in gone:
            (self.folder / f"{number}{SUFFIX}").unlink(missing_ok=True)
        if gone:
            sync_folder(self.folder)
        return tuple(gone)

    def _check_room(self, size_bytes: int) -> None:
        """Leave some room on the disk to others."""
        there = os.statvfs(self.folder)
        free = there.f_bavail * there.f_frsize
        if free < size_bytes + FREE_BYTES:
            raise StoreError(
                f"cannot keep a snapshot in {self.folder}",
                f"the disk has {free:,} bytes left, and {size_bytes + FREE_BYTES:,} are wanted",
                "free some space: glance snapshot rm ID",
                is_passing=True,
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only one that changes something; what killed ones left half-written is removed.

        Raises:
            StoreError: the folder cannot be used, or another process keeps it.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        try:
            self._lock(fd)
            remove_parts(self.folder)
            yield
        finally:
            os.close(fd)

    def _lock(self, fd: int) -> None:
        for _ in range(_TRIES):
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._pause(_TRY_SECONDS)
            else:
                return
        raise StoreError(f"another glance changes {self.folder}", "it takes long", "try again", is_passing=True)


def contents_of(file: SnapshotFile) -> list[Content]:
    """All members of a snapshot, to be written again.

    Raises:
        StoreError: one is damaged.
    """
    return [
        Content(one.name, one.kind, file.data(one.name), one.about)
        for one in file.manifest.members
        if one.name not in (README, CHECKSUMS)
    ]


def _is_snapshot(path: Path) -> bool:
    return path.suffix == SUFFIX and ID.fullmatch(path.stem) is not None


def _shelved(path: Path) -> Shelved | None:
    """What lies there; None when it was just removed."""
    try:
        size = path.stat().st_size
    except OSError:
        return None
    try:
        with SnapshotFile.open(path) as file:
            return Shelved(path, size, file.manifest)
    except StoreError as error:
        return Shelved(path, size, None, error.why) if path.exists() else None
