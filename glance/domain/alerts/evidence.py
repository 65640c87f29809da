"""What stood in the log when an alert turned: the window's top paths, and some of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.histogram import bin_seconds

MOST_PATHS = 5
MOST_LINES = 5
MOST_BYTES = 1000
"""Of one line."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Raw bytes of the log; whoever shows them makes them safe."""

    paths: tuple[tuple[bytes, int], ...] = ()
    """Path and hits, most first."""
    lines: tuple[bytes, ...] = ()
    """The newest lines, newest last, put together from what was understood of them."""


NO_EVIDENCE = Evidence()


def evidence_of(buckets: Sequence[LogBucket]) -> Evidence:
    """The evidence in the records of these buckets."""
    paths: Counter[bytes] = Counter()
    newest: list[tuple[int, int, int]] = []
    for number, bucket in enumerate(buckets):
        column = bucket.texts["path"]
        counts = np.bincount(column.ids, minlength=len(column.values)).tolist()
        paths.update({value: hits for value, hits in zip(column.values, counts, strict=True) if hits})
        at_ms = bucket.times.milliseconds()
        last = np.argsort(at_ms, kind="stable")[-MOST_LINES:]
        newest += [(int(at_ms[index]), number, int(index)) for index in last]
    ranked = sorted(paths.items(), key=lambda item: (-item[1], item[0]))[:MOST_PATHS]
    lines = (line_of(buckets[number], index) for _, number, index in sorted(newest)[-MOST_LINES:])
    return Evidence(tuple((path[:MOST_BYTES], hits) for path, hits in ranked), tuple(lines))


def line_of(bucket: LogBucket, index: int) -> bytes:
    """A record as a line of the combined format, with its latency at the end where it has one."""

    def text(name: str) -> bytes:
        column = bucket.texts[name]
        return column.values[int(column.ids[index])] or b"-"

    seconds = (bucket.times.base_ms + int(bucket.times.deltas[index]) * bucket.times.step_ms) // 1000
    at = datetime.fromtimestamp(seconds, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000").encode()
    size = int(bucket.sizes[index])
    parts = [
        b"%s - %s [%s]" % (text("client"), text("user"), at),
        b'"%s %s %s"' % (text("method"), text("path"), text("protocol")),
        text("status"),
        b"%d" % size if size >= 0 else b"-",
        b'"%s" "%s"' % (text("referrer"), text("agent")),
    ]
    if bucket.latencies is not None and bucket.latencies[index]:
        parts.append(b"%.3f" % bin_seconds()[int(bucket.latencies[index])])
    return b" ".join(parts)[:MOST_BYTES]


def parts_between(buckets: Iterable[LogBucket], start_ms: int, end_ms: int) -> list[LogBucket]:
    """The records of these buckets within [start, end)."""
    from glance.domain.logs.part import part_of  # only when an alert turns

    found = []
    for bucket in buckets:
        if bucket.records and bucket.first_ms < end_ms and bucket.last_ms >= start_ms:
            at_ms = bucket.times.milliseconds()
            part = part_of(bucket, (at_ms >= start_ms) & (at_ms < end_ms))
            if part.records:
                found.append(part)
    return found
