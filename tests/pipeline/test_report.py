"""The report says what the lines say, however they are stored and cut."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from glance.domain.logs.record import section
from glance.domain.logs.span import Span
from glance.domain.logs.summary import Summary
from glance.errors import FormatError, SourceError
from glance.pipeline import report as report_module
from glance.pipeline import stretches
from glance.pipeline.report import Report, ReportOptions, stretches_of
from tests.domain.logs.brute import make_records

START = 1_700_000_000
RECORDS = [record._replace(at_ms=record.at_ms // 1000 * 1000) for record in make_records(4000, 11, START, 7200)]


def written(record: object) -> bytes:
    """A record as a line of combined + request time."""
    at_ms, client, user, method, path, protocol, status, referrer, agent, _, _, size, seconds = record  # type: ignore[misc]
    moment = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at_ms / 1000))
    request = b"%s %s?q=1 %s" % (method, path, protocol) if path else b"-"
    return b'%s - %s [%s] "%s" %s %s "%s" "%s" %s\n' % (
        client,
        user or b"-",
        moment.encode(),
        request,
        status or b"200",
        b"-" if size < 0 else b"%d" % size,
        referrer or b"-",
        agent,
        b"-" if seconds < 0 else b"%.3f" % seconds,
    )


LINES = [written(record) for record in RECORDS]


def summed(*paths: Path, **options: object) -> Summary:
    """The summary of these logs."""
    report = Report(ReportOptions(**options))  # type: ignore[arg-type]
    for path in paths:
        report.read(str(path))
    return report.summary()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """All lines in one file."""
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(LINES))
    return path


def expect_figures(summary: Summary) -> None:
    """Every figure is that of the records."""
    assert (summary.lines, summary.parsed, summary.unparsed) == (len(RECORDS), len(RECORDS), 0)
    assert summary.hits == len(RECORDS)
    assert summary.bytes == sum(max(0, record.size) for record in RECORDS)
    assert summary.clients == len({record.client for record in RECORDS})
    assert summary.users == 1
    assert summary.sizes_absent == sum(record.size < 0 for record in RECORDS)
    assert dict(summary.statuses) == Counter(int(record.status or b"200") for record in RECORDS)
    assert dict(summary.methods) == Counter(record.method.decode() for record in RECORDS if record.path)
    assert summary.first == min(record.at_ms for record in RECORDS) / 1000
    assert summary.last == max(record.at_ms for record in RECORDS) / 1000
    tops = {top.name: top for top in summary.tops}
    paths = Counter(record.path.decode() for record in RECORDS if record.path)
    assert {row.name: row.hits for row in tops["paths"].rows} == paths
    sections = Counter(section(record.path).decode() for record in RECORDS if record.path)
    assert {row.name: row.hits for row in tops["sections"].rows} == sections
    for row in tops["clients"].rows:
        mine = [record for record in RECORDS if record.client.decode() == row.name]
        assert row.bytes == sum(max(0, record.size) for record in mine)
        assert row.server_errors == sum(record.status == b"500" for record in mine)
        ordered = sorted(record.seconds for record in mine if record.seconds >= 0)
        assert row.p95 == pytest.approx(ordered[-(-len(ordered) * 95 // 100) - 1], rel=0.011)
    assert sum(summary.series.hits) == summary.hits
    assert sum(summary.series.bytes) == summary.bytes
    assert summary.latency is not None
    assert summary.latency.count == sum(record.seconds >= 0 for record in RECORDS)
    assert summary.latency.max == 1.5
    assert summary.latency.p50 <= summary.latency.p99 <= summary.latency.max


def test_every_figure_is_exact(log: Path) -> None:
    """One plain file."""
    summary = summed(log)

    expect_figures(summary)
    assert summary.files[0].format == "combined + request time"


def test_workers_and_cuts_change_nothing(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small stretches in forked workers: the same figures."""
    monkeypatch.setattr(report_module, "_WORTH_WORKERS_BYTES", 0)
    monkeypatch.setattr(report_module, "STRETCH_BYTES", 30_000)

    expect_figures(summed(log))


def test_several_files_and_archives_add_up(tmp_path: Path) -> None:
    """A plain file, and rotated ones in every compression."""
    parts = [b"".join(LINES[start::4]) for start in range(4)]
    (tmp_path / "a.log").write_bytes(parts[0])
    (tmp_path / "b.gz").write_bytes(gzip.compress(parts[1][:5000]) + gzip.compress(parts[1][5000:]))
    (tmp_path / "c.bz2").write_bytes(bz2.compress(parts[2]))
    (tmp_path / "d.xz").write_bytes(lzma.compress(parts[3]))

    summary = summed(*(tmp_path / name for name in ("a.log", "b.gz", "c.bz2", "d.xz")))

    expect_figures(summary)
    assert [figures.parsed for figures in summary.files] == [1000] * 4


def test_an_archive_that_ends_too_early_is_read_up_to_there(tmp_path: Path) -> None:
    """What could be read counts, and the report says so."""
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(b"".join(LINES))[:-2000])

    summary = summed(path)

    assert 0 < summary.hits < len(RECORDS)
    assert "too early" in summary.notes[0]


