"""Real logs of many servers: each is read as its expectation says, or refused with the reason.

The logs stand beside the project, not in it; without them these tests are skipped.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.record import TEXT_FIELDS, LogRecord
from glance.ingest.detect import Detection, chosen, detect
from glance.ingest.parse import parse
from tests.corpus import goldens
from tests.domain.logs.brute import records_of

LOGS = Path(__file__).parents[2].parent / "shared" / "data" / "logs"
pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="the corpus of real logs stands beside the project")

EXPECTED: dict[str, tuple[str, int, int]] = json.loads(
    (Path(__file__).parent / "expected.json").read_text(encoding="utf-8")
)
"""By file: what the screen calls the format (empty: refused), lines, records."""

REASONS = {
    "crowdsec-hub/apache2-logs.log": "two lines are of Apache's error log",
    "crowdsec-hub/caddy-logs.log": "one line is a debug message of the reverse proxy, not a request",
    "crowdsec-hub/haproxy-logs.log": "three lines tell failed TLS handshakes",
    "crowdsec-hub/litespeed-logs.log": "two lines are of the error log",
    "crowdsec-hub/nginx-http-generic-bf.log": "sixteen lines are of nginx's error log",
    "crowdsec-hub/nginx-proxy-manager-logs.log": "two lines are of nginx's error log",
    "crowdsec-hub/nginx_http-logs.log": "one line is of nginx's error log",
    "lnav/logfile_bad_access_log.0": "one line lacks identity and user, as its name says",
    "lnav/logfile_haproxy.0": "start-up messages and a failed handshake are no requests",
    "matomo/elb.log": "a TCP connection and a comment are no requests",
    "nasa/NASA_access_log_Aug95.head.log": "its reference lists the same 89 lines, torn in two",
    "plaso/aws_elb_access.log": "TCP and TLS connections are no requests",
    "AWStats/testglobal.log": "28 lines are comments",
    "fail2ban/apache-badbots.log": "the others are comments",
    "fail2ban/apache-fakegooglebot.log": "comments; two lines need a format string, see below",
    "fail2ban/nginx-botsearch.log": "comments, and lines of nginx's error log",
    "fail2ban/squid.log": "the others are comments",
    "fail2ban/traefik-auth.log": "the others are comments",
    "fail2ban/apache-overflows.log": "an error log",
    "loghub/Apache_2k.log": "an error log",
    "loghub/Proxifier_2k.log": "connections of a proxy client, no requests",
    "sekoia/apache.error_2.json": "an error log",
    "sekoia/apache.modsecurity.json": "an error log",
    "sekoia/apache.process_id.json": "an error log",
    "pylogsparser/IIS.examples.json": "one example is of IIS's FTP service in a format of its own, between commas",
    "sekoia/azure-front-door.test_waf_block.json": "a firewall's log: neither method nor status",
    "sekoia/haproxy.connect.json": "a TCP connection",
    "sekoia/nginx.json_OCSP_error_02.json": "an error log",
    "sekoia/squid.common_log_format_1.json": "its date, 05/02/2025, says not which is the month; see below",
}
"""Why lines of a file are no records."""

EXCEPT: dict[str, tuple[frozenset[str], str]] = {
    "nginx-http-malformed": (
        frozenset({"path"}),
        "CrowdSec takes the whole of an unparsable request for its path; the reference says that it has none",
    ),
    "amazon_cloudfront_web": (frozenset({"agent"}), "Matomo decodes percent signs; columns keep the bytes of the line"),
}
"""Goldens that differ from our rules, field by field."""

UNREAD = {
    "IIS": "as above",
    "apache-fakegooglebot": "two lines need a format string, see below",
    "apache-overflows": "an error log",
    "nginx-botsearch": "six lines are of nginx's error log",
}
"""Goldens with lines that are not read."""


def names() -> list[str]:
    """Every log of the corpus."""
    if not LOGS.is_dir():
        return []
    files = (path.relative_to(LOGS).as_posix() for path in sorted(LOGS.rglob("*")) if path.is_file())
    return [
        name for name in files if not name.endswith((".ref.json", ".assert", "-expected.json", "EXPECTED.json", ".md"))
    ]


def content(name: str) -> bytes:
    """The bytes of a log; of a test in JSON the lines within it."""
    data = (LOGS / name).read_bytes()
    if name.endswith(".gz"):
        return gzip.decompress(data)
    if name.startswith("sekoia/"):
        return str(json.loads(data)["input"]["message"]).encode()
    if name.startswith("pylogsparser/"):
        return b"".join(example["line"].encode() + b"\n" for example in json.loads(data))
    return data


def seen(name: str) -> tuple[Detection, list[LogBucket]]:
    """What glance makes of a log."""
    data = content(name)
    found = detect(data[: 1 << 18], path=name, head=data[:8192])
    return found, parse(data, found.readers)


def read(found: Detection, line: bytes) -> LogRecord | None:
    """The record of one line."""
    return next((record for reader in found.readers if (record := reader.read_line(line)) is not None), None)


def test_every_log_is_read_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    """Format, number of lines and number of records of each, as a table."""
    rows, wrong = [], []
    for name in names():
        found, buckets = seen(name)
        actual = (found.words, sum(one.lines for one in buckets), sum(one.records for one in buckets))
        expected = tuple(EXPECTED.get(name, ("not listed", 0, 0)))
        rows.append(f"{name:48} {actual[0] or 'refused':32} {actual[1]:6} {actual[2]:6} {expected[2]:6}")
        if actual != expected or (actual[0] and found.nearest) or (not actual[0] and not found.reason):
            wrong.append((name, actual, expected, found.reason))
        unread = sum(one.unparsed for one in buckets)
        assert not unread or name in REASONS, name
    with capsys.disabled():
        print("", f"{'file':48} {'format':32} {'lines':>6} {'parsed':>6} {'expect':>6}", *rows, sep="\n")
    assert wrong == []
    assert sorted(EXPECTED) == names()


def test_any_cut_of_any_log_gives_the_same_records() -> None:
    """Cut at a line end of each third, as live tailing and back-filling do."""
    for name in names():
        data = content(name)
        whole = [record for bucket in parse(data, seen(name)[0].readers) for record in records_of(bucket)]
        cuts = sorted([0, *(data.find(b"\n", len(data) * third // 3) + 1 for third in (1, 2)), len(data)])
        readers = seen(name)[0].readers
        pieces = [data[start:end] for start, end in pairwise(cuts) if start < end]
        parts = [bucket for piece in pieces for bucket in parse(piece, readers)]
        assert [record for bucket in parts for record in records_of(bucket)] == whole, name


def figures(buckets: list[LogBucket]) -> dict[str, object]:
    """The figures that a reference states."""
    columns: dict[str, list[bytes]] = {name: [] for name in TEXT_FIELDS}
    at_ms: list[int] = []
    sizes: list[int] = []
    unparsed: list[int] = []
    line = 1
    for bucket in buckets:
        for name, column in bucket.texts.items():
            columns[name] += [column.values[number] for number in column.ids.tolist()]
        at_ms += bucket.times.milliseconds().tolist()
        sizes += bucket.sizes.tolist()
        unparsed += [line + gap for gap in bucket.gaps.tolist()]
        line += bucket.lines
    clients, paths = Counter(columns["client"]), Counter(path for path in columns["path"] if path)
    shown = [datetime.fromtimestamp(at / 1000, UTC) for at in (min(at_ms), max(at_ms))]
    return {
        "lines": line - 1,
        "parsed": len(at_ms),
        "unparsed": len(unparsed),
        "unparsed_line_numbers": unparsed,
        "status": Counter(status.decode() for status in columns["status"]),
        "methods": Counter(method.decode() or "(unparsable request)" for method in columns["method"]),
        "protocols": Counter(
            protocol.decode() or "none"
            for protocol, method in zip(columns["protocol"], columns["method"], strict=True)
            if method
        ),
        "bytes_sum": sum(size for size in sizes if size >= 0),
        "size_dash": sum(size < 0 for size in sizes),
        "unique_clients": len(clients),
        "first_utc": shown[0].isoformat(),
        "last_utc": shown[1].isoformat(),
        "top_clients": clients,
        "top_paths": paths,
        "unique_paths": len(paths),
        "hits_per_utc_hour": Counter(f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H}" for at in at_ms),
    }


@pytest.mark.parametrize("name", [name for name in names() if (LOGS / f"{name}.ref.json").exists()], ids=str)
def test_every_figure_of_a_reference_is_met(name: str) -> None:
    reference = json.loads((LOGS / f"{name}.ref.json").read_text(encoding="utf-8"))
    actual = figures(seen(name)[1])
    for figure, expected in reference.items():
        if figure == "note":
            continue
        found = actual[figure]
        if figure.startswith("top_"):
            assert isinstance(found, Counter)
            assert [count for _, count in found.most_common(len(expected))] == [count for _, count in expected], figure
            assert {name.encode("latin-1"): count for name, count in expected}.items() <= found.items(), figure
        else:
            assert found == expected, figure


def local_path(target: bytes) -> bytes:
    """The path of a target, without scheme and host."""
    if b"://" not in target:
        return target
    rest = target.split(b"://", 1)[1]
    return b"/" + rest.partition(b"/")[2]


def differences(record: LogRecord, told: Mapping[str, object], ignored: frozenset[str]) -> dict[str, object]:
    """The fields in which a record and a golden differ."""
    out: dict[str, object] = {}
    for field, expected in told.items():
        if field in ignored:
            continue
        if field == "local":
            local = datetime.fromisoformat(str(expected)).replace(tzinfo=UTC) if expected else None
            moment = datetime.fromtimestamp(record.at_ms / 1000, UTC)
            if local is not None and local - moment not in (timedelta(hours=1), timedelta(hours=2)):
                out[field] = (moment, local)
            continue
        pair: tuple[object, object] = getattr(record, field), expected
        if isinstance(expected, bytes):
            pair = _alike(field, getattr(record, field)), _alike(field, expected)
        if pair[0] != pair[1]:
            out[field] = pair
    return out


def _alike(field: str, told: bytes) -> bytes:
    """A value as both sides write it."""
    if told == b"-":
        return b""
    if field == "path":
        return unquote_to_bytes(local_path(told.partition(b"?")[0]))
    if field == "host":
        return told.partition(b":")[0]
    if field == "status":
        return told.lstrip(b"0") or told[:1]
    if field == "client" and b":" in told:
        return ip_address(told.decode()).compressed.encode()
    return told.upper() if field == "method" else told


def golden_files() -> list[tuple[str, str]]:
    """Goldens, each with the log that it is about."""
    if not LOGS.is_dir():
        return []
    pairs = []
    for folder, ending in (("crowdsec-hub", ".parser.assert"), ("elastic-package", ".log-expected.json")):
        for path in sorted((LOGS / folder).glob(f"*{ending}")):
            log = path.name.removesuffix(ending) + ".log"
            pairs.append((path.relative_to(LOGS).as_posix(), f"{folder}/{log}"))
    for folder in ("sekoia", "pylogsparser", "fail2ban"):
        pairs += [(name, name) for name in names() if name.startswith(f"{folder}/")]
    return pairs


@pytest.mark.parametrize(("golden", "log"), golden_files(), ids=str)
def test_every_field_of_a_golden_is_met(golden: str, log: str) -> None:
    found, _ = seen(log)
    stem = golden.split("/", 1)[1].split(".", 1)[0]
    ignored = EXCEPT.get(stem, (frozenset(), ""))[0]
    reader = {"crowdsec-hub": goldens.crowdsec, "elastic-package": goldens.elastic, "sekoia": goldens.sekoia}
    ways = {**reader, "pylogsparser": goldens.pylogsparser, "fail2ban": goldens.fail2ban}
    unread, checked = [], 0
    for line, told in ways[golden.split("/", 1)[0]](LOGS / golden):
        record = read(found, line)
        if record is None:
            unread.append(line)
            continue
        assert differences(record, told, ignored) == {}, line
        checked += 1
    assert checked or log in REASONS
    assert not unread or stem in UNREAD or not found.readers, unread


@pytest.mark.parametrize(
    "name", [name for name in names() if name.startswith("matomo/") and not name.endswith(".gz")], ids=str
)
def test_the_first_line_is_what_matomo_says(name: str) -> None:
    found, _ = seen(name)
    stem = name.split("/")[1].removesuffix(".log")
    told = goldens.matomo(LOGS / "matomo" / "EXPECTED.json", stem)
    line = next(line for line in content(name).split(b"\n") if not line.startswith(b"#"))
    record = read(found, line)
    assert record is not None
    assert told
    assert differences(record, told, EXCEPT.get(stem, (frozenset(), ""))[0]) == {}


def test_awstats_counts_as_its_header_says() -> None:
    """14 addresses."""
    clients = {client for bucket in seen("AWStats/testglobal.log")[1] for client in bucket.texts["client"].values}
    assert len(clients) == 14


@pytest.mark.parametrize(
    ("name", "text", "line", "client", "at"),
    [
        (
            "fail2ban/apache-fakegooglebot.log",
            '%h %l %u - [%{%d/%b/%Y:%H:%M:%S}t ] %v "%r" %>s %b "%{Referer}i" "%{User-Agent}i" + %D %I %O',
            b"66.249.66.1 - - - [",
            b"66.249.66.1",
            "2015-01-31T14:29:44+00:00",
        ),
        (
            "sekoia/squid.common_log_format_1.json",
            '%h %l %u [%{%m/%d/%Y %H:%M:%S}t] "%r" %>s %b - %{ms}T %{note}n',
            b"1.2.3.4 - johndoe",
            b"1.2.3.4",
            "2025-05-02T11:30:29+00:00",
        ),
    ],
)
def test_what_cannot_be_guessed_is_read_by_a_format_string(
    name: str, text: str, line: bytes, client: bytes, at: str
) -> None:
    data = content(name)
    record = read(chosen(text, data), next(one for one in data.split(b"\n") if one.startswith(line)))
    assert record is not None
    assert record.client == client
    assert datetime.fromtimestamp(record.at_ms / 1000, UTC).isoformat() == at
