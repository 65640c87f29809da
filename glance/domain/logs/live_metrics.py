"""What a running glance tells Prometheus: counters of what arrived since it began, and gauges of now.

The counters have the names of a report's, so that one dashboard shows both. Names, units and the bound
of every label are told in docs/serve.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.histogram import bin_seconds
from glance.domain.logs.summary_metrics import MOST_CHARACTERS, MOST_FILES, summary_metrics
from glance.domain.logs.traffic_counts import TrafficCounts
from glance.domain.metrics_text import Family, Kind, Sample
from glance.domain.safe_text import safe_text
from glance.domain.scene import Scene, SourceStatus

TOP = 50
"""Sections, routes, virtual hosts and crawlers that have a series of their own."""
BOUNDS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

UNTOLD = frozenset(("glance_clients", "glance_users"))
"""What a report tells and counters cannot: to count what is distinct, every value would have to be kept."""

_UNREADABLE = ("missing", "failing")


def live_metrics(counts: TrafficCounts, scene: Scene, version: str, began: float) -> list[Family]:
    """Every family, in a fixed order.

    Args:
        counts: of what arrived since it began.
        scene: how it is now.
        version: of glance.
        began: when it began, epoch seconds.
    """
    counted = [family for family in summary_metrics(counts.summary(TOP), version) if family.name not in UNTOLD]
    return [*counted, *_duration(counts.latency), *_window(scene), *_sources(scene.sources), *_engine(scene, began)]


def _gauge(name: str, words: str, value: float | None, kind: Kind = "gauge") -> Family:
    """One value; no sample where it is not known."""
    return Family(name, words, kind, () if value is None else (Sample(value),))


def _duration(latency: NDArray[np.int64]) -> Iterator[Family]:
    """How long requests took, as a histogram; nothing where the log does not tell."""
    total = int(latency[1:].sum())
    if not total:
        return
    seconds = bin_seconds()
    cumulated = np.cumsum(latency[1:])
    places = np.searchsorted(seconds[1:], BOUNDS_SECONDS, side="right")
    samples = [
        Sample(int(cumulated[place - 1]), {"le": repr(bound)}, "_bucket")
        for bound, place in zip(BOUNDS_SECONDS, places.tolist(), strict=True)
    ]
    samples += [
        Sample(total, {"le": "+Inf"}, "_bucket"),
        Sample(float(latency[1:] @ seconds[1:]), part="_sum"),
        Sample(total, part="_count"),
    ]
    words = "How long requests took; each is told within 1 %."
    yield Family("glance_request_duration_seconds", words, "histogram", tuple(samples))


def _window(scene: Scene) -> Iterator[Family]:
    """What is known of the window that ends now, with what was logged before glance began."""
    totals = scene.totals
    yield _gauge("glance_window_seconds", "How long the window is that ends now.", scene.window.seconds)
    for name, words, value in (
        ("requests", "Requests in the window.", totals.hits),
        ("client_errors", "Requests in the window answered 4xx.", totals.client_errors),
        ("server_errors", "Requests in the window answered 5xx.", totals.server_errors),
        ("response_bytes", "Bytes sent in the window.", totals.bytes),
        ("clients", "Distinct clients in the window.", totals.clients),
    ):
        yield _gauge(f"glance_window_{name}", words, value)
    known = (("0.5", totals.p50), ("0.9", totals.p90), ("0.95", totals.p95), ("0.99", totals.p99))
    samples = tuple(Sample(seconds, {"quantile": share}) for share, seconds in known if seconds is not None)
    words = "Quantiles of how long the requests in the window took, within 1 %."
    yield Family("glance_window_request_duration_seconds", words, "gauge", samples)


def _sources(sources: Iterable[SourceStatus]) -> Iterator[Family]:
    """How reading goes, log by log; the first ones have a label, as they do among the counters."""
    first: dict[str, SourceStatus] = {}
    for source in sources:
        first.setdefault(safe_text(source.path, MOST_CHARACTERS), source)
    shown = list(first.items())[:MOST_FILES]
    up = tuple(Sample(int(source.condition not in _UNREADABLE), {"file": path}) for path, source in shown)
    yield Family("glance_source_up", "Whether the log can be read.", "gauge", up)
    behind = tuple(Sample(source.lag_bytes + source.pending_bytes, {"file": path}) for path, source in shown)
    yield Family("glance_source_behind_bytes", "What of the log is not read yet.", "gauge", behind)


def _engine(scene: Scene, began: float) -> Iterator[Family]:
    """How glance itself is."""
    firing = sum(notice.is_firing for notice in scene.alerts)
    yield _gauge("glance_alerts_firing", "Alerts that fire now.", firing)
    newest = None if scene.lag_seconds is None else scene.at - scene.lag_seconds
    yield _gauge("glance_newest_record_timestamp_seconds", "When the newest record was, by the log.", newest)
    yield _gauge("glance_history_bytes", "What the history takes on disk.", scene.history.size_bytes)
    yield _gauge("glance_start_time_seconds", "When glance began to count.", began)
