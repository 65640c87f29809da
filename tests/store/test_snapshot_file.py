"""A snapshot as a file: open to any tool, whole or not there, and safe to read whoever made it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from glance.domain.snapshot import Manifest
from glance.errors import StoreError
from glance.store.snapshot_file import CHECKSUMS, MANIFEST, Content, SnapshotFile, write_snapshot
from glance.store.zip_limits import ZIP_LIMITS, ZipLimits

ID = "20261122T140231Z-3fa9c1"
MADE = Manifest(ID, 1000.0, 900.0, 1000.0)
CONTENTS = (
    Content("summary.json", "summary", b'{"hits": 3}\n'),
    Content("lines/0001-access.log", "lines", b"one\ntwo\n" * 1000),
    Content("profiles/api-cpu.pb.gz", "profile", bytes(range(256)) * 8),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A snapshot that was written."""
    write_snapshot(tmp_path / f"{ID}.glance", MADE, CONTENTS)
    return tmp_path / f"{ID}.glance"


def test_it_comes_back_whole(path: Path) -> None:
    with SnapshotFile.open(path) as file:
        assert [file.data(one.name) for one in CONTENTS] == [one.data for one in CONTENTS]
        assert file.damages() == []
        assert (file.manifest.id, file.manifest.start) == (ID, 900.0)


