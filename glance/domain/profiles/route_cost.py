"""What a request of each route costs: the samples with the label of the route, by the log's count of its requests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from glance.domain.profiles.growth import events_per_unit
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.route_pattern import RoutePattern
from glance.domain.profiles.suspect_stacks import ROUTE_LABELS
from glance.domain.profiles.value_choice import total, value_index


@dataclass(frozen=True, slots=True)
class RouteCost:
    """One value of the label."""

    label: str
    value: int
    """What its samples count for."""
    requests: int
    """Of the log, in the time of the profile; 0 where no route of it fits."""
    routes: tuple[str, ...]
    """Of the log, those that were counted, the busiest first."""
    error: float | None
    """Of the value, as a share of it: two standard deviations of so many samples. None where nobody can tell."""

    @property
    def per_request(self) -> float | None:
        """What one request costs; None without requests."""
        return self.value / self.requests if self.requests else None


@dataclass(frozen=True, slots=True)
class RouteCosts:
    """All values of the label, the dearest first."""

    key: str
    """The label; empty when no sample has one of a route."""
    type: str
    unit: str
    total: int
    rows: tuple[RouteCost, ...]
    unlabelled: int
    """What has no label: the program's own work, the collection of garbage among it."""
    other_requests: int
    """Of the log, those of routes that no label fits."""
    other_routes: tuple[str, ...]
    """The busiest of these."""

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Values of the label for which the log has no request."""
        return tuple(row.label for row in self.rows if not row.requests)


MOST_OTHERS = 5


def route_costs(profile: Profile, hits: Mapping[str, int], wanted: str = "") -> RouteCosts:
    """What a request of each route costs.

    Args:
        profile: samples of the time in which the requests were counted.
        hits: requests by route, as the log has it.
        wanted: the value to look at, see `value_choice.value_index`.
    """
    index = value_index(profile, wanted)
    kind = profile.sample_types[index]
    key, values, unlabelled = values_by_label(profile, index)
    counted: dict[str, list[tuple[int, str]]] = {label: [] for label in values}
    others: list[tuple[int, str]] = []
    patterns = {label: RoutePattern.of(label) for label in values}
    for name, count in hits.items():
        label = label_for(RoutePattern.of(name), patterns)
        (counted[label] if label is not None else others).append((count, name))
    per_unit = events_per_unit(profile, index)
    rows = [cost(label, value, counted[label], per_unit) for label, value in values.items()]
    rows.sort(key=lambda row: (-row.value, row.label))
    others.sort(key=lambda each: (-each[0], each[1]))
    return RouteCosts(
        key, kind.type, kind.unit, total(profile, index), tuple(rows), unlabelled,
        sum(count for count, _ in others), tuple(name for _, name in others[:MOST_OTHERS]),
    )  # fmt: skip


def cost(label: str, value: int, counted: list[tuple[int, str]], per_unit: float | None) -> RouteCost:
    """That of one value of the label."""
    events = value * per_unit if per_unit is not None else 0.0
    routes = tuple(name for _, name in sorted(counted, key=lambda each: (-each[0], each[1])))
    error = 2.0 / math.sqrt(events) if events > 0 else None
    return RouteCost(label, value, sum(count for count, _ in counted), routes, error)


def label_for(pattern: RoutePattern, labels: Mapping[str, RoutePattern]) -> str | None:
    """The label a route of the log belongs to: the one that is equal, or else the surest that covers it."""
    fitting = [label for label, own in labels.items() if own.segments == pattern.segments]
    fitting = fitting or [label for label, own in labels.items() if own.covers(pattern)]
    return max(fitting, key=lambda label: (labels[label].weight, label), default=None)


def values_by_label(profile: Profile, index: int) -> tuple[str, dict[str, int], int]:
    """The label that tells routes, what each value of it counts for, and what has none."""
    label_sets = profile.tables.label_sets
    key = next((name for name in ROUTE_LABELS if any(name in each.labels for each in label_sets)), "")
    texts = [(each.labels.get(key) or ("",))[0] for each in label_sets]
    values: dict[str, int] = {}
    rows = profile.tables.samples.label_sets.tolist()
    for row, value in zip(rows, profile.values[:, index].tolist(), strict=True):
        values[texts[row]] = values.get(texts[row], 0) + value
    unlabelled = values.pop("", 0)
    return key, values, unlabelled
