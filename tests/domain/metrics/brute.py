"""Metrics by plain Python, to hold the tallies to."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict

import numpy as np

from glance.domain.logs.agent_kind import agent_kind, crawler_name
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.histogram import bin_seconds, bins_of
from glance.domain.logs.record import LogRecord, section
from glance.domain.logs.route import route
from glance.domain.metrics.metric import PERCENTILES, Metric


def number_of(record: LogRecord, name: str) -> float | None:
    """The number that a record tells."""
    if name == "bytes":
        return record.size if record.size >= 0 else None
    if name == "status":
        return int(record.status) if record.status.isdigit() else None
    if record.seconds < 0:
        return None
    return float(bin_seconds()[bins_of(np.array([record.seconds]))[0]])


def text_of(record: LogRecord, name: str) -> bytes:
    """The text that a record tells."""
    rules = {"section": section, "route": route}
    if name in rules:
        return rules[name](record.path)
    if name in ("kind", "crawler"):
        return agent_kind(record.agent) if name == "kind" else crawler_name(record.agent)
    return getattr(record, name)


def segment_of(record: LogRecord, segment: str) -> bytes:
    """The segment of a record."""
    if not segment:
        return b""
    if segment == "status_class":
        return record.status[:1] + b"xx" if len(record.status) == 3 else b"-"
    return text_of(record, "host" if segment == "vhost" else segment) or b"-"


def told(metric: Metric, record: LogRecord) -> bool:
    """The record tells the property."""
    if metric.statistic == "ratio" or metric.property == "*":
        return True
    if metric.property in ("bytes", "latency") or (metric.property == "status" and metric.statistic != "distinct"):
        return number_of(record, metric.property) is not None
    return text_of(record, metric.property) != b""


def figure(metric: Metric, records: list[LogRecord], seconds: int) -> float | None:
    """The value of a metric for these records, all of which tell the property."""
    statistic = metric.statistic
    if statistic in ("count", "rate"):
        return len(records) / (seconds if statistic == "rate" else 1)
    if statistic == "distinct":
        return len({text_of(record, metric.property) for record in records})
    if statistic == "ratio":
        condition = parse_filter(metric.condition)
        return sum(condition.test(record) for record in records) / len(records) if records else None
    numbers = [number for record in records if (number := number_of(record, metric.property)) is not None]
    if statistic == "sum":
        return math.fsum(numbers)
    if not numbers:
        return None
    if statistic in PERCENTILES:
        rank = max(1, math.ceil(PERCENTILES[statistic] * len(numbers) - 1e-9))
        found = sorted(numbers)[rank - 1]  # of sizes the middle of its bin, which is within 1 %
        return float(bin_seconds()[bins_of(np.array([found / 1e6]))[0]]) * 1e6 if metric.property == "bytes" else found
    if statistic in ("variance", "stddev"):
        return (
            getattr(statistics, "variance" if statistic == "variance" else "stdev")(numbers)
            if len(numbers) > 1
            else None
        )
    return {"avg": statistics.fmean, "min": min, "max": max}[statistic](numbers)


def figures(metric: Metric, records: list[LogRecord], start: int, end: int) -> dict[bytes, tuple[float | None, int]]:
    """Value and samples by segment over [start, end)."""
    base = parse_filter(metric.base)
    by_segment: dict[bytes, list[LogRecord]] = defaultdict(list)
    if not metric.segment:
        by_segment[b""] = []
    for record in records:
        if start * 1000 <= record.at_ms < end * 1000 and base.test(record) and told(metric, record):
            by_segment[segment_of(record, metric.segment)].append(record)
    return {name: (figure(metric, found, end - start), len(found)) for name, found in by_segment.items()}
