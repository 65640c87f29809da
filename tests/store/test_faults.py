"""The disk is full or fails, the file is damaged, moved, locked, or may not be written: nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from glance.errors import HistoryBusyError, StoreError
from glance.store import database, soundness
from glance.store.file_system import is_shared
from glance.store.history import Batch, History, Wanted
from glance.store.migrations import migrate
from glance.store.remembered import Remembered
from glance.store.writer_lock import WriterLock, lock_path
from tests.store.faulty_disk import FaultyDisk, faulty_disk
from tests.store.log import SOURCE, batch, batches, lines_of
from tests.store.losing_disk import losing_disk

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glance.db"


def with_lines(path: Path, end: int = 400) -> None:
    """A history of some lines, closed."""
    history = History.open(path)
    for piece in batches(end, most=100):
        history.commit(piece)
    history.close()


# ------------------------------------------------------------------------------- F06, F07, F21, F24


def failure_of(work: Callable[[], object]) -> StoreError | None:
    """What a piece of work raises."""
    try:
        work()
    except StoreError as error:
        return error
    return None


def opened(path: Path, disk: FaultyDisk) -> History:
    """Open, again once the disk is well."""
    try:
        return History.open(path)
    except StoreError as error:
        told = error
    assert told.is_passing, (told.what, told.why)
    disk.heal()
    return History.open(path)


def tell_story(path: Path, disk: FaultyDisk) -> None:
    """Write a log with all that belongs to it, trying again after each failure.

    After each failure the history is exactly what was told to be written.
    """
    history = opened(path, disk)
    ends = (40, 45, 60, 300, 310)
    start = 0
    for end in ends:
        attempts = 0
        while (told := failure_of(lambda end=end, start=start: history.commit(batch(start, end)))) is not None:
            assert told.is_passing, (told.what, told.why)
            assert "injected" in told.why, told.why  # F07: the cause, not what the roll-back said
            assert lines_of(history) == start
            attempts += 1
            if attempts == 2:
                disk.heal()
        assert lines_of(history) == end
        start = end
        if end == 60:
            history.copy_wal()
    told = failure_of(lambda: history.retain(0.0, most_bytes=1 << 40, most_age_seconds=1e12))
    assert told is None or told.is_passing
    history.close()
    disk.heal()
    history = History.open(path)
    assert lines_of(history) == ends[-1]
    history.close()


FAULTS = [
    pytest.param(apsw.FullError, False, ("write", "sync", "truncate"), id="full-once"),
    pytest.param(apsw.IOError, True, ("write", "sync", "truncate"), id="io-error-lasting"),
    pytest.param(apsw.IOError, False, ("sync",), id="f24-sync-fails-once"),
]


@pytest.mark.parametrize(("error", "is_lasting", "kinds"), FAULTS)
def test_f06_f07_f24_each_operation_fails_in_turn(
    tmp_path: Path, error: Callable[[str], Exception], is_lasting: bool, kinds: tuple[str, ...]
) -> None:
    """The first, the second … until a whole story runs without reaching the one that fails.

    GLANCE_SOAK=1 takes each; else, of the many writes, every seventh.
    """
    step = 1 if len(kinds) == 1 else (1 if os.environ.get("GLANCE_SOAK") else 7)
    with faulty_disk() as disk:
        for turn in range(1, 100_000, step):
            disk.done, disk.failed, disk.fail_at = 0, 0, turn
            disk.error, disk.is_lasting, disk.kinds = error, is_lasting, kinds
            tell_story(tmp_path / f"{turn}.db", disk)
            if not disk.failed:
                break
        assert turn > (40 if len(kinds) > 1 else 5)


def test_f05_power_is_lost(tmp_path: Path) -> None:
    """At any moment, with any part of what was not synced: a whole history, exactly a beginning of the log."""
    ends: list[tuple[int, int]] = []
    with losing_disk() as disk:
        history = History.open(tmp_path / "glance.db")
        for number, piece in enumerate(batches(1200, most=60)):
            history.commit(piece)
            if number % 5 == 4:
                history.copy_wal()
                ends.append((len(disk.done), piece.checkpoints[0].offset // 10))
        done = len(disk.done)
        history.connection.close(True)
    rng = random.Random(5)
    for turn in range(int(os.environ.get("GLANCE_SOAK_LOSSES", "60"))):
        moment = rng.randrange(1, done + 1)
        folder = tmp_path / str(turn)
        folder.mkdir()
        for name, content in disk.after_loss(rng, moment).items():
            (folder / name).write_bytes(content)
        history = History.open(folder / "glance.db")
        # what was copied into the database and synced is there
        assert lines_of(history) >= max((lines for at, lines in ends if at <= moment), default=0)
        history.close()


def test_f21_t37_disk_full(path: Path) -> None:
    """Nothing of the batch is written, the places stay, and when there is room all goes on."""
    history = History.open(path)
    history.commit(batch(0, 100))
    pages = int(history.connection.pragma("page_count"))
    history.connection.pragma("max_page_count", pages + 4)
    with pytest.raises(StoreError) as caught:
        history.commit(batch(100, 3000))
    assert caught.value.is_passing
    assert "full" in caught.value.why
    assert "space" in caught.value.hint
    assert lines_of(history) == 100
    history.commit(batch(100, 110))  # a small one has room
    history.connection.pragma("max_page_count", 1 << 30)
    history.commit(batch(110, 3000))
    assert lines_of(history) == 3000
    history.close()


def test_f21_file_size_limit(path: Path) -> None:
    """The limit of the system for one file, met in a real process."""
    program = """
