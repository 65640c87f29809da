"""Lines of the past as their records tell them: the log itself may be gone by now."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

from glance.domain.log_line import LogLine
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import bin_seconds
from glance.domain.logs.selections import Selections
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import Selection
from glance.domain.safe_text import decode
from glance.domain.window import Window

B = TypeVar("B", LogBucket, HeldBucket)

EVER = Window(-1e12, 1e12, 1)
"""Every moment there is."""


def newest_records(buckets: Iterable[LogBucket], window: Window, most: int) -> tuple[LogLine, ...]:
    """The last records of a window as lines, newest last.

    Args:
        buckets: of any order.
        window: records within it count.
        most: lines at most.
    """
    return tuple(
        line_of(bucket, place, at_ms, {name: column.values[column.ids[place]] for name, column in bucket.texts.items()})
        for at_ms, bucket, place in _newest(buckets, window, most)
    )


def newest_held(
    series: LogSeries,
    window: Window,
    most: int,
    selections: Selections | None = None,
    buckets: Sequence[HeldBucket] | None = None,
) -> tuple[LogLine, ...]:
    """The same of what a series holds, or of what is selected of it, in some of its buckets or all."""

    def chosen_of(bucket: HeldBucket) -> Selection:
        return None if selections is None else selections.of(bucket)

    values = {name: dictionary.values for name, dictionary in series.dictionaries.items()}
    places = _newest(series.buckets[::-1] if buckets is None else buckets, window, most, chosen_of)
    return tuple(
        line_of(
            bucket,
            place,
            at_ms,
            {name: values[name][column.keys[column.ids[place]]] for name, column in bucket.texts.items()},
        )
        for at_ms, bucket, place in places
    )


def _newest(
    buckets: Iterable[B], window: Window, most: int, chosen_of: Callable[[B], Selection] | None = None
) -> list[tuple[int, B, int]]:
    """Time in milliseconds, bucket and number of the last records of a window, newest last."""
    start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
    found: list[tuple[int, B, int]] = []
    if most <= 0:
        return found
    for bucket in sorted(buckets, key=lambda bucket: -bucket.last_ms):
        if len(found) >= most and found[most - 1][0] > bucket.last_ms:
            break
        if bucket.last_ms < start_ms or bucket.first_ms >= end_ms:
            continue
        selected = None if chosen_of is None else chosen_of(bucket)
        if selected is not None and not len(selected):
            continue
        at_ms = bucket.times.milliseconds()
        chosen = np.flatnonzero((at_ms >= start_ms) & (at_ms < end_ms))
        chosen = chosen if selected is None else np.intersect1d(chosen, selected, assume_unique=True)
        newest = chosen[np.argsort(at_ms[chosen], kind="stable")[-most:]]
        found += [(int(at_ms[place]), bucket, int(place)) for place in newest[::-1]]
        found.sort(key=lambda entry: -entry[0])
        del found[most:]
    return found[::-1]


def line_of(bucket: LogBucket | HeldBucket, place: int, at_ms: int, said: dict[str, bytes]) -> LogLine:
    """One record as the line of the combined format that would say the same."""
    texts = {name: decode(value) or "-" for name, value in said.items()}
    size = int(bucket.sizes[place])
    seconds = _seconds(bucket, place)
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    request = " ".join(decode(said[name]) for name in ("method", "path", "protocol") if said[name]) or "-"
    text = (
        f'{texts["client"]} - {texts["user"]} [{moment}] "{request}" {texts["status"]} '
        f'{size if size >= 0 else "-"} "{texts["referrer"]}" "{texts["agent"]}"'
    )
    return LogLine(
        text=text if seconds is None else f"{text} {seconds:.3f}",
        source=os.path.basename(bucket.source) or bucket.source,
        at=at_ms / 1000,
        client=decode(said["client"]),
        method=decode(said["method"]),
        target=decode(said["path"]),
        status=int(said["status"]) if said["status"].isdigit() else None,
        size=size if size >= 0 else None,
        seconds=seconds,
    )


def _seconds(bucket: LogBucket | HeldBucket, place: int) -> float | None:
    """The latency of a record, within 1 %."""
    if bucket.latencies is None or not bucket.latencies[place]:
        return None
    return float(bin_seconds()[bucket.latencies[place]])
