"""Routes, crawlers, kinds and noise in a report are those of plain Python, also when buckets had to go."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from glance.domain.logs.agent_kind import agent_kind, crawler_name
from glance.domain.logs.figures import Figures
from glance.domain.logs.record import LogRecord
from glance.domain.logs.route import Routes, route
from glance.domain.logs.scanner import is_noise
from glance.domain.logs.span import Span
from glance.domain.logs.summary import TopList
from tests.domain.logs.brute import bucket_of, make_records

AGENTS = (b"", b"Mozilla/5.0 (X11) Firefox/1", b"Googlebot/2.1", b"GPTBot/1.2", b"curl/8.4.0", b"kube-probe/1.28", b"?")


def records_of(count: int, seed: int) -> list[LogRecord]:
    """Records with ids in their paths, probes and agents of every kind."""
    rng = random.Random(seed)
    paths = [b"/users/%d", b"/users/%d/orders", b"/static/%d.png", b"/.env", b"/wp-login.php", b"/about", b""]
    return [
        record._replace(path=path % rng.randrange(40) if b"%" in path else path, agent=rng.choice(AGENTS))
        for record in make_records(count, seed)
        for path in [rng.choice(paths)]
    ]


def names_of(top: TopList) -> list[tuple[str, int]]:
    """Names with their hits."""
    return [(row.name, row.hits) for row in top.rows]


def ranked(values: list[bytes]) -> list[tuple[str, int]]:
    """Names with their hits, most first, ties by name."""
    counts = Counter(value.decode() for value in values if value)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


@pytest.mark.parametrize("memory_bytes", [64 << 20, 200_000])
def test_they_are_those_of_plain_python(memory_bytes: int) -> None:
    records = records_of(6000, 3)
    figures = Figures(memory_bytes=memory_bytes, top=50, span=Span())
    for start in range(0, len(records), 1000):
        figures.add(bucket_of(records[start : start + 1000], offset=10 * start))
    tops = {top.name: top for top in figures.top_lists()}

    assert names_of(tops["routes"]) == ranked([route(record.path) for record in records])
    assert names_of(tops["crawlers"]) == ranked([crawler_name(record.agent) for record in records])
    assert {kind.name: kind.hits for kind in figures.kinds()} == dict(
        ranked([agent_kind(record.agent) for record in records])
    )
    assert sum(kind.client_errors for kind in figures.kinds()) == sum(r.status[:1] == b"4" for r in records)
    assert figures.noise() == sum(is_noise(record.path, record.status) for record in records) > 0
    assert sum(row.bytes for row in tops["routes"].rows) == sum(max(0, r.size) for r in records if r.path)
    assert tops["routes"].rows[0].p95 is not None


def test_own_routes_and_later_buckets_count() -> None:
    figures = Figures(memory_bytes=1 << 26, top=5, span=Span(), routes=Routes([("^/users/", "/people")]))
    for expected in (1, 2):
        figures.add(bucket_of([LogRecord(1_700_000_000_000, path=b"/users/7", status=b"200")], offset=10 * expected))
        (top,) = [top for top in figures.top_lists() if top.name == "routes"]
        assert names_of(top) == [("/people", expected)]
    assert not figures.tells_agents
