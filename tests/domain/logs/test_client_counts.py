"""Counts of clients are those of plain Python over the same records."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.client_counts import client_counts
from glance.domain.logs.record import LogRecord
from glance.domain.logs.scanner import is_noise
from glance.domain.logs.series import LogSeries
from glance.domain.logs.suspicion import ClientCounts, by_subnet, reasons
from glance.domain.logs.tally import chosen_between
from tests.domain.logs.brute import bucket_of, make_records

START_MS = 1_700_000_000_000


def counted(client: bytes, records: list[LogRecord]) -> ClientCounts:
    """The same by plain Python."""
    own = [record for record in records if record.client == client]
    agents = Counter(record.agent for record in own if record.agent)
    return ClientCounts(
        client,
        hits=len(own),
        client_errors=sum(record.status[:1] == b"4" for record in own),
        server_errors=sum(record.status[:1] == b"5" for record in own),
        not_found=sum(record.status == b"404" for record in own),
        probes=sum(is_noise(record.path, record.status) for record in own),
        paths=len({record.path for record in own}),
        busiest=max(Counter(record.at_ms // 10_000 for record in own).values(), default=0),
        agents=tuple(sorted(agents, key=lambda agent: (-agents[agent], agent))),
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(0, 99), st.booleans(), st.booleans())
def test_counts_are_those_of_plain_python(sizes: list[int], seed: int, is_cut: bool, has_probes: bool) -> None:
    series, offset = LogSeries(), 0
    records = make_records(sum(sizes), seed)
    if has_probes:
        records[::3] = [record._replace(path=b"/.env", status=b"404") for record in records[::3]]
    for size in sizes:
        series.add(bucket_of(records[offset : offset + size], offset=10 * offset))
        offset += size
    keys = np.arange(0, len(series.dictionaries["client"]), 2)
    end = START_MS + 300_000 if is_cut else 1 << 60
    found = client_counts(series, keys, lambda bucket: chosen_between(bucket, 0, end))
    inside = [record for record in records if record.at_ms < end]

    assert found == [counted(series.dictionaries["client"].values[key], inside) for key in keys]


def test_a_scanner_stands_out_of_its_network() -> None:
    visitor = LogRecord(START_MS, b"203.0.113.1", path=b"/", status=b"200", agent=b"Mozilla/5.0 (X11) Firefox/1")
    paths = [b"/.env", b"/wp-login.php", b"/.git/HEAD", *(b"/x%d" % number for number in range(30))]
    probes = [LogRecord(START_MS, b"203.0.113.2", path=path, status=b"404", agent=b"zgrab/0.x") for path in paths]
    series = LogSeries()
    series.add(bucket_of([visitor, *probes, *[visitor] * 5]))
    clients = client_counts(series, np.arange(2))

    assert reasons(clients[0]) == ()
    assert [reason.rule for reason in reasons(clients[1])] == ["probes", "agent", "not-found"]
    (network,) = by_subnet(clients)
    assert network.probes == 3
    assert client_counts(series, np.zeros(0, np.intp)) == []


@pytest.mark.parametrize("name", ["networks", "kinds", "routes", "crawlers", "sections"])
def test_every_derived_ranking_can_be_asked_for(name: str) -> None:
    series = LogSeries()
    series.add(bucket_of(make_records(50, 1)))

    assert len(series.derived[name].of()) <= 20
