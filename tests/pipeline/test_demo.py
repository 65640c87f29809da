"""The demo's log: private, live, bounded, and gone at the end."""

import os
import random
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from glance.domain.logs.traffic import TrafficMaker
from glance.pipeline.demo import MOST_CATCH_UP_SECONDS, DemoLog

NOW = 1_800_000_000.0


class HandClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        """Start at NOW."""
        self.at = NOW
        self.asked = threading.Semaphore(0)

    def monotonic(self) -> float:
        """The same, for nothing here looks at it."""
        return self.at

    def now(self) -> float:
        """The time, a quarter of a second later at each look."""
        self.at += 0.25
        self.asked.release()
        return self.at


class StillClock:
    """A clock that stands still."""

    def now(self) -> float:
        """Always the same."""
        return NOW

    monotonic = now


def traffic(rate: float = 48.0) -> TrafficMaker:
    """Traffic to write."""
    return TrafficMaker(random.Random(7), opened_at=NOW, rate=rate)


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def temporary_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary directories of these tests lie in `tmp_path`."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_only_the_owner_can_read_it_and_it_goes_away(temporary_place: Path) -> None:
    """Directory 0700, file 0600 whatever the umask, nothing left behind."""
    before = os.umask(0)
    try:
        with DemoLog(traffic(), StillClock()) as log:
            assert (mode(log.path.parent), mode(log.path)) == (0o700, 0o600)
    finally:
        os.umask(before)
    assert list(temporary_place.iterdir()) == []


def test_prefill_then_live_is_one_seamless_log() -> None:
    """What is written before and after opening joins without a gap or a double line."""
    with DemoLog(traffic(), StillClock()) as log:
        log.prefill(30)
        for tenth in range(1, 51):
            log.write_until(NOW + tenth / 10)
        assert log.path.read_bytes() == b"".join(traffic().lines(NOW - 30, NOW + 5))


def test_a_long_sleep_is_not_made_up() -> None:
    """After hours of suspension the last minute is written, not the hours."""
    with DemoLog(traffic(), StillClock()) as log:
        later = NOW + 7200
        log.write_until(later)
        assert log.path.read_bytes() == b"".join(traffic().lines(later - MOST_CATCH_UP_SECONDS, later))


def test_a_clock_set_back_goes_on() -> None:
    """Writing continues from the new time; a small step back writes nothing twice."""
    with DemoLog(traffic(), StillClock()) as log:
        log.write_until(NOW + 1)
        size = log.path.stat().st_size
        log.write_until(NOW + 0.5)
        assert log.path.stat().st_size == size
        log.write_until(NOW - 3600)
        log.write_until(NOW - 3590)
        assert log.path.stat().st_size > size


def test_it_is_renamed_away_when_large() -> None:
    """At most the log and one old one exist, both bounded."""
    with DemoLog(traffic(rate=500), StillClock(), rotate_bytes=100_000) as log:
        for second in range(1, 10):
            log.write_until(NOW + second)
        files = sorted(path.name for path in log.path.parent.iterdir())
        assert files == ["access.log", "access.log.1"]
        assert all(path.stat().st_size < 300_000 for path in log.path.parent.iterdir())
        assert mode(log.path) == 0o600


def test_the_thread_writes_and_ends() -> None:
    """Live traffic arrives without anybody's help, and `close` ends it."""
    clock = HandClock()
    log = DemoLog(traffic(), clock)
    log.start()
    for _ in range(5):
        assert clock.asked.acquire(timeout=10)
    assert log.path.read_bytes().count(b"\n") > 10
    log.close()
    assert "demo-traffic" not in {thread.name for thread in threading.enumerate()}
    assert log.failure is None


def test_a_program_that_just_ends_leaves_nothing(temporary_place: Path) -> None:
    """Without `close` the directory still goes away with the interpreter."""
    program = (
        "import random\n"
        "from glance.domain.logs.traffic import TrafficMaker\n"
        "from glance.pipeline.demo import DemoLog\n"
        "log = DemoLog(TrafficMaker(random.Random(1), 1.8e9))\n"
        "log.prefill(2)\n"
        "log.start()\n"
        "print(log.path.stat().st_size > 0)\n"
        "raise SystemExit(3)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(temporary_place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "True\n", "")
    assert list(temporary_place.iterdir()) == []


def test_a_full_disk_ends_the_writing_not_the_program() -> None:
    """The reason is kept for whoever asks."""
    clock = HandClock()
    log = DemoLog(traffic(), clock)
    log._file.close()
    log._file = open("/dev/full", "ab", buffering=0)  # noqa: SIM115 - closed by close()
    log.start()
    assert log._thread is not None
    log._thread.join(timeout=10)
    assert isinstance(log.failure, OSError)
    log.close()
