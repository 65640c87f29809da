"""The daemon as a real process: one of it, up when it says so, gone when it says so, and exact in between."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glance.cli.main import main
from glance.paths import daemon_file
from glance.pipeline.control import ask
from glance.pipeline.lock import holder_of
from tests.end_to_end.terminal import Terminal, environment, is_running, until
from tests.end_to_end.traffic import Writer, append, numbered, request

GLANCE = (sys.executable, "-m", "glance")


def glance(*words: object, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        [*GLANCE, *map(str, words)], capture_output=True, text=True, timeout=50, env=environment(**changes), check=False
    )


def status() -> dict[str, Any]:
    """What the daemon says, asked in the way of the verb."""
    reply = ask(daemon_file("sock"), "status")
    return {} if reply is None else reply.values


def reads(lines: int) -> None:
    """Wait until the daemon has read so many lines."""
    until(lambda: status().get("lines") == lines, f"{lines} lines, not {status().get('lines')}")


def reports(path: Path) -> list[dict[str, Any]]:
    """The reports that were written, as JSON."""
    lines = path.with_name(path.name + ".jsonl")
    return [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Whatever a test started ends with it."""
    yield
    with contextlib.suppress(Exception):
        holder = holder_of(daemon_file("lock"))
        if holder is not None and holder.pid > 0:
            os.kill(holder.pid, signal.SIGKILL)
            until(lambda: holder_of(daemon_file("lock")) is None, "the end of the daemon")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of 300 requests."""
    path = tmp_path / "access.log"
    path.write_bytes(numbered(0, 300))
    return path


def test_it_starts_says_how_it_is_and_stops(log: Path) -> None:
    before = glance("daemon", "status")
    assert (before.returncode, before.stdout) == (3, "glance is not running\n")

    started = glance("daemon", "start", log)
    assert started.returncode == 0, started.stderr
    pid = status()["pid"]
    assert started.stdout.startswith(f"glance is up: pid {pid}, reads {log}\n")
    assert os.getsid(pid) == pid  # its own session: no terminal can take it along
    assert daemon_file("sock").stat().st_mode & 0o777 == daemon_file("log").stat().st_mode & 0o777 == 0o600
    reads(300)

    shown = glance("daemon", "status", "-o", "json")
    told = json.loads(shown.stdout)
    assert (shown.returncode, told["is_running"], told["pid"], told["lines"]) == (0, True, pid, 300)
    assert told["sources"][0]["path"] == str(log)
    assert "300 lines" in glance("daemon", "status").stdout

    again = glance("daemon", "start", log)
    assert again.returncode == 1
    assert f"glance is running already, pid {pid}" in again.stderr

    stopped = glance("daemon", "stop")
    assert (stopped.returncode, stopped.stdout) == (0, f"glance has stopped: pid {pid}, 300 lines read\n")
    assert not is_running(pid)
    assert glance("daemon", "status").returncode == 3
    assert glance("daemon", "stop").stdout == "glance is not running\n"
    assert f"is up, pid {pid}, and reads {log}" in glance("daemon", "logs").stdout
    assert glance("daemon", "logs", "-n", "1").stdout.endswith("INFO    ends\n")


def test_after_kill_it_starts_again_and_counts_each_line_once(log: Path) -> None:
    assert glance("daemon", "start", log).returncode == 0
    reads(300)
    pid = status()["pid"]
    time.sleep(1.5)  # some of it is in history, some may not be: either way it is counted once
    os.kill(pid, signal.SIGKILL)
    until(lambda: holder_of(daemon_file("lock")) is None, "the end of the process")
    assert daemon_file("sock").exists()
    append(log, numbered(300, 50))

    assert glance("daemon", "status").returncode == 3
    started = glance("daemon", "start", log)
    assert started.returncode == 0, started.stderr
    reads(350)
    assert glance("daemon", "stop").returncode == 0
    assert json.loads(glance("report", "--db", "-o", "json").stdout)["hits"] == 350


def test_of_two_that_start_at_once_one_wins(log: Path) -> None:
    both = [
        subprocess.Popen(
            [*GLANCE, "daemon", "start", str(log)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=50) for process in both]

    assert sorted(process.returncode for process in both) == [0, 1]
    loser = next(err for process, (_, err) in zip(both, said, strict=True) if process.returncode)
    assert f"glance is running already, pid {status()['pid']}" in loser


def test_it_survives_its_terminal(log: Path) -> None:
    with Terminal(["sh", "-c", f"{' '.join(GLANCE)} daemon start {log}; read wait"]) as terminal:
        terminal.shows("glance is up")
        pid = status()["pid"]
    append(log, numbered(300, 10))
    reads(310)
    assert status()["pid"] == pid


def test_in_a_terminal_it_ends_with_it(log: Path) -> None:
    with Terminal([*GLANCE, "daemon", "run", str(log)]) as terminal:
        terminal.shows("is up")
        pid = status()["pid"]
        terminal.hang_up()
        until(lambda: not is_running(pid), "its end")


def test_what_comes_on_a_pipe_is_read() -> None:
    with subprocess.Popen(
        [*GLANCE, "daemon", "run", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as daemon:
        assert daemon.stdin is not None
        until(lambda: status().get("is_ready"), "the daemon")
        daemon.stdin.write(numbered(0, 20))
        daemon.stdin.flush()
        reads(20)
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)
        assert daemon.returncode == 0


def test_a_symbolic_link_in_place_of_the_lock_harms_nothing(log: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep me")
    daemon_file("lock").parent.mkdir(parents=True)
    daemon_file("lock").symlink_to(victim)

    started = glance("daemon", "start", log)
    assert started.returncode == 3
    assert "it is a symbolic link" in started.stderr
    assert victim.read_text() == "keep me"


def test_counts_and_reports_are_exact_while_the_log_rotates(tmp_path: Path) -> None:
    log, report = tmp_path / "access.log", tmp_path / "report.log"
    started = glance("daemon", "start", "--report-path", report, "--report-time", "1", log)
    assert started.returncode == 0, started.stderr
    assert "it is waited for" in started.stdout
    with Writer(log, 800) as writer:
        time.sleep(0.8)
        log.rename(log.with_suffix(".log.1"))
        time.sleep(0.8)
        log.rename(log.with_suffix(".log.2"))
        report.rename(report.with_suffix(".log.1"))
        time.sleep(0.8)
    reads(writer.written)
    assert glance("daemon", "stop").returncode == 0

    written = reports(report)
    assert sum(one["hits"] for one in written) == writer.written
    assert len(written) >= 3
    blocks = report.read_text() + report.with_suffix(".log.1").read_text()
    assert blocks.count("---ERROR RATE: 0.00%----") == len(written)


class Supervising:
    """A supervisor that hears what it is told."""

    def __init__(self, path: Path) -> None:
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.heard += self._socket.recv(4096).decode().splitlines()

    def hears(self, text: str, times: int = 1) -> None:
        """Wait for a line."""
        until(lambda: self.heard.count(text) >= times, f"{text}, not {self.heard}")


def test_under_a_supervisor_it_tells_reloads_and_ends_in_order(tmp_path: Path, log: Path) -> None:
    config, report = tmp_path / "glance.toml", tmp_path / "report.log"
    config.write_text(f'report_path = "{report}"\nreport_time = 3600\n')
    supervisor = Supervising(tmp_path / "notify")
    with subprocess.Popen(
        [*GLANCE, "daemon", "run", "--config", str(config), str(log)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=environment(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="300000"),
    ) as daemon:
        supervisor.hears("READY=1")
        supervisor.hears("WATCHDOG=1", times=3)
        reads(300)

        config.write_text("report_time = nonsense\n")
        daemon.send_signal(signal.SIGHUP)
        supervisor.hears("READY=1", times=2)
        until(lambda: status()["reload_trouble"], "the mistake in the file")
        assert status()["reports"]["seconds"] == 3600

        config.write_text(f'report_path = "{report}"\nreport_time = 1\nalert_threshold = 99\n')
        daemon.send_signal(signal.SIGHUP)
        until(report.exists, "a report of the new settings")
        until(lambda: "99" in status()["alerts"]["rule"], "the alert of the new settings")
        assert status()["reload_trouble"] == ""
        append(log, numbered(300, 5))
        reads(305)

        daemon.send_signal(signal.SIGTERM)
        said = daemon.communicate(timeout=30)[1]
        assert daemon.returncode == 0, said
    supervisor.hears("STOPPING=1")
    assert "keeps its settings: the configuration" in said
    assert sum(one["hits"] for one in reports(report)) == 5


def test_the_settings_of_fluffy_do_what_they_did(tmp_path: Path) -> None:
    """The sample of its README: ten requests, three of them failed."""
    log, report = tmp_path / "access.log", tmp_path / "report.log"
    log.write_bytes(b"")
    config = tmp_path / "config.yml"
    config.write_text(
        f"alert-path: {tmp_path}/alert.log\nalert-window: 5\nfilename: {log}\nlog-path: {tmp_path}/fluffy.log\n"
        f"pid: 4711\nreport-path: {report}\nreport-time: 1\nthreshold: 10\n"
    )
    started = glance("daemon", "start", "--config", config)
    assert started.returncode == 0, started.stderr
    assert "5 s" in status()["alerts"]["rule"]
    now = time.time()
    for path, code, count in (("/report/user", 500, 3), ("/report/user", 200, 1), ("/login/user", 200, 6)):
        append(log, b"".join(request(now, path, code) for _ in range(count)))
    until(lambda: sum(one["hits"] for one in reports(report)) == 10, "ten requests in reports")

    assert sum(one["errors"]["server"] for one in reports(report)) == 3
    if len(with_hits := [one for one in reports(report) if one["hits"]]) == 1:
        assert with_hits[0]["errors"]["server_rate"] == 0.3
        assert "---ERROR RATE: 30.00%----" in report.read_text()
    assert "is up" in (tmp_path / "fluffy.log").read_text()
    assert str(tmp_path / "fluffy.log") in glance("daemon", "status").stdout


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["start", "missing/access.log"], 5, "there is no directory"),
        (["start", "-"], 2, "a daemon has no standard input"),
        (["start", "--report-time", "0", "access.log"], 2, "expected a number from 1"),
        (["start", "--config", "no.toml"], 3, "there is no configuration file"),
        (["run", "--format", "nonsense", "access.log"], 6, "nonsense"),
        (["logs"], 1, "there is no log"),
        (["restart"], 2, "No such command"),
    ],
)
def test_what_cannot_be_is_told_at_once(
    log: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, why: str
) -> None:
    monkeypatch.chdir(log.parent)
    done = glance("daemon", *words)

    assert done.returncode == code
    assert why in done.stderr
    assert status() == {}


def test_a_daemon_that_cannot_begin_says_why_to_who_started_it(log: Path) -> None:
    daemon_file("sock").mkdir(parents=True)  # nothing can listen there
    started = glance("daemon", "start", log)

    assert started.returncode == 1
    assert "cannot listen on" in started.stderr


def test_one_that_hangs_is_ended_by_force(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert glance("daemon", "start", log).returncode == 0
    pid = status()["pid"]
    os.kill(pid, signal.SIGSTOP)
    monkeypatch.setattr("glance.pipeline.control.ask", functools.partial(ask, seconds=0.2))

    assert main(["daemon", "status"]) == 4
    assert capsys.readouterr().out == f"glance is starting, ending or stuck: pid {pid}\n"
    assert main(["daemon", "stop", "--timeout", "0.2"]) == 1
    assert "force it" in capsys.readouterr().err
    assert main(["daemon", "stop", "--timeout", "0.2", "--kill"]) == 0
    assert not is_running(pid)
    assert main(["daemon", "status"]) == 3


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_unit(log: Path, tmp_path: Path) -> None:
    unit = tmp_path / "glance.service"
    unit.write_text(glance("daemon", "unit", log).stdout)
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
