"""Any way of cutting the bytes gives the same records; nothing raises; neighbours of odd lines survive."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.format import Field, LogFormat
from glance.ingest import parse as parse_module
from glance.ingest.parse import parse
from glance.ingest.pattern import PatternReader
from tests.domain.logs.brute import records_of

FORMAT = LogFormat(
    "combined",
    [
        Field("client"),
        b" ",
        Field("ident"),
        b" ",
        Field("user"),
        b" [",
        Field("time"),
        b'] "',
        Field("request"),
        b'" ',
        Field("status"),
        b" ",
        Field("size"),
        b' "',
        Field("referrer"),
        b'" "',
        Field("agent"),
        b'"',
    ],
)
GOOD = b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "GET /a/b?x=1 HTTP/1.1" 200 12 "-" "curl/8"'
ODD = [
    b"",
    b"   ",
    b"garbage",
    b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "GET /a HTTP/1.1" 200 12 "-" "a \\"quoted\\" agent"',
    b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "GET /a HTTP/1.1" 200 12 "-" "ends with a backslash\\"',
    b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "\\x16\\x03\\x01" 400 - "-" "-"',
    b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "-" 408 0 "-" "-"',
    b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "GET /a b?c d HTTP/1.1" 404 3 "-" "-"',
    b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "GET /a?q="x HTTP/1.1" 404 3 "-" "-"',
    b'203.0.113.7 - john smith [22/Nov/2026:14:02:31 +0000] "GET / HTTP/1.1" 200 3 "-" "-"',
    b'203.0.113.7 - - [31/Feb/2026:14:02:31 +0000] "GET / HTTP/1.1" 200 3 "-" "-"',
    b'2001:db8::1 - - [22/Nov/2026:14:02:31 -0330] "POST http://x.example/p HTTP/2.0" 500 3000000000 "-" "\xff\xfe"',
    b"\0\0\0" + GOOD,
    GOOD + b"\r",
    b'203.0.113.7 - - [22/Nov/2026:14:02:31 +0000] "GET /' + b"x" * 100_000 + b' HTTP/1.1" 200 1 "-" "-"',
    b'"' * 50,
    b"[" * 50,
]


def reader() -> PatternReader:
    """A reader that remembers nothing yet."""
    return PatternReader(FORMAT)


def all_records(buckets: list[LogBucket]) -> list[tuple[object, ...]]:
    """The records of some buckets in a row."""
    return [record for bucket in buckets for record in records_of(bucket)]


def line_by_line(data: bytes) -> list[tuple[object, ...]]:
    """What the exact regex says of each line, no piece ever being read at once."""
    out = []
    for line in data.split(b"\n"):
        record = FORMAT.parse(line.removesuffix(b"\r").lstrip(b"\0"))
        if record is not None:
            out.append((record.at_ms, *record[1:-2], record.size, 0))
    return out


LINES = st.lists(st.one_of(st.just(GOOD), st.sampled_from(ODD)), max_size=40)


@settings(max_examples=80, deadline=None)
@given(LINES, st.lists(st.integers(0, 60), max_size=4))
def test_any_cut_at_line_ends_gives_the_same_records(lines: list[bytes], cuts: list[int]) -> None:
    """Cut anywhere between lines: the same records in the same order, the same lines counted."""
    data = b"".join(line + b"\n" for line in lines)
    whole = parse(data, [reader()])
    places = sorted({0, len(lines), *(cut % (len(lines) + 1) for cut in cuts)})
    pieces = [b"".join(line + b"\n" for line in lines[start:end]) for start, end in pairwise(places)]
    shared = reader()
    cut_up = [bucket for piece in pieces for bucket in parse(piece, [shared])]

    assert all_records(cut_up) == all_records(whole) == line_by_line(data)
    assert sum(bucket.lines for bucket in cut_up) == sum(bucket.lines for bucket in whole) == len(lines)
    assert sum(bucket.unparsed for bucket in cut_up) == sum(bucket.unparsed for bucket in whole)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from([b'"', b"\\", b" ", b"[", b"]", b"-", b"a", b"GET /", b"?", b"200", b"\t", b"\xff"]),
            max_size=12,
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["referrer", "agent", "path", "user", "client", "query", "end"]),
)
def test_at_once_equals_line_by_line_on_hostile_lines(hostile: list[list[bytes]], where: str) -> None:
    """What the fast regex takes is what the exact one says, whatever stands in a field."""
    lines = []
    for parts in hostile:
        text = b"".join(parts)
        fields = dict.fromkeys(["referrer", "agent", "path", "user", "client", "query", "end"], b"")
        fields[where] = text
        lines.append(
            b'%sh - u%s [22/Nov/2026:14:02:31 +0000] "GET /p%s?q%s HTTP/1.1" 200 5 "r%s" "a%s"%s'
            % (
                fields["client"],
                fields["user"],
                fields["path"],
                fields["query"],
                fields["referrer"],
                fields["agent"],
                fields["end"],
            )
        )
    data = b"".join(line + b"\n" for line in lines)

    assert all_records(parse(data, [reader()])) == line_by_line(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    """Every line is counted, as a record or not."""
    buckets = parse(data, [reader()])

    assert sum(bucket.lines for bucket in buckets) == len(data.split(b"\n")) - (data.endswith(b"\n") or not data)
    assert sum(bucket.length for bucket in buckets) == len(data)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_neighbours_of_an_odd_line_survive(odd: bytes) -> None:
    """An odd line costs itself at most."""
    data = b"\n".join([GOOD] * 100 + [odd] + [GOOD] * 100) + b"\n"

    buckets = parse(data, [reader()])

    assert sum(bucket.lines for bucket in buckets) == 201
    assert sum(bucket.records for bucket in buckets) in (200, 201)
    unread = [line.ordinal for bucket in buckets for line in bucket.unread]
    assert unread in ([], [100])


def test_a_bucket_holds_no_more_than_its_ids_can_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many lines make many buckets, that together cover the data."""
    monkeypatch.setattr(parse_module, "FULL_LINES", 900)
    data = (GOOD + b"\n") * 5000

    buckets = parse(data, [reader()], offset=100)

    assert max(bucket.lines for bucket in buckets) <= 1700
    assert sum(bucket.records for bucket in buckets) == 5000
    assert buckets[0].offset == 100
    assert all(a.offset + a.length == b.offset for a, b in pairwise(buckets))


