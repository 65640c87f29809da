"""Lines of the past as their records tell them: the log itself may be gone by now."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import bin_seconds
from glance.domain.logs.series import LogSeries
from glance.domain.safe_text import decode
from glance.domain.scene import LogLine
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
        _line(bucket, place, at_ms, {name: column.values[column.ids[place]] for name, column in bucket.texts.items()})
        for at_ms, bucket, place in _newest(buckets, window, most)
    )


def newest_held(series: LogSeries, window: Window, most: int) -> tuple[LogLine, ...]:
    """The same of what a series holds."""
    values = {name: dictionary.values for name, dictionary in series.dictionaries.items()}
    return tuple(
        _line(
            bucket,
            place,
            at_ms,
            {name: values[name][column.keys[column.ids[place]]] for name, column in bucket.texts.items()},
        )
        for at_ms, bucket, place in _newest(series.buckets, window, most)
    )


def _newest(buckets: Iterable[B], window: Window, most: int) -> list[tuple[int, B, int]]:
    """Time in milliseconds, bucket and number of the last records of a window, newest last."""
    start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
    found: list[tuple[int, B, int]] = []
    for bucket in sorted(buckets, key=lambda bucket: -bucket.last_ms):
        if len(found) >= most and found[most - 1][0] > bucket.last_ms:
            break
        at_ms = bucket.times.milliseconds()
        chosen = np.flatnonzero((at_ms >= start_ms) & (at_ms < end_ms))
        newest = chosen[np.argsort(at_ms[chosen], kind="stable")[-most:]] if most else chosen[:0]
        found += [(int(at_ms[place]), bucket, int(place)) for place in newest[::-1]]
        found.sort(key=lambda entry: -entry[0])
        del found[most:]
    return found[::-1]


def _line(bucket: LogBucket | HeldBucket, place: int, at_ms: int, said: dict[str, bytes]) -> LogLine:
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
