"""The format of a log is found in a sample of it, or why there is none."""

from __future__ import annotations

import gzip
import json
import pickle
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.server_config import DeclaredFormat
from glance.errors import FormatError
from glance.ingest.detect import Detection, chosen, detect, named
from glance.ingest.named import declared_readers, format_names
from glance.ingest.parse import parse

COMBINED = b'1.2.3.4 - - [10/Feb/2016:16:42:07 +0000] "GET /a?b HTTP/1.1" 200 12 "-" "A"\n'
TIMED = COMBINED.replace(b'"A"', b'"A" 0.125')
COMMON = COMBINED.replace(b' "-" "A"', b"")
VHOST = b"www.example.com " + COMBINED
ERROR = b"[Sun Dec 04 04:47:44 2005] [error] mod_jk child workerEnv in error state 6\n"


def said(found: Detection) -> tuple[str, int, int]:
    """What the screen says."""
    return found.words, found.matched, found.sampled


def test_a_plain_log() -> None:
    assert said(detect(TIMED * 1500)) == ("combined + request time", 1000, 1000)


def test_blank_lines_nuls_and_line_ends_do_not_matter() -> None:
    data = b"\0" * 3000 + b"\n\n" + COMBINED.replace(b"\n", b"\r\n") * 5 + b"   \n" + COMBINED.strip()
    assert said(detect(data)) == ("combined", 6, 6)


def test_formats_that_differ_line_by_line_are_all_read() -> None:
    data = COMBINED * 9 + COMMON * 4 + VHOST * 3 + TIMED * 2 + ERROR
    found = detect(data)
    assert said(found) == ("combined", 18, 19)
    (bucket,) = parse(data, found.readers)
    assert (bucket.records, bucket.unparsed) == (18, 1)
    assert sorted(bucket.texts["host"].values) == [b"", b"www.example.com"]


def test_lines_of_a_relative_that_come_later_are_read_too() -> None:
    """The server was reloaded with another format after the sample was taken."""
    found = detect(COMBINED * 10)
    later = VHOST + COMMON + TIMED + COMBINED.replace(b"/a?b", b'/a?"b"') + COMBINED.replace(b'"A"', b'"A" + 1 2 3')
    (bucket,) = parse(later, found.readers)
    assert (bucket.records, bucket.unparsed) == (5, 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no lines"),
        (b"\n\n", "no lines"),
        (gzip.compress(COMBINED * 100, mtime=0), "binary"),
        (bytes(range(256)) * 64, "binary"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 100, "binary"),
        (COMBINED.decode().encode("utf-16"), "binary"),
        (ERROR * 50, "none of its lines"),
        (b"hello\nworld\n", "none of its lines"),
        (b'{"level":"info","msg":"x"}\n' * 5, "JSON"),
    ],
)
def test_what_is_no_access_log_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    found = detect(data)
    assert found.readers == ()
    assert reason in found.reason
    assert found.is_binary is (reason == "binary")


def test_an_error_log_is_called_by_its_name() -> None:
    assert "error log" in detect(ERROR * 5, path="/var/log/apache2/error.log").reason


@pytest.mark.parametrize(
    ("line", "words", "at", "expected"),
    [
        (COMBINED.replace(b"200", b"OK"), "common", b"OK", "a status"),
        (COMBINED.replace(b"10/Feb", b"31/Feb"), "common", b"31/Feb", "a time"),
        (TIMED.replace(b"[", b"(").replace(b"]", b")"), "vhost_combined", b"[", "a user"),
    ],
)
def test_the_nearest_format_and_where_it_fails(line: bytes, words: str, at: bytes, expected: str) -> None:
    near = detect(line * 3).nearest
    assert near is not None
    if at in line:
        assert near.column == line.index(at)
        assert (near.words in ("common", "combined"), words) == (True, words)
        assert expected in near.expected
    assert near.line == line.strip()


