"""A collector that is killed again and again, while its log is written and rotated, counts every line once.

Six times here; GLANCE_SOAK_KILLS=200 is the long form.
"""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Self

import pytest

from glance.domain.logs.bucket_head import Wanted
from glance.store.history import History
from tests.end_to_end.terminal import run
from tests.end_to_end.traffic import append, numbered

KILLS = int(os.environ.get("GLANCE_SOAK_KILLS", "6"))
PER_SECOND = 2_000
ROTATION_SECONDS = 0.7


class Rotated:
    """A log that is written at a steady pace and rotated now and then, as logrotate would."""

    def __init__(self, path: Path, kind: str, seconds: float = ROTATION_SECONDS) -> None:
        """Write nothing yet."""
        self._seconds = seconds
        self.path = path
        self.written = 1
        self._kind = kind
        self._rotations = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(0.01):
            seconds = time.monotonic() - began
            due = max(0, int(seconds * PER_SECOND) - self.written)
            data = numbered(self.written, due)
            cut = len(data) // 2
            append(self.path, data[:cut])  # in the midst of a line
            append(self.path, data[cut:])
            self.written += due
            if seconds > (self._rotations + 1) * self._seconds:
                self._rotate()

    def _rotate(self) -> None:
        """`access.log` becomes `access.log.1`, that `.2`, and so on; `.2` is compressed where that is asked."""
        self._rotations += 1
        for number in range(self._rotations - 1, 0, -1):
            for ending in ("", ".gz"):
                older = self._kept(number, ending)
                if older.exists():
                    older.rename(self._kept(number + 1, ending))
        if self._kind == "copytruncate":
            self._kept(1).write_bytes(self.path.read_bytes())
            os.truncate(self.path, 0)
            return
        self.path.rename(self._kept(1))
        self.path.touch()
        if self._kind == "compress" and self._kept(2).exists():
            with gzip.open(self._kept(2, ".gz"), "wb", 1) as packed:
                packed.write(self._kept(2).read_bytes())
            self._kept(2).unlink()

    def _kept(self, number: int, ending: str = "") -> Path:
        return self.path.with_name(f"{self.path.name}.{number}{ending}")


def collect(log: Path, database: Path, *more: str) -> subprocess.Popen[bytes]:
    """A collector as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "glance", "collect", str(log), "--db", str(database), *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def counted(database: Path) -> Counter[bytes]:
    """How often each path is in history."""
    history = History.open(database, writes=False)
    try:
        found: Counter[bytes] = Counter()
        for bucket in history.buckets(Wanted()):
            column = bucket.texts["path"]
            found.update(column.values[number] for number in column.ids.tolist())
    finally:
        history.close()
    return found


@pytest.mark.slow
@pytest.mark.timeout(60 + 4 * KILLS)
@pytest.mark.parametrize("kind", ["rename", "copytruncate", "compress"])
def test_killed_at_any_moment_counts_each_line_once(tmp_path: Path, kind: str) -> None:
    log, database = tmp_path / "log" / "access.log", tmp_path / "state" / "glance.db"
    log.parent.mkdir()
    chance = random.Random(7)
    append(log, numbered(0, 1))
    run("collect", log, "--db", database)  # what was rotated before anybody asked does not count
    with Rotated(log, kind) as writer:
        for _ in range(KILLS if kind == "rename" else max(2, KILLS // 3)):
            process = collect(log, database, "--watch")
            time.sleep(chance.uniform(0.3, 1.6))
            process.send_signal(signal.SIGKILL)
            process.communicate()
    ended = run("collect", log, "--db", database)
    assert ended.returncode == 0, ended.stderr

    found = counted(database)
    expected = {f"/n/{number}".encode() for number in range(writer.written)}
    assert [path for path, times in found.items() if times != 1] == []
    assert set(found) == expected


@pytest.mark.slow
def test_rotated_and_renamed_all_the_time_while_archives_are_looked_at(tmp_path: Path) -> None:
    """Many archives that nobody has read, whose names change while they are unpacked: each is taken for itself."""
    log, database = tmp_path / "log" / "access.log", tmp_path / "state" / "glance.db"
    log.parent.mkdir()
    chance = random.Random(3)
    append(log, numbered(0, 1))
    run("collect", log, "--db", database)
    with Rotated(log, "compress", 0.2) as writer:
        for _ in range(2 if KILLS < 100 else 20):
            time.sleep(chance.uniform(2.0, 3.0))
            process = collect(log, database, "--watch")
            time.sleep(chance.uniform(0.6, 1.2))
            process.send_signal(signal.SIGKILL)
            process.communicate()
    assert run("collect", log, "--db", database).returncode == 0

    found = counted(database)
    assert found.total() == len(found) == writer.written
