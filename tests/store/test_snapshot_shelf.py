"""The folder of snapshots: found by their ids, bounded, shared by processes, and free of what was left half-written."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from glance.domain.snapshot import Allowance, Manifest
from glance.errors import StoreError, UsageError
from glance.store import snapshot_shelf
from glance.store.snapshot_file import Content, SnapshotFile, write_snapshot
from glance.store.snapshot_shelf import LOCK, SnapshotShelf, shelf_beside

NOW = 2000.0


def made(number: int, **more: object) -> Manifest:
    """A snapshot made at that second."""
    manifest = Manifest(f"20261122T1402{number:02}Z-3fa9c1", 1000.0 + number, 900.0, 1000.0)
    return replace(manifest, **more)  # type: ignore[arg-type]


def content(size: int = 10) -> tuple[Content, ...]:
    """So many bytes, which cannot be packed."""
    return (Content("profiles/x.pb.gz", "profile", os.urandom(size)),)


@pytest.fixture
def shelf(tmp_path: Path) -> SnapshotShelf:
    """An empty shelf."""
    return SnapshotShelf(tmp_path / "glance.snapshots")


def ids(shelf: SnapshotShelf) -> list[str]:
    """What lies there, the newest first."""
    return [one.id for one in shelf.all()]


def test_it_lies_beside_the_history() -> None:
    assert shelf_beside(Path("/data/glance.db")) == Path("/data/glance.snapshots")


def test_what_is_added_is_listed_the_newest_first(shelf: SnapshotShelf) -> None:
    assert shelf.all() == []
    for number in (1, 3, 2):
        shelf.add(made(number), content(), now=NOW)

    assert ids(shelf) == [made(number).id for number in (3, 2, 1)]
    assert shelf.folder.stat().st_mode & 0o777 == 0o700


def test_words_that_mean_a_snapshot(shelf: SnapshotShelf) -> None:
    for number in (1, 2, 13):
        shelf.add(made(number), content(), now=NOW)

    assert shelf.path_of("last").name.startswith(made(13).id)
    assert shelf.path_of(made(2).id[:15]).name.startswith(made(2).id)
    assert shelf.path_of("some/where.glance") == Path("some/where.glance")
    with pytest.raises(UsageError, match="the beginning of 3"):
        shelf.path_of("2026")
    with pytest.raises(UsageError, match="no snapshot 2027"):
        shelf.path_of("2027")
    with pytest.raises(UsageError):
        shelf.path_of("")


def test_the_oldest_go_for_room_and_for_age(shelf: SnapshotShelf) -> None:
    for number in (1, 2, 3):
        shelf.add(made(number, why="alert"), content(100_000), now=NOW)
    _, gone = shelf.add(made(4), content(100_000), now=NOW, allowance=Allowance(250_000))

    assert gone == (made(1).id, made(2).id)
    assert ids(shelf) == [made(4).id, made(3).id]
    assert shelf.retain(now=NOW, allowance=Allowance(1 << 30, 996.5)) == (made(3).id,)


def test_one_beyond_all_room_is_not_kept_and_nothing_goes_for_it(shelf: SnapshotShelf) -> None:
    shelf.add(made(1), content(), now=NOW)
    with pytest.raises(StoreError, match="was not kept"):
        shelf.add(made(2), content(100_000), now=NOW, allowance=Allowance(50_000))

    assert ids(shelf) == [made(1).id]


def test_a_full_disk_is_left_alone(shelf: SnapshotShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_shelf, "FREE_BYTES", 1 << 60)
    with pytest.raises(StoreError, match="cannot keep") as found:
        shelf.add(made(1), content(), now=NOW)

    assert found.value.is_passing
    assert shelf.all() == []


def test_what_packs_well_needs_only_the_room_that_it_takes(
    shelf: SnapshotShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of equal requests: 40 MB that take 200 kB. What is left is measured again when it is written."""
    free = 50 << 20
    room = SimpleNamespace(f_bavail=(64 << 20) + free, f_frsize=1)
    monkeypatch.setattr(snapshot_shelf.os, "statvfs", lambda _folder: room)
    shelf.add(made(1), (Content("records.jsonl", "records", b"the same\n" * (60 << 20 >> 3)),), now=NOW)

    def write(*_given: object, **_named: object) -> Manifest:
        room.f_bavail = 64 << 10
        return write_snapshot(*_given, **_named)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot_shelf, "write_snapshot", write)
    with pytest.raises(StoreError, match="cannot keep"):
        shelf.add(made(2), content(), now=NOW)
    assert ids(shelf) == [made(1).id]