def test_any_zip_tool_and_sha256sum_can_read_it(path: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        assert packed.namelist()[0] == MANIFEST
        packed.extractall(tmp_path / "out")
    sums = (tmp_path / "out" / CHECKSUMS).read_text()

    for row in sums.splitlines():
        digest, name = row.split("  ")
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    assert len(sums.splitlines()) == len(CONTENTS) + 2


def test_only_its_owner_can_read_it(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_that_is_there_is_not_replaced(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is there already"):
        write_snapshot(path, MADE, ())

    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


KILL = """
import os, signal, sys
from pathlib import Path
from tests.store.test_snapshot_file import CONTENTS, MADE
from glance.store import whole_file
from glance.store.snapshot_file import write_snapshot

names, turn = ("write", "fsync", "rename"), sys.argv[1]
def dying(call, when):
    def die(*given, **named):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        call(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return die
where, when = turn.split("-")
if where == "middle":
    import zipfile
    zipfile.ZipFile.writestr = dying(zipfile.ZipFile.writestr, when)
else:
    setattr(os, where, dying(getattr(os, where), when))
write_snapshot(Path(sys.argv[2]), MADE, CONTENTS)
"""


@pytest.mark.parametrize("point", ["middle-after", "fsync-before", "fsync-after", "rename-before", "rename-after"])
def test_f04_killed_while_writing_leaves_all_of_it_or_nothing(tmp_path: Path, point: str) -> None:
    path = tmp_path / f"{ID}.glance"
    done = subprocess.run([sys.executable, "-c", KILL, point, str(path)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr

    assert path.exists() is (point == "rename-after")
    if path.exists():
        with SnapshotFile.open(path) as file:
            assert file.damages() == []
    else:
        assert [name[0] for name in os.listdir(tmp_path)] == ["."]


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from tests.store.test_snapshot_file import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_snapshot(Path(sys.argv[1]), MADE, CONTENTS)\n"
        "except StoreError as error: print(error.what)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.glance"], capture_output=True, check=True, text=True
    )

    assert done.stdout.startswith("cannot write")
    assert os.listdir(tmp_path) == []


def test_what_a_killed_one_left_in_any_folder_goes_with_the_next(tmp_path: Path) -> None:
    own, others = tmp_path / f".{ID}.glance.0123abcd.part", tmp_path / ".letter.0123abcd.part"
    own.write_bytes(b"half")
    others.write_bytes(b"of another program")

    write_snapshot(tmp_path / "b.glance", MADE, CONTENTS)

    assert sorted(os.listdir(tmp_path)) == [others.name, "b.glance"]


def test_what_packs_as_well_as_a_bomb_is_packed_less_and_can_be_read(tmp_path: Path) -> None:
    """A flood of equal requests: 300 times smaller when packed, which a reader refuses."""
    line = b'{"time": "2026-11-22T21:42:39Z", "client": "1.1.1.1", "method": "GET", "path": "/", "status": 200}\n'
    flood = Content("records.jsonl", "records", line * (16_000_000 // len(line)))
    write_snapshot(tmp_path / "a.glance", MADE, (flood, Content("lines/0001-a", "lines", bytes(16 << 20))))

    with SnapshotFile.open(tmp_path / "a.glance") as file:
        assert file.damages() == []
    assert (tmp_path / "a.glance").stat().st_size < 2_000_000


def test_what_nobody_would_read_is_not_written(tmp_path: Path) -> None:
    many = [Content(f"lines/{number:05}", "lines", b"x") for number in range(ZIP_LIMITS.members)]
    with pytest.raises(StoreError, match="cannot write the snapshot"):
        write_snapshot(tmp_path / "a.glance", MADE, many)

    assert os.listdir(tmp_path) == []


def refused(path: Path, limits: ZipLimits = ZIP_LIMITS) -> str:
    """Why a file is not read."""
    with pytest.raises(StoreError) as found:
        SnapshotFile.open(path, limits)
    return found.value.why


def test_cut_off_anywhere_is_told(path: Path) -> None:
    data = path.read_bytes()
    for length in range(0, len(data), max(1, len(data) // 50)):
        path.write_bytes(data[:length])
        assert "cut off" in refused(path)


def test_what_is_whole_of_one_that_was_cut_off_is_salvaged(path: Path) -> None:
    data = path.read_bytes()
    had = set()
    for length in range(0, len(data), 11):
        path.write_bytes(data[:length])
        try:
            file = SnapshotFile.salvage(path)
        except StoreError:
            continue
        with file:
            had.add(len(file.manifest.members) - len(file.damages()))
            for member in file.manifest.members[: len(file.manifest.members) - len(file.damages())]:
                assert hashlib.sha256(file.data(member.name)).hexdigest() == member.sha256

    assert had == {0, 1, 2, 3, 4}


def test_what_is_damaged_is_told_and_the_rest_is_read(path: Path) -> None:
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        info = packed.getinfo("profiles/api-cpu.pb.gz")
    data[info.header_offset + 30 + len(info.filename) + 100] ^= 1
    path.write_bytes(data)

    with SnapshotFile.open(path) as file:
        assert len(file.damages()) == 1
        assert file.data("summary.json") == CONTENTS[0].data
        with pytest.raises(StoreError, match="damaged"):
            file.data("profiles/api-cpu.pb.gz")


def test_any_byte_may_be_another(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    broken = tmp_path / "broken.glance"
    for at in range(0, len(data), 7):
        broken.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        try:
            with SnapshotFile.open(broken) as file:
                file.damages()
        except StoreError:
            continue


def zipped(path: Path, *members: tuple[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> Path:
    """A zip that somebody made."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change is not None:
                change(info)
            packed.writestr(info, data)
    return path


def named(**more: object) -> bytes:
    """A manifest that somebody made."""
    return json.dumps(MADE.as_document() | more).encode()


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "a/../../b", "a\\..\\b", ".ssh/key"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    assert "not allowed" in refused(zipped(tmp_path / "x.glance", (MANIFEST, named()), (name, b"x")))


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.glance", (MANIFEST, named()), ("summary.json", bytes(64 << 20)))

    assert "250 times its size" in refused(path)
    assert "unpacks to more" in refused(path, ZipLimits(unpacked_bytes=1 << 20))


def test_too_many_members_are_not_counted(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.glance", *((f"m{number}", b"") for number in range(50)))

    assert "50 members" in refused(path, ZipLimits(members=49))


def test_too_large_a_file_is_not_read(path: Path) -> None:
    assert "bytes, more than" in refused(path, ZipLimits(packed_bytes=100))


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    """One piece of packed data that many members share (a bomb without nesting)."""
    path = zipped(tmp_path / "x.glance", (MANIFEST, named()), ("a", b"x" * 99), ("b", b"x" * 99))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        first = packed.getinfo("a").header_offset
    entry = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, entry + 42, first)
    path.write_bytes(data)

    assert "overlap" in refused(path)


def test_another_kind_of_zip_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(MANIFEST, named())
        packed.comment = b"hello"
    (tmp_path / "x.glance").write_bytes(buffer.getvalue())
    assert refused(tmp_path / "x.glance")

    assert "no member" in refused(
        zipped(
            tmp_path / "y.glance",
            (MANIFEST, named(members=[{"name": "../x", "kind": "text", "size_bytes": 1, "sha256": "0" * 64}])),
        )
    )
    assert "does not name" in refused(zipped(tmp_path / "z.glance", (MANIFEST, named()), ("extra", b"x")))
    assert "manifest" in refused(zipped(tmp_path / "w.glance", ("summary.json", b"x")))
    assert "manifest" in refused(zipped(tmp_path / "v.glance", (MANIFEST, b"[" * 100_000)))
    assert "newer glance" in refused(zipped(tmp_path / "u.glance", (MANIFEST, named(format=9))))


def test_a_manifest_that_has_one_member_for_many_things_is_refused(tmp_path: Path) -> None:
    """A few megabytes, held a thousand times, are more than any memory."""
    raw = {"source": "a", "member": "lines/1", "generation": 0, "offset": 0, "lines": 1, "start": 1.0, "end": 2.0}
    profile = {"target": "a", "kind": "cpu", "member": "lines/1", "origin": "fetched", "start": 1.0, "end": 2.0}
    log = {"path": "a", "format": "x", "records": 1}
    for lies in ({"raw": [raw, raw]}, {"profiles": [profile, profile]}, {"raw": [raw], "profiles": [profile]}):
        path = zipped(tmp_path / "x.glance", (MANIFEST, named(**lies)))
        assert "one member for two things" in refused(path)
    path = zipped(tmp_path / "y.glance", (MANIFEST, named(logs=[log] * 10_000)))
    assert "more than a snapshot can have" in refused(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.glance")

    assert "no regular file" in refused(tmp_path / "pipe.glance")
    assert refused(tmp_path / "absent.glance") == "No such file or directory"
    assert "directory" in refused(tmp_path)
