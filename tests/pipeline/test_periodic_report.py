"""The daemon's report: fluffy's form and figures, every interval, nothing lost between two."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.record import LogRecord
from glance.pipeline.periodic_report import PeriodicReport, ReportPlan, as_text
from glance.pipeline.report_file import append
from tests.domain.logs.brute import bucket_of

START = 1_609_382_617.0
"""2020-12-31 02:43:37 UTC, as in fluffy's sample."""


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START
        self.run = 1000.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.run

    def move(self, seconds: float) -> None:
        self.at += seconds
        self.run += seconds


def records(*paths: tuple[str, int, bytes], at: float = START) -> LogBucket:
    """A bucket of requests: path, how many, status."""
    return bucket_of(
        [
            LogRecord(int(at * 1000), client=b"10.0.0.%d" % number, method=b"GET", path=path.encode(), status=status)
            for path, count, status in paths
            for number in range(count)
        ]
    )


SAMPLE = records(
    ("/report/user", 2, b"200"),
    ("/report/user", 2, b"500"),
    ("/login/user", 3, b"200"),
    ("/logout/user", 1, b"200"),
    ("/logout/user", 1, b"503"),
    ("/other", 1, b"404"),
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report.log"


@pytest.fixture
def report(path: Path, clock: SetClock) -> PeriodicReport:
    return PeriodicReport(ReportPlan(str(path), 10), clock)


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.with_name(path.name + ".jsonl").read_text().splitlines()]


async def test_the_sample_of_fluffy_has_its_lines_and_its_rate(
    report: PeriodicReport, path: Path, clock: SetClock
) -> None:
    report.take([SAMPLE])
    clock.move(10)
    await report.write()

    text = path.read_text()
    assert text.splitlines()[:10] == [
        "--------------------------------------------------------------------",
        "                Report for DATE: 2020-12-31 02:43:37",
        "--------------------------------------------------------------------",
        "PATH                    COUNT",
        "--------------------------------------------------------------------",
        "/report/user                    4",
        "/login/user                     3",
        "/logout/user                    2",
        "",
        "SECTION                 COUNT",
    ]
    assert "---ERROR RATE: 30.00%----" in text.splitlines()
    assert "4XX: 1 (10.00%)   5XX: 3 (30.00%)" in text.splitlines()
    assert "4XX AND 5XX: 4 (40.00%)" in text.splitlines()
    assert "REQUESTS: 10 in 10.0s, 1.00/s" in text.splitlines()
    (line,) = lines_of(path)
    assert line["errors"] == {"client": 1, "server": 3, "rate": 0.4, "client_rate": 0.1, "server_rate": 0.3}
    assert (line["start"], line["end"]) == ("2020-12-31T02:43:37Z", "2020-12-31T02:43:47Z")
    assert [row["name"] for row in line["top"]["sections"]] == ["/report", "/login", "/logout"]  # type: ignore[index]


async def test_an_interval_without_traffic_has_its_report_too(
    report: PeriodicReport, path: Path, clock: SetClock
) -> None:
    clock.move(10)
    await report.write()

    assert "---ERROR RATE: 0.00%----" in path.read_text()
    assert "NaN" not in path.read_text()
    assert lines_of(path)[0]["hits"] == 0


async def test_reports_are_appended_and_each_counts_its_own(
    report: PeriodicReport, path: Path, clock: SetClock
) -> None:
    path.write_text("what was there\n")
    for count in (3, 0, 5):
        report.take([records(("/a", count, b"200"))] if count else [])
        clock.move(10)
        await report.write()

    assert path.read_text().startswith("what was there\n---")
    assert [line["hits"] for line in lines_of(path)] == [3, 0, 5]
    assert [line["start"] for line in lines_of(path)[1:]] == [line["end"] for line in lines_of(path)[:-1]]
    assert report.written == 3


async def test_a_rotated_file_is_left_alone(report: PeriodicReport, path: Path, clock: SetClock) -> None:
    report.take([SAMPLE])
    clock.move(10)
    await report.write()
    path.rename(path.with_suffix(".1"))
    report.take([records(("/b", 2, b"200"))])
    clock.move(10)
    await report.write()

    assert path.with_suffix(".1").read_text().count("ERROR RATE") == path.read_text().count("ERROR RATE") == 1
    assert path.stat().st_mode & 0o777 == 0o600


