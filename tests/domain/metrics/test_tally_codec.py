"""Tallies as bytes: the same again, and nothing that is damaged."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.metrics.metric import Metric
from glance.domain.metrics.tally import MetricTally
from glance.domain.metrics.tally_codec import decode, encode
from tests.domain.logs.brute import bucket_of, make_records
from tests.domain.metrics.test_tally import START, metrics

SPAN = (START - 60, START + 700)


@settings(max_examples=80)
@given(metrics(), st.integers(0, 60), st.integers(0, 1000), st.booleans())
def test_a_tally_reads_back(metric: Metric, count: int, seed: int, is_estimated: bool) -> None:
    tally = MetricTally(metric, metric.period_seconds)
    for piece in range(3):
        tally.add(bucket_of(make_records(count, seed + piece, START)))
        if is_estimated and tally.distinct is not None:
            tally.distinct.use_registers()
    found = decode(metric, encode(tally))

    assert found.observations(*SPAN) == tally.observations(*SPAN)
    assert (found.span, found.left_out, found.segments.names) == (tally.span, tally.left_out, tally.segments.names)
    found.add(bucket_of(make_records(5, 1, START)))  # it goes on counting
    tally.add(bucket_of(make_records(5, 1, START)))
    assert found.values(*SPAN) == tally.values(*SPAN)


def test_damage_is_a_value_error() -> None:
    metric = Metric("m", "distinct", "client", segment="path")
    tally = MetricTally(metric, 60)
    tally.add(bucket_of(make_records(100, 1, START)))
    data = encode(tally)
    raw = zlib.decompress(data)
    damaged = [b"", b"abc", data[:-20], zlib.compress(b"{}\n"), zlib.compress(raw[:-8])]
    damaged += [
        zlib.compress(raw.replace(b"<i8", b"|O8")),
        zlib.compress(raw.replace(b'"version": 1', b'"version": 2')),
    ]
    damaged += [zlib.compress(raw.replace(b"(other)", b"(xther)", 1).replace(b"/api/users", b"/api/items"))]
    for each in damaged:
        with pytest.raises(ValueError, match=r".*"):
            decode(metric, each)