@pytest.mark.parametrize("sure", [COMBINED, TIMED, VHOST])
def test_the_beginning_may_be_torn(sure: bytes) -> None:
    """A sample from the middle begins within a line."""
    assert detect(sure[30:] + sure * 50).matched >= 50


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 3))
def test_nothing_raises_and_no_line_is_lost(data: bytes, seed: int) -> None:
    """Whatever stands in a file, all of its lines are counted."""
    good = [COMBINED, TIMED, VHOST, b'{"ts":1455122527.0,"status":200}\n'][seed]
    mixed = bytearray(good * 3 + data + b"\n" + good)
    readers = detect(bytes(mixed)).readers
    buckets = parse(bytes(mixed), readers)
    assert sum(bucket.lines for bucket in buckets) == mixed.count(b"\n")
    for bucket in buckets:
        assert bucket.lines == bucket.records + len(bucket.gaps)


def test_readers_come_back_from_a_worker() -> None:
    data = COMBINED * 3 + VHOST + b"web-1 | " + TIMED + b'{"time":"2016-02-10T16:42:07Z","status":200}\n' + b"a=b c=d\n"
    found = detect(data)
    assert pickle.loads(pickle.dumps(found.readers)) == found.readers


def test_a_few_lines_decide_nothing_for_the_rest() -> None:
    rng = random.Random(1)
    lines = [COMBINED] * 300 + [ERROR] * 200
    rng.shuffle(lines)
    assert said(detect(b"".join(lines))) == ("combined", 300, 500)


@pytest.mark.parametrize("name", [name for name in format_names() if name != "csv"])
def test_every_name_gives_readers(name: str) -> None:
    assert named(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("COMBINED", "combined"),
        ("VCOMBINED", "vhost_combined"),
        ("AWSALB", "AWS ALB"),
        ("CADDY", "Caddy JSON"),
        ("TRAEFIKCLF", "Traefik"),
        ("squid", "Squid"),
        ("W3C", "W3C"),
        ("cloudfront", "CloudFront"),
    ],
)
def test_names_of_goaccess_are_known(name: str, words: str) -> None:
    assert named(name)[0].words == words


def test_a_name_leaves_to_the_sample_what_it_does_not_say() -> None:
    assert said(chosen("combined", TIMED * 5)) == ("combined + request time", 5, 5)
    assert chosen("json", b'{"t":"2016-02-10T16:42:07Z","time":1455122527,"code":200,"took_ms":5}\n').matched == 1
    assert chosen("auto", COMBINED).words == "combined"


def test_a_named_format_that_reads_nothing_is_refused() -> None:
    found = chosen("haproxy", COMBINED * 5)
    assert found.readers == ()
    assert "HAProxy" in found.reason
    assert found.nearest is not None


def test_a_format_string_reads_a_log() -> None:
    found = chosen('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"', COMBINED * 5)
    assert said(found) == ("Apache LogFormat", 5, 5)


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(FormatError) as caught:
        named("combind")
    assert "combind" in caught.value.what
    assert "did you mean combined" in caught.value.hint


def test_declared_formats_are_tried_before_the_known_ones() -> None:
    declared = declared_readers(
        [
            DeclaredFormat("broken", "$remote_addr$status"),
            DeclaredFormat("main", "$status|$remote_addr|$time_iso8601|$request"),
            DeclaredFormat("js", '{"at":"$time_iso8601","answer":$status}'),
        ]
    )
    assert [reader.words for reader in declared] == ["nginx log_format main", "nginx JSON js"]
    data = (
        b"200|1.2.3.4|2016-02-10T16:42:07Z|GET / HTTP/1.1\n" * 3 + b'{"at":"2016-02-10T16:42:07Z","answer":404}\n' * 2
    )
    assert detect(data).readers == ()
    assert said(detect(data, declared=declared)) == ("nginx log_format main", 5, 5)


def test_a_log_of_json_alone_brings_no_other_format() -> None:
    """To import them all would take longer than to look at the log."""
    line = json.dumps({"ts": 1795262930.5, "request": {"method": "GET", "uri": "/"}, "status": 200, "duration": 0.1})
    code = (
        "import sys; from glance.ingest.detect import detect; "
        "print(detect(sys.stdin.buffer.read()).words, 'glance.ingest.survey' in sys.modules)"
    )
    found = [
        subprocess.run([sys.executable, "-c", code], input=sample.encode(), capture_output=True, check=True).stdout
        for sample in (
            f"{line}\n" * 9,
            f"{line}\n" * 9 + '1.2.3.4 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1\n',
        )
    ]
    assert found == [b"Caddy JSON False\n", b"Caddy JSON True\n"]
