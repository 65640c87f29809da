"""JSON lines: known schemas, the usual names of keys, and a quick way that says what the slow one says."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.histogram import bins_of
from glance.domain.logs.key_name import CADDY, CLOUDFLARE, CLOUDFRONT, FRONT_DOOR, KNOWN, TRAEFIK, layout_of
from glance.domain.logs.keyed import Key, KeyedLayout
from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder
from glance.ingest.json_lines import JsonReader
from glance.ingest.parse import parse
from tests.domain.logs.brute import records_of

AT = 1455122527000
CADDY_LINE: dict[str, object] = {
    "level": "info",
    "ts": 1455122527.25,
    "msg": "handled request",
    "request": {
        "remote_ip": "10.0.0.1",
        "client_ip": "1.2.3.4",
        "proto": "HTTP/2.0",
        "method": "GET",
        "host": "example.com",
        "uri": "/a?b=c",
        "headers": {"User-Agent": ["curl/8"], "Referer": ["http://r/"]},
    },
    "user_id": "",
    "duration": 0.0125,
    "size": 42,
    "status": 200,
}
LOOSE = KeyedLayout(
    "json",
    "JSON",
    (
        Key("time", ("time",)),
        Key("time", ("ts",)),
        Key("client", ("ip",)),
        Key("client", ("request", "ip")),
        Key("request", ("line",)),
        Key("method", ("request", "method")),
        Key("path", ("uri",)),
        Key("status", ("status",)),
        Key("size", ("size",)),
        Key("latency", ("took",), 1e-3),
        Key("agent", ("headers", "ua"), is_list=True),
    ),
)


def line(told: object) -> bytes:
    """An object as one line."""
    return json.dumps(told, separators=(",", ":")).encode()


def read(layout: KeyedLayout, told: object) -> LogRecord:
    """The record of an object."""
    found = JsonReader(layout).read_line(line(told))
    assert found is not None
    return found


def exactly(reader: JsonReader, data: bytes) -> list[tuple[object, ...]]:
    """What each line says by itself."""
    out = []
    for one in data.split(b"\n"):
        record = reader.read_line(one.removesuffix(b"\r").lstrip(b"\0").removeprefix(b"\xef\xbb\xbf"))
        if record is not None:
            out.append((record.at_ms, *record[1:-2], record.size, int(bins_of(np.array([record.seconds]))[0])))
    return out


def at_once(reader: JsonReader, data: bytes) -> list[tuple[object, ...]]:
    """What reading pieces says."""
    return [record for bucket in parse(data, [reader]) for record in records_of(bucket)]


def test_caddy() -> None:
    assert read(CADDY, CADDY_LINE) == LogRecord(
        AT + 250,
        b"1.2.3.4",
        b"",
        b"GET",
        b"/a",
        b"HTTP/2.0",
        b"200",
        b"http://r/",
        b"curl/8",
        b"example.com",
        b"",
        42,
        0.0125,
    )


def test_older_caddy_tells_the_client_with_its_port() -> None:
    request = {"remote_addr": "[2001:db8::1]:443", "method": "GET", "uri": "/"}
    assert read(CADDY, CADDY_LINE | {"request": request}).client == b"2001:db8::1"


@pytest.mark.parametrize(
    ("layout", "told", "expected"),
    [
        (
            TRAEFIK,
            {
                "ClientHost": "1.2.3.4",
                "DownstreamStatus": 502,
                "DownstreamContentSize": 15,
                "Duration": 10002425284,
                "RequestMethod": "GET",
                "RequestPath": "/a?b",
                "RequestHost": "h",
                "time": "2016-02-10T16:42:07Z",
            },
            {"client": b"1.2.3.4", "status": b"502", "size": 15, "seconds": 10.002425284, "path": b"/a", "host": b"h"},
        ),
        (
            CLOUDFLARE,
            {
                "ClientIP": "1.2.3.4",
                "ClientRequestURI": "/a?b",
                "ClientRequestMethod": "GET",
                "EdgeStartTimestamp": AT * 1_000_000,
                "EdgeResponseStatus": 301,
                "EdgeResponseBytes": 570,
            },
            {"client": b"1.2.3.4", "status": b"301", "size": 570, "path": b"/a"},
        ),
        (
            CLOUDFRONT,
            {
                "date": "2016-02-10",
                "time": "16:42:07",
                "c-ip": "1.2.3.4",
                "cs-method": "GET",
                "cs-uri-stem": "/a",
                "sc-status": "200",
                "sc-bytes": "-",
                "time-taken": "0.358",
            },
            {"client": b"1.2.3.4", "status": b"200", "size": -1, "seconds": 0.358},
        ),
        (
            FRONT_DOOR,
            {
                "time": "2016-02-10T16:42:07.0000000Z",
                "properties": {
                    "clientIp": "1.2.3.4",
                    "httpMethod": "GET",
                    "requestUri": "http://h:80/a?b",
                    "httpStatusCode": "307",
                    "timeTaken": "0.002",
                    "responseBytes": "221",
                },
            },
            {"client": b"1.2.3.4", "status": b"307", "seconds": 0.002, "path": b"http://h:80/a", "size": 221},
        ),
    ],
    ids=lambda told: told.name if isinstance(told, KeyedLayout) else "",
)
def test_known_schemas(layout: KeyedLayout, told: dict[str, object], expected: dict[str, object]) -> None:
    found = read(layout, told)
    assert found.at_ms == AT
    assert {field: getattr(found, field) for field in expected} == pytest.approx(expected)
    assert layout in KNOWN.values()


@pytest.mark.parametrize(
    "told",
    [
        {
            "time": "10/Feb/2016:16:42:07 +0000",
            "remote_addr": "1.2.3.4",
            "request": "GET /a?b HTTP/1.1",
            "status": "200",
        },
        {"@timestamp": "2016-02-10T16:42:07Z", "client_ip": "1.2.3.4", "method": "GET", "uri": "/a?b", "status": 200},
        {"ts": AT / 1000, "remote_ip": "1.2.3.4:99", "verb": "GET", "path": "/a", "status_code": 200},
        {
            "timestamp": AT,
            "http": {"request": {"method": "GET"}, "status_code": 200},
            "url": {"path": "/a"},
            "ip": "1.2.3.4",
        },
        {
            "msec": "1455122527.000",
            "req": {"method": "GET", "url": "/a?b", "remoteAddress": "1.2.3.4"},
            "res": {"statusCode": 200},
        },
        {
            "Time": "2016-02-10 16:42:07",
            "clientIp": "1.2.3.4",
            "requestMethod": "GET",
            "requestUri": "/a",
            "httpStatus": 200,
        },
    ],
    ids=lambda told: next(iter(told)),
)
def test_the_usual_names_of_keys(told: dict[str, object]) -> None:
    layout = layout_of([told], "json", "JSON")
    assert layout is not None
    found = read(layout, told)
    assert (found.at_ms, found.client, found.method, found.path, found.status) == (
        AT,
        b"1.2.3.4",
        b"GET",
        b"/a",
        b"200",
    )


@pytest.mark.parametrize(
    ("name", "values", "seconds"),
    [
        ("request_time", [0.25, 0.1], 0.25),
        ("duration_ms", [250, 1], 0.25),
        ("latencyMs", [250.0, 1.5], 0.25),
        ("latency_us", [250000], 0.25),
        ("duration", ["250ms", "1m2s"], 0.25),
        ("duration", [250, 3, 0], 0.25),
        ("duration", [250000000, 4000000], 0.25),
        ("took", ["0.1, 0.15", "-"], 0.25),
        ("response_time", ["-", 0.1], -1.0),
    ],
)
def test_latencies_have_their_unit(name: str, values: list[object], seconds: float) -> None:
    lines = [{"time": "2016-02-10T16:42:07Z", "status": 200, name: told} for told in values]
    layout = layout_of(lines, "json", "JSON")
    assert layout is not None
    assert read(layout, lines[0]).seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    "shown",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"{}",
        b'{"ts":1455122527.25}',
        b'{"ts":"never","status":200}',
        line(CADDY_LINE | {"status": None, "request": {}}),
        line({"level": "debug", "ts": 1742400753.05, "msg": "selected upstream"}),
        b'{"a":' * 5000,
        b"[" * 100_000,
    ],
)
def test_what_is_no_request_is_no_record(shown: bytes) -> None:
    assert JsonReader(CADDY).read_line(shown) is None


def test_bytes_that_are_no_utf8_come_through() -> None:
    shown = line(CADDY_LINE).replace(b"curl/8", b"\xe9\xff")
    found = JsonReader(CADDY).read_line(shown)
    assert found is not None
    assert found.agent == b"\xe9\xff"


def test_keys_of_headers_are_found_within_each_other() -> None:
    told = {"time": "2016-02-10T16:42:07Z", "status": 1, "request": {"headers": {"User-Agent": ["a"], "Referer": "r"}}}
    layout = layout_of([told], "json", "JSON")
    assert layout is not None
    assert (read(layout, told).agent, read(layout, told).referrer) == (b"a", b"r")


SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=4),
    st.sampled_from(
        ["-", "GET /a?b HTTP/1.1", "GET", "/a?b", "200", "1.2.3.4:5", "12ms", "0.1, 0.2", "2016-02-10T16:42:07Z"]
    ),
    st.sampled_from([200, 200.0, 1455122527, 1455122527.5, 1455122527000, 0, 0.25, -1]),
)
ANYTHING = st.one_of(
    SCALAR, st.lists(SCALAR, max_size=2), st.dictionaries(st.sampled_from(["ip", "method", "ua"]), SCALAR, max_size=2)
)
REGULAR = st.fixed_dictionaries(
    {
        "time": st.sampled_from(["2016-02-10T16:42:07Z", 1455122527, 1455122527.5]),
        "status": st.sampled_from([200, "404"]),
    },
    optional=dict.fromkeys(("ts", "ip", "line", "uri", "size", "took"), SCALAR)
    | {
        "request": st.dictionaries(st.sampled_from(["ip", "method"]), SCALAR, max_size=2),
        "headers": st.fixed_dictionaries({"ua": st.lists(st.text(max_size=3), max_size=2)}),
    },
)
ODD = st.dictionaries(
    st.sampled_from(["time", "ts", "ip", "request", "line", "uri", "status", "size", "took", "headers"]), ANYTHING
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(REGULAR, REGULAR, REGULAR, ODD), min_size=1, max_size=5),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
)
def test_at_once_is_what_each_line_says(told: list[dict[str, object]], end: bytes, is_raw: bool) -> None:
    """Whatever types the values have."""
    shown = [json.dumps(one, ensure_ascii=not is_raw).encode("utf-8", "replace") for one in told]
    data = b"".join(one + end for one in shown)
    reader = JsonReader(LOOSE)
    assert at_once(reader, data) == exactly(reader, data)


@pytest.mark.parametrize(
    "data",
    [
        b"%(a)b %(a)b\n\n",
        b"%(a)b%(a)b\n%(a)b\n",
        b'{"a":\n{"b":1}}\n%(a)b %(a)b\n',
        b"%(a)b\n\n\n%(a)b\n",
        b"\xef\xbb\xbf%(a)b\n\0\0%(a)b\n",
        b"%(a)b\n%(a)b",
        b"garbage\n%(a)b\n%(a)b}\n",
        b' %(a)b\n%(a)b \t\n{"ts":1}\n',
    ],
)
def test_lines_are_told_apart_as_they_stand(data: bytes) -> None:
    reader = JsonReader(CADDY)
    data = data % {b"a": line(CADDY_LINE)}
    assert at_once(reader, data) == exactly(reader, data)


def test_regular_lines_are_taken_at_once_and_only_their_values_kept() -> None:
    builder = BucketBuilder("", 0, 0)
    session = JsonReader(CADDY).session(builder)
    piece = b"".join(line(CADDY_LINE | {"size": size}) + b"\n" for size in range(100))
    assert session.read_piece(piece)
    assert not session.read_piece(piece + b"{}\n")
    session.flush()
    bucket = builder.finish()
    assert bucket.records == 100
    assert bucket.texts["client"].values == (b"1.2.3.4",)


def test_a_reader_comes_back_from_a_worker() -> None:
    assert pickle.loads(pickle.dumps(JsonReader(CADDY))) == JsonReader(CADDY)
