"""Format strings of nginx, Apache and GoAccess; mistakes are told with their column."""

from __future__ import annotations

import pytest

from glance.domain.logs.custom import custom_format, is_format_string
from glance.domain.logs.format import LogFormat
from glance.domain.logs.goaccess_string import parse_goaccess
from glance.domain.logs.keyed import Key, KeyedLayout
from glance.domain.logs.record import LogRecord
from glance.errors import FormatError

CLF = 1455122527000  # 10/Feb/2016:16:42:07 +0000
COMBINED = b'1.2.3.4 - bob [10/Feb/2016:16:42:07 +0000] "GET /x?y HTTP/1.0" 301 368 "-" "UA x"'
NGINX = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
APACHE = '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"'
GOACCESS = '%h %^[%d:%t %^] "%r" %s %b "%R" "%u"'


def layout(text: str) -> LogFormat:
    """The LogFormat of a string."""
    found = custom_format(text)
    assert isinstance(found, LogFormat)
    return found


def read(text: str, line: bytes) -> LogRecord:
    """The record that a format string makes of a line."""
    found = layout(text).parse(line)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (NGINX, "nginx log_format"),
        (APACHE, "Apache LogFormat"),
        ('%a %l %u %t "%r" %>s %O', "Apache LogFormat"),
        ('%h %l %u %t "%r" %s %b', "Apache LogFormat"),
        (GOACCESS, "GoAccess format"),
        ('%x %h "%r" %s', "GoAccess format"),
    ],
)
def test_the_kinds_are_told_apart(text: str, kind: str) -> None:
    assert layout(text).words == kind


@pytest.mark.parametrize("text", [NGINX, APACHE, APACHE.replace("\\", "")])
def test_combined_by_its_strings(text: str) -> None:
    said = (CLF, b"1.2.3.4", b"bob", b"GET", b"/x", b"HTTP/1.0", b"301", b"", b"UA x", b"", b"", 368, -1.0)
    assert tuple(read(text, COMBINED)) == said


def test_goaccess_reads_the_zone_too() -> None:
    found = read(GOACCESS, COMBINED.replace(b"+0000", b"+0200"))
    assert found.at_ms == CLF - 7_200_000
    assert found.client == b"1.2.3.4"


@pytest.mark.parametrize(
    ("text", "rest", "seconds"),
    [
        (NGINX + " $request_time", b" 0.250", 0.25),
        (NGINX + " $upstream_response_time", b" 0.1, 0.2", 0.3),
        (NGINX + " $upstream_response_time $request_time", b" 7.0 0.250", 0.25),
        (APACHE + " %D", b" 250000", 0.25),
        (APACHE + " %T/%D", b" 0/250000", 0.25),
        (APACHE + " %{ms}T", b" 250", 0.25),
        (APACHE + " %T", b" 2", 2.0),
        (GOACCESS + " %T", b" 0.25", 0.25),
        (GOACCESS + " %L", b" 250", 0.25),
        (GOACCESS + " %D", b" 250000", 0.25),
        (GOACCESS + " %n", b" 250000000", 0.25),
    ],
)
def test_request_times_have_their_unit(text: str, rest: bytes, seconds: float) -> None:
    assert read(text, COMBINED + rest).seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("$time_iso8601 $remote_addr $request $status", b"2016-02-10T16:42:07+00:00 1.2.3.4 GET /x?y HTTP/1.1 200"),
        ("$msec $remote_addr $request_method $request_uri $status", b"1455122527.000 1.2.3.4 GET /x?y 200"),
        ("$time_local $remote_addr $request_method $uri $status", b"10/Feb/2016:16:42:07 +0000 1.2.3.4 GET /x 200"),
        ("${remote_addr}|$time_local|$request|$status", b"1.2.3.4|10/Feb/2016:16:42:07 +0000|GET /x?y HTTP/1.1|200"),
        ('%a %{%Y-%m-%d %H:%M:%S}t "%m %U%q %H" %s', b'1.2.3.4 2016-02-10 16:42:07 "GET /x?y HTTP/1.1" 200'),
        ("%a %{%Y-%m-%d}t %{%T}t.%{msec_frac}t %m %U%q %s", b"1.2.3.4 2016-02-10 16:42:07.000 GET /x?y 200"),
        ('%a [%{sec}t] "%r" %>s', b'1.2.3.4 [1455122527] "GET /x?y HTTP/1.1" 200'),
        ('%{c}a %t "%r" %>s', b'1.2.3.4 [10/Feb/2016:16:42:07 +0000] "GET /x?y HTTP/1.1" 200'),
        ('%h %t 100%% "%r" %>s', b'1.2.3.4 [10/Feb/2016:16:42:07 +0000] 100% "GET /x?y HTTP/1.1" 200'),
        (
            "--log-format='%d %t %h %m %U %s' --date-format=%Y-%m-%d --time-format=%T",
            b"2016-02-10 16:42:07 1.2.3.4 GET /x?y 200",
        ),
        ("log-format %x %h %m %U %s\ndate-format %s", b"1455122527 1.2.3.4 GET /x?y 200"),
    ],
)
def test_other_ways_to_write_a_line(text: str, line: bytes) -> None:
    found = read(text, line)
    assert (found.at_ms, found.client, found.method, found.path, found.status) == (
        CLF,
        b"1.2.3.4",
        b"GET",
        b"/x",
        b"200",
    )


