"""A metric: which figure of which records, for each period of time and each segment."""

from __future__ import annotations

import re
from builtins import property as computed  # a metric has a property of its own
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from glance.domain.logs.filter import parse_filter
from glance.errors import UsageError

PERCENTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
"""Statistics that are quantiles, with the share of each."""

MOMENTS = ("sum", "avg", "min", "max", "stddev", "variance")
"""Statistics of numbers."""

STATISTICS = ("count", "rate", *MOMENTS, *PERCENTILES, "distinct", "ratio")

NUMBERS = ("bytes", "latency", "status")
"""Properties that are numbers."""

TEXTS = ("client", "path", "section", "route", "user", "agent", "host", "upstream", "referrer", "method")
"""Properties that are texts."""

PROPERTIES = ("*", *NUMBERS, *TEXTS)

SEGMENTS = (
    "section",
    "route",
    "path",
    "status",
    "status_class",
    "method",
    "host",
    "vhost",
    "upstream",
    "client",
    "user",
    "agent",
    "kind",
    "crawler",
    "referrer",
)

EMPTY_IS_ZERO = frozenset({"count", "rate", "sum", "distinct"})
"""Statistics that are 0 where there is no record; of the others there is then no value."""

SAME_PROPERTIES = {
    "": "*",
    "ts": "*",
    "size": "bytes",
    "response_bsize": "bytes",
    "status_code": "status",
    "request_route": "path",
    "request_method": "method",
    "ruser": "user",
    "vhost": "host",
}
"""Other names of properties, those of Puppylog among them."""

SAME_SEGMENTS = {
    "none": "",
    "status-class": "status_class",
    "request_route": "path",
    "status_code": "status",
    "request_method": "method",
    "ruser": "user",
}

LONGEST_PERIOD = 366 * 86_400
MOST_ID = 64
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_UNITS = {"bytes": "bytes", "latency": "s"}


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured. `checked` gives one that makes sense."""

    id: str
    statistic: str = "count"
    property: str = "*"
    """Of what; for a ratio the condition, a filter, whose share is asked for."""
    period_seconds: int = 60
    filter: str = ""
    """Which records; in a ratio of `*`, the records whose share of all is asked for."""
    segment: str = ""
    """Empty for none."""
    sources: tuple[str, ...] = ()
    """Paths of logs; empty is all."""
    groups: tuple[str, ...] = ()
    """Groups of logs; empty is all."""

    @computed
    def empty_is_zero(self) -> bool:
        """A period without records has the value 0, and not none."""
        return self.statistic in EMPTY_IS_ZERO

    @computed
    def condition(self) -> str:
        """Of a ratio, the filter of the records whose share is asked for."""
        return self.filter if self.property == "*" else self.property

    @computed
    def base(self) -> str:
        """The filter of the records that are looked at."""
        return "" if self.statistic == "ratio" and self.property == "*" else self.filter

    @computed
    def unit(self) -> str:
        """Of its values: `s`, `bytes`, `share`, `/s`, or empty for plain numbers."""
        if self.statistic in ("ratio", "rate"):
            return "share" if self.statistic == "ratio" else "/s"
        if self.statistic in ("count", "distinct", "variance"):
            return ""
        return _UNITS.get(self.property, "")

    @computed
    def words(self) -> str:
        """What it measures, for a person: `p99 of latency per 1 min by section, status>=500`."""
        if self.statistic == "ratio":
            what = f"share of {self.condition}"
        elif self.property == "*":
            what = {"count": "requests", "rate": "requests/s"}[self.statistic]
        else:
            what = f"{self.statistic} of {self.property}"
        parts = f"{what} per {span_words(self.period_seconds)}{f' by {self.segment}' if self.segment else ''}"
        logs = [f"group {name}" for name in self.groups] + list(self.sources)
        return ", ".join(part for part in (parts, self.base, *logs) if part)

    def is_about(self, source: str, group: str) -> bool:
        """Whether a log is one of those that are measured."""
        return (not self.sources or source in self.sources) and (not self.groups or group in self.groups)

    def as_mapping(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def metric_from(values: Mapping[str, Any]) -> Metric:
    """The metric with these plain values.

    Raises:
        KeyError, TypeError, ValueError: they are none of ours.
    """
    return Metric(
        str(values["id"]),
        str(values["statistic"]),
        str(values["property"]),
        int(values["period_seconds"]),
        str(values["filter"]),
        str(values["segment"]),
        tuple(str(source) for source in values["sources"]),
        tuple(str(group) for group in values["groups"]),
    )


def checked(metric: Metric) -> Metric:
    """The metric in normal form.

    Raises:
        UsageError: it makes no sense, and why; a FilterError where that is its filter.
    """
    if not _ID.fullmatch(metric.id) or len(metric.id) > MOST_ID:
        raise UsageError(
            f"{metric.id!r} cannot be the name of a metric",
            f"a name has letters, digits, - _ and . only, at most {MOST_ID}",
            "for example: slow_api",
        )
    if metric.statistic not in STATISTICS:
        raise UsageError(
            f"there is no statistic {metric.statistic!r}", "", f"the statistics are {', '.join(STATISTICS)}"
        )
    if not 1 <= metric.period_seconds <= LONGEST_PERIOD:
        raise UsageError(f"a period of {metric.period_seconds} s is impossible", "", "from 1 s to a year")
    segment = SAME_SEGMENTS.get(metric.segment, metric.segment)
    if segment and segment not in SEGMENTS:
        raise UsageError(f"there is no segment {metric.segment!r}", "", f"the segments are {', '.join(SEGMENTS)}")
    return Metric(
        metric.id,
        metric.statistic,
        _checked_property(metric),
        metric.period_seconds,
        parse_filter(metric.filter).text,
        segment,
        metric.sources,
        metric.groups,
    )


def _checked_property(metric: Metric) -> str:
    """The property in normal form."""
    if metric.statistic == "ratio":
        if metric.property not in PROPERTIES:
            return parse_filter(metric.property).text
        if metric.property != "*" or not parse_filter(metric.filter).text:
            raise UsageError(
                "a ratio needs a condition",
                "it is the share of requests that a filter chooses",
                "--where 'status>=500'",
            )
        return "*"
    found = SAME_PROPERTIES.get(metric.property, metric.property)
    if found not in PROPERTIES:
        raise UsageError(f"there is no property {metric.property!r}", "", f"the properties are {', '.join(PROPERTIES)}")
    wanted = wanted_properties(metric.statistic)
    if found not in wanted:
        raise UsageError(
            f"there is no {metric.statistic} of {found}",
            "it needs numbers" if wanted != TEXTS else "it needs names",
            f"{metric.statistic} can be of {', '.join(wanted)}",
        )
    return found


def wanted_properties(statistic: str) -> tuple[str, ...]:
    """The properties of which there is this statistic."""
    if statistic in ("count", "rate"):
        return PROPERTIES
    if statistic in PERCENTILES:
        return ("bytes", "latency")
    return ("status", *TEXTS) if statistic == "distinct" else NUMBERS


def span_words(seconds: int) -> str:
    """A length of time in its largest whole unit: `10 s`, `1 min`, `2 h`."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


DEFAULT_METRICS = (
    Metric("total_traffic_per_route", period_seconds=10, segment="section"),
    Metric("total_traffic", period_seconds=1),
)
"""What `create --default` makes."""
