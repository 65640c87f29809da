"""A line of each named format, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.domain.logs.catalogue import format_named, named_formats
from glance.domain.logs.family import MEMBERS, members_in
from glance.domain.logs.field import Field

CLF = 1455122527000  # 10/Feb/2016:16:42:07 +0000
LINES = {
    name.decode(): shown
    for name, shown in (
        row.split(b"\t", 1) for row in (Path(__file__).parent / "lines_of_formats.txt").read_bytes().splitlines()
    )
}
SAYS: dict[str, dict[str, object]] = {
    "common": {"client": b"1.2.3.4", "user": b"bob", "path": b"/a", "status": b"301", "size": 368},
    "combined": {"referrer": b"http://r/", "agent": b"A (b)"},
    "vhost_common": {"host": b"www.example.com", "client": b"1.2.3.4"},
    "vhost_combined": {"host": b"[2001:db8::1]", "client": b"::1", "agent": b"A"},
    "traefik": {"agent": b"A", "seconds": 0.025, "size": 7},
    "npm": {
        "status": b"201",
        "host": b"example.com",
        "path": b"/a",
        "client": b"1.2.3.4",
        "size": 15,
        "referrer": b"http://r/",
    },
    "npm_own": {"status": b"444", "host": b"4.3.2.1", "path": b"/.env", "agent": b"A", "size": 0},
    "haproxy": {
        "client": b"2001:db8::1",
        "seconds": 0.109,
        "size": 2750,
        "path": b"/index.html",
        "at_ms": 1455122527512,
    },
    "alb": {
        "client": b"10.0.1.252",
        "status": b"200",
        "size": 257,
        "seconds": 0.002,
        "path": b"https://10.0.2.105:773/x",
    },
    "elb": {"client": b"192.168.131.39", "seconds": 0.001048, "size": 29, "agent": b"curl/7.38.0"},
    "s3": {"host": b"bucket", "client": b"192.0.2.3", "seconds": 0.007, "size": 113, "agent": b"S3Console/0.4"},
    "envoy": {"status": b"204", "client": b"10.0.35.28", "seconds": 0.226, "host": b"locations", "size": 0},
    "istio": {"status": b"418", "size": 135, "seconds": 0.004, "agent": b"curl/7", "host": b"httpbin:8000"},
    "squid": {
        "client": b"192.168.0.1",
        "seconds": 3.387,
        "method": b"CONNECT",
        "path": b"example.org:443",
        "size": 19131,
    },
    "uwsgi": {"client": b"127.0.0.1", "path": b"/u", "size": 47, "seconds": 0.129, "status": b"200"},
    "uwsgi_micros": {"user": b"bob", "seconds": 6.8e-05},
    "confluence": {
        "user": b"bob",
        "client": b"192.168.192.1",
        "seconds": 1.02,
        "size": 7881,
        "agent": b"Mozilla/5.0 (Macintosh)",
    },
    "bunkerweb": {"host": b"www.example.com", "client": b"172.18.0.1", "user": b"", "status": b"301"},
    "combined_in_quotes": {"client": b"1.2.3.4", "agent": b"A b"},
    "combined_iso": {"client": b"1.2.3.4", "path": b"/a"},
    "combined_forwarded": {"client": b"1.2.3.4"},
    "combined_no_user": {"client": b"1.2.3.4", "agent": b"A"},
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_of_each_format_says_what_it_says(name: str) -> None:
    shown, expected = LINES[name], SAYS[name]
    layout = format_named(name)
    assert layout is not None
    found = next(
        record
        for one in [layout, *(named.layout for named in named_formats() if named.name == name)]
        if (record := one.parse(shown)) is not None
    )
    assert {field: getattr(found, field) for field in expected} == pytest.approx(expected)
    if "at_ms" not in expected:
        assert found.at_ms == CLF


def test_every_named_format_has_its_line_here() -> None:
    names = {member.name for member in MEMBERS} | {named.name for named in named_formats()}
    assert names == LINES.keys() == SAYS.keys()


def test_a_hint_stands_in_every_line_of_its_format() -> None:
    hints: dict[str, list[bytes]] = {}
    for named in named_formats():
        hints.setdefault(named.name, []).append(named.hint)
    for name, known in hints.items():
        assert any(hint in LINES[name] for hint in known), name


@pytest.mark.parametrize(
    ("rest", "words", "unit"),
    [
        ([b" 0.057", b" -", b" 1.000"], "combined + request time", 1.0),
        ([b' "-" 0.057', b' "-" 0.1'], "combined + request time", 1.0),
        ([b" 0", b" 1", b" 0", b" 0", b" 12"], "combined + request time", 1.0),
        ([b" 3", b" 120", b" 45", b" 0"], "combined + request time in ms", 1e-3),
        ([b" 1234567", b" 4512", b" 900"], "combined + request time in µs", 1e-6),
        ([b" 1500000 1", b" 700000 0"], "combined + request time in µs", 1e-6),
        ([b" rt=0.1 uct=0.0 urt=0.1", b" rt=0.2 uct=- urt=-"], "combined + request time", 1.0),
        ([b' "0.010" "0.009"', b' "0.011" "-"'], "combined + request time", 1.0),
        ([b" urt=0.1, 0.2", b" urt=0.1, 0.3"], "combined + upstream time", 1.0),
        ([b" 12ms", b" 4ms"], "combined + request time in ms", 1e-3),
    ],
)
def test_times_behind_the_known_fields_are_found_and_their_unit_told(
    rest: list[bytes], words: str, unit: float
) -> None:
    line = LINES["combined"]
    layout = members_in([line + one for one in rest])[0][0]
    assert layout.words == words
    units = [item.unit_seconds for item in layout.items if isinstance(item, Field) and item.name == "latency"]
    assert units == [unit]
    assert all(layout.parse(line + one) is not None for one in rest)


@pytest.mark.parametrize("rest", [b' "-"', b" 293 1149 546", b" + 293 1149 546", b' "x" [y] z=1'])
def test_other_fields_behind_the_known_ones_are_more(rest: bytes) -> None:
    found = members_in([LINES["combined"] + rest])
    assert [layout.words for layout, _ in found] == ["combined + more"]
    assert found[0][0].parse(LINES["combined"] + rest) is not None