import resource, signal, sys
from pathlib import Path
from glance.errors import StoreError
from glance.store.history import History
from tests.store.losing_disk import losing_disk
from tests.store.log import batch, lines_of
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
history = History.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
start, failed = 0, 0
while start < 4000 and failed < 3:
    try:
        history.commit(batch(start, start + 200))
        start += 200
    except StoreError as error:
        assert error.is_passing, error.why
        failed += 1
        assert lines_of(history) == start
assert failed == 3
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
history.commit(batch(start, 4000))
assert lines_of(history) == 4000
history.close()
"""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_f23_no_more_files_may_be_opened(path: Path) -> None:
    """EMFILE when opening passes, and says so."""
    program = """
import resource, sys, os
from pathlib import Path
from glance.errors import StoreError
from glance.store.history import History
resource.setrlimit(resource.RLIMIT_NOFILE, (40, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
taken = []
try:
    while True:
        taken.append(os.dup(0))
except OSError:
    pass
for free in range(8):
    try:
        History.open(Path(sys.argv[1])).close()
        break
    except StoreError as error:
        assert error.is_passing, (error.what, error.why)
    os.close(taken.pop())
else:
    raise AssertionError("never opened")
assert free > 1
"""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --------------------------------------------------------------------------------- F09, F10, F11, F18


def hold_locked(path: Path) -> subprocess.Popen[str]:
    """Another process that holds the database locked till its input ends."""
    program = """
import apsw, sys
connection = apsw.Connection(sys.argv[1])
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_f09_locked_by_another_process(path: Path) -> None:
    """A passing failure; reading goes on; when the lock is gone so does writing."""
    history = History.open(path)
    history.connection.set_busy_timeout(20)
    history.commit(batch(0, 100))
    with hold_locked(path) as other:
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                history.commit(batch(100, 200))
            assert caught.value.is_passing
            assert "locked" in caught.value.why
        assert lines_of(history) == 100
        other.communicate()
    history.commit(batch(100, 200))
    assert lines_of(history) == 200
    history.close()


def test_f10_a_reader_never_makes_the_writer_fail(path: Path) -> None:
    """A transaction that writes waits when it begins; one that reads stays what it is."""
    history, other = History.open(path), Remembered.open(path)
    reader = History.open(path, writes=False)
    for start in range(0, 200, 20):
        reader.heads(Wanted())
        history.commit(batch(start, start + 20))
        other.keep("window", str(start))
    assert lines_of(reader) == 200
    for each in (history, other, reader):
        each.close()


def test_f11_two_processes(path: Path) -> None:
    """The role of the writer ends with its process, however that ends."""
    program = """
import sys
from pathlib import Path
from glance.store.history import History
from tests.store.losing_disk import losing_disk
from tests.store.log import batch
history = History.open(Path(sys.argv[1]))
history.commit(batch(0, 10))
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(HistoryBusyError):
            History.open(path)
        other.kill()
        other.communicate()
    history = History.open(path)
    assert lines_of(history) == 10
    history.close()


@pytest.mark.parametrize("how", ["deleted", "replaced", "renamed"])
def test_f18_the_file_is_gone_from_under_us(path: Path, how: str) -> None:
    """Nothing is written into the void: it is told at the next commit."""
    history = History.open(path)
    history.commit(batch(0, 10))
    assert not history.is_moved
    if how == "renamed":
        path.rename(path.with_name("old.db"))
    else:
        path.unlink()
    if how == "replaced":
        path.write_bytes(b"")

    assert history.is_moved
    with pytest.raises(StoreError, match="cannot write") as caught:
        history.commit(batch(10, 20))
    assert not caught.value.is_passing
    assert "deleted" in caught.value.why
    history.close()


def test_f18_the_lock_file_is_deleted(path: Path) -> None:
    """It is taken anew; when another process was quicker, that one is the writer."""
    history = History.open(path)
    lock_path(path).unlink()
    history.commit(batch(0, 10))
    with pytest.raises(HistoryBusyError):
        History.open(path)
    lock_path(path).unlink()
    other = History.open(path)
    with pytest.raises(HistoryBusyError):
        history.commit(batch(10, 20))
    other.commit(batch(10, 30))
    assert lines_of(other) == 30
    other.close()
    history.close()


def test_f13_a_forked_process_cannot_harm(path: Path) -> None:
    """A child of `fork` touches nothing that its parent has open, and does not hold its role when it is gone."""
    program = """
import os, sys, signal
from pathlib import Path
from glance.store.history import History
from tests.store.log import batch, lines_of
path = Path(sys.argv[1])
ready, go = os.pipe(), os.pipe()
writer = os.fork()
if not writer:
    history = History.open(path)
    history.commit(batch(0, 10))
    brief = os.fork()
    if not brief:
        os._exit(0)
    os.waitpid(brief, 0)
    if not os.fork():  # a worker that outlives its parent
        os.close(go[1])
        os.read(go[0], 1)
        os._exit(0)
    history.commit(batch(10, 20))
    os.write(ready[1], b"x")
    signal.pause()
os.read(ready[0], 1)
os.kill(writer, signal.SIGKILL)
os.waitpid(writer, 0)
history = History.open(path)
assert lines_of(history) == 20
history.close()
os.close(go[1])
"""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_f11_a_reader_waits_for_the_tables_to_be_made(path: Path) -> None:
    """A second glance that starts at the same moment, on a database that is just being made."""
    Remembered.open(path).close()
    lock = WriterLock(path)
    connection = database.open_database(path)
    maker = threading.Timer(0.1, lambda: migrate(connection, path))
    maker.start()
    reader = History.open(path, writes=False)
    maker.join()

    assert reader.heads(Wanted()) == []
    for each in (reader, connection, lock):
        each.close()


# ----------------------------------------------------------------------------------- F15, F16, F17


DAMAGES = {
    "garbage": lambda _: b"this is somebody's letter, and no database " * 200,
    "header": lambda data: b"\xff" * 60 + data[60:],
    "truncated": lambda data: data[: len(data) // 2 // 4096 * 4096],
    "cut in a page": lambda data: data[:5000],
    "page": lambda data: data[:4096] + b"\xa5" * (len(data) - 4096),
    "short": lambda data: data[:50],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("writes", [True, False])
def test_f15_damage_is_told_and_nothing_deleted(path: Path, damage: str, writes: bool) -> None:
    """The error says what to do, and the file is as it was."""
    with_lines(path)
    broken = DAMAGES[damage](path.read_bytes())
    path.write_bytes(broken)
    lock_path(path).write_text("open 5 1 ")  # its writer did not end well

    def look() -> None:
        history = History.open(path, writes=writes)
        try:  # a reader does not look at everything when it opens
            list(history.buckets(Wanted()))
        finally:
            history.close()

    with pytest.raises(StoreError) as caught:
        look()
    assert not caught.value.is_passing
    assert "mv " in caught.value.hint
    assert path.read_bytes() == broken


def test_f15_a_large_file_is_checked_in_part(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the columns, which tell damage themselves."""
    monkeypatch.setattr(soundness, "MOST_CHECKED_BYTES", 0)
    with_lines(path)
    lock_path(path).write_text("open 5 1 ")
    History.open(path).close()

    path.write_bytes(DAMAGES["page"](path.read_bytes()))
    lock_path(path).write_text("open 5 1 ")
    with pytest.raises(StoreError):
        History.open(path)


def test_f15_an_empty_file_is_a_history_that_was_lost(path: Path) -> None:
    """It begins anew, and says so; the next time all is well."""
    with_lines(path)
    path.write_bytes(b"")

    history = History.open(path)
    assert "begins anew" in history.warning
    history.commit(batch(0, 20))
    history.close()
    history = History.open(path)
    assert history.warning == ""
    assert lines_of(history) == 20
    history.close()


def test_t23_a_database_that_is_gone_is_told(path: Path) -> None:
    with_lines(path)
    path.unlink()

    history = History.open(path)
    assert "gone" in history.warning
    history.close()


def test_f16_damage_is_found_while_running(path: Path) -> None:
    """A bucket whose columns are damaged is told by a failure that does not pass; the rest is read."""
    with_lines(path, 4000)
    history = History.open(path)
    heads = history.heads(Wanted())
    history.connection.execute(
        "UPDATE bucket_column SET data = zeroblob(length(data)) WHERE place = ? * 64", (heads[0].id,)
    )

    with pytest.raises(StoreError, match="damaged") as caught:
        history.bucket(heads[0])
    assert not caught.value.is_passing
    assert "mv " in caught.value.hint
    assert history.bucket(heads[-1]).records == heads[-1].records
    history.close()


def test_f17_the_log_of_writes_is_deleted_after_a_kill(path: Path) -> None:
    """What it held is lost and that is told; the places are those of what is left, so it is read again."""
    with_lines(path, 100)
    killed_writer(path, 100, 200)
    Path(f"{path}-wal").unlink()
    Path(f"{path}-shm").unlink(missing_ok=True)

    history = History.open(path)
    assert "the end of the history" in history.warning
    assert lines_of(history) == 100
    history.commit(batch(100, 200))
    assert lines_of(history) == 200
    history.close()


def killed_writer(path: Path, start: int, end: int) -> None:
    """A writer that was killed with what it wrote in the log of writes."""
    program = """
import os, sys
from pathlib import Path
from glance.store.history import History
from tests.store.losing_disk import losing_disk
from tests.store.log import batch
history = History.open(Path(sys.argv[1]))
for start in range(int(sys.argv[2]), int(sys.argv[3]), 50):
    history.commit(batch(start, start + 50))
os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", program, str(path), str(start), str(end)], check=False)
    assert done.returncode == 9


def test_f17_the_log_of_writes_of_another_database(path: Path, tmp_path: Path) -> None:
    """Mixed up files are told as damage, or make a whole history of one of both; never a mixture."""
    with_lines(path, 100)
    killed_writer(path, 100, 200)
    other = tmp_path / "other.db"
    with_lines(other, 1000)
    killed_writer(other, 1000, 2000)
    Path(f"{other}-wal").replace(f"{path}-wal")
    Path(f"{path}-shm").unlink(missing_ok=True)

    def look() -> None:
        history = History.open(path)
        try:
            lines_of(history)
        finally:
            history.close()

    told = failure_of(look)
    assert told is None or "mv " in told.hint


# ------------------------------------------------------------------------------------ F19, F20, F22


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /home/local tmpfs rw 0 0
host\\040share /mnt/with\\040blank 9p rw 0 0
sshfs /mnt/far fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/var/lib/glance.db", False),
        ("/home/anna/.local/state/glance/glance.db", True),
        ("/home/local/glance.db", False),
        ("/homes/glance.db", False),
        ("/mnt/with blank/glance.db", True),
        ("/mnt/far/glance.db", True),
    ],
)
def test_f19_file_systems_of_several_machines(place: str, expected: bool) -> None:
    assert is_shared(Path(place), MOUNTS) is expected


def test_f19_over_a_network_there_is_no_log_of_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The older way of writing needs no shared memory, and all else is the same."""
    monkeypatch.setattr(database, "is_shared", lambda _: True)
    history = History.open(path)
    assert history.connection.pragma("journal_mode") == "truncate"
    for piece in batches(500):
        history.commit(piece)
    assert lines_of(history) == 500
    assert not Path(f"{path}-wal").exists()
    reader = History.open(path, writes=False)
    assert lines_of(reader) == 500
    reader.close()
    history.close()


def test_f19_a_database_with_a_log_of_writes_is_changed_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_lines(path)
    monkeypatch.setattr(database, "is_shared", lambda _: True)
    history = History.open(path)
    assert history.connection.pragma("journal_mode") == "truncate"
    assert lines_of(history) == 400
    history.close()


def as_somebody(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program as a user who may not write everywhere."""
    become = "import os\nos.setgroups([]); os.setgid(65534); os.setuid(65534)\n" if IS_ROOT else ""
    # what it imports is loaded before it becomes somebody who may not read it
    start = "import sys\nfrom pathlib import Path\nfrom glance.errors import *\nfrom glance.store.history import *\n"
    start += "from tests.store.log import *\nimport codecs, encodings.ascii, encodings.idna, urllib.parse\n"
    return subprocess.run(
        [sys.executable, "-c", start + become + program, *words], capture_output=True, text=True, check=False
    )


@pytest.fixture
def reachable(tmp_path: Path) -> Path:
    """A folder that other users can reach."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


def test_f22_a_file_that_may_not_be_written(reachable: Path) -> None:
    """To write fails for good; to read works, without a trace in a folder that may not be written either."""
    folder = reachable / "archive"
    folder.mkdir()
    path = folder / "glance.db"
    with_lines(path)
    path.chmod(0o444)
    lock_path(path).unlink()
    folder.chmod(0o555)
    program = """
path = Path(sys.argv[1])
try:
    History.open(path)
    raise AssertionError("opened")
except StoreError as error:
    assert not isinstance(error, HistoryBusyError)
    assert not error.is_passing, (error.what, error.why)
reader = History.open(path, writes=False)
assert sum(bucket.records for bucket in reader.buckets(Wanted())) == 400
reader.close()
"""
    done = as_somebody(program, str(path))
    folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert [file.name for file in folder.iterdir()] == ["glance.db"]


def test_f22_a_folder_that_may_not_be_written(reachable: Path) -> None:
    """A database cannot be made in it: a failure that does not pass."""
    folder = reachable / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    program = """
try:
    History.open(Path(sys.argv[1]))
    raise AssertionError("opened")
except StoreError as error:
    assert not error.is_passing
    assert "--db" in error.hint, error.hint
"""
    done = as_somebody(program, str(folder / "glance.db"))
    assert done.returncode == 0, done.stderr


def test_f22_becomes_read_only_while_open(path: Path) -> None:
    """A failure that does not pass, and reading goes on."""
    history = History.open(path)
    history.commit(batch(0, 10))
    history.connection.pragma("query_only", 1)

    with pytest.raises(StoreError) as caught:
        history.commit(batch(10, 20))
    assert not caught.value.is_passing
    assert lines_of(history) == 10
    history.connection.pragma("query_only", 0)
    history.commit(Batch(checkpoints=(batch(0, 10).checkpoints)))
    assert history.checkpoints(SOURCE)
    history.close()


def test_links_are_not_followed(path: Path, tmp_path: Path) -> None:
    """Neither the database nor its lock can lead elsewhere."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    lock_path(path).symlink_to(victim)
    with pytest.raises(StoreError):
        History.open(path)
    lock_path(path).unlink()
    path.unlink()
    path.symlink_to(victim)
    for writes in (True, False):
        with pytest.raises(StoreError):
            History.open(path, writes=writes)
    assert victim.read_text() == "precious"
