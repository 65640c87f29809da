"""Tallies of metrics: what plain Python says, however the log is cut, merged and asked."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.record import LogRecord
from glance.domain.metrics.metric import NUMBERS, SEGMENTS, TEXTS, Metric, checked, wanted_properties
from glance.domain.metrics.observation import Observation, Value
from glance.domain.metrics.tally import MetricTally
from tests.domain.logs.brute import bucket_of, make_records
from tests.domain.metrics.brute import figures

START = 1_700_000_000 // 60 * 60
RECORD = LogRecord(START * 1000, path=b"/a", status=b"200")


def metrics() -> st.SearchStrategy[Metric]:
    def of(statistic: str) -> st.SearchStrategy[Metric]:
        where = st.sampled_from(["", "status>=400", "path:/api", "method=POST latency>0.1"])
        name = st.sampled_from(wanted_properties(statistic))
        if statistic == "ratio":
            name, where = st.sampled_from(["*", "status:5xx"]), st.sampled_from(["status>=400", "method=GET"])
        segment = st.sampled_from(["", "", *SEGMENTS])
        return st.builds(Metric, st.just("m"), st.just(statistic), name, st.sampled_from([1, 10, 60]), where, segment)

    statistics = ["count", "rate", "sum", "avg", "min", "max", "stddev", "variance", "p50", "p95", "p999"]
    return st.sampled_from([*statistics, "distinct", "ratio"]).flatmap(of)


def close(found: dict[bytes, Value], wanted: dict[bytes, tuple[float | None, int]]) -> None:
    assert {name: value.samples for name, value in found.items()} == {name: many for name, (_, many) in wanted.items()}
    for name, value in found.items():
        told = wanted[name][0]
        assert (value.value is None) == (told is None), name
        assert told is None or value.value == pytest.approx(told, rel=1e-9, abs=1e-9), name


def tallied(metric: Metric, pieces: list[list[LogRecord]], step: int = 0) -> MetricTally:
    tally = MetricTally(metric, step or metric.period_seconds)
    for piece in pieces:
        tally.add(bucket_of(piece))
    return tally


@settings(max_examples=250)
@given(metrics(), st.integers(0, 120), st.integers(0, 10_000), st.integers(1, 4), st.integers(-20, 620))
def test_a_tally_says_what_plain_python_says(metric: Metric, count: int, seed: int, pieces: int, cut: int) -> None:
    records = make_records(count, seed, START)
    step = 10 if metric.period_seconds == 60 else 1
    start, end = START // step * step - 10, (START + cut) // step * step
    end = max(start + step, end)
    parts = [records[at::pieces] for at in range(pieces)]
    wanted = figures(metric, records, start, end)

    whole = tallied(metric, [records], step)
    close(whole.values(start, end), wanted)
    close(tallied(metric, parts, step).values(start, end), wanted)
    joined = tallied(metric, [], step)
    for part in parts:  # merging in any order is as counting at once
        joined.merge(tallied(metric, [part], step))
    close(joined.values(start, end), wanted)
    backwards = tallied(metric, [], step)
    for part in reversed(parts):
        backwards.merge(tallied(metric, [part], step))
    close(backwards.values(start, end), wanted)
    overall = figures(Metric("m", metric.statistic, metric.property, 1, metric.filter), records, start, end)
    close(whole.values(start, end, by_segment=False), overall)


@settings(max_examples=100)
@given(metrics(), st.integers(0, 80), st.integers(0, 10_000))
def test_observations_are_the_values_of_periods(metric: Metric, count: int, seed: int) -> None:
    records = make_records(count, seed, START, seconds=90)
    tally = tallied(metric, [records])
    period = metric.period_seconds
    found = tally.observations(START - 60, START + 120)
    sparse = tally.observations(START - 60, START + 120, is_filled=False)

    starts = [observation.start for observation in found]
    assert starts == sorted(starts)
    assert all(start % period == 0 for start in starts)
    if not metric.segment:
        assert starts == list(range((START - 60) // period * period, START + 120, period))
    told = {}
    for start in range((START - 60) // period * period, START + 120, period):
        for name, value in figures(metric, records, start, start + period).items():
            told[start, name] = value
    for observation in found:
        value, samples = told.get((observation.start, observation.segment), (None, 0))
        if not samples:
            assert observation.value == (0.0 if metric.empty_is_zero else None)
        else:
            assert observation.value == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9))
        assert observation.samples == samples
    assert [one for one in found if one.samples] == sparse


def test_seconds_without_requests_count() -> None:
    """Eleven requests in one second of two minutes are 0.09 a second, and not 11."""
    tally = MetricTally(Metric("traffic", "rate", period_seconds=1), 1)
    tally.add(bucket_of([RECORD] * 11))

    assert tally.values(START - 60, START + 60) == {b"": Value(11 / 120, 11)}
    assert [one.value for one in tally.observations(START - 1, START + 2)] == [0.0, 11.0, 0.0]


def test_a_late_line_corrects_its_period() -> None:
    tally = MetricTally(Metric("m", "avg", "bytes", 10), 10)
    tally.add(bucket_of([RECORD._replace(size=100)]))
    tally.add(bucket_of([RECORD._replace(at_ms=(START + 50) * 1000, size=7)]))
    before = tally.observations(START, START + 60)
    tally.add(bucket_of([RECORD._replace(at_ms=(START + 9) * 1000 + 999, size=300)]))
    after = tally.observations(START, START + 60)

    assert before[0] == Observation(START, b"", 100.0, 1)
    assert after[0] == Observation(START, b"", 200.0, 2)
    assert before[1:] == after[1:]
    assert [one.value for one in after[1:5]] == [None] * 4  # there is no average of nothing


def test_what_is_not_told_is_no_sample() -> None:
    records = [RECORD, RECORD._replace(user=b"anna", size=5), RECORD._replace(status=b"-1", seconds=0.5)]
    for metric, samples in (
        (Metric("m", "count"), 3),
        (Metric("m", "count", "user"), 1),
        (Metric("m", "distinct", "user"), 1),
        (Metric("m", "avg", "bytes"), 1),
        (Metric("m", "p50", "latency"), 1),
        (Metric("m", "max", "status"), 2),
    ):
        assert tallied(metric, [records]).values(START, START + 60)[b""].samples == samples, metric
    by_user = tallied(Metric("m", segment="user"), [records]).values(START, START + 60)
    assert {name: value.value for name, value in by_user.items()} == {b"-": 2.0, b"anna": 1.0}


def test_nothing_counted_is_an_answer() -> None:
    for statistic, name in (("count", "*"), ("p95", "latency"), ("distinct", "client"), ("avg", "bytes")):
        tally = MetricTally(Metric("m", statistic, name), 60)
        tally.add(bucket_of([]))
        value = 0.0 if statistic in ("count", "distinct") else None
        assert tally.values(START, START + 60) == {b"": Value(value, 0)}
        assert tally.observations(START, START + 60) == [Observation(START, b"", value, 0)]
        assert tally.span is None
        assert MetricTally(Metric("m", statistic, name, segment="path"), 60).values(0, 60) == {}


def test_sums_of_bytes_are_exact() -> None:
    sizes = [2**40 + 1] * 1000 + [1] * 7
    tally = tallied(Metric("m", "sum", "bytes"), [[RECORD._replace(size=size) for size in sizes]])

    assert tally.values(START, START + 60)[b""].value == sum(sizes)


def test_deviations_do_not_drown() -> None:
    """Large values that lie close together: sums of squares would lose all digits."""
    records = [RECORD._replace(size=3_000_000_000 + at % 2) for at in range(1000)]
    parts = [records[at::7] for at in range(7)]

    assert tallied(Metric("m", "variance", "bytes"), parts).values(START, START + 60)[b""].value == pytest.approx(
        1000 * 0.25 / 999, rel=1e-6
    )


def test_impossible_times_are_left_out() -> None:
    tally = tallied(Metric("m", segment="path"), [[RECORD, RECORD._replace(at_ms=10**17), RECORD._replace(at_ms=-5)]])

    assert tally.left_out == 2
    assert tally.span == (START, START + 60)
    assert tally.values(0, START + 60) == {b"/a": Value(1.0, 1)}


@pytest.mark.parametrize("statistic", ["count", "p95", "distinct"])
def test_segments_are_bounded_and_the_large_ones_keep_their_names(statistic: str) -> None:
    rng = random.Random(1)
    name = {"count": "*", "p95": "latency", "distinct": "client"}[statistic]
    metric = Metric("m", statistic, name, 60, segment="path")
    tally = MetricTally(metric, 60, most_segments=20)
    total, big = 0, 0
    for _ in range(30):
        paths = [b"/big"] * 20 + [b"/%d" % rng.randrange(10**6) for _ in range(50)]
        records = [RECORD._replace(path=path, seconds=0.1, client=path) for path in paths]
        tally.add(bucket_of(records))
        total, big = total + 70, big + 20
    found = tally.values(START, START + 60)

    assert len(found) <= 21
    assert sum(value.samples for value in found.values()) == total
    assert found[b"/big"].samples == big
    assert found[b"(other)"].samples > 0
    if statistic == "distinct":
        assert found[b"/big"].value == 1.0


def test_segments_that_are_forgotten_make_room() -> None:
    """Clients of yesterday do not take the names of those of today."""
    tally = MetricTally(Metric("m", period_seconds=1, segment="client"), 1, most_segments=20)
    for minute in range(100):
        at = START + minute * 60
        tally.forget_before(at - 59)
        records = [RECORD._replace(at_ms=at * 1000, client=b"%d.%d" % (minute, host)) for host in range(15)]
        tally.add(bucket_of(records))
        assert set(tally.values(at, at + 60)) == {record.client for record in records}
    assert len(tally.segments) <= 21
    assert len(tally.cells) <= 60


def test_forgetting_drops_what_begins_earlier() -> None:
    for statistic, name in (("count", "*"), ("p50", "bytes"), ("distinct", "path")):
        tally = MetricTally(Metric("m", statistic, name, 10), 10)
        tally.add(bucket_of([RECORD._replace(at_ms=(START + at) * 1000, size=1) for at in range(40)]))
        tally.forget_before(START + 15)  # the step that holds this moment goes too
        assert tally.span == (START + 20, START + 40)
        assert tally.values(START, START + 20)[b""].samples == 0
        assert tally.values(START, START + 40)[b""].samples == 20


def test_a_step_must_divide_the_period() -> None:
    with pytest.raises(ValueError, match="divide"):
        MetricTally(Metric("m", period_seconds=10), 3)
    with pytest.raises(ValueError, match="something else"):
        MetricTally(Metric("m"), 60).merge(MetricTally(Metric("m"), 30))


def test_quantiles_of_bytes_are_within_one_percent() -> None:
    rng = random.Random(5)
    sizes = sorted(int(rng.lognormvariate(9, 3)) for _ in range(2001))
    tally = tallied(Metric("m", "p50", "bytes"), [[RECORD._replace(size=size) for size in sizes]])

    assert tally.values(START, START + 60)[b""].value == pytest.approx(sizes[1000], rel=0.0101)


@pytest.mark.parametrize("statistic", ["sum", "p95", "distinct", "ratio", "count"])
def test_every_metric_that_can_be_asked_for_can_be_counted(statistic: str) -> None:
    for name in ("*", *NUMBERS, *TEXTS):
        wanted = ("*", "status:5xx") if statistic == "ratio" else wanted_properties(statistic)
        if name in wanted:
            metric = checked(Metric("m", statistic, name, filter="method=GET"))
            assert tallied(metric, [make_records(50, 1, START)]).values(START - 60, START + 660)
