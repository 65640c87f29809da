"""One line, exactly: requests, quotes, users, times, and what is absent."""

from __future__ import annotations

import re

import pytest

from glance.domain.logs.catalogue import named_formats
from glance.domain.logs.family import MEMBERS, loose_layouts, open_layouts
from glance.domain.logs.field import Field
from glance.domain.logs.format import LogFormat
from glance.domain.logs.record import LogRecord

COMBINED, COMMON, VHOST, _ = (member.layout() for member in MEMBERS)


def line(**changes: bytes) -> bytes:
    """A combined line with some fields changed."""
    fields = {
        "client": b"203.0.113.7",
        "user": b"-",
        "time": b"22/Nov/2026:14:02:31 +0000",
        "request": b"GET /a?b=c HTTP/1.1",
        "status": b"200",
        "size": b"12",
        "referrer": b"-",
        "agent": b"curl/8",
    } | changes
    return b'%(client)b - %(user)b [%(time)b] "%(request)b" %(status)b %(size)b "%(referrer)b" "%(agent)b"' % {
        name.encode(): value for name, value in fields.items()
    }


def read(**changes: bytes) -> LogRecord:
    """The record of such a line."""
    found = COMBINED.parse(line(**changes))
    assert found is not None
    return found


def test_a_line_says_what_it_says() -> None:
    assert read() == LogRecord(
        1795356151000, b"203.0.113.7", b"", b"GET", b"/a", b"HTTP/1.1", b"200", b"", b"curl/8", b"", b"", 12, -1.0
    )


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        (b"GET / HTTP/1.0", (b"GET", b"/", b"HTTP/1.0")),
        (b"GET /", (b"GET", b"/", b"")),
        (b"POST http://x.example/p?q HTTP/2.0", (b"POST", b"http://x.example/p", b"HTTP/2.0")),
        (b"CONNECT x.example:443 HTTP/1.1", (b"CONNECT", b"x.example:443", b"HTTP/1.1")),
        (b"GET /a b HTTP/1.1", (b"GET", b"/a b", b"HTTP/1.1")),
        (b'GET /a\\"b HTTP/1.1', (b"GET", b'/a\\"b', b"HTTP/1.1")),
        (b"GET /a?x=1?y HTTP/1.1", (b"GET", b"/a", b"HTTP/1.1")),
        (b"GET /\xe9\xff HTTP/1.1", (b"GET", b"/\xe9\xff", b"HTTP/1.1")),
        (b"-", (b"", b"", b"")),
        (b"", (b"", b"", b"")),
        (b"\\x16\\x03\\x01\\x00", (b"", b"", b"")),
        (b"HELP", (b"", b"", b"")),
    ],
)
def test_a_request_is_method_path_and_protocol(request_line: bytes, expected: tuple[bytes, bytes, bytes]) -> None:
    found = read(request=request_line)
    assert (found.method, found.path, found.protocol) == expected


@pytest.mark.parametrize("client", [b"::1", b"[2001:db8::1]", b"host.example", b"unix:"])
def test_a_client_is_kept_as_it_stands(client: bytes) -> None:
    assert read(client=client).client == client


@pytest.mark.parametrize(
    "time", [b"2026-11-22T15:02:31+01:00", b"2026-11-22 14:02:31.000", b"22/Nov/2026:15:02:31 +0100"]
)
def test_a_time_may_be_written_in_several_ways(time: bytes) -> None:
    assert read(time=time).at_ms == 1795356151000


def test_a_user_may_have_spaces() -> None:
    assert read(user=b"John Begood").user == b"John Begood"


def test_a_dash_says_nothing() -> None:
    found = read(status=b"-", size=b"-", referrer=b"-", agent=b"-", request=b"-")
    assert (found.status, found.size, found.referrer, found.agent) == (b"", -1, b"", b"")


def test_escaped_quotes_end_no_field() -> None:
    found = read(agent=b'a \\"quoted\\" agent', referrer=b'\\"')
    assert (found.referrer, found.agent) == (b'\\"', b'a \\"quoted\\" agent')


