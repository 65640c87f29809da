"""One instance: by a lock of the kernel, whatever stands in files or lies where the file should be (F100)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from glance.errors import ConfigError
from glance.pipeline.lock import InstanceLock, holder_of
from glance.pipeline.process import Process, started_ticks

HOLD = "import sys; from pathlib import Path; from glance.pipeline.lock import InstanceLock as L; "
HOLD += "lock = L.take(Path(sys.argv[1])); print(lock is not None, flush=True); sys.stdin.read()"


def hold(path: Path) -> subprocess.Popen[str]:
    """Another process that wants the lock."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_one_process_holds_it_and_is_known(tmp_path: Path) -> None:
    path = tmp_path / "state" / "daemon.lock"
    with hold(path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert InstanceLock.take(path) is None
        holder = holder_of(path)
        assert holder is not None
        assert holder.pid == other.pid
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700

        other.kill()
        other.wait()
        assert holder_of(path) is None
        lock = InstanceLock.take(path)
        assert lock is not None
        lock.release()


@pytest.mark.parametrize(
    "note",
    ["", "garbage", "1", "999999999 1", f"{os.getpid()} 12345", "x" * 10_000, "\0" * 50],
    ids=["nothing", "garbage", "one", "nobody", "us", "long", "nul"],
)
def test_what_stands_in_the_file_is_not_believed(tmp_path: Path, note: str) -> None:
    path = tmp_path / "daemon.lock"
    path.write_text(note)
    path.chmod(0o600)
    assert holder_of(path) is None  # nobody holds it, whatever it says

    lock = InstanceLock.take(path)
    assert lock is not None
    path.write_text(note)
    held = holder_of(path)
    assert held is not None
    assert held.pid == 0  # somebody does, and who it is cannot be told
    lock.release()


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep me")
    path = tmp_path / "daemon.lock"
    path.symlink_to(victim)

    for use in (InstanceLock.take, holder_of):
        with pytest.raises(ConfigError) as caught:
            use(path)
        assert caught.value.why == "it is a symbolic link"
    assert victim.read_text() == "keep me"


def test_a_link_or_a_pipe_in_its_place_is_refused(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep me")
    os.link(victim, tmp_path / "hard.lock")
    os.mkfifo(tmp_path / "pipe.lock")
    (tmp_path / "folder.lock").mkdir()

    for name in ("hard.lock", "pipe.lock", "folder.lock"):
        with pytest.raises(ConfigError):
            InstanceLock.take(tmp_path / name)
    assert victim.read_text() == "keep me"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as caught:
        InstanceLock.take(tmp_path / "file" / "daemon.lock")
    assert "cannot use" in caught.value.what


def test_a_folder_that_others_can_write_to_is_made_private(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(0o777)
    lock = InstanceLock.take(folder / "daemon.lock")
    assert lock is not None
    lock.release()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_process_is_signalled_and_waited_for_by_a_handle() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with Process(child.pid) as process:
        assert started_ticks(child.pid) >= started_ticks(os.getpid()) > 0
        assert not process.ends(0)
        process.signal(signal.SIGKILL)
        assert process.ends(10)
        child.wait()
        process.signal(signal.SIGKILL)  # nothing happens, also not to another of that number
    with pytest.raises(ProcessLookupError):
        Process(child.pid)
    assert started_ticks(child.pid) == 0
