"""Reading a piece at once gives exactly what the exact regex gives line by line, for every format."""

from __future__ import annotations

import pickle
import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.catalogue import named_formats
from glance.domain.logs.custom import custom_format
from glance.domain.logs.family import MEMBERS, loose_layouts, open_layouts
from glance.domain.logs.field import Field, shape_of
from glance.domain.logs.format import LogFormat
from glance.domain.logs.histogram import bins_of
from glance.domain.logs.trailing import trailings
from glance.domain.logs.w3c import CLOUDFRONT_FIELDS, IIS_FIELDS, W3cLayout
from glance.ingest.parse import parse
from glance.ingest.pattern import PatternReader, numbers
from glance.ingest.prefix import PREFIXES
from tests.domain.logs.brute import records_of

NGINX = '$time_iso8601 $host $remote_addr $request $status $upstream_response_time "$http_user_agent" $body_bytes_sent'
BEHIND = '$remote_addr $upstream_addr [$time_local] "$request" $status $upstream_addr $host $proxy_host'
COMBINED = MEMBERS[0]


def layouts() -> list[LogFormat]:
    """Every kind of format there is."""
    behind = [
        trailings([b" 0.123", b" -"])[0][0],
        trailings([b' "-" rt=0.1 "0.1, 0.2" [x] 12'])[0][0],
        trailings([b" 0.1, 0.2 0.3"])[0][0],
        trailings([b" 0.013 [web] 10.0.0.1:80, 10.0.0.2:80 x"])[0][0],
    ]
    custom, proxied = custom_format(NGINX), custom_format(BEHIND)
    assert isinstance(custom, LogFormat)
    assert isinstance(proxied, LogFormat)
    tables = [W3cLayout(IIS_FIELDS).line_format("IIS"), W3cLayout(CLOUDFRONT_FIELDS, b"\t").line_format("CloudFront")]
    return [
        *(member.layout() for member in MEMBERS),
        *(layout for _, layout in open_layouts()),
        *loose_layouts(),
        *(COMBINED.layout(trailing) for trailing in behind),
        *(named.layout for named in named_formats()),
        *(table for table in tables if table is not None),
        *(COMBINED.layout().wrapped(prefix.pattern, prefix.words) for prefix in PREFIXES),
        custom,
        proxied,
    ]


LAYOUTS = layouts()
TIMES = [
    b"10/Feb/2012:16:42:07 -0500",
    b"2015-05-13T23:39:43.945958Z",
    b"1386543323.000",
    b"Sun Mar 13 22:49:12 2016",
    b"2002-05-02 17:42:15",
    b"2014-05-23\t01:13:11",
]
VALUES: dict[str, list[bytes]] = {
    "client": [b"1.2.3.4", b"2001:db8::1", b"[::1]", b"-", b"host-1.example", b"1.2.3.4:80"],
    "user": [b"-", b"john", b"john smith", b"- x"],
    "request": [
        b"GET /a/b?x=1 HTTP/1.1",
        b"GET / HTTP/1.0",
        b"-",
        b"\\x16\\x03\\x01",
        b'GET /a\\"b HTTP/1.1',
        b'GET /a"b HTTP/1.1',
        b"GET /a b?c d HTTP/2",
        b"GET  /two HTTP/1.1",
        b"HELP",
        b"GET /",
    ],
    "target": [b"/", b"/a?b=c", b"http://x.example/a?b?c", b"-", b"?"],
    "status": [b"200", b"404", b"-", b"000", b"-1"],
    "size": [b"0", b"12", b"-", b"007", b"123456789012", b"-1"],
    "latency": [b"0.123", b"12", b"-", b"-1", b"0.1, 0.2", b"- : 0.5", b"0", b"1.", b".5", b"+3"],
    "upstream": [b"-", b"10.0.0.1:80", b"a:80, b:80", b"a:80 : -, b:80", b"http://a:80", b"bk/s1", b"HIER_NONE/- x/y"],
    "skip": [b"-", b"x", b"0", b"0/0/0", b"a b", b" ", b"https", b"http", b"1/1/1/1/1 0/0", b"0" * 32, b"", b" x"],
}
OTHERS = [b"-", b"GET", b"HTTP/1.1", b"Mozilla/5.0 (X11; Linux)", b"a", b"", b"example.com", b"example.com:443"]
HOSTILE = st.lists(st.sampled_from([*b' "\\[]{}|-?:/.,=0a9\t\r\0', 0xFF, 0xC3]), max_size=6).map(bytes)


