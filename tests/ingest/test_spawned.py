"""Workers beside a running screen."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from glance.ingest.detect import detect
from glance.ingest.spawned import SpawnedWorkers
from glance.ingest.stretch import Stretch

LINE = b'203.0.113.9 - - [22/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 10 "-" "curl/8"\n'


async def test_nothing_is_imported_from_where_glance_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of logs may hold anything, a `pickle.py` or a `glance` too: none of it is run."""
    trap = "open('sprung', 'w').close()\n"
    (tmp_path / "glance").mkdir()
    for name in ("pickle.py", "numpy.py", "glance/__init__.py"):
        (tmp_path / name).write_text(trap)
    log = tmp_path / "access.log"
    log.write_bytes(LINE * 10)
    monkeypatch.chdir(tmp_path)
    status = os.stat(log)
    stretch = Stretch(str(log), str(log), 1, (status.st_dev, status.st_ino), 0, status.st_size)

    async with SpawnedWorkers(detect(LINE * 3).readers, count=1) as workers:
        (bucket,) = await workers.parse(stretch)

    assert bucket.records == 10
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.2])
async def test_who_is_cancelled_twice_leaves_no_process_behind(seconds):
    async def use():
        async with SpawnedWorkers(detect(LINE * 3).readers, count=1) as workers:
            processes.extend(workers._processes)
            begun.set()
            await asyncio.sleep(60)

    processes, begun = [], asyncio.Event()
    using = asyncio.create_task(use())
    await begun.wait()
    await asyncio.sleep(seconds)
    for _ in range(3):
        using.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await using
    assert processes[0].returncode is not None
