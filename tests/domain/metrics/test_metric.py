"""What can be measured, and what is said of what cannot."""

from __future__ import annotations

import pytest

from glance.domain.metrics.metric import DEFAULT_METRICS, Metric, checked, metric_from
from glance.errors import FilterError, UsageError


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        (Metric("a b"), "cannot be the name"),
        (Metric(""), "cannot be the name"),
        (Metric("x" * 65), "cannot be the name"),
        (Metric("-a"), "cannot be the name"),
        (Metric("m", "mean"), "no statistic 'mean'"),
        (Metric("m", "sum"), "no sum of *"),
        (Metric("m", "avg", "client"), "no avg of client"),
        (Metric("m", "p99", "status"), "no p99 of status"),
        (Metric("m", "distinct", "bytes"), "no distinct of bytes"),
        (Metric("m", "distinct"), "no distinct of *"),
        (Metric("m", "count", "weight"), "no property 'weight'"),
        (Metric("m", "ratio"), "a ratio needs a condition"),
        (Metric("m", "ratio", "latency", filter="a"), "a ratio needs a condition"),
        (Metric("m", segment="planet"), "no segment 'planet'"),
        (Metric("m", period_seconds=0), "a period of 0 s"),
        (Metric("m", period_seconds=10**9), "a period of"),
    ],
)
def test_a_metric_that_makes_no_sense_is_told(metric: Metric, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked(metric)
    assert why in caught.value.what


def test_a_mistake_in_its_filter_is_marked() -> None:
    for metric in (Metric("m", filter="stauts>1"), Metric("m", "ratio", "stauts>1")):
        with pytest.raises(FilterError):
            checked(metric)


def test_names_of_puppylog_are_known() -> None:
    metric = checked(Metric("m", "stddev", "response_bsize", segment="request_route", filter="url:/a"))

    assert (metric.property, metric.segment, metric.filter) == ("bytes", "path", "path:/a")
    assert checked(Metric("m", property="ts", segment="none")) == Metric("m")


@pytest.mark.parametrize(
    ("metric", "words", "unit"),
    [
        (Metric("m"), "requests per 1 min", ""),
        (Metric("m", "rate", period_seconds=10, segment="section"), "requests/s per 10 s by section", "/s"),
        (Metric("m", "p99", "latency", 3600, "status>=500"), "p99 of latency per 1 h, status>=500", "s"),
        (Metric("m", "sum", "bytes", 86400, groups=("web",)), "sum of bytes per 1 d, group web", "bytes"),
        (Metric("m", "ratio", filter="status:5xx"), "share of status:5xx per 1 min", "share"),
        (Metric("m", "ratio", "status:5xx", 90, "path:/api"), "share of status:5xx per 90 s, path:/api", "share"),
        (Metric("m", "variance", "bytes"), "variance of bytes per 1 min", ""),
        (Metric("m", "avg", "status", sources=("/a.log",)), "avg of status per 1 min, /a.log", ""),
    ],
)
def test_a_metric_in_words(metric: Metric, words: str, unit: str) -> None:
    assert (metric.words, metric.unit) == (words, unit)


def test_a_metric_is_plain_values_and_back() -> None:
    metric = Metric("m", "p99", "latency", 5, "a", "path", ("/a.log",), ("web",))

    assert metric_from(metric.as_mapping()) == metric
    assert all(checked(metric) == metric for metric in DEFAULT_METRICS)
    with pytest.raises(KeyError):
        metric_from({})


def test_which_logs_are_meant() -> None:
    assert Metric("m").is_about("/a", "")
    assert Metric("m", sources=("/a",)).is_about("/a", "x")
    assert not Metric("m", sources=("/a",)).is_about("/b", "")
    assert not Metric("m", sources=("/a",), groups=("web",)).is_about("/a", "db")
