"""The interval that is selected on the time axis: how it is made, moved and measured, all of it pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glance.domain import units
from glance.domain.interval import Interval
from glance.domain.scene import Scene
from glance.domain.window import Window, length_words

PARTS = 12
"""A new interval is one of so many parts of the window."""


@dataclass(frozen=True, slots=True)
class Readout:
    """What an interval holds."""

    span: str
    """From when to when, and how long."""
    hits: int
    client_errors: int
    server_errors: int
    p95: float | None = None
    """Seconds."""
    is_measured: bool = False
    """The latency was asked for and answered."""


def newest_interval(window: Window, known: slice) -> Interval:
    """A new interval at the newest steps that are known."""
    step = window.step_seconds
    end = window.start + max(1, known.stop) * step
    many = max(1, round(window.steps / PARTS))
    return Interval(max(window.start, end - many * step), end)


def moved_by_half(interval: Interval, window: Window, direction: int) -> Interval:
    """The interval moved by half of its length, as far as the window reaches."""
    step = window.step_seconds
    many = max(1, round(interval.seconds / step / 2)) * direction
    first, last = _steps(interval, window)
    many = max(-first, min(many, window.steps - last))
    return _of_steps(first + many, last + many, window)


def resized(interval: Interval, window: Window, factor: float) -> Interval:
    """The interval as long as that factor says, around its middle, within the window; never less than a step."""
    first, last = _steps(interval, window)
    many = max(1, min(window.steps, round((last - first) * factor)))
    if many == last - first and factor > 1:
        many = min(window.steps, many + 1)
    begin = first + (last - first - many) // 2
    begin = max(0, min(begin, window.steps - many))
    return _of_steps(begin, begin + many, window)


def between(one: int, other: int, columns: int, shown: slice, window: Window) -> Interval:
    """The interval between two columns of a chart, both included.

    Args:
        one: where the mouse went down.
        other: where it is.
        columns: of the chart.
        shown: the steps of the window that it shows.
        window: what it shows.
    """
    many = max(1, shown.stop - shown.start)
    low, high = sorted((max(0, min(one, columns - 1)), max(0, min(other, columns - 1))))
    first = shown.start + low * many // columns
    last = shown.start + max(low * many // columns + 1, -(-(high + 1) * many // columns))
    return _of_steps(first, min(last, shown.stop), window)


def columns_of(interval: Interval, columns: int, shown: slice, window: Window) -> range:
    """The columns of a chart that an interval takes, at least one; none when it is outside."""
    many = shown.stop - shown.start
    first, last = _steps(interval, window)
    first, last = max(0, first - shown.start), min(many, last - shown.start)
    if many <= 0 or first >= last:
        return range(0)
    begin = first * columns // many
    return range(begin, min(columns, max(begin + 1, -(-last * columns // many))))


def snapped(interval: Interval, window: Window) -> Interval:
    """The interval on the steps of another window: never less than it was."""
    step = window.step_seconds
    return Interval(math.floor(interval.start / step) * step, math.ceil(interval.end / step) * step)


def is_outside(interval: Interval, window: Window) -> bool:
    """Nothing of it is in the window."""
    return interval.end <= window.start or interval.start >= window.end


def readout(interval: Interval, scene: Scene) -> Readout:
    """What an interval holds, out of the counts per step."""
    window, traffic = scene.window, scene.traffic
    first, last = _steps(interval, window)
    part = slice(max(0, first), max(0, last))
    measured = scene.interval
    is_measured = measured is not None and measured.interval == interval
    return Readout(
        f"{span_words(interval)}  {length_words(round(interval.seconds))}",
        sum(traffic.hits[part]),
        sum(traffic.client_errors[part]),
        sum(traffic.server_errors[part]),
        measured.p95 if measured is not None and is_measured else None,
        is_measured,
    )


def span_words(interval: Interval) -> str:
    """From when to when: times of day, and the days where it is longer than one."""
    start, end = interval.start, interval.end
    if interval.seconds >= units.DAY:
        return f"{units.date_minute(start)[5:]} – {units.date_minute(end)[5:]}"
    first, last = units.clock(start), units.clock(end)
    if first.endswith(":00") and last.endswith(":00"):
        return f"{first[:-3]}–{last[:-3]}"
    return f"{first}–{last}"


def _steps(interval: Interval, window: Window) -> tuple[int, int]:
    """The first step of an interval, and the one behind its last, counted from the start of the window."""
    step = window.step_seconds
    first = round((interval.start - window.start) / step)
    return first, max(first + 1, round((interval.end - window.start) / step))


def _of_steps(first: int, last: int, window: Window) -> Interval:
    step = window.step_seconds
    return Interval(window.start + first * step, window.start + max(first + 1, last) * step)
