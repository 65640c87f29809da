"""Snapshots of real logs, of history and of programs: what is kept is exactly what was there."""

from __future__ import annotations

import gzip
import json
import random
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from glance.domain.logs.filter import parse_filter
from glance.domain.logs.span import Span
from glance.domain.profiles.proto import read
from glance.domain.profiles.target import targets_of
from glance.errors import SourceError
from glance.pipeline import snapshot_profiles
from glance.pipeline.report import ReportOptions
from glance.pipeline.snapshooting import Taken, Wish, profiles_of, taken
from glance.pipeline.snapshot_logs import MomentLogs
from glance.pipeline.snapshot_profiles import Taking
from glance.pipeline.snapshot_reading import buckets_in, figure_changes, profile_changes, summary_in
from glance.store.profile_table import ProfileTable
from glance.store.snapshot_file import SnapshotFile, write_snapshot
from tests.pipeline.fault_server import CONTENTION, profile

START = 1_700_000_000
NOW = 1_800_000_000.0


def line(second: int, status: int = 200, path: str = "/x") -> str:
    """A line of the combined format."""
    at = datetime.fromtimestamp(START + second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'10.0.0.{second % 7} - - [{at}] "GET {path} HTTP/1.1" {status} {second} "-" "curl" 0.25\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An hour of a log, a line a second, with a line now and then that no format reads."""
    path = tmp_path / "access.log"
    lines = [line(second, 500 if second % 10 == 0 else 200) for second in range(3600)]
    lines[3000:3000] = ["what is this\n"]
    path.write_text("".join(lines))
    return path


def no_profiles(start: float, end: float) -> Taking:
    """None were polled or fetched."""
    del start, end
    return Taking()


def take(
    *paths: Path,
    length: float = 600,
    around: float = 60,
    options: ReportOptions | None = None,
    wish: Wish | None = None,
) -> Taken:
    """A snapshot of logs."""
    options = options or ReportOptions()
    logs = MomentLogs(options, length_seconds=length, around_seconds=around)
    for path in paths:
        logs.read(str(path))
    wish = replace(wish or Wish(), around_seconds=around)
    return taken(logs, options, wish, NOW, profiles=no_profiles)


def member(found: Taken, name: str) -> bytes:
    """What is in a member."""
    return next(one.data for one in found.contents if one.name == name)


def records(found: Taken) -> list[dict[str, Any]]:
    """The records as lines of JSON have them."""
    return [json.loads(row) for row in member(found, "records.jsonl").splitlines()]


def raw(found: Taken) -> bytes:
    """All raw lines."""
    return b"".join(member(found, one.member) for one in found.manifest.raw)


def test_the_window_ends_with_the_newest_record(log: Path) -> None:
    found = take(log)

    assert (found.manifest.start, found.manifest.end) == (START + 3000, START + 3600)
    assert found.manifest.records == 600
    assert json.loads(member(found, "summary.json"))["hits"] == 600
    assert [one["time"] for one in records(found)][::599] == ["2023-11-14T23:03:20Z", "2023-11-14T23:13:19Z"]
    assert records(found)[0] == {
        "time": "2023-11-14T23:03:20Z", "client": "10.0.0.4", "method": "GET", "path": "/x", "protocol": "HTTP/1.1",
        "status": 500, "agent": "curl", "size": 3000, "seconds": pytest.approx(0.25, rel=0.01), "source": str(log),
    }  # fmt: skip


def test_lines_around_it_stand_as_they_stood(log: Path) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    found = take(log)

    assert raw(found) == b"".join(lines[2940:])
    assert b"what is this\n" in raw(found)
    assert found.manifest.raw[0].offset == sum(map(len, lines[:2940]))
    assert found.manifest.logs[0].lines == 661


def test_of_too_many_lines_the_newest_are_kept_and_that_is_said(log: Path) -> None:
    found = take(log, wish=Wish(most_raw_bytes=1000))

    assert log.read_bytes().endswith(raw(found))
    assert 900 < len(raw(found)) <= 1000
    assert "newest" in found.manifest.logs[0].words


def test_a_window_and_a_filter_choose_records_and_the_filter_no_lines(log: Path) -> None:
    options = ReportOptions(span=Span(START + 100, START + 200), where=parse_filter("status>=500"))
    found = take(log, around=0, options=options)

    assert {one["status"] for one in records(found)} == {500}
    assert found.manifest.records == 10
    assert raw(found).count(b"\n") == 100


@pytest.mark.parametrize("seed", range(5))
def test_records_of_any_window_are_exact(tmp_path: Path, seed: int) -> None:
    """Lines out of order, rotated logs, compressed ones: counted by hand."""
    rng = random.Random(seed)
    seconds = [rng.randrange(2000) for _ in range(3000)]
    old, new = tmp_path / "access.log.1.gz", tmp_path / "access.log"
    old.write_bytes(gzip.compress("".join(map(line, seconds[:1500])).encode()))
    new.write_text("".join(map(line, seconds[1500:])))
    begin = rng.randrange(1500)
    end = begin + rng.randrange(1, 500)
    found = take(old, new, around=5, options=ReportOptions(span=Span(START + begin, START + end)))
    kept = raw(found).decode().splitlines(keepends=True)

    wanted = sorted(second for second in seconds if begin <= second < end)
    assert sorted(one["size"] for one in records(found)) == wanted
    assert json.loads(member(found, "summary.json"))["hits"] == len(wanted) == found.manifest.records
    near = [second for second in seconds if begin - 5 <= second < end + 5]
    assert {line(second) for second in near} <= set(kept) <= set(map(line, seconds))


def test_what_it_holds_is_read_as_it_was(log: Path, tmp_path: Path) -> None:
    found = take(log)
    manifest = write_snapshot(tmp_path / "a.glance", found.manifest, found.contents)
    with SnapshotFile.open(tmp_path / "a.glance") as file:
        assert file.manifest == manifest
        assert sum(bucket.records for bucket in buckets_in(file)) == 600
        assert summary_in(file).hits == 600
        assert summary_in(file, where=parse_filter("status>=500")).hits == 60


def test_an_empty_window_says_what_there_is(log: Path) -> None:
    with pytest.raises(SourceError) as error:
        take(log, options=ReportOptions(span=Span(10.0, 20.0)))

    assert error.value.why == "what was read goes from 2023-11-14T22:13:20Z to 2023-11-14T23:13:19Z"


def test_names_and_lines_from_elsewhere_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "..\x1b[31m ..log"
    path.write_bytes(line(1, path='/\x1b]52;c;eA==\x07"\\').encode() + b"\xff\x00\n" + line(2).encode())
    found = take(path)

    assert all(one.name.isprintable() and ".." not in one.name for one in found.contents)
    assert b"\x1b" not in member(found, "records.jsonl")
    write_snapshot(tmp_path / "a.glance", found.manifest, found.contents)
    with SnapshotFile.open(tmp_path / "a.glance") as file:
        assert file.damages() == []


# Profiles -----------------------------------------------------------------------------------------

DUMP = b"goroutine 1 [running]:\nmain.main()\n\t/src/main.go:3 +0x1d\n\n"


@pytest.fixture
def target() -> Iterator[tuple[str, dict[str, bytes | None]]]:
    """A server of profiles: its address, and what it answers by path; None is an error."""
    cpu = profile(30, 2)
    answers: dict[str, bytes | None] = {
        "profile?seconds=1": cpu, "heap": profile(5, types=(("inuse_space", "bytes"),)),
        "goroutine": gzip.decompress(cpu),
        "goroutine?debug=2": DUMP, "mutex": None, "block": b"<html>",
    }  # fmt: skip

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/debug/pprof/")
            busy = answers.pop(f"busy {name}", None)
            body = busy or answers.get(name)
            self.send_response(200 if body is not None and not busy else 500)
            if busy:
                self.send_header("X-Go-Pprof", "1")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def with_profiles(log: Path, *targets: str, database: Path | None = None) -> Taken:
    """A snapshot of a log and programs."""
    wish = Wish(targets=targets_of(targets), cpu_seconds=1)
    options = ReportOptions()
    logs = MomentLogs(options, length_seconds=600, around_seconds=60)
    logs.read(str(log))
    profiles = profiles_of(wish, database, lambda: NOW)
    return taken(logs, options, wish, NOW, profiles=profiles)


def test_profiles_are_fetched_from_all_and_what_fails_is_noted(log: Path, target: tuple[str, dict[str, Any]]) -> None:
    url, answers = target
    found = with_profiles(log, f"api={url}", "dead=http://127.0.0.1:9")
    kinds = {one.kind: one for one in found.manifest.profiles}

    assert set(kinds) == {"cpu", "heap", "goroutine", "goroutines"}
    assert member(found, kinds["cpu"].member) == answers["profile?seconds=1"]
    assert member(found, kinds["goroutines"].member) == DUMP
    assert member(found, kinds["goroutine"].member).startswith(b"\x1f\x8b")
    assert all(one.member.endswith(".pb.gz") for kind, one in kinds.items() if kind != "goroutines")
    failed = {(one.target, one.kind): one.words for one in found.manifest.failures}
    assert failed["api", "mutex"] == "status 500"
    assert "no profile" in failed["api", "block"]
    assert len([key for key in failed if key[0] == "dead"]) == 6


def test_who_is_being_profiled_just_now_is_asked_again(
    log: Path, target: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_profiles, "BUSY_SECONDS", 0.0)
    url, answers = target
    answers["busy profile?seconds=1"] = b"Could not enable CPU profiling: cpu profiling already in use\n"
    found = with_profiles(log, url)

    assert "busy profile?seconds=1" not in answers
    assert "cpu" in {one.kind for one in found.manifest.profiles}


def test_what_was_polled_in_the_window_is_joined(log: Path, tmp_path: Path) -> None:
    database = tmp_path / "glance.db"
    with closing(ProfileTable.open(database)) as table:
        for second, count in ((100, 1000), (3100, 3), (3200, 4)):
            table.add("api", "cpu", profile(count), start=START + second, end=START + second + 5)
            table.add("api", "mutex", profile(count, types=CONTENTION), start=START + second, end=START + second + 5)
    found = with_profiles(log, database=database)

    cpu = next(one for one in found.manifest.profiles if one.kind == "cpu")
    assert (cpu.origin, cpu.words, cpu.start) == ("polled", "2 of 2 polls", START + 3100)
    assert read(member(found, cpu.member)).values.sum(axis=0).tolist() == [7, 7]
    assert {one.kind for one in found.manifest.profiles} == {"cpu", "mutex"}


def test_two_are_compared_figure_by_figure_and_function_by_function(
    log: Path, target: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    url, answers = target
    before = with_profiles(log, f"one={url}")
    answers["profile?seconds=1"] = profile(2000, 40, 3000)
    with log.open("a") as file:
        file.writelines(line(3600 + second, 500) for second in range(300))
    after = with_profiles(log, f"two={url}")
    for name, found in (("a", before), ("b", after)):
        write_snapshot(tmp_path / f"{name}.glance", found.manifest, found.contents)
    with SnapshotFile.open(tmp_path / "a.glance") as old, SnapshotFile.open(tmp_path / "b.glance") as new:
        figures = {one.name: (one.before, one.after) for one in figure_changes(old, new)}
        changes = {one.kind: one for one in profile_changes(old, new)}

    assert figures["server_errors"] == (60, 330)
    assert figures["rate"] == (1.0, 1.0)
    assert changes["cpu"].comparison is not None
    words = {one.name: one.flat.word for one in changes["cpu"].comparison.functions}
    assert words["main.f2"] == "new"
    assert words["main.f0"] == "shrank"


def test_programs_alone_are_kept_without_a_log(target: tuple[str, dict[str, Any]]) -> None:
    url, _ = target
    wish, options = Wish(targets=targets_of((url,)), cpu_seconds=1), ReportOptions()
    logs = MomentLogs(options, length_seconds=600, around_seconds=60)
    found = taken(logs, options, wish, NOW, profiles=profiles_of(wish, None, lambda: NOW))

    assert (found.manifest.start, found.manifest.end, found.manifest.records) == (NOW - 600, NOW, 0)
    assert len(found.manifest.profiles) == 4


def test_of_very_many_logs_the_newest_are_kept_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a member of the file, of which there are only so many."""
    monkeypatch.setattr("glance.pipeline.snapshot_logs.MOST_PARTS", 4)
    monkeypatch.setattr("glance.pipeline.snapshot_lines.MOST_PARTS", 2)
    paths = [tmp_path / f"{number}.log" for number in range(7)]
    for number, path in enumerate(paths):
        path.write_text(line(number))
    found = take(*paths)

    assert [one["path"] for one in records(found)] == ["/x"] * 4
    assert found.manifest.notes == ("3 older records of the window are left out: they are of too many logs",)
    assert [Path(one.source).name for one in found.manifest.raw] == ["5.log", "6.log"]
    assert any("2 stretches" in one.words for one in found.manifest.logs)
