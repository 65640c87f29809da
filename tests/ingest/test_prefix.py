"""What wraps the lines of a log is recognised and taken off."""

from __future__ import annotations

import json
import pickle

import pytest

from glance.ingest.detect import detect
from glance.ingest.parse import parse
from tests.domain.logs.brute import records_of

COMBINED = b'1.2.3.4 - - [10/Feb/2016:16:42:07 +0000] "GET /a?b HTTP/1.1" 200 12 "-" "A"'
CADDY = (
    b'{"ts":1455122527.0,"request":{"client_ip":"1.2.3.4","method":"GET","uri":"/a?b","proto":"HTTP/1.1",'
    b'"headers":{"User-Agent":["A"]}},"status":200,"duration":0.1,"size":12}'
)
LOGFMT = b"time=2016-02-10T16:42:07Z ip=1.2.3.4 method=GET path=/a status=200 proto=HTTP/1.1 size=12 ua=A"
HAPROXY = (
    b'1.2.3.4:33320 [10/Feb/2016:16:42:07.000] a b/c 10/0/30/69/109 200 12 - - ---- 1/1/1/1/0 0/0 "GET /a?b HTTP/1.1"'
)
PREFIXES = {
    "docker-compose": [b"web-1  | ", b"app_web.1 | "],
    "kubectl": [b"[pod/web-5d/nginx] "],
    "CRI": [b"2016-02-10T16:42:07.123456789Z stdout F ", b"2016-02-10T18:42:07.1+02:00 stderr F "],
    "docker": [b"2016-02-10T16:42:07.123456789Z "],
    "syslog": [
        b"Feb 10 16:42:07 web1 nginx[2869]: ",
        b"Feb  1 16:42:07 web1 haproxy: ",
        b"<190>Feb 10 16:42:07 web1 nginx: ",
        b"<190>Feb 10 16:42:07 nginx: ",
        b"2016-02-10T16:42:07.123456+00:00 web1 nginx[1]: ",
        b"<34>1 2016-02-10T16:42:07.003Z host.example.com nginx 12 ID47 - ",
        b"<34>1 2016-02-10T16:42:07.003Z host nginx - - [a@1 b=c][d@2] ",
    ],
}
CASES = [(words, prefix) for words, known in PREFIXES.items() for prefix in known]


@pytest.mark.parametrize(("words", "prefix"), CASES)
@pytest.mark.parametrize("line", [COMBINED, CADDY, LOGFMT, HAPROXY], ids=["combined", "caddy", "logfmt", "haproxy"])
def test_a_wrapped_line_says_what_it_says_bare(words: str, prefix: bytes, line: bytes) -> None:
    bare, found = detect(line * 1), detect((prefix + line + b"\n") * 20)
    assert (found.matched, found.words) == (20, f"{bare.words} in {words}")
    expected = [record for bucket in parse((line + b"\n") * 20, bare.readers) for record in records_of(bucket)]
    (bucket,) = parse((prefix + line + b"\n") * 20, pickle.loads(pickle.dumps(found.readers)))
    assert records_of(bucket) == expected


@pytest.mark.parametrize(
    ("words", "wrap"),
    [
        ("docker JSON", lambda line: {"log": line + "\n", "stream": "stdout", "time": "2016-02-10T16:42:08.1Z"}),
        ("docker JSON", lambda line: {"log": line + "\r\n", "stream": "stdout", "time": "2016-02-10T16:42:08.1Z"}),
        ("journald JSON", lambda line: {"__CURSOR": "s=1", "MESSAGE": line, "PRIORITY": "6"}),
        ("JSON", lambda line: {"level": "info", "message": line}),
    ],
)
@pytest.mark.parametrize("line", [COMBINED, CADDY, LOGFMT], ids=["combined", "caddy", "logfmt"])
def test_json_around_a_line_is_taken_off(words: str, wrap: object, line: bytes) -> None:
    assert callable(wrap)
    shown = json.dumps(wrap(line.decode())).encode() + b"\n"
    found = detect(shown * 20)
    assert (found.matched, found.words) == (20, f"{detect(line).words} in {words}")
    (bucket,) = parse(shown * 10 + b'{"log":"odd\\n"}\n' + shown * 10, found.readers)
    assert (bucket.records, bucket.unparsed) == (20, 1)
    assert set(bucket.texts["path"].values) == {b"/a"}


def test_lines_with_and_without_a_prefix_in_one_log() -> None:
    """As `docker compose logs` mixes services."""
    data = (b"web-1  | " + COMBINED + b"\n") * 5 + (b"api-1  | " + CADDY + b"\n") * 4 + (COMBINED + b"\n") * 3
    found = detect(data)
    assert (found.sampled, found.matched) == (12, 12)
    (bucket,) = parse(data, found.readers)
    assert (bucket.records, bucket.unparsed) == (12, 0)


def test_two_wrappers_are_taken_off() -> None:
    shown = b"web-1  | Feb 10 16:42:07 web1 nginx[1]: " + COMBINED + b"\n"
    found = detect(shown * 3)
    assert (found.matched, found.words) == (3, "combined in syslog in docker-compose")


def test_a_prefix_before_something_else_is_no_access_log() -> None:
    assert detect(b"Feb 10 16:42:07 web1 sshd[1]: Accepted publickey for root\n" * 5).readers == ()


def test_text_that_is_no_unicode_is_data() -> None:
    """A lone surrogate, and bytes that are no UTF-8."""
    lines = [b'{"log":"\\ud800\\n"}', b'{"log":"\xff\\n"}', b'{"log":1}', b'{"log":"a\\nb"}']
    good = b'{"log":' + json.dumps(COMBINED.decode() + "\n").encode() + b"}"
    (bucket,) = parse(b"\n".join([good, *lines, good]) + b"\n", detect((good + b"\n") * 3).readers)
    assert (bucket.records, bucket.unparsed) == (2, 4)
