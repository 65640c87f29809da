"""logfmt and LTSV lines."""

from __future__ import annotations

import pytest

from glance.ingest.detect import detect
from glance.ingest.pairs import logfmt_pairs, ltsv_pairs
from glance.ingest.parse import parse

LOGFMT = (
    b'time=2016-02-10T16:42:07Z level=info method=GET path="/a b?c" status=200 duration=12.5ms ip=1.2.3.4 '
    b'ua="x \\"y\\""\n'
)
LTSV = (
    b"time:10/Feb/2016:16:42:07 +0000\thost:1.2.3.4\treq:GET /a?b HTTP/1.1\tstatus:200\tsize:12\treqtime:0.057\t"
    b"ua:x y\n"
)


def test_logfmt() -> None:
    found = detect(LOGFMT * 3)
    record = found.readers[0].read_line(LOGFMT.strip())
    assert record is not None
    assert (found.words, found.matched) == ("logfmt + request time", 3)
    assert (record.at_ms, record.client, record.method, record.path) == (1455122527000, b"1.2.3.4", b"GET", b"/a b")
    assert (record.status, record.agent) == (b"200", b'x "y"')
    assert record.seconds == pytest.approx(0.0125)


def test_ltsv() -> None:
    found = detect(LTSV * 3)
    record = found.readers[0].read_line(LTSV.strip())
    assert record is not None
    assert (found.words, found.matched) == ("LTSV + request time", 3)
    assert (record.at_ms, record.method, record.path, record.size) == (1455122527000, b"GET", b"/a", 12)
    assert (record.agent, record.seconds) == (b"x y", 0.057)
    assert (record.client, record.host) == (b"1.2.3.4", b"")


def test_ltsv_by_its_recommended_labels() -> None:
    """`host` is who asked, and `vhost` the site."""
    line = (
        b"time:[10/Feb/2016:16:42:07 +0000]\thost:1.2.3.4\tvhost:x.example\treq:GET / HTTP/1.1\tstatus:200\t"
        b"reqtime_microsec:57000"
    )
    record = detect(line).readers[0].read_line(line)
    assert record is not None
    assert (record.client, record.host) == (b"1.2.3.4", b"x.example")
    assert record.seconds == pytest.approx(0.057)


@pytest.mark.parametrize("line", [b"", b"a", b"a=1", b"hello world", b'a="1 b=2', b"a=1 b", b"=1 =2", b'a=1"b c=2'])
def test_what_is_no_logfmt(line: bytes) -> None:
    assert logfmt_pairs(line) is None


@pytest.mark.parametrize("line", [b"", b"a:1", b"a\tb", b"a:1\tb c", b"a b:1\tc:2"])
def test_what_is_no_ltsv(line: bytes) -> None:
    assert ltsv_pairs(line) is None


def test_values_keep_their_bytes() -> None:
    assert logfmt_pairs(b"a=\xff b=") == {"a": b"\xff", "b": b""}
    assert ltsv_pairs(b"a:x:y\tb:\xff") == {"a": b"x:y", "b": b"\xff"}


@pytest.mark.parametrize("line", [LOGFMT, LTSV])
def test_an_odd_line_costs_no_neighbour(line: bytes) -> None:
    readers = detect(line * 5).readers
    (bucket,) = parse(line * 3 + b"garbage\n" + line * 2, readers)
    assert (bucket.records, bucket.unparsed, bucket.gaps.tolist()) == (5, 1, [3])


def test_an_endless_line_ends() -> None:
    assert logfmt_pairs(b"a=1 " * 100_000) is None
    assert ltsv_pairs(b"a:1\t" * 100_000) is None
    assert logfmt_pairs(b'a="' + b"\\" * 100_000) is None
