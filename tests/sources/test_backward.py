"""Places in a large log are found with few reads."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.sources import backward
from glance.sources.backward import find_time, last_line_end, pieces_backward


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[bytes], int]]:
    """Opens a file of these bytes."""
    fds: list[int] = []

    def make(data: bytes) -> int:
        path = tmp_path / str(len(fds))
        path.write_bytes(data)
        fds.append(os.open(path, os.O_RDONLY))
        return fds[-1]

    yield make
    for fd in fds:
        os.close(fd)


def memory_file(data: bytes) -> int:
    fd = os.memfd_create("log")
    os.write(fd, data)
    return fd


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", 0), (b"a", 0), (b"a\n", 2), (b"a\nb", 2), (b"\n" + b"x" * 200_000, 1), (b"x" * 200_000 + b"\n", 200_001)],
)
def test_last_line_end(opened, data, expected):
    assert last_line_end(opened(data), len(data)) == expected


@given(
    lines=st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=40),
    piece_bytes=st.integers(1, 50),
    block_bytes=st.integers(1, 64),
)
def test_pieces_cover_everything_with_whole_lines_newest_first(lines, piece_bytes, block_bytes):
    data = b"".join(line + b"\n" for line in lines)
    fd = memory_file(data)
    ordinary = backward.BLOCK_BYTES
    backward.BLOCK_BYTES = block_bytes
    try:
        pieces = list(pieces_backward(fd, len(data), piece_bytes))
    finally:
        backward.BLOCK_BYTES = ordinary
        os.close(fd)

    assert b"".join(data[start:end] for start, end in reversed(pieces)) == data
    assert [end for _, end in pieces[1:]] == [start for start, _ in pieces[:-1]]
    for start, end in pieces:
        assert data[start:end].endswith(b"\n")
        assert end - start <= piece_bytes or data[start:end].count(b"\n") == 1


def time_of(line: bytes) -> float | None:
    """The time of a line that begins with one."""
    word = line.split(b" ")[0]
    return float(word) if word.isdigit() else None


def log_of(times: list[object]) -> bytes:
    return b"".join(b"%s GET / 200 some more text to make it long\n" % str(at).encode() for at in times)


@pytest.mark.parametrize("when", [0, 1000, 1001, 3456, 9999, 19_999, 20_999, 21_000, 50_000])
def test_find_time_is_exact_in_an_ordered_log(opened, when):
    times = list(range(1000, 21_000))
    data = log_of(times)

    offset = find_time(opened(data), len(data), when, time_of)

    assert time_of(data[offset:].split(b"\n")[0]) == next((at for at in times if at >= when), None)
    assert offset == len(data) or data[:offset].count(b"\n") == max(0, when - 1000)


def test_find_time_reads_little_of_a_large_log(tmp_path, monkeypatch):
    path = tmp_path / "large.log"
    block = log_of(list(range(1_000_000, 1_000_100)))
    with path.open("wb") as file:
        file.truncate(1 << 30)  # a hole of a gigabyte, with lines where they are looked for
    reads = 0

    def pread(fd: int, size: int, offset: int) -> bytes:
        nonlocal reads
        reads += 1
        line = len(block) // 100
        first = offset // line
        lines = log_of(list(range(1_000_000 + first, 1_000_000 + first + size // line + 2)))
        return lines[offset - first * line :][:size]

    monkeypatch.setattr(backward.os, "pread", pread)
    with path.open("rb") as file:
        offset = find_time(file.fileno(), 1 << 30, 9_000_000, time_of)

    assert offset == 8_000_000 * (len(block) // 100)
    assert reads < 50


def test_find_time_passes_over_lines_without_time(opened):
    chance = random.Random(1)
    times = [at if chance.random() < 0.3 else "garbage" for at in range(1000, 21_000)]
    data = log_of(times)

    offset = find_time(opened(data), len(data), 12_345, time_of)

    at = time_of(data[offset:].split(b"\n")[0])
    assert at == next(at for at in times if at != "garbage" and at >= 12_345)


def test_find_time_errs_early_before_a_long_stretch_without_time(opened):
    data = log_of([*range(1000, 3000)]) + b"garbage\n" * 400_000 + log_of([*range(3000, 5000)])

    offset = find_time(opened(data), len(data), 4000, time_of)

    assert offset <= data.index(b"\n4000 ") + 1
    assert offset == 0 or data[offset - 1 : offset] == b"\n"


def test_find_time_is_not_misled_by_disorder_or_by_another_century(opened):
    chance = random.Random(2)
    times = [at - chance.choice([0, 0, 0, 0, 30]) for at in range(10_000, 30_000)]
    times[17_000] = 4_000_000_000
    times[3_000] = 7
    data = log_of(times)

    offset = find_time(opened(data), len(data), 20_000, time_of)

    before = data[:offset].count(b"\n")
    assert times[before] >= 20_000
    assert all(at < 20_000 for at in times[:before])


def test_find_time_of_nothing(opened):
    assert find_time(opened(b""), 0, 5, time_of) == 0
    assert find_time(opened(b"garbage\n"), 8, 5, time_of) == 8


def test_find_time_steps_over_a_line_of_megabytes(opened):
    data = log_of([*range(1000, 3000)]) + b"x" * 3_000_000 + b"\n" + log_of([*range(3000, 5000)])

    offset = find_time(opened(data), len(data), 4000, time_of)

    assert offset <= data.index(b"\n4000 ") + 1
