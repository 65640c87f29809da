"""Tables: W3C logs whose fields change midway, CloudFront without a header, CSV."""

from __future__ import annotations

import pickle

import pytest

from glance.domain.logs.bucket import LogBucket
from glance.ingest.detect import detect
from glance.ingest.parse import parse
from glance.ingest.table import csv_cells, w3c_reader
from tests.domain.logs.brute import records_of

HEAD = b"#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2016-02-10 00:00:00\r\n"
FIELDS = (
    b"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status sc-bytes "
    b"time-taken\r\n"
)
ROW = b"2016-02-10 16:42:07 10.0.0.1 GET /a.aspx x=1 80 1.2.3.4 Mozilla/5.0+(X) 200 27028 1687\r\n"
OTHER = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\r\n"
OTHER_ROW = b"2016-02-10 16:42:08 5.6.7.8 POST /b 500\r\n"
AT = 1455122527000


def rows(buckets: list[LogBucket]) -> list[tuple[object, ...]]:
    """The records of buckets in a row."""
    return [record for bucket in buckets for record in records_of(bucket)]


def test_iis_counts_milliseconds() -> None:
    data = HEAD + FIELDS + ROW * 3
    found = detect(data)
    (bucket,) = parse(data, found.readers)
    assert (found.words, found.sampled, found.matched) == ("IIS", 3, 3)
    assert (bucket.lines, bucket.records, bucket.unparsed) == (7, 3, 0)
    record = found.readers[0].read_line(ROW.strip())
    assert record is not None
    assert (record.at_ms, record.client, record.path, record.size) == (AT, b"1.2.3.4", b"/a.aspx", 27028)
    assert record.seconds == pytest.approx(1.687)


def test_others_count_seconds_as_the_standard_says() -> None:
    reader = w3c_reader([b"#Fields: date time c-ip cs-method sc-status time-taken"])
    assert reader is not None
    record = reader.read_line(b"2016-02-10 16:42:07 1.2.3.4 GET 200 2")
    assert record is not None
    assert record.seconds == 2.0


def test_fields_may_change_midway() -> None:
    data = HEAD + FIELDS + ROW * 3 + HEAD + OTHER + OTHER_ROW * 2 + FIELDS + ROW
    found = rows(parse(data, detect(HEAD + FIELDS + ROW).readers))
    assert [record[1] for record in found] == [b"1.2.3.4"] * 3 + [b"5.6.7.8"] * 2 + [b"1.2.3.4"]


def test_the_head_tells_the_fields_of_a_sample_from_the_middle() -> None:
    found = detect(ROW * 10, head=HEAD + FIELDS + ROW)
    assert (found.words, found.matched) == ("IIS", 10)
    again = pickle.loads(pickle.dumps(found.readers))
    assert rows(parse(ROW * 10, again)) == rows(parse(ROW * 10, found.readers))
    assert len(rows(parse(ROW * 10, again))) == 10


def test_a_time_without_a_date_takes_the_day_of_the_last_date_line() -> None:
    data = (
        b"#Date: 2016-02-09 16:00:00\n#Fields: time c-ip cs-method cs-uri-stem sc-status\n16:42:07 1.1.1.1 GET /a 200\n"
        b"#Date: 2016-02-10 16:00:00\n16:42:07 1.1.1.1 GET /a 200\n"
    )
    assert [record[0] for record in rows(parse(data, detect(data).readers))] == [AT - 86_400_000, AT]


def test_quoted_cells_may_hold_spaces_and_quotes() -> None:
    reader = w3c_reader([b"#Fields: date time c-ip cs-method cs(User-Agent) sc-status cs(Host)"])
    assert reader is not None
    record = reader.read_line(b'2016-02-10 16:42:07.250 "1.2.3.4" GET "Mozilla (a ""b"")" 200 "h"')
    assert record is not None
    assert (record.at_ms, record.client, record.agent, record.host) == (AT + 250, b"1.2.3.4", b'Mozilla (a "b")', b"h")


@pytest.mark.parametrize("line", [b"x", b"2016-02-10 16:42:07", ROW.strip() + b" x", b'"' * 50, b" " * 50, b"\0" * 9])
def test_a_row_of_another_width_is_no_record(line: bytes) -> None:
    reader = w3c_reader([FIELDS.strip()])
    assert reader is not None
    assert reader.read_line(line) is None


CLOUDFRONT = (
    b"2016-02-10\t16:42:07\tFRA2\t182\t192.0.2.10\tGET\td1.cloudfront.net\t/view/my/file.html\t200\thttps://r/\tMozilla/5.0%20(X)\t-\t-\t"
    b"Miss\tMRVM\texample.com\thttps\t217\t0.001\t-\tTLSv1.2\tECDHE\tMiss\tHTTP/1.1\t-\t-\n"
)


@pytest.mark.parametrize("width", [26, 23])
def test_cloudfront_without_its_header(width: int) -> None:
    line = b"\t".join(CLOUDFRONT.strip().split(b"\t")[:width]) + b"\n"
    found = detect(line * 3)
    record = found.readers[0].read_line(line.strip())
    assert record is not None
    assert (found.words, record.at_ms, record.host, record.seconds) == ("CloudFront", AT, b"example.com", 0.001)
    assert rows(parse(line * 3, found.readers))[0][4] == b"/view/my/file.html"


def test_fields_that_tell_no_request_are_refused() -> None:
    data = b"#Fields: date time s-event s-comment\n2016-02-10 16:42:07 start -\n"
    assert detect(data).readers == ()


CSV = b'time,client_ip,method,path,status,bytes,duration_ms,"user agent"\n'
CSV_ROW = b'2016-02-10T16:42:07Z,1.2.3.4,GET,"/a,b?c",200,12,250,"x ""y"", z"\n'


def test_csv_by_its_header() -> None:
    data = CSV + CSV_ROW * 3
    found = detect(data)
    record = found.readers[0].read_line(CSV_ROW.strip())
    assert record is not None
    assert (found.words, found.sampled, found.matched) == ("CSV + request time in ms", 3, 3)
    assert (record.at_ms, record.client, record.path, record.size, record.seconds) == (
        AT,
        b"1.2.3.4",
        b"/a,b",
        12,
        0.25,
    )
    assert record.agent == b'x "y", z'
    (bucket,) = parse(data, found.readers)
    assert (bucket.lines, bucket.records, bucket.unparsed) == (4, 3, 0)


def test_csv_from_the_middle() -> None:
    assert detect(CSV_ROW * 5, head=CSV + CSV_ROW).matched == 5


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (b"a,b", [b"a", b"b"]),
        (b"a,", [b"a", b""]),
        (b",", [b"", b""]),
        (b"", [b""]),
        (b'"a,""b""",c', [b'a,"b"', b"c"]),
        (b'"a', None),
        (b'"a"b,c', None),
    ],
)
def test_cells_of_a_csv_line(line: bytes, cells: list[bytes] | None) -> None:
    assert csv_cells(line, b",") == cells


def test_any_cut_of_a_w3c_log_gives_the_same_records() -> None:
    lines = (HEAD + FIELDS + ROW * 5 + OTHER + OTHER_ROW * 5 + FIELDS + ROW * 5).splitlines(keepends=True)
    whole = rows(parse(b"".join(lines), detect(b"".join(lines)).readers))
    assert len(whole) == 15
    for cut in range(len(lines)):
        readers = detect(b"".join(lines)).readers
        parts = parse(b"".join(lines[:cut]), readers) + parse(b"".join(lines[cut:]), readers)
        assert rows(parts) == whole
