"""A stretch is read in pieces of whole lines, and what is gone is said to be gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from glance.ingest import stretch as stretch_module
from glance.ingest.detect import detect
from glance.ingest.parse import PIECE_BYTES, parse
from glance.ingest.stretch import Stretch, StretchGoneError, even_length, parse_stretch, pieces_of
from tests.domain.logs.brute import records_of

LINE = b'203.0.113.7 - - [22/Nov/2026:14:02:%02d +0000] "GET /a/%d HTTP/1.1" 200 %d "-" "%s"\n'


def lines(count: int, agent: bytes = b"curl/8") -> bytes:
    """So many, some of them with a long agent."""
    return b"".join(LINE % (n % 60, n % 50, n, agent * (500 if n % 700 == 3 else 1)) for n in range(count))


def stretch_of(path: Path, start: int, end: int) -> Stretch:
    """A stretch of a file as it is now."""
    status = path.stat()
    return Stretch(str(path), "a.log", 1, (status.st_dev, status.st_ino), start, end)


@pytest.mark.parametrize("tail", [b"", b"and no end", b"x" * (5 * PIECE_BYTES) + b"\n", b"x" * (3 * PIECE_BYTES)])
def test_pieces_are_whole_lines_and_all_of_the_stretch(tmp_path: Path, tail: bytes) -> None:
    """Lines longer than a piece are in one piece; the last line may lack its end."""
    log = tmp_path / "a.log"
    data = lines(2000) + b"y" * (2 * PIECE_BYTES) + b"\n" + lines(900) + tail
    log.write_bytes(b"before\n" + data + b"behind\n" * (not tail or tail.endswith(b"\n")))

    pieces = list(pieces_of(stretch_of(log, 7, 7 + len(data))))

    assert b"".join(pieces) == data
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    assert len(pieces) > 3


def test_the_records_of_a_stretch_are_those_of_its_bytes(tmp_path: Path) -> None:
    """However it is read."""
    log = tmp_path / "a.log"
    data = lines(3000)
    log.write_bytes(data)
    readers = detect(data[:100_000]).readers

    buckets = parse_stretch(stretch_of(log, 0, len(data)), readers)

    assert [record for bucket in buckets for record in records_of(bucket)] == [
        record for bucket in parse(data, readers) for record in records_of(bucket)
    ]
    assert sum(bucket.length for bucket in buckets) == len(data)


@pytest.mark.parametrize("left", [0, PIECE_BYTES + 100, 3 * PIECE_BYTES + 5])
def test_a_file_that_is_truncated_while_it_is_read_is_gone(tmp_path: Path, left: int) -> None:
    """Whether a line of what is left was whole or not."""
    log = tmp_path / "a.log"
    log.write_bytes(lines(500) + b"z" * (6 * PIECE_BYTES) + b"\n" + lines(500))
    pieces = pieces_of(stretch_of(log, 0, log.stat().st_size))
    next(pieces)

    os.truncate(log, left)

    with pytest.raises(StretchGoneError):
        list(pieces)


def test_another_file_of_that_name_is_not_read(tmp_path: Path) -> None:
    """It was rotated in between."""
    log = tmp_path / "a.log"
    log.write_bytes(lines(10))
    stretch = stretch_of(log, 0, log.stat().st_size)
    log.rename(tmp_path / "a.log.1")
    log.write_bytes(lines(10))

    with pytest.raises(StretchGoneError):
        list(pieces_of(stretch))


@pytest.mark.parametrize("size", [1, 999, 4_000, 10_000_000, 147_167_140])
@pytest.mark.parametrize("processes", [1, 2, 3, 8])
def test_every_process_gets_as_many_stretches(size: int, processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is longer than it may be, and together they are the whole."""
    monkeypatch.setattr(stretch_module, "worker_count", lambda: processes)
    length = even_length(size, 1000)

    assert 0 < length <= 1000
    assert size <= length * processes * -(-size // (processes * 1000))
