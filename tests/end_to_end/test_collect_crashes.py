"""A collector that dies at a certain point, or for want of memory: the next one counts every line once."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from glance.store.crash import CRASH_POINTS, KILLED, VARIABLE
from tests.end_to_end.terminal import environment, run
from tests.end_to_end.test_collect_killed import counted
from tests.end_to_end.traffic import append, numbered

LINES = 500
POINTS = sorted(point for point in CRASH_POINTS if not point.startswith(("retain", "checkpoint")))


@pytest.mark.parametrize("point", POINTS)
def test_f01_dies_at_a_point_and_goes_on(tmp_path: Path, point: str) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    append(log, numbered(0, LINES))
    died = run("collect", log, "--db", database, env={**environment(), VARIABLE: point})
    assert died.returncode == KILLED, died.stderr
    append(log, numbered(LINES, LINES))
    log.rename(log.with_suffix(".log.1"))
    append(log, numbered(2 * LINES, LINES))

    ended = run("collect", log, "--db", database)

    assert ended.returncode == 0, ended.stderr
    found = counted(database)
    assert set(found.values()) == {1}
    # what was rotated away before anything was ever written down is not this log's past
    assert len(found) == (3 * LINES if is_written(point) else LINES)


def is_written(point: str) -> bool:
    """Something was on record when it died."""
    return point == "commit-after-commit"


def test_f28_dies_for_want_of_memory_and_goes_on(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    append(log, numbered(0, 40_000))
    limit = 150 << 20
    died = run(
        "collect",
        log,
        "--db",
        database,
        env={**environment(), "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert died.returncode != 0

    ended = run("collect", log, "--db", database)

    assert ended.returncode == 0, ended.stderr
    found = counted(database)
    assert len(found) == 40_000
    assert set(found.values()) == {1}
