"""The time axis of a scene, from the real collector: rotations as marks, an interval's latency, another window."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from glance.domain.interval import Interval
from glance.domain.logs.series import LogSeries
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.pipeline.scene_maker import SceneMaker
from glance.pipeline.time_axis import p95_between
from tests.domain.logs.brute import bucket_of, make_records
from tests.pipeline.test_collector import VIEW, line, staged

START = 1_700_000_100
RECORDS = make_records(3000, 5, START, 900)


async def test_a_rotation_is_a_mark(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(0))
    async with staged(log) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 1)
        assert scene.marks == ()
        began = time.time()
        log.rename(tmp_path / "access.log.1")
        log.write_bytes(line(1))
        scene = await stage.until(lambda scene: bool(scene.marks))
    assert [mark.words for mark in scene.marks] == ["access.log was rotated"]
    assert began - 1 <= scene.marks[0].at <= time.time()
    assert not scene.marks[0].is_gap


async def test_a_live_window_is_compared_with_the_one_before_it(tmp_path: Path) -> None:
    log, now = tmp_path / "access.log", time.time()
    before = [line(number, at=now - 90) for number in range(40)]
    log.write_bytes(b"".join(before + [line(number, at=now - 20) for number in range(10)]))
    async with staged(log, view=replace(VIEW, window="1m", compare="before")) as stage:
        scene = await stage.until(lambda scene: scene.comparison is not None and scene.comparison.totals.hits == 40)
        assert scene.totals.hits == 10
        stage.collector.look(replace(VIEW, window="1m"))
        scene = await stage.until(lambda scene: scene.view.compare is None)
    assert scene.comparison is None


def test_the_latency_of_an_interval_is_that_of_its_records() -> None:
    series = LogSeries()
    series.add(bucket_of(RECORDS))
    maker, view = SceneMaker(series), View(window="15m")
    window = maker.figures(view, START + 899.9).window
    scene = Scene(START + 900, view, window)
    interval = Interval(window.start + 300, window.start + 400)
    mine = sorted(
        one.seconds for one in RECORDS if interval.start * 1000 <= one.at_ms < interval.end * 1000 and one.seconds >= 0
    )
    expected = mine[-(-len(mine) * 95 // 100) - 1]
    found = p95_between(maker, scene, interval)
    assert found is not None
    assert abs(found - expected) <= 0.011 * expected
    assert p95_between(maker, scene, Interval(window.end + 100, window.end + 200)) is None
