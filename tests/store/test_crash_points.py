"""A process that dies at any place leaves the state before or the state after, and nothing between."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from glance.store.crash import CRASH_POINTS, KILLED, VARIABLE
from glance.store.history import History, Wanted
from glance.store.migrations import STEPS, version_of
from tests.store.killing import LINES, make_room, write
from tests.store.log import batch, batches, lines_of

COMMIT_POINTS = (
    "commit-begun",
    "commit-buckets-written",
    "commit-checkpoints-written",
    "commit-before-commit",
    "commit-after-commit",
    "checkpoint-before-truncate",
)
RETAIN_POINTS = ("retain-rolled-up", "retain-deleted", "retain-before-commit", "retain-after-commit")
MIGRATION_POINTS = (
    "migration-begun",
    "migration-step-written:1",
    "migration-step-written:9",
    "migration-before-commit:1",
    f"migration-before-commit:{len(STEPS)}",
    "migration-after-commit",
)


def run(path: Path, *words: str, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program of `killing`."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()} | ({VARIABLE: crash_at} if crash_at else {})
    command = [sys.executable, "-m", "tests.store.killing", str(path), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def reopened(path: Path) -> History:
    """The history as the next process finds it."""
    history = History.open(path)
    assert history.warning == ""
    return history


@pytest.mark.parametrize("point", COMMIT_POINTS)
def test_f01_killed_while_committing(tmp_path: Path, point: str) -> None:
    """All that was told is there, and at most the one batch that was not told yet."""
    path = tmp_path / "glance.db"
    done = run(path, crash_at=f"{point}:5" if point.startswith("commit") else point)
    assert done.returncode == KILLED, done.stderr
    told = int(done.stdout.split()[-1])
    ends = [piece.checkpoints[0].offset // 10 for piece in batches(LINES, 1, most=80)]
    following = ends[ends.index(told) + 1]

    history = reopened(path)
    assert lines_of(history) == (following if point == "commit-after-commit" else told)
    history.close()
    with Path(os.devnull).open("wb") as nobody:
        write(path, nobody.fileno())
    history = reopened(path)
    assert lines_of(history) == LINES
    history.close()


@pytest.mark.parametrize("point", RETAIN_POINTS)
def test_f03_killed_while_making_room(tmp_path: Path, point: str) -> None:
    """Each record is in a bucket or in a roll-up, never in both, never in neither."""
    path = tmp_path / "glance.db"
    history = History.open(path, clock=lambda: 0.0)
    for piece in batches(LINES, most=300):
        history.commit(piece)
    assert len(history.heads(Wanted())) > 2
    history.close()
    done = run(path, "room", crash_at=point if point != "retain-rolled-up" else "retain-rolled-up:2")
    assert done.returncode == KILLED, done.stderr

    for _ in range(2):
        history = reopened(path)
        held = sum(head.records for head in history.heads(Wanted()))
        rolled = [sum(row.records for row in history.rolled_up(Wanted(), width)) for width in (10, 60, 3600)]
        assert [held + counted for counted in rolled] == [LINES] * 3
        assert history.ranking(Wanted(), "method").total == rolled[0]
        assert list(history.connection.execute("PRAGMA integrity_check")) == [("ok",)]
        history.close()
        make_room(path)
    assert held == 0


@pytest.mark.parametrize("point", MIGRATION_POINTS)
def test_f02_killed_while_migrating(tmp_path: Path, point: str) -> None:
    """A step is done or not begun; the next start completes."""
    path = tmp_path / "glance.db"
    assert run(path, crash_at=point).returncode == KILLED

    reader = History.open(path, writes=False)
    assert version_of(reader.connection) == len(STEPS)
    reader.close()
    history = reopened(path)
    history.commit(batch(0, 5))
    assert lines_of(history) == 5
    history.close()


def test_f01_t22_killed_at_random_moments(tmp_path: Path) -> None:
    """Exactly a beginning of the log, at least what was told; the variable GLANCE_SOAK_KILLS says how often."""
    count = os.environ.get("GLANCE_SOAK_KILLS", "20")
    done = run(tmp_path / "glance.db", "random", count, "11")

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > int(count) // 2


def test_each_point_has_a_test_and_each_place_a_name() -> None:
    """Every registered point is named in a test; every place in the code is registered."""
    root = Path(__file__).resolve().parent.parent
    tests = "".join(module.read_text(encoding="utf-8") for module in root.rglob("test_*.py"))
    code = "".join(module.read_text(encoding="utf-8") for module in (root.parent / "glance").rglob("*.py"))
    places = set(re.findall(r'crash_here\("([^"]+)"\)', code))
    ends = re.findall(r'crash_here\(f"\{crash_point\}(-[^"]+)"\)', code)
    places |= {stem + end for stem in ("commit", "retain", "migration") for end in ends}

    assert places == CRASH_POINTS
    assert [point for point in CRASH_POINTS if f'"{point}' not in tests] == []
