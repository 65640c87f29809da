"""The upstream of each format that names one: exact values of real lines, lists of nginx, keys, and what is none."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.catalogue import format_named
from glance.domain.logs.custom import custom_format
from glance.domain.logs.format import LogFormat
from glance.domain.logs.key_name import CLOUDFLARE, TRAEFIK, layout_of
from glance.domain.logs.upstream import are_servers, upstream
from glance.ingest.builder import BucketBuilder
from glance.ingest.detect import detect
from glance.ingest.json_lines import JsonReader, loaded
from glance.ingest.named import readers_named
from glance.ingest.parse import parse
from glance.ingest.pattern import PatternReader
from glance.ingest.reader import LineReader

LOGS = Path(__file__).parents[2].parent / "shared" / "data" / "logs"
CLF = b'1.2.3.4 - - [10/Feb/2016:16:42:07 +0000] "GET /a HTTP/1.0" 200 1 "-" "A"'
TAIL = '- - [$time_local] "$request" $status'


def upstreams(data: bytes, readers: tuple[LineReader, ...] | None = None) -> Counter[bytes]:
    """How often each upstream is named, as pieces are read."""
    found: Counter[bytes] = Counter()
    for bucket in parse(data, readers or detect(data).readers):
        column = bucket.texts["upstream"]
        found.update(column.values[number] for number in column.ids.tolist())
    return found


REAL = [
    ("crowdsec-hub/aws-alb-logs.log", {b"10.0.0.1:80": 4, b"10.0.0.66:9000": 2, b"": 8}),
    ("plaso/aws_elb_access.log", {b"192.168.1.123:32869": 6, b"192.168.1.14:32797": 4, b"10.0.0.1:80": 2}),
    ("matomo/elb.log", {b"10.0.0.1:80": 1}),
    ("crowdsec-hub/haproxy-logs.log", {b"xx_server_https/xxx_node_8002": 1, b"maskurl/dns": 1}),
    (
        "lnav/logfile_haproxy.0",
        {b"bk_ktest_kt/nginx_sonst": 6, b"bk_ktest_sonst/nginx_sonst": 5, b"bk_admin/nginx_sonst": 2},
    ),
    (
        "crowdsec-hub/nginx-proxy-manager-logs.log",
        {b"openresty": 2, b"10.0.0.15:8080": 2, b"10.0.0.16:3000": 1, b"backend-server": 1, b"": 6},
    ),
    ("crowdsec-hub/traefik_clf.log", {b"http://172.17.0.3:80": 5, b"http://172.17.0.4:80": 1, b"": 1}),
    ("fail2ban/traefik-auth.log", {b"": 6}),
    ("matomo/traefik_json.log", {b"apache:80": 1}),
    ("fail2ban/squid.log", {b"": 5}),
    ("lnav/logfile_cloudflare.json", {b"": 1}),
]


@pytest.mark.skipif(not LOGS.is_dir(), reason="the corpus of real logs stands beside the project")
@pytest.mark.parametrize(("name", "expected"), REAL, ids=[name for name, _ in REAL])
def test_real_logs(name: str, expected: dict[bytes, int]) -> None:
    found = upstreams((LOGS / name).read_bytes())
    assert {value: count for value, count in found.items() if value} == {
        value: count for value, count in expected.items() if value
    }
    assert (b"" in found) == (b"" in expected)


SEKOIA = [
    ("squid.get_dalid.json", b"HIER_DIRECT/1.2.3.4"),
    ("squid.connect.json", b"HIER_DIRECT/example.org"),
    ("haproxy.access.json", b"Store/OpenIP-MyHa-Front-Tomcat-1"),
]


@pytest.mark.skipif(not LOGS.is_dir(), reason="the corpus of real logs stands beside the project")
@pytest.mark.parametrize(("name", "expected"), SEKOIA)
def test_lines_of_a_collection(name: str, expected: bytes) -> None:
    told = json.loads((LOGS / "sekoia" / name).read_text(encoding="utf-8"))
    assert upstreams(told["input"]["message"].encode() + b"\n") == {expected: 1}


FORMATS = [
    ("traefik", b"http://10.0.0.1"),
    ("npm", b"10.0.0.15"),
    ("npm_own", b""),
    ("haproxy", b"static/srv1"),
    ("alb", b"10.0.0.66:9000"),
    ("elb", b"10.0.0.1:80"),
    ("s3", b""),
    ("envoy", b"tcp://10.0.2.1:80"),
    ("istio", b"127.0.0.1:80"),
    ("squid", b"HIER_DIRECT/example.org"),
    ("combined", b""),
]


@pytest.mark.parametrize(("name", "expected"), FORMATS)
def test_one_line_of_each_format(name: str, expected: bytes) -> None:
    text = Path(__file__).parents[1] / "domain" / "logs" / "lines_of_formats.txt"
    rows = (row.split(b"\t", 1) for row in text.read_bytes().splitlines())
    line = dict(rows)[name.encode()]
    layout = format_named(name)
    assert layout is not None
    record = layout.parse(line)
    assert record is not None
    assert record.upstream == expected
    assert upstreams(line + b"\n", (PatternReader(layout),)) == {expected: 1}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"10.0.0.1:80", b"10.0.0.1:80"),
        (b"10.0.0.1:80, 10.0.0.2:80", b"10.0.0.2:80"),
        (b"10.0.0.1:80, 10.0.0.2:80 : unix:/run/app.sock", b"unix:/run/app.sock"),
        (b"[2001:db8::1]:80 : [2001:db8::2]:80", b"[2001:db8::2]:80"),
        (b"10.0.0.1:80, -", b"10.0.0.1:80"),
        (b"10.0.0.1:80 : ", b"10.0.0.1:80"),
        (b"- : -, -", b""),
        (b"-", b""),
        (b"", b""),
        (b"HIER_NONE/-", b""),
        (b"/dashboard/", b""),
        (b"bk/<NOSRV>", b"bk/<NOSRV>"),
    ],
)
def test_the_last_one_asked_answered(said: bytes, expected: bytes) -> None:
    assert upstream(said) == expected
    assert upstream(upstream(said)) == expected


LISTS = [b"10.0.0.1:80", b"10.0.0.1:80, 10.0.0.2:80", b"10.0.0.1:80 : 10.0.0.3:80", b"-", b"app"]
ANSWERED = {b"10.0.0.1:80": 1, b"10.0.0.2:80": 1, b"10.0.0.3:80": 1, b"": 1, b"app": 1}


@pytest.mark.parametrize(
    "text",
    [
        '$remote_addr - - [$time_local] "$request" $status $upstream_addr',
        '$remote_addr - - [$time_local] "$request" $status $upstream_addr $request_time',
        '$remote_addr - - [$time_local] "$request" $status "$upstream_addr" $upstream_response_time',
        '$remote_addr $upstream_addr [$time_local] "$request" $status $proxy_upstream_name',
        '$remote_addr $host $upstream_addr $remote_user [$time_local] "$request" $status',
    ],
)
def test_the_lists_of_nginx_are_read_at_once_and_line_by_line(text: str) -> None:
    layout = custom_format(text)
    assert isinstance(layout, LogFormat)
    values = {
        "$remote_addr": b"1.2.3.4", "$time_local": b"10/Feb/2016:16:42:07 +0000", "$request": b"GET /a?b HTTP/1.1",
        "$status": b"200", "$request_time": b"0.123", "$upstream_response_time": b"0.1", "$host": b"www.example",
        "$proxy_upstream_name": b"app", "$remote_user": b"-",
    }  # fmt: skip
    lines = []
    for one in LISTS:
        line = text.encode()
        for name, value in sorted({**values, "$upstream_addr": one}.items(), reverse=True):
            line = line.replace(name.encode(), value)
        lines.append(line)
    records = [layout.parse(line) for line in lines]
    assert Counter(record.upstream for record in records if record is not None) == ANSWERED
    builder_reads = PatternReader(layout).session(BucketBuilder("", 0, 0))
    assert builder_reads.read_piece(b"\n".join(lines * 40) + b"\n")
    assert upstreams(b"\n".join(lines) + b"\n", (PatternReader(layout),)) == ANSWERED


NGINX = custom_format('$remote_addr $upstream_addr [$time_local] "$request" $status $upstream_addr $request_time')
SERVERS = st.lists(
    st.sampled_from([b"10.0.0.1:80", b"unix:/a.sock", b"-", b"app", b"", b", ", b" : ", b",", b":", b"/-"]), max_size=5
).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(SERVERS, min_size=1, max_size=12), st.lists(st.integers(0, 12), max_size=3))
def test_any_cut_gives_the_same_upstreams(named: list[bytes], cuts: list[int]) -> None:
    assert isinstance(NGINX, LogFormat)
    lines = [b'1.2.3.4 x [10/Feb/2016:16:42:07 +0000] "GET /a HTTP/1.1" 200 %b 0.5\n' % one for one in named]
    lines = [line.replace(b" x ", b" %b " % one) for line, one in zip(lines, named, strict=True)]
    records = [NGINX.parse(line[:-1]) for line in lines]
    exact = [record.upstream for record in records if record is not None]
    places = sorted({0, len(lines), *(cut % (len(lines) + 1) for cut in cuts)})
    shared = PatternReader(NGINX)
    found: list[bytes] = []
    for start, end in pairwise(places):
        for bucket in parse(b"".join(lines[start:end]), [shared]):
            column = bucket.texts["upstream"]
            found += [column.values[number] for number in column.ids.tolist()]
    assert found == exact


def test_a_name_is_taken_where_there_is_no_address() -> None:
    layout = custom_format(f"$remote_addr {TAIL} $proxy_upstream_name $request_time")
    assert isinstance(layout, LogFormat)
    record = layout.parse(b'1.2.3.4 - - [10/Feb/2016:16:42:07 +0000] "GET /a HTTP/1.0" 200 default-app-80 0.1')
    assert record is not None
    assert record.upstream == b"default-app-80"


def test_apache_names_the_worker_of_its_balancer() -> None:
    layout = custom_format('%h %l %u %t "%r" %>s %b %{BALANCER_WORKER_NAME}e %{UNIQUE_ID}e %D')
    assert isinstance(layout, LogFormat)
    line = b'1.2.3.4 - - [10/Feb/2016:16:42:07 +0000] "GET /a HTTP/1.0" 200 1 http://10.0.0.7:8080 x 1200'
    record = layout.parse(line)
    assert record is not None
    assert (record.upstream, record.seconds) == (b"http://10.0.0.7:8080", 0.0012)


BOTH = "request time + upstream"


@pytest.mark.parametrize(
    ("rest", "expected", "words"),
    [
        (b" 512 0.013 [shop-web-80] [] 10.42.0.7:8080 1234 0.012 200 5e1d", b"10.42.0.7:8080", BOTH),
        (b" 512 0.013 [shop-web-80] [] - - - - 5e1d", b"", BOTH),
        (b" 512 0.013 [w] [] 10.4.0.7:80, 10.4.0.8:80 0, 12 0.001, 0.012 502, 200 5e1d", b"10.4.0.8:80", BOTH),
        (b" rt=0.013 upstream=web-1 x=1", b"web-1", BOTH),
        (b' "10.42.0.7:8080"', b"10.42.0.7:8080", "upstream"),
        (b' "unix:/run/app.sock"', b"unix:/run/app.sock", "upstream"),
        (b" upstream=0.012", b"", "upstream time"),
        (b' "203.0.113.9"', b"", "more"),
        (b" 0.013", b"", "request time"),
    ],
)
def test_behind_combined(rest: bytes, expected: bytes, words: str) -> None:
    """By its key, or as an address with a port; the default format of the Ingress controller is the first."""
    lines = [CLF + rest]
    if not expected and words == BOTH:
        lines.append(CLF + b" 512 0.013 [shop-web-80] [] 10.42.0.7:8080 1234 0.012 200 5e1d")
    data = b"\n".join(lines) + b"\n"
    found = detect(data)
    assert found.words == f"combined + {words}"
    assert upstreams(lines[0] + b"\n", found.readers) == {expected: 1}


KEYED = [
    ({"upstream_addr": "10.0.0.1:80, 10.0.0.2:80"}, b"10.0.0.2:80"),
    ({"upstream_addr": "-"}, b""),
    ({"upstream": "web-1", "upstream_status": 200}, b"web-1"),
    ({"upstream": {"addr": "10.0.0.1:80", "status": 200}}, b"10.0.0.1:80"),
    ({"upstream_host": "10.0.0.1:80", "upstream_cluster": "outbound|80||web"}, b"10.0.0.1:80"),
    ({"upstream_host": None, "upstream_cluster": "outbound|80||web"}, b"outbound|80||web"),
    ({"backend": "web"}, b"web"),
    ({"target": "10.0.0.1:80"}, b"10.0.0.1:80"),
    ({"target": "/a"}, b""),
    ({"upstream": 0.012}, b""),
    ({"upstream": "0.012"}, b""),
    ({"upstream": True}, b""),
]


@pytest.mark.parametrize(("more", "expected"), KEYED)
def test_keys(more: dict[str, object], expected: bytes) -> None:
    line = {"time": "2016-02-10T16:42:07Z", "status": 200, "method": "GET", "uri": "/a", **more}
    data = json.dumps(line).encode() + b"\n"
    layout = layout_of([line], "json", "JSON")
    assert layout is not None
    record = JsonReader(layout).read_line(data.strip())
    assert record is not None
    assert (record.upstream, record.path) == (expected, b"/a")
    assert upstreams(data * 3, (JsonReader(layout),)) == {expected: 3}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'time=2016-02-10T16:42:07Z status=200 method=GET path=/a upstream="a:80, b:80"\n', b"b:80"),
        (b"time:2016-02-10T16:42:07Z\tstatus:200\tmethod:GET\turi:/a\tupstream_addr:a:80 : b:80\n", b"b:80"),
        (b"time,status,method,path,backend\n2016-02-10T16:42:07Z,200,GET,/a,web-1\n", b"web-1"),
    ],
)
def test_pairs_and_tables(data: bytes, expected: bytes) -> None:
    assert upstreams(data) == {expected: 1}


def test_known_schemas() -> None:
    traefik = {
        "time": "2016-02-10T16:42:07Z", "RequestMethod": "GET", "DownstreamStatus": 200, "ServiceName": "web@docker",
        "ServiceURL": {"Scheme": "http", "Host": "10.0.0.1:80"},
    }  # fmt: skip
    for address, expected in (({"ServiceAddr": "10.0.0.1:80"}, b"10.0.0.1:80"), ({"BackendAddr": "b:80"}, b"b:80")):
        data = json.dumps(traefik | address).encode()
        assert upstreams(data + b"\n", (JsonReader(TRAEFIK),)) == {expected: 1}
    cloud = {"EdgeStartTimestamp": "2016-02-10T16:42:07Z", "ClientIP": "1.2.3.4", "EdgeResponseStatus": 200}
    assert loaded(json.dumps(cloud).encode()) == cloud
    data = json.dumps(cloud | {"OriginIP": "203.0.113.4"}).encode()
    assert upstreams(data + b"\n", (JsonReader(CLOUDFLARE),)) == {b"203.0.113.4": 1}


def test_the_json_of_nginx_by_its_string_and_by_name() -> None:
    line = b'{"t":"2016-02-10T16:42:07+00:00","s":"200","r":"GET /a HTTP/1.1","u":"a:80, b:80"}\n'
    text = '{"t":"$time_iso8601","s":"$status","r":"$request","u":"$upstream_addr"}'
    assert upstreams(line, readers_named(text)) == {b"b:80": 1}
    usual = b'{"time":"2016-02-10T16:42:07Z","status":200,"upstream_addr":"a:80"}\n'
    assert upstreams(usual, readers_named("json")) == {b"a:80": 1}


def test_what_is_an_address_of_a_server() -> None:
    assert are_servers([b"10.0.0.1:80", b"-", b"[::1]:80, unix:/run/a.sock"])
    assert not are_servers([b"-", b""])
    assert not are_servers([b"10.0.0.1:80", b"10.0.0.1"])