def test_little_memory_keeps_the_counts_exact(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets are let go while reading; sums and top lists stay true."""
    monkeypatch.setattr("glance.domain.logs.series.SEALED_RECORDS", 200)
    monkeypatch.setattr(report_module, "STRETCH_BYTES", 20_000)

    expect_figures(summed(log, memory_bytes=60_000))


def test_since_and_until_choose_records(log: Path) -> None:
    """Half-open, by the record's own time; lines are counted all the same."""
    span = Span(START + 1000, START + 2000)
    expected = [record for record in RECORDS if 1000 <= record.at_ms / 1000 - START < 2000]

    summary = summed(log, span=span)

    assert summary.hits == len(expected)
    assert summary.bytes == sum(max(0, record.size) for record in expected)
    assert summary.lines == len(RECORDS)
    assert summary.first is not None
    assert summary.first >= START + 1000


def test_lines_that_no_format_reads_are_told_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number counts all lines of the file, across stretches."""
    monkeypatch.setattr(report_module, "STRETCH_BYTES", 5_000)
    lines = list(LINES[:300])
    lines[99], lines[249] = b"what is this?\n", b"\xff\xfe?\n"
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(lines))

    summary = summed(path)

    assert summary.unparsed == 2
    assert [(sample.line, sample.text) for sample in summary.unparsed_samples] == [
        (100, "what is this?"),
        (250, "ÿþ?"),
    ]


def test_an_empty_log_is_no_error(tmp_path: Path) -> None:
    """Nothing happened; that is an answer."""
    path = tmp_path / "access.log"
    path.touch()

    summary = summed(path)

    assert (summary.lines, summary.hits, summary.first, summary.latency) == (0, 0, None, None)


def test_what_cannot_be_read_or_understood_is_said(tmp_path: Path) -> None:
    """Missing, and no access log."""
    with pytest.raises(SourceError, match="cannot"):
        summed(tmp_path / "missing.log")
    prose = tmp_path / "prose.txt"
    prose.write_text("It was a dark and stormy night.\n" * 50)
    with pytest.raises(FormatError) as caught:
        summed(prose)
    assert "none of its lines" in caught.value.why


def test_an_endless_line_is_counted_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than any line may be: its neighbours are read, memory is not."""
    monkeypatch.setattr(report_module, "STRETCH_BYTES", 50_000)
    monkeypatch.setattr(report_module, "LONGEST_LINE", 20_000)
    monkeypatch.setattr(stretches, "LONGEST_LINE", 20_000)
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(LINES[:1000]) + b"x" * 300_000 + b"\n" + b"".join(LINES[1000:]))

    summary = summed(path)

    assert (summary.lines, summary.parsed, summary.unparsed) == (len(LINES) + 1, len(LINES), 1)
    assert "300,001 bytes" in summary.notes[0]


@pytest.mark.parametrize("length", [1, 7, 100, 10_000])
def test_stretches_cover_a_file_in_whole_lines(tmp_path: Path, length: int) -> None:
    """Every byte once, every cut at a line end."""
    data = b"".join(LINES[:50]) + b"\n\n" + b"y" * 500 + b"\nlast without end"
    path = tmp_path / "access.log"
    path.write_bytes(data)
    with path.open("rb") as file:
        cuts = list(stretches_of(file.fileno(), len(data), length))

    assert b"".join(data[start:end] for start, end in cuts) == data
    assert all(data[end - 1 : end] == b"\n" for _, end in cuts[:-1])


@pytest.mark.parametrize("packed", [False, True], ids=["file", "archive"])
def test_a_line_too_long_to_read_is_one_line_however_it_comes(tmp_path: Path, packed: bool) -> None:
    """Counted once and not read; its neighbours are."""
    data = b"".join([*LINES[:3], b"x" * (14 << 20), b"\n", *LINES[3:6]])
    path = tmp_path / "access.log"
    path.write_bytes(gzip.compress(data, 1) if packed else data)

    summary = summed(path)

    assert (summary.lines, summary.parsed, summary.unparsed) == (7, 6, 1)
    assert any("not read" in note for note in summary.notes)


@pytest.fixture
def in_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files go to workers too, in many stretches."""
    monkeypatch.setattr(report_module, "_WORTH_WORKERS_BYTES", 0)
    monkeypatch.setattr(report_module, "STRETCH_BYTES", 20_000)


@pytest.mark.usefixtures("in_workers")
def test_a_log_that_is_rotated_while_it_is_read_is_read_to_its_end(log: Path) -> None:
    """The file that was opened is the one that is read, whatever has its name by now."""

    def rotate(_bytes: int, _lines: int) -> None:
        if not log.with_suffix(".1").exists():
            log.rename(log.with_suffix(".1"))
            log.write_bytes(LINES[0])

    report = Report(ReportOptions(), rotate)
    report.read(str(log))

    expect_figures(report.summary())


@pytest.mark.usefixtures("in_workers")
def test_a_log_that_is_truncated_while_it_is_read_gives_what_was_there(log: Path) -> None:
    """As `copytruncate` does; the report says that something is missing."""
    report = Report(ReportOptions(), lambda _bytes, _lines: os.truncate(log, 0))
    report.read(str(log))
    summary = report.summary()

    assert 0 < summary.hits < len(RECORDS)
    assert any("truncated" in note for note in summary.notes)
