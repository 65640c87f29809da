"""Counters of what arrived: the figures of a report, without a record kept, and never going back."""

from __future__ import annotations

import math

import pytest
from prometheus_client.parser import text_string_to_metric_families

from glance.domain.logs import traffic_counts
from glance.domain.logs.figures import Figures
from glance.domain.logs.live_metrics import BOUNDS_SECONDS, live_metrics
from glance.domain.logs.record import LogRecord
from glance.domain.logs.released import released
from glance.domain.logs.series import LogSeries
from glance.domain.logs.span import Span
from glance.domain.logs.traffic_counts import TrafficCounts
from glance.domain.metrics_text import metrics_text
from glance.domain.scene import EMPTY_SCENE
from tests.domain.exposition import read
from tests.domain.logs.brute import bucket_of, make_records, records_of


def text_of(counts: TrafficCounts) -> str:
    return metrics_text(live_metrics(counts, EMPTY_SCENE, "1", 0.0))


def samples_of(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """As the client library of Prometheus reads them."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_they_are_the_figures_of_a_report() -> None:
    buckets = [bucket_of(make_records(700, seed), offset=seed * 1000) for seed in range(4)]
    counts, figures = TrafficCounts(), Figures(memory_bytes=1 << 24, top=10, span=Span())
    for bucket in buckets:
        counts.add(bucket)
        figures.add(bucket)

    told = counts.summary(10)
    assert told.hits == figures.tally.hits
    assert told.bytes == figures.tally.bytes
    assert told.sizes_absent == figures.tally.sizes_absent
    assert told.statuses == figures.statuses()
    assert sorted(told.methods) == sorted(figures.by_name("methods"))
    assert told.kinds == figures.kinds()
    assert told.scanner_errors == figures.noise()
    assert (counts.latency == figures.tally.latency).all()
    wanted = {top.name: [(row.name, row.hits, row.bytes, row.client_errors, row.server_errors) for row in top.rows]
              for top in figures.top_lists()}  # fmt: skip
    for top in told.tops:
        found = [(row.name, row.hits, row.bytes, row.client_errors, row.server_errors) for row in top.rows]
        assert found == wanted[top.name], top.name


def test_they_never_go_back() -> None:
    counts, before = TrafficCounts(), dict[tuple[str, frozenset[tuple[str, str]]], float]()
    for seed in range(6):
        counts.add(bucket_of(make_records(300, seed), offset=seed))
        now = samples_of(text_of(counts))
        kept = {key: value for key, value in before.items() if key[0].endswith(("_total", "_bucket", "_count", "_sum"))}
        assert all(now.get(key, math.inf) >= value for key, value in kept.items())
        before = now


def test_latency_is_a_histogram() -> None:
    counts = TrafficCounts()
    records = [LogRecord(0, status=b"200", seconds=seconds) for seconds in (0.0, 0.002, 0.02, 0.2, 2.0, 200.0)]
    counts.add(bucket_of(records))
    found = read(text_of(counts))["glance_request_duration_seconds"]

    assert found.kind == "histogram"
    by_bound = [found.value("_bucket", le=repr(bound)) for bound in BOUNDS_SECONDS]
    assert by_bound == sorted(by_bound)
    assert [found.value("_bucket", le=bound) for bound in ("0.001", "0.005", "0.1", "1.0", "60.0", "+Inf")] == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip
    assert found.value("_count") == 6
    assert found.value("_sum") == pytest.approx(202.222, rel=0.01)


def test_names_are_bounded_and_the_leading_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_counts, "MOST_NAMES", 100)
    monkeypatch.setattr(traffic_counts, "MOST_REMEMBERED", 50)
    counts = TrafficCounts()
    for batch in range(20):
        paths = [b"/real"] * 3 + [b"/scan%d" % (batch * 40 + number) for number in range(40)]
        methods = [b"GET", *(b"M%d" % (batch * 40 + number) for number in range(42))]
        counts.add(
            bucket_of(
                [
                    LogRecord(0, path=path, method=method, status=b"404")
                    for path, method in zip(paths, methods, strict=True)
                ]
            )
        )

    assert max(len(names) for names in counts._names.values()) <= 100
    assert len(counts._plain["method"]) <= 101
    top = next(top for top in counts.summary(5).tops if top.name == "sections")
    assert (top.rows[0].name, top.rows[0].hits) == ("/real", 60)
    text = text_of(counts)
    assert text.count("glance_section_requests_total{") <= 50
    assert text.count("glance_requests_by_method_total{") == 2
    assert samples_of(text)["glance_requests_by_method_total", frozenset({("method", "other")})] == 20 * 42


def test_hostile_names_are_escaped() -> None:
    counts = TrafficCounts()
    path = b'/a"b\\c\nd\x1b]52;c;x\x07\xff\xe2\x80\xae{}='
    counts.add(bucket_of([LogRecord(0, path=path, status=b"200", host=b"\xed\xa0\x80")], source='/l"o\\g\n'))
    text = text_of(counts)

    read(text)
    samples_of(text)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_bucket_of_a_series_can_stand_by_itself_again() -> None:
    series = LogSeries()
    records = make_records(900, 3)
    for start in range(0, 900, 100):
        series.add(bucket_of(records[start : start + 100], offset=start))
    values = {name: dictionary.values for name, dictionary in series.dictionaries.items()}

    found = [record for bucket in series.buckets for record in records_of(released(bucket, values))]
    assert found == [
        record for start in range(0, 900, 100) for record in records_of(bucket_of(records[start : start + 100]))
    ]