def test_a_line_cut_off_in_its_last_field_is_still_a_record() -> None:
    """The writer was stopped within the agent."""
    found = COMBINED.parse(line()[:-1])
    assert found is not None
    assert found.agent == b"curl/8"
    assert COMBINED.parse(line()[:-10]) is None


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0",
        line(time=b"31/Feb/2026:14:02:31 +0000"),
        line(time=b"22/Nov/2026:25:02:31 +0000"),
        line(status=b"20"),
        line(size=b"12x"),
        line(client=b""),
        line() + b" x",
        line(agent=b'a" "b'),
    ],
)
def test_what_does_not_fit_is_no_record(broken: bytes) -> None:
    assert COMBINED.parse(broken) is None


def test_a_vhost_before_the_client_is_not_taken_for_a_client() -> None:
    """Combined would read `www 1.2.3.4 - -` as client, identity and user otherwise."""
    shown = b"www.example.com:443 " + line(user=b"bob")
    assert COMBINED.parse(shown) is None
    found = VHOST.parse(shown)
    assert found is not None
    assert (found.host, found.client, found.user) == (b"www.example.com", b"203.0.113.7", b"bob")
    assert VHOST.parse(line(user=b"John Begood")) is None


def test_quotes_that_are_not_escaped_are_read_where_a_protocol_ends_the_request() -> None:
    shown = line(request=b'GET /x?t=<b>alert("1")</b> HTTP/1.0')
    assert COMBINED.parse(shown) is None
    found = loose_layouts()[0].parse(shown)
    assert found is not None
    assert (found.path, found.protocol, found.agent) == (b"/x", b"HTTP/1.0", b"curl/8")


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([Field("client"), Field("time")], "touch"),
        ([Field("client"), b" ", Field("status")], "time"),
        ([Field("time"), b" ", Field("request"), b" ", Field("status")], "quotes"),
    ],
)
def test_what_cannot_be_read_is_refused(items: list[Field | bytes], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        LogFormat("x", items)


def test_latencies_of_several_servers_are_added_up() -> None:
    layout = LogFormat("x", [Field("time"), b'|"', Field("request"), b'" ', Field("latency", unit_seconds=0.001)])
    shown = [layout.parse(b'2020-01-01|"GET / HTTP/1.1" ' + told) for told in (b"1", b"-")]
    assert shown == [None, None]
    layout = LogFormat("x", [b"[", Field("time"), b"] ", Field("latency"), b' "', Field("request"), b'"'])
    head = b"[22/Nov/2026:14:02:31 +0000] "
    told = [layout.parse(head + text + b' "GET / HTTP/1.1"') for text in (b"0.1, 0.2 : -", b"-, -", b"-", b"7")]
    assert [round(one.seconds, 9) if one else None for one in told] == [0.3, -1.0, -1.0, 7.0]


NESTED = re.compile(rb"\([^()]*[*+](?!\+)[^()]*\)[*+](?!\+)")


@pytest.mark.parametrize(
    "layout",
    [*(named.layout for named in named_formats()), *(one for _, one in open_layouts()), *loose_layouts()],
    ids=lambda layout: layout.words,
)
def test_no_repeat_within_a_repeat_gives_anything_back(layout: LogFormat) -> None:
    """What makes a regex slow on hostile input: here every repeat of a group is possessive."""
    for pattern in (layout.exact.pattern, layout.fast.pattern):
        assert NESTED.search(pattern) is None


@pytest.mark.parametrize("piece", [b'"', b'\\"', b" ", b'" ', b" HTTP/1.1", b"\\", b"[", b"a", b"- ", b"0", b"0, "])
def test_work_grows_with_the_length_of_a_hostile_line(piece: bytes) -> None:
    """A regex that tries twice as hard for each byte would never end here: 64 KB, in every format."""
    hostile = line()[:40] + piece * (65_536 // len(piece))
    for named in named_formats():
        named.layout.parse(hostile)
    for member in MEMBERS:
        member.layout().parse(hostile)
        member.layout().parse(line(request=piece * 20_000))
    for layout in loose_layouts():
        layout.parse(hostile)
