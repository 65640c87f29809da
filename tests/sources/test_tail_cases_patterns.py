"""Patterns, case by case: logs named by date, and copies of logs."""

from __future__ import annotations

import os
import shutil

from glance.sources.discovery import Glob
from tests.sources.bookkeeper import append, numbered


def names(found):
    return [os.path.basename(source.path) for source in found]


async def test_f33_a_log_that_is_named_by_date_rolls(tmp_path):
    pattern = Glob(str(tmp_path / "access-*.log"))
    append(tmp_path / "access-20261121.log", numbered(0, 3))
    assert names(pattern.rescan()) == ["access-20261121.log"]
    append(tmp_path / "access-20261122.log", numbered(3, 3))

    assert names(pattern.rescan()) == ["access-20261122.log"]
    assert names(pattern.rescan()) == []


async def test_f33_the_dated_predecessors_of_a_log_belong_to_it(log, books):
    append(log, numbered(0, 10))
    await books.read_all()
    await books.kill()
    append(log, numbered(10, 10))
    log.rename(log.with_name("access-20261121.log"))
    append(log, numbered(20, 10))
    log.rename(log.with_name("access.log-20261122"))
    append(log, numbered(30, 10))

    assert await books.restart() == numbered(10, 30)


async def test_f36_a_copy_of_a_whole_log_is_no_log(tmp_path):
    log, copy = tmp_path / "access.log", tmp_path / "access-backup.log"
    append(log, numbered(0, 1000))
    pattern = Glob(str(tmp_path / "*.log"))
    assert names(pattern.rescan()) == ["access.log"]
    copy.write_bytes(log.read_bytes()[:5000])
    assert pattern.rescan() == [], "half of it is there"
    shutil.copy(log, copy)
    assert pattern.rescan() == []
    assert pattern.copies.of == {str(copy): str(log)}
    log.unlink()
    append(log, numbered(5000, 1))
    assert pattern.rescan() == [], "what it was a copy of was rotated"
    assert names(Glob(str(tmp_path / "*.log")).rescan()) == ["access-backup.log", "access.log"]