def test_a_note_changes_nothing_else(shelf: SnapshotShelf) -> None:
    data = content()
    shelf.add(made(1), data, now=NOW)
    shelf.note("last", "the deploy")

    with SnapshotFile.open(shelf.path_of("last")) as file:
        assert file.manifest.note == "the deploy"
        assert file.data(data[0].name) == data[0].data
        assert file.damages() == []
    with pytest.raises(UsageError, match="too long"):
        shelf.note("last", "x" * 3000)


def test_what_is_removed_is_gone_and_only_from_here(shelf: SnapshotShelf, tmp_path: Path) -> None:
    shelf.add(made(1), content(), now=NOW)
    elsewhere = tmp_path / f"{made(1).id}.glance"
    elsewhere.write_bytes(b"")
    with pytest.raises(UsageError, match="does not lie on the shelf"):
        shelf.remove(str(elsewhere))

    assert shelf.remove("last") == made(1).id
    assert shelf.all() == []
    assert elsewhere.exists()


def test_one_from_elsewhere_is_taken_when_it_is_whole(shelf: SnapshotShelf, tmp_path: Path) -> None:
    path = tmp_path / "mailed.glance"
    write_snapshot(path, made(5), content(5000))
    shelved, _ = shelf.take_in(path, now=NOW)
    assert shelved.id == made(5).id
    with pytest.raises(StoreError, match="is there already"):
        shelf.take_in(path, now=NOW)

    data = bytearray(path.read_bytes())
    data[data.index(b"x.pb.gz") + 200] ^= 1
    path.write_bytes(data)
    shelf.remove("last")
    with pytest.raises(StoreError, match="no snapshot that can be read"):
        shelf.take_in(path, now=NOW)
    assert shelf.all() == []


def test_what_cannot_be_read_is_listed_with_its_reason_and_stays(shelf: SnapshotShelf) -> None:
    shelf.add(made(1), content(), now=NOW)
    broken = shelf.folder / f"{made(2).id}.glance"
    broken.write_bytes(b"PK")
    found = shelf.all()

    assert [one.id for one in found] == [made(1).id, made(2).id]
    assert "cut off" in found[1].trouble
    assert shelf.retain(now=1e12, allowance=Allowance(0, 1.0)) == (made(1).id,)
    assert shelf.remove(made(2).id) == made(2).id


def test_what_a_killed_process_left_is_removed_by_the_next(shelf: SnapshotShelf) -> None:
    shelf.add(made(1), content(), now=NOW)
    left = shelf.folder / ".x.glance.0000abcd.part"
    left.write_bytes(b"half")
    busy = shelf.folder / ".y.glance.0000abce.part"
    with busy.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # somebody writes it just now
        assert ids(shelf) == [made(1).id]
        shelf.add(made(2), content(), now=NOW)
        assert not left.exists()
        assert busy.exists()


def test_one_process_at_a_time_changes_it(tmp_path: Path) -> None:
    pauses: list[float] = []
    shelf = SnapshotShelf(tmp_path / "s", pauses.append)
    shelf.add(made(1), content(), now=NOW)
    with (shelf.folder / LOCK).open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another glance") as found:
            shelf.add(made(2), content(), now=NOW)

    assert found.value.is_passing
    assert len(pauses) > 10
    assert ids(shelf) == [made(1).id]


def test_many_processes_add_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.store.test_snapshot_shelf import *\n"
        "shelf = SnapshotShelf(Path(sys.argv[1]))\n"
        "for number in range(5): shelf.add(made(int(sys.argv[2]) * 5 + number), content(1000), now=NOW)\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, tmp_path / "s", str(number)]) for number in range(3)]

    assert [one.wait(50) for one in running] == [0, 0, 0]
    assert len(ids(SnapshotShelf(tmp_path / "s"))) == 15
    assert [name for name in os.listdir(tmp_path / "s") if name.endswith(".part")] == []
