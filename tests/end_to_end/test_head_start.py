"""The process that reads large logs is never noticed: whatever becomes of it, of its parent or of the log."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from glance.cli import head_start
from glance.cli.head_start import LARGE_BYTES
from glance.pipeline import report
from tests.end_to_end.terminal import children_of, environment, glance, is_running, run, until
from tests.end_to_end.traffic import numbered

WITHOUT = (sys.executable, "-c", "import sys; from glance.cli.main import main; sys.exit(main(sys.argv[1:]))")
"""Glance as it is where no process was forked before."""

pytestmark = pytest.mark.skipif(sys.platform != "linux" or (os.cpu_count() or 1) < 2, reason="none is forked here")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log that is worth it."""
    path = tmp_path / "access.log"
    path.write_bytes(numbered(0, 50_000, 1_795_262_930))
    assert path.stat().st_size > LARGE_BYTES
    return path


def without(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """What glance says when it does everything itself."""
    return subprocess.run(
        [*WITHOUT, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environment()
    )


STOPPING = """
import os, signal, sys

class Stopping:
    parent = os.getpid()

    def find_spec(self, name, path=None, target=None):
        if name == "numpy" and os.getpid() != self.parent:
            os.kill(os.getpid(), signal.SIGSTOP)

sys.meta_path.insert(0, Stopping())
"""
"""Stops every process that was forked before numpy was imported, when it comes to that."""


@contextmanager
def stopped(place: Path, *arguments: str | Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Glance, and the process it has forked, which is stopped while it imports."""
    (place / "sitecustomize.py").write_text(STOPPING)
    env = environment()
    env["PYTHONPATH"] = f"{place}{os.pathsep}{env['PYTHONPATH']}"
    command = [sys.executable, "-m", "glance", *map(str, arguments)]
    with subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            until(lambda: any(map(_is_stopped, children_of(process.pid))), "an engine that imports")
            yield process, next(filter(_is_stopped, children_of(process.pid)))
        finally:
            process.kill()


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize("output", ["json", "text"])
@pytest.mark.parametrize("more", [(), ("--where", "path~^/n/1"), ("--top", "3", "--since", "2020-01-01")], ids=str)
def test_it_says_what_is_said_without(log: Path, output: str, more: tuple[str, ...]) -> None:
    told = run("report", "--output", output, *more, log)

    expected = without("report", "--output", output, *more, log)
    assert (told.returncode, told.stderr) == (0, b"")
    assert (told.stdout, told.returncode) == (expected.stdout, expected.returncode)
    assert b"/n/1" in told.stdout


def test_conditions_are_checked_on_what_it_read(log: Path) -> None:
    told = run("check", "--max-error-rate", "1%", log), run("report", "--fail-if", "hits > 10", log)

    assert [each.returncode for each in told] == [0, 1]


def test_what_it_cannot_read_is_told_as_ever(tmp_path: Path, log: Path) -> None:
    prose = tmp_path / "prose.txt"
    prose.write_text("It was a dark and stormy night.\n" * 150_000)
    for arguments in ((prose,), (log, prose), (log, tmp_path / "missing.log")):
        told, expected = run("report", *arguments), without("report", *arguments)

        assert told.returncode == expected.returncode
        assert told.stderr == expected.stderr != b""
        assert told.stdout == expected.stdout


def test_where_it_dies_its_parent_reads_the_log(tmp_path: Path, log: Path) -> None:
    with stopped(tmp_path, "report", "--output", "json", log) as (process, engine):
        os.kill(engine, signal.SIGKILL)
        told, _ = process.communicate(timeout=25)

    assert process.returncode == 0
    assert told == without("report", "--output", "json", log).stdout


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_it_never_outlives_its_parent(tmp_path: Path, log: Path, number: signal.Signals) -> None:
    with stopped(tmp_path, "report", log) as (process, engine):
        process.send_signal(number)
        process.wait(25)

        until(lambda: not is_running(engine), "the end of the engine")


def test_a_mistake_on_the_command_line_ends_it(log: Path) -> None:
    told = run("report", "--top", "many", log)  # to the end of whoever could still write

    assert told.returncode == 2
    assert b"many" in told.stderr


@contextmanager
def on_one_core() -> Iterator[None]:
    """What is started here takes its time, however many cores there are."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


def test_an_interrupt_ends_it_with_its_workers_and_takes_the_bar_away(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with log.open("wb") as file:
        for _ in range(24):
            file.write(numbered(0, 50_000, 1_795_262_930))
    with on_one_core():
        terminal = glance("report", log)
    with terminal:
        until(lambda: b"reading" in terminal.raw, "the bar")
        (engine,) = children_of(terminal.process.pid)
        workers = children_of(engine)
        terminal.press("ctrl+c")

        assert terminal.ends() == 130
        assert terminal.is_restored()
        assert "reading" not in terminal.text
        assert workers
        until(lambda: not any(map(is_running, (engine, *workers))), "the end of all processes")
    log.unlink()  # what tests leave is kept for a while, and this is much


def test_what_comes_once_is_read_by_who_answers_for_it(tmp_path: Path, log: Path) -> None:
    """Standard input beside a large log: an engine that had died with it could not be made good for."""
    with stopped(tmp_path, "report", "--output", "json", log, "-") as (process, _):
        told, _ = process.communicate(timeout=25)
    assert head_start.comes_once("-")
    assert not head_start.comes_once(str(log))
    assert not head_start.comes_once(str(tmp_path))
    os.mkfifo(fifo := tmp_path / "fifo")
    assert head_start.comes_once(str(fifo))
    assert told == without("report", "--output", "json", log, "-").stdout


def test_who_is_not_to_be_interrupted_is_not(tmp_path: Path, log: Path) -> None:
    """As nohup and jobs in the background have it."""
    script = "trap '' INT; exec \"$@\""
    command = ["/bin/sh", "-c", script, "sh", sys.executable, "-m", "glance", "report", "--output", "json", str(log)]
    with subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        until(lambda: children_of(process.pid) or process.poll() is not None, "the engine")
        for engine in children_of(process.pid):
            with contextlib.suppress(ProcessLookupError):  # it was quick
                os.kill(engine, signal.SIGINT)
            time.sleep(0.1)
            assert is_running(engine) or process.wait(25) == 0
        told, _ = process.communicate(timeout=25)

    assert told == without("report", "--output", "json", log).stdout


def test_large_is_what_workers_are_worth() -> None:
    """One decision, in a place that imports nothing and in one that does."""
    assert report._WORTH_WORKERS_BYTES == LARGE_BYTES


def test_a_small_log_is_not_worth_it(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(numbered(0, 50))
    script = "import sys; sys.argv = sys.argv[1:]; from glance import __main__; from glance.cli import head_start; "
    for arguments, is_begun in ((("report", log), "False"), (("--version",), "False")):
        told = subprocess.run(
            [sys.executable, "-c", f"{script}print(head_start.begun() is not None)", "glance", *map(str, arguments)],
            env=environment(), capture_output=True, check=True,
        )  # fmt: skip
        assert told.stdout.decode().strip() == is_begun