def test_date_and_time_formats_of_goaccess_may_be_given_apart() -> None:
    layout = parse_goaccess("%d %t %h %m %U %s", "%d.%m.%Y", "%H:%M:%S")
    found = layout.parse(b"10.02.2016 16:42:07 1.2.3.4 GET /x 200")
    assert found is not None
    assert found.at_ms == CLF


def test_an_nginx_string_that_writes_json_gives_keys() -> None:
    text = '{"t":"$time_iso8601","ip":"$remote_addr","req":"$request","s":$status,"rt":$request_time,"x":"$foo"}'
    found = custom_format(text)
    assert isinstance(found, KeyedLayout)
    assert set(found.keys) == {
        Key("time", ("t",)),
        Key("client", ("ip",)),
        Key("request", ("req",)),
        Key("status", ("s",)),
        Key("latency", ("rt",)),
    }


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ('%h%l %t "%r"', 3, "touch"),
        ("$remote_addr$status [$time_local]", 13, "touch"),
        ("$remote_addr $ [$time_local]", 14, "without the name"),
        ('%h %l %t "%r" %', 15, "without a directive"),
        ("%h %Q %d", 4, "no specifier"),
        ('%h %t "%r" %{m}T', 12, "no unit"),
        ('$remote_addr "$request"', 24, "time"),
        ("%h %d %^ %s", 4, None),
        ("%h %t %^ %s", 4, "no date"),
        ("[$time_local] $remote_addr", 27, "request or its status"),
        ('%h [%{%Y-%Q}t] "%r"', 5, "no part of a date"),
        ('{"ip":"$remote_addr","s":"$status"}', 36, "time"),
    ],
)
def test_a_mistake_is_told_with_its_column(text: str, column: int, why: str | None) -> None:
    if why is None:
        custom_format(text)
        return
    with pytest.raises(FormatError) as caught:
        custom_format(text)
    assert text in caught.value.what
    assert caught.value.why.startswith(f"column {column}: ")
    assert why in caught.value.why


@pytest.mark.parametrize("text", ["hello world", "combined"])
def test_what_is_no_format_string_is_told_in_three_parts(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        custom_format(text)
    assert caught.value.what
    assert caught.value.why
    assert caught.value.hint


@pytest.mark.parametrize(("text", "expected"), [("combined", False), (NGINX, True), ("%h", True), ("{}", True)])
def test_a_name_is_no_format_string(text: str, expected: bool) -> None:
    assert is_format_string(text) is expected
