"""What a scene says along its time axis: marks of what happened, the selected interval, and another window."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from glance.domain.interval import Interval
from glance.domain.logs.histogram import quantiles
from glance.domain.scene import IntervalFigures, Scene, TimeMark
from glance.pipeline.comparing import Comparing, Looked
from glance.pipeline.intake import Intake
from glance.pipeline.keeping import Keeping
from glance.pipeline.looker import Looker, Sight
from glance.pipeline.scene_maker import SceneMaker

MOST_MARKS = 64
"""Rotations that are remembered, the newest."""


class TimeAxis:
    """Knows the time axis of one collector."""

    def __init__(
        self,
        looker: Looker,
        keeping: Keeping,
        intake: Intake,
        told: Callable[[], None],
    ) -> None:
        """Know nothing yet.

        Args:
            looker: what answers out of memory.
            keeping: history.
            intake: the logs.
            told: called when there is more to be answered than at the last time.
        """
        self._comparing = Comparing(looker.maker, keeping, told)
        self._intake = intake
        self._rotations: dict[str, int] = {}
        self._rotated: deque[TimeMark] = deque(maxlen=MOST_MARKS)
        self._measured: tuple[object, IntervalFigures | None] = (None, None)
        """The interval that was measured last, of which records, and what came out."""

    def on(self, scene: Scene, sight: Sight, *, is_whole: bool) -> Scene:
        """The scene with its time axis.

        Args:
            scene: all but that.
            sight: what it shows, and what answers more of it.
            is_whole: memory has taken what it has room for of history.
        """
        looked = Looked(
            scene.view, sight.figures, sight.maker, scene.is_live, scene.at, scene.history, scene.sifting is not None
        )
        names = [feed.name for feed in self._intake.feeds]
        rankings, comparison = self._comparing.answer(looked, names, is_whole=is_whole)
        return replace(
            scene,
            rankings=rankings,
            comparison=comparison,
            interval=self._interval(scene, sight),
            marks=self._marks(scene),
        )

    def forget(self) -> None:
        """Nobody looks any more."""
        self._comparing.close()

    def _marks(self, scene: Scene) -> tuple[TimeMark, ...]:
        """Rotations that were seen, and where something could not be counted; oldest first."""
        for feed, status in zip(self._intake.feeds, scene.sources, strict=False):
            total = feed.source.status.rotations_total
            if total > self._rotations.get(feed.name, total):
                self._rotated.append(TimeMark(scene.at, f"{status.name} was rotated"))
            self._rotations[feed.name] = total
        if not self._rotated and not scene.gaps:
            return ()
        gaps = [TimeMark(gap.at, f"{gap.source}: {gap.reason}", is_gap=True) for gap in scene.gaps]
        return tuple(sorted([*self._rotated, *gaps], key=lambda mark: mark.at))

    def _interval(self, scene: Scene, sight: Sight) -> IntervalFigures | None:
        """What the selected interval needs besides the counts per step."""
        interval = scene.view.interval
        if interval is None or not scene.has_latency:
            return None
        asked = (sight.maker.series.version, scene.window, scene.view.filter, interval)
        if asked != self._measured[0]:
            self._measured = (asked, IntervalFigures(interval, p95_between(sight.maker, scene, interval)))
        return self._measured[1]


def p95_between(maker: SceneMaker, scene: Scene, interval: Interval) -> float | None:
    """The 95th percentile of the latency within an interval of whole steps; None where nothing tells it."""
    step = scene.window.step_seconds
    first = math.floor(interval.start / step)
    counts = maker.tally(scene.view, scene.window).total.step_latency.between(
        first, max(0, math.ceil(interval.end / step) - first)
    )
    return quantiles(counts.sum(axis=0), (0.95,))[0]
