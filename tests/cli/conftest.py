"""A report to print: figures as of a real log, with hostile text in every place that text can be."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from glance.domain.logs.summary import (
    FileFigures,
    KindFigures,
    LatencyFigures,
    SeriesFigures,
    Summary,
    TopList,
    TopRow,
    UnparsedLine,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "report"

OSC52 = "\x1b]52;c;cm0gLXJmIC8K\x07"
"""Puts a command into the clipboard of a terminal that obeys."""
HOSTILE = f'/a{OSC52}|`b`<script>alert("1")</script>\x9b31m\u202e[x](javascript:1)\ud800,"q"'


def top_lists() -> tuple[TopList, ...]:
    """Top lists of all names."""
    return (
        TopList(
            "sections",
            (TopRow("/api", 4120, 812_004_120, 90, 31, 0.2104), TopRow("/static", 3010, 90_412, 0, 0, 0.004)),
        ),
        TopList(
            "routes",
            (
                TopRow("/api/v1/users/{id}/orders", 3950, 8_120_000, 14, 30, 0.22),
                TopRow("/日本語/パス", 44, 120, 0, 0, None),
            ),
        ),
        TopList(
            "paths",
            (
                TopRow(
                    "/api/v1/users/1042/orders/2026/with/a/long/tail/that/does/not/fit/in/eighty/cells/at/all",
                    2010,
                    4_120_000,
                    12,
                    30,
                    0.240,
                ),
                TopRow("/日本語/パス", 44, 120, 0, 0, None),
                TopRow(HOSTILE, 3, 999, 3, 0, 12.5),
                TopRow("=HYPERLINK(1)", 2, 0, 2, 0, None),
            ),
        ),
        TopList(
            "clients", (TopRow("203.0.113.7", 4100, 81_200, 1, 1, 0.1), TopRow("2001:db8::1", 9, 1, 0, 0, 0.1)), True
        ),
        TopList("agents", (TopRow("Mozilla/5.0 [@click=app.quit]x[/] _b_ **c**", 5, 10, 0, 0, None),)),
        TopList("crawlers", (TopRow("Googlebot", 1200, 90_000, 2, 0, 0.05), TopRow(f"x{OSC52}bot", 2, 10, 0, 0, None))),
        TopList(
            "referrers", (TopRow("-", 8000, 1, 0, 0, None), TopRow("https://www.example.com/a_b", 7, 1, 0, 0, None))
        ),
        TopList("hosts", ()),
    )


@pytest.fixture
def summary() -> Summary:
    """A report on two files, one of them with a hostile name."""
    hits = tuple(40 + (step * 37) % 90 for step in range(100))
    return Summary(
        files=(
            FileFigures("/var/log/nginx/access.log", "combined + request time", 8500, 8490, 8),
            FileFigures(f"/tmp/{OSC52}=b|c.log", "common", 14, 10, 4),
        ),
        lines=8514,
        parsed=8500,
        unparsed=12,
        first=1_432_029_903.0,
        last=1_432_089_303.25,
        hits=8500,
        bytes=2_747_282_740,
        clients=1753,
        statuses=((200, 7800), (206, 45), (301, 164), (304, 340), (404, 90), (403, 21), (429, 3), (500, 37)),
        methods=(("GET", 8400), ("POST", 95), ("\x1b[31mX", 5)),
        protocols=(("HTTP/1.1", 8000), ("HTTP/2.0", 500)),
        client_errors=114,
        server_errors=37,
        latency=LatencyFigures(8490, 0.0123, 0.1004, 0.2104, 1.2, 12.5),
        tops=top_lists(),
        series=SeriesFigures(
            600, 1_432_029_600.0, hits, (0,) * 90 + (11,) * 10, (0,) * 50 + (37,) + (0,) * 49, (1000,) * 100
        ),
        unparsed_samples=(UnparsedLine("/var/log/nginx/access.log", 17, f"\x00\x01garbage {OSC52}"),),
        clients_are_approximate=True,
        kinds=(
            KindFigures("person", 7000, 2_000_000_000, 20, 30),
            KindFigures("crawler", 1202, 90_010, 2, 0),
            KindFigures("unknown", 298, 747_192_730, 92, 7),
        ),
        scanner_errors=64,
        users=3,
        sizes_absent=7,
        notes=("14 lines lie outside --since and --until",),
    )


@pytest.fixture
def empty_summary() -> Summary:
    """A report on an empty file."""
    return Summary(
        files=(FileFigures("empty.log", "", 0, 0, 0),),
        lines=0,
        parsed=0,
        unparsed=0,
        first=None,
        last=None,
        hits=0,
        bytes=0,
        clients=0,
        statuses=(),
        methods=(),
        protocols=(),
        client_errors=0,
        server_errors=0,
        latency=None,
        tops=(),
        series=SeriesFigures(60, 0.0, (), (), (), ()),
    )


@pytest.fixture
def matches_golden() -> Callable[[str, bytes], None]:
    """Compare with the file of that name; with UPDATE_GOLDEN in the environment, write it instead."""

    def compare(name: str, actual: bytes) -> None:
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(actual)
        assert path.read_bytes() == actual

    return compare