def value_of(layout: LogFormat, item: Field, following: bytes) -> st.SearchStrategy[bytes]:
    """Values for a field: nearly always one that fits, at times anything."""
    if item.name == "time":
        fitting = [time for time in TIMES if layout.moment(time) is not None]
    else:
        fitting = VALUES.get(item.name, OTHERS)
    if item.name not in ("request", "target"):
        shape = re.compile(b"(?:" + shape_of(item, following) + b")" + item.rest, re.S)
        fitting = [value for value in fitting if shape.fullmatch(value)] or [b"1"]
    return st.one_of(*[st.sampled_from(fitting)] * 12, HOSTILE)


@st.composite
def lines_of(draw: st.DrawFn, layout: LogFormat) -> bytes:
    """A line of the format, or nearly."""
    line = draw(st.sampled_from([b"web-1  | ", b"<3>", b" "])) if layout.prefix else b""
    for index, item in enumerate(layout.items):
        following = layout.items[index + 1] if index + 1 < len(layout.items) else b""
        if isinstance(item, bytes):
            line += item
        else:
            line += draw(value_of(layout, item, following if isinstance(following, bytes) else b""))
    if draw(st.integers(0, 15)) == 0:
        line = line[: draw(st.integers(0, len(line)))]  # torn in two
    return (line + draw(st.sampled_from([b"", b"", b"", b"", b"\r", b" x", b'"', b"\\"]))).replace(b"\n", b"")


def exactly(layout: LogFormat, data: bytes) -> list[tuple[object, ...]]:
    """What the exact regex makes of each line."""
    out = []
    for line in data.split(b"\n"):
        record = layout.parse(line.removesuffix(b"\r").lstrip(b"\0").removeprefix(b"\xef\xbb\xbf"))
        if record is not None:
            seconds = bins_of(np.array([record.seconds]))[0]
            out.append((record.at_ms, *record[1:-2], record.size, int(seconds)))
    return out


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.words}-{len(layout.items)}")
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_at_once_is_exact(layout: LogFormat, data: st.DataObject) -> None:
    """For lines with quotes, backslashes, brackets, blanks and bytes of every kind in any field."""
    lines = data.draw(st.lists(lines_of(layout), min_size=1, max_size=5))
    piece = b"\n".join(lines) + b"\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        buckets = parse(piece, [PatternReader(layout)])
    found = [record for bucket in buckets for record in records_of(bucket)]
    assert found == exactly(layout, piece)


def test_no_line_end_is_escaped() -> None:
    """A line that was cut off behind a backslash takes nothing of the next one."""
    torn = b'1.2.3.4 - - [10/Feb/2012:16:42:07 -0500] "GET / HTTP/1.1" 200 1 "-" "A\\\nxyz"\n'
    (bucket,) = parse(torn * 2, [PatternReader(COMBINED.layout())])
    assert (bucket.lines, bucket.records, bucket.unparsed) == (4, 0, 4)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.words}-{len(layout.items)}")
def test_a_format_comes_back_from_a_worker(layout: LogFormat) -> None:
    again = pickle.loads(pickle.dumps(PatternReader(layout)))
    assert again == PatternReader(layout)
    assert again.layout.fast.pattern == layout.fast.pattern


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.words}-{len(layout.items)}")
def test_regular_lines_are_read_at_once(layout: LogFormat) -> None:
    """The quick way is really taken: else it is exact but slow."""
    assert layout.is_provable or any(isinstance(item, Field) and item.is_loose for item in layout.items)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([b"1", b"2"], [1, 2]),
        ([b"-", b"2", b"-1"], [-1, 2, -1]),
        ([b"0.5", b"-", b"1."], [0.5, -1, 1.0]),
        ([b""], None),
        ([b"", b"1 2"], None),
        ([b"1.2.3", b"1"], None),
        ([b".5"], None),
        ([b"1-"], None),
        ([b"99999999999999999999"], None),
        ([b"0x1"], None),
    ],
)
def test_numbers_are_decimal_or_none(values: list[bytes], expected: list[float] | None) -> None:
    found = numbers(values)
    assert (None if found is None else found.tolist()) == expected