def test_gaps_tell_which_lines_are_no_records() -> None:
    """Raw lines are found by counting; what is no record is remembered by its place."""
    data = b"\n".join([GOOD, b"", GOOD, b"garbage", GOOD]) + b"\n"

    (bucket,) = parse(data, [reader()])

    assert bucket.gaps.tolist() == [1, 3]
    assert (bucket.lines, bucket.records, bucket.unparsed) == (5, 3, 1)


def test_the_last_line_may_lack_its_line_end() -> None:
    """A whole file is read to its last byte."""
    assert sum(bucket.records for bucket in parse(GOOD + b"\n" + GOOD, [reader()])) == 2


def test_millions_of_blank_lines_are_only_counted() -> None:
    """A piece with more lines than a bucket may hold."""
    buckets = parse(b"\n" * 200_000, [reader()])

    assert sum(bucket.lines for bucket in buckets) == 200_000
    assert sum(bucket.records for bucket in buckets) == 0


def test_what_is_remembered_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of ever new paths does not fill the memory of its reader, and loses nothing by it."""
    monkeypatch.setattr("glance.ingest.token_memory.MOST_BYTES", 8_000)
    rng = random.Random(1)
    shared, records = reader(), 0
    for _ in range(20):
        lines = [GOOD.replace(b"/a/b", b"/%d" % rng.randrange(10**9)) for _ in range(40)]
        records += sum(bucket.records for bucket in parse(b"\n".join(lines) + b"\n", [shared]))

    assert records == 800
    assert len(shared._memory[0].values["path"]) <= 100


@pytest.mark.parametrize(
    "noise", [b"\n", b"a\n", b"no request at all, and no end of it\n"], ids=["blank", "short", "long"]
)
def test_lines_without_a_sign_of_the_format_are_passed_over_in_linear_time(noise: bytes) -> None:
    """What is read at once may look for its next sign far beyond its line: that must not happen for every line."""
    began = time.process_time()
    (bucket, *_) = parse(noise * (1_000_000 // len(noise)), [reader()])

    assert bucket.records == 0

    assert time.process_time() - began < 3.0
