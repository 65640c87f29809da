"""Forked workers: the same buckets as in one process, whatever happens to a worker."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from glance.domain.logs.bucket import LogBucket
from glance.ingest import workers as module
from glance.ingest.detect import detect
from glance.ingest.reader import LineReader
from glance.ingest.stretch import Stretch, StretchGoneError, parse_stretch
from glance.ingest.workers import Workers
from tests.domain.logs.brute import records_of

LINE = '10.0.{0}.{1} - - [22/Nov/2026:10:00:{2:02} +0000] "GET /page/{3} HTTP/1.1" 200 {4} "-" "agent {1}"\n'
STRETCHES = 12


@pytest.fixture
def path(tmp_path: Path) -> Path:
    log = tmp_path / "access.log"
    log.write_text("".join(LINE.format(n % 7, n % 250, n % 60, n % 40, n) for n in range(6000)))
    return log


def stretches_of(path: Path) -> list[Stretch]:
    data = path.read_bytes()
    status = path.stat()
    ends = [data.rfind(b"\n", 0, len(data) * part // STRETCHES) + 1 for part in range(1, STRETCHES)] + [len(data)]
    starts = [0, *ends[:-1]]
    identity = (status.st_dev, status.st_ino)
    return [Stretch(str(path), "log", 0, identity, start, end) for start, end in zip(starts, ends, strict=True)]


def readers_of(path: Path) -> Sequence[LineReader]:
    return detect(path.read_bytes()[:20_000]).readers


def told(buckets: Sequence[LogBucket]) -> list[tuple[object, ...]]:
    """What makes a bucket equal to another."""
    return [
        (one.offset, one.length, one.lines, one.records, one.first_ms, one.last_ms, records_of(one)) for one in buckets
    ]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_same_as_in_one_process_and_in_order(path: Path, count: int) -> None:
    stretches, readers = stretches_of(path), readers_of(path)
    with Workers(readers, count) as workers:
        found = list(workers.parse_all(stretches))
    assert [stretch for stretch, _ in found] == stretches
    for stretch, buckets in found:
        assert told(buckets) == told(parse_stretch(stretch, readers))


def test_a_worker_that_dies_is_made_good_for(path: Path) -> None:
    stretches, readers = stretches_of(path), readers_of(path)
    with Workers(readers, 2) as workers:
        found = []
        for number, pair in enumerate(workers.parse_all(stretches)):
            found.append(pair)
            if number in (1, 4):  # first one, then the other
                os.kill(workers.processes[number // 4], signal.SIGKILL)
    assert [stretch for stretch, _ in found] == stretches
    assert sum(bucket.records for _, buckets in found for bucket in buckets) == 6000


def test_without_any_process_it_is_done_here(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(module.os, "fork", refuse)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with Workers(readers_of(path), 2) as workers:
        assert workers.processes == ()
        found = list(workers.parse_all(stretches_of(path)))
    assert sum(bucket.records for _, buckets in found for bucket in buckets) == 6000
    assert before == (len(os.listdir("/proc/self/fd")) if before else 0)


def test_a_stretch_that_is_gone_is_told(path: Path) -> None:
    stretches, readers = stretches_of(path), readers_of(path)
    os.truncate(path, stretches[5].end)
    with Workers(readers, 2) as workers, pytest.raises(StretchGoneError):
        list(workers.parse_all(stretches))


def test_no_process_is_left(path: Path) -> None:
    with Workers(readers_of(path), 3) as workers:
        next(workers.parse_all(stretches_of(path)))  # given up with work under way
        processes = workers.processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_signal_while_they_start_runs_nothing_of_the_parents_in_a_child(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Else two processes would go on with what the one was at."""
    parent, fork = os.getpid(), os.fork

    def interrupted() -> int:
        process = fork()
        if not process:
            os.kill(os.getpid(), signal.SIGINT)
        return process

    monkeypatch.setattr(module.os, "fork", interrupted)
    try:
        with Workers(readers_of(path), 2) as workers:
            found = list(workers.parse_all(stretches_of(path)))
    finally:
        if os.getpid() != parent:
            os.write(2, b"a child went on\n")
            os._exit(1)
    assert sum(bucket.records for _, buckets in found for bucket in buckets) == 6000
    assert capfd.readouterr().err == ""


def test_who_is_interrupted_while_they_start_leaves_none(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fork, made = os.fork, list[int]()

    def interrupted() -> int:
        process = fork()
        if process:
            made.append(process)
            signal.raise_signal(signal.SIGINT)  # to this thread: other tests may have left some
        return process

    monkeypatch.setattr(module.os, "fork", interrupted)
    readers = readers_of(path)
    gc.collect()
    descriptors = len(os.listdir("/proc/self/fd"))
    with pytest.raises(KeyboardInterrupt):
        Workers(readers, 2)
    assert made
    assert len(os.listdir("/proc/self/fd")) <= descriptors
    for process in made:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_workers_end_with_the_process_that_made_them(path: Path) -> None:
    ours, theirs = os.pipe()
    maker = os.fork()
    if not maker:
        os.close(ours)
        workers = Workers(readers_of(path), 2)
        os.write(theirs, " ".join(map(str, workers.processes)).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(theirs)
    processes = [int(one) for one in os.read(ours, 100).split()]
    os.waitpid(maker, 0)
    assert len(processes) == 2
    end = time.monotonic() + 20
    while any(_runs(process) for process in processes):
        assert time.monotonic() < end, "a worker outlives the process that made it"
        os.sched_yield()
    os.close(ours)


def _runs(process: int) -> bool:
    """It is there, and no zombie that nobody waits for."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_worker_ends_by_itself_when_there_is_nothing_more_for_it(path: Path) -> None:
    with Workers(readers_of(path), 2) as workers:
        list(workers.parse_all(stretches_of(path)))
        ended = [os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT) for number in workers.processes]
    assert [None if one is None else (one.si_code, one.si_status) for one in ended] == [(os.CLD_EXITED, 0)] * 2