async def test_what_cannot_be_written_is_part_of_the_next(report: PeriodicReport, path: Path, clock: SetClock) -> None:
    path.mkdir()
    report.take([SAMPLE])
    clock.move(10)
    await report.write()
    assert "cannot write to" in report.trouble

    path.rmdir()
    report.take([SAMPLE])
    clock.move(10)
    await report.write()

    assert report.trouble == ""
    assert [(line["hits"], line["seconds"]) for line in lines_of(path)] == [(20, 20.0)]


async def test_what_arrives_while_a_report_is_written_is_in_the_next(
    path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = PeriodicReport(ReportPlan(str(path), 10), clock)

    def slow(where: str, data: bytes) -> None:
        if where == str(path):
            report.take([records(("/late", 2, b"200"))])
        append(where, data)

    monkeypatch.setattr("glance.pipeline.periodic_report.append", slow)
    report.take([SAMPLE])
    for _ in range(2):
        clock.move(10)
        await report.write()

    assert [line["hits"] for line in lines_of(path)] == [10, 2]


async def test_a_machine_that_slept_gets_one_report_and_then_its_pace(
    report: PeriodicReport, path: Path, clock: SetClock
) -> None:
    clock.move(34)
    await report.write()

    assert lines_of(path)[0]["seconds"] == 34.0
    assert report.seconds_left == 6.0


async def test_of_what_a_log_held_when_it_was_opened_only_what_is_newer_than_reading_counts(
    report: PeriodicReport, path: Path, clock: SetClock
) -> None:
    """A log that is there at start is not told as traffic of the first interval; one that appears then is."""
    report.take([records(("/old", 7, b"200"), at=START - 60)], is_past=True)
    report.take([records(("/new", 2, b"200"), at=START + 3)], is_past=True)
    clock.move(10)
    await report.write()
    report.take([records(("/late", 1, b"200"), at=START + 9)], is_past=True)
    report.begin_reading()  # anew: what was counted is read once more
    report.take([records(("/late", 1, b"200"), at=START + 9)], is_past=True)
    clock.move(10)
    await report.write()

    assert [line["hits"] for line in lines_of(path)] == [2, 1]


async def test_names_cannot_harm_a_terminal_or_a_reader(report: PeriodicReport, path: Path, clock: SetClock) -> None:
    report.take([records(("/\x1b]52;c;eA==\x07\x9b31m" + "x" * 3000, 2, b"200"), ("/\u202e\x7f", 1, b"200"))])
    clock.move(10)
    await report.write()

    text = path.read_text()
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x7f"} & set(text)
    assert max(map(len, text.splitlines())) < 300
    raw = path.with_name("report.log.jsonl").read_bytes()
    assert raw.isascii()
    assert b"\x7f" not in raw


async def test_another_plan_counts_from_the_last_report(report: PeriodicReport, clock: SetClock) -> None:
    clock.move(4)
    report.change(ReportPlan("elsewhere", 60))
    assert report.seconds_left == 56.0
    report.change(ReportPlan("elsewhere", 2))
    assert report.seconds_left == 0.0


def test_as_text_needs_no_latency(report: PeriodicReport) -> None:
    assert "LATENCY: not told" in as_text(report._interval())


def test_append_refuses_what_somebody_else_may_have_put_there(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep me")
    link = tmp_path / "report.log"
    link.symlink_to(victim)
    with pytest.raises(Exception, match="cannot write") as caught:
        append(str(link), b"x")
    assert caught.value.why == "it is a symbolic link"

    public = tmp_path / "public"
    public.mkdir()
    public.chmod(0o1777)
    os.link(victim, public / "report.log")
    with pytest.raises(Exception, match="cannot write") as caught:
        append(str(public / "report.log"), b"x")
    assert "somebody else" in caught.value.why

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Exception, match="cannot write"):
        append(str(tmp_path / "pipe"), b"x")
    assert victim.read_text() == "keep me"


def test_append_to_a_full_disk_leaves_no_half_report() -> None:
    """/dev/full is no regular file; a limit on the size of a file is as good as a full disk."""
    program = (
        "import resource, signal, sys, tempfile, os\n"
        "from glance.pipeline.report_file import append\n"
        "from glance.errors import GlanceError\n"
        "path = os.path.join(tempfile.mkdtemp(), 'r')\n"
        "append(path, b'whole\\n')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
        "try:\n    append(path, b'x' * 100)\n"
        "except GlanceError as error:\n    print(error.why)\n"
        "print(open(path).read())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)

    assert done.stdout == "File too large\nwhole\n\n"
