"""CPU per request: exactly the label's time by exactly the requests of that time, and nothing where nobody polls."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from glance.domain.logs.record import LogRecord
from glance.domain.logs.series import LogSeries
from glance.domain.profiles.alignment import aligned
from glance.domain.profiles.merge import merge
from glance.domain.profiles.poll import Poll
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline.route_meter import RouteMeter, hits_of
from glance.pipeline.scene_maker import SceneMaker
from tests.domain.logs.brute import bucket_of
from tests.domain.profiles.suspected import cpu
from tests.scenes import scene_at

AT = 1_790_000_000.0
PATHS = ("/slow", "/hash", "/users/17", "/users/18", "/other")


def series_of(*moments: tuple[float, str]) -> LogSeries:
    """Requests by seconds and path."""
    series = LogSeries(1 << 24)
    series.add(bucket_of([LogRecord(round((AT + at) * 1000), path=path.encode()) for at, path in sorted(moments)]))
    return series


def polled(start: float, end: float, target: str = "api", **samples: int) -> Poll:
    """A CPU profile with labels: samples of 10 ms by route."""
    routes = {"slow": "/slow", "hash": "GET /hash", "users": "/users/{id}", "none": ""}
    parts = [cpu({f"main.{name}": count}, route=routes[name]) for name, count in samples.items()]
    return Poll(target, "cpu", AT + start, AT + end, merge(aligned(parts)))


def scene_of(series: LogSeries, seconds: float, **view: object):
    """A scene of so many seconds from the first request on, with its routes."""
    window = Window(AT, AT + seconds, 1)
    look = View(window="1m", rows=(("routes", 10),), **view)
    maker = SceneMaker(series)
    figures = maker.figures_of(look, window)
    scene = replace(scene_at(AT + seconds, View()), window=window, rankings=figures.rankings, view=look)
    return scene, SimpleNamespace(maker=maker)


def costs(scene) -> dict[str, float]:
    return {row.name: row.cpu.seconds for row in scene.ranking("routes").rows if row.cpu is not None}


def test_only_requests_of_the_time_of_a_poll_count_half_open() -> None:
    series = series_of((0, "/slow"), (5, "/slow"), (5.5, "/hash"), (9.999, "/slow"), (10, "/slow"))
    assert hits_of(series, AT + 5, AT + 10) == {b"/slow": 2, b"/hash": 1}


def test_what_a_request_costs_is_the_labels_time_by_the_logs_count() -> None:
    moments = [(at / 4, PATHS[at % 5]) for at in range(240)]
    series = series_of(*moments)
    meter = RouteMeter()
    for poll in (polled(5, 10, slow=30, none=5), polled(25, 30, slow=10, hash=7, users=12), polled(300, 305, slow=99)):
        meter.take(poll)
    scene, sight = scene_of(series, 60)
    plain = {
        path: sum(path_of == path and (5 <= at < 10 or 25 <= at < 30) for at, path_of in moments) for path in PATHS
    }
    found = costs(meter.on(scene, sight, series))
    assert found == pytest.approx({
        "/slow": 0.40 / plain["/slow"],
        "/hash": 0.07 / plain["/hash"],
        "/users/{id}": 0.12 / (plain["/users/17"] + plain["/users/18"]),
    })  # fmt: skip


def test_replicas_behind_one_log_are_polled_at_times_of_their_own() -> None:
    series = series_of(*((at / 10, "/slow") for at in range(600)))  # ten a second: each replica has five of them
    meter = RouteMeter()
    for poll in (polled(5, 10, "a", slow=25), polled(15, 20, "b", slow=25), polled(35, 40, "a", slow=25)):
        meter.take(poll)
    scene, sight = scene_of(series, 60)
    assert costs(meter.on(scene, sight, series)) == pytest.approx({"/slow": 0.01})


def test_requests_that_are_held_no_more_are_not_counted_as_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    series = series_of((1, "/slow"), (26, "/slow"), (27, "/slow"))
    monkeypatch.setattr(series, "holds", lambda start: start >= AT + 20)
    meter = RouteMeter()
    meter.take(polled(0, 5, slow=90))
    meter.take(polled(25, 30, slow=4))
    scene, sight = scene_of(series, 60)
    assert costs(meter.on(scene, sight, series)) == {"/slow": 0.02}


def test_what_it_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glance.pipeline.route_meter.MOST_ENTRIES", 5)
    series = series_of(*((at + 0.5, "/slow") for at in range(0, 50, 5)))
    meter = RouteMeter()
    for start in range(0, 50, 5):
        meter.take(polled(start, start + 5, slow=start + 1))
    scene, sight = scene_of(series, 60)
    assert costs(meter.on(scene, sight, series)) == {"/slow": pytest.approx((0.41 + 0.46) / 2)}


def test_a_poll_counts_when_its_requests_are_read() -> None:
    series = series_of((55, "/slow"), (58, "/slow"))
    meter = RouteMeter()
    meter.take(polled(54, 59, slow=10))
    scene, sight = scene_of(series, 60)
    assert costs(meter.on(scene, sight, series)) == {}
    assert costs(meter.on(replace(scene, at=AT + 61), sight, series)) == {"/slow": 0.05}


def test_while_logs_are_behind_nothing_is_counted_that_is_not_all_there() -> None:
    series = series_of((1, "/slow"))
    meter = RouteMeter()
    meter.take(polled(0, 5, slow=10))
    scene, sight = scene_of(series, 60)
    for behind in ({"pending_bytes": 1}, {"lag_bytes": 2 << 20}):
        sources = tuple(replace(one, **behind) for one in scene.sources)
        assert sources
        assert costs(meter.on(replace(scene, sources=sources), sight, series)) == {}
    series.add(bucket_of([LogRecord(round((AT + 2) * 1000), path=b"/slow")]))
    sources = tuple(replace(one, pending_bytes=0, lag_bytes=9) for one in scene.sources)
    assert costs(meter.on(replace(scene, sources=sources), sight, series)) == {"/slow": 0.05}


def test_dearest_first() -> None:
    series = series_of((1, "/hash"), (2, "/hash"), (3, "/slow"), (4, "/other"), (5, "/other"), (6, "/other"))
    meter = RouteMeter()
    meter.take(polled(0, 10, slow=5, hash=4))
    scene, sight = scene_of(series, 60, sorts=(("routes", "cpu"),))
    shown = meter.on(scene, sight, series)
    assert [row.name for row in shown.ranking("routes").rows] == ["/slow", "/hash", "/other"]
    assert [row.cpu is None for row in shown.ranking("routes").rows] == [False, False, True]


def test_without_labels_or_polls_the_scene_stays_as_it_is() -> None:
    series = series_of((1, "/slow"))
    scene, sight = scene_of(series, 60)
    meter = RouteMeter()
    assert meter.on(scene, sight, series) is scene
    meter.take(polled(0, 10, none=50))
    assert meter.on(scene, sight, series) is scene


def test_few_samples_are_rough() -> None:
    series = series_of((1, "/slow"), (2, "/hash"))
    meter = RouteMeter()
    meter.take(polled(0, 10, slow=100, hash=9))
    scene, sight = scene_of(series, 60)
    rows = {row.name: row.cpu for row in meter.on(scene, sight, series).ranking("routes").rows}
    assert (rows["/slow"].is_rough, rows["/hash"].is_rough) == (False, True)
    assert rows["/slow"].error == pytest.approx(0.2)
