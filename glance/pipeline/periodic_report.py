"""The daemon's report: what arrived since the one before, as a block of text and as a line of JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.figures import Figures
from glance.domain.logs.part import part_of
from glance.domain.logs.span import Span
from glance.domain.logs.summary import LatencyFigures, TopList, TopRow
from glance.domain.safe_text import safe_text
from glance.domain.units import duration, iso, size
from glance.errors import GlanceError
from glance.pipeline.clock import Clock
from glance.pipeline.report_file import STANDARD_OUTPUT, append

logger = logging.getLogger(__name__)

MEMORY_BYTES = 32 << 20
"""For the records of one interval; what does not fit is counted all the same."""

RULE = "-" * 68
_NAME_WIDTH = 31
_LONGEST_NAME = 200
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """Where reports go, and how often."""

    path: str
    seconds: float
    top: int = 3


@dataclass(frozen=True, slots=True)
class Interval:
    """What arrived in one interval, whatever time its records tell."""

    start: float
    """Epoch seconds."""
    end: float
    seconds: float
    """How long it was, by a clock that does not jump."""
    lines: int
    unparsed: int
    hits: int
    bytes: int
    clients: int
    client_errors: int
    server_errors: int
    statuses: tuple[tuple[int, int], ...]
    latency: LatencyFigures | None
    sections: TopList
    paths: TopList

    def share(self, count: int) -> float:
        """Of all hits, 0 when there are none."""
        return count / self.hits if self.hits else 0.0


class PeriodicReport:
    """Counts what arrives, and writes a report of it every so often."""

    def __init__(self, plan: ReportPlan, clock: Clock) -> None:
        """Begin the first interval.

        Args:
            plan: where, and how often.
            clock: tells the time.
        """
        self._clock = clock
        self.plan = plan
        self.written = 0
        self.written_at: float | None = None
        self.trouble = ""
        """Why the last report could not be written."""
        self._waiting: list[tuple[Sequence[LogBucket], bool]] | None = None
        """What arrives while a report is being written."""
        self._reading_since = clock.now()
        self._due = clock.monotonic() + plan.seconds
        self._begin(clock.now(), clock.monotonic())

    def _begin(self, at: float, monotonic: float) -> None:
        """Begin an interval."""
        self._start, self._began = at, monotonic
        self._figures = Figures(memory_bytes=MEMORY_BYTES, top=self.plan.top, span=Span())
        self._lines = self._unparsed = 0

    def change(self, plan: ReportPlan) -> None:
        """Go on with another plan; how many names are told changes with the next interval."""
        self._due += plan.seconds - self.plan.seconds
        self.plan = plan

    @property
    def seconds_left(self) -> float:
        """Until the next report is due."""
        return max(0.0, self._due - self._clock.monotonic())

    def begin_reading(self) -> None:
        """Logs are opened now: what they hold of the time before is no news."""
        self._reading_since = self._clock.now()

    def take(self, buckets: Sequence[LogBucket], *, is_past: bool = False) -> None:
        """Count buckets that were read just now; of what a log held when it was opened, what is newer than reading."""
        if self._waiting is not None:
            self._waiting.append((buckets, is_past))
            return
        for bucket in buckets:
            if not is_past:
                self._lines += bucket.lines
                self._unparsed += bucket.unparsed
                self._figures.add(bucket)
            elif bucket.records and bucket.last_ms >= self._reading_since * 1000:
                fresh = part_of(bucket, np.asarray(bucket.times.milliseconds() >= self._reading_since * 1000))
                self._lines += fresh.records
                self._figures.add(fresh)

    async def write(self) -> None:
        """Append a report and begin the next interval; one that cannot be written is part of the next."""
        interval, monotonic, path = self._interval(), self._clock.monotonic(), self.plan.path
        missed = max(0, monotonic - self._due) // self.plan.seconds
        self._due += (missed + 1) * self.plan.seconds
        self._waiting = []
        try:
            trouble = await _append(path, as_text(interval).encode())
            if not trouble:
                self._begin(interval.end, monotonic)
                self.written += 1
                self.written_at = interval.end
                if path != STANDARD_OUTPUT:
                    trouble = await _append(f"{path}.jsonl", as_json(interval).encode())
        finally:
            arrived, self._waiting = self._waiting, None
            for buckets, is_past in arrived:
                self.take(buckets, is_past=is_past)
        if trouble and trouble != self.trouble:
            logger.error("%s", trouble)
        self.trouble = trouble

    @property
    def has_news(self) -> bool:
        """Something arrived since the last report."""
        return self._lines > 0

    def _interval(self) -> Interval:
        figures, tally = self._figures, self._figures.tally
        tops = {top.name: top for top in figures.top_lists()}
        return Interval(
            start=self._start,
            end=self._clock.now(),
            seconds=self._clock.monotonic() - self._began,
            lines=self._lines,
            unparsed=self._unparsed,
            hits=tally.hits,
            bytes=tally.bytes,
            clients=figures.distinct("clients"),
            client_errors=int(tally.classes[1]),
            server_errors=int(tally.classes[2]),
            statuses=figures.statuses(),
            latency=figures.latency(),
            sections=tops["sections"],
            paths=tops["paths"],
        )


async def _append(path: str, data: bytes) -> str:
    """Append to a file; returns why that failed. In a thread: a disk that hangs must not stop the reading."""
    try:
        await asyncio.to_thread(append, path, data)
    except GlanceError as error:
        return f"{error.what}: {error.why}"
    return ""


def as_text(interval: Interval) -> str:
    """The block of a report, in fluffy's form with more in it."""
    both = interval.client_errors + interval.server_errors
    at = datetime.fromtimestamp(math.floor(interval.start), UTC).strftime("%Y-%m-%d %H:%M:%S")
    lines = [
        RULE,
        f"{'':<16}Report for DATE: {at}",
        RULE,
        *_table("PATH", interval.paths),
        "",
        *_table("SECTION", interval.sections),
        "",
        f"REQUESTS: {interval.hits} in {duration(interval.seconds)}, {_rate(interval):.2f}/s",
        f"CLIENTS: {interval.clients}   SENT: {size(interval.bytes)}   NOT UNDERSTOOD: {interval.unparsed} lines",
        f"4XX: {_errors(interval, interval.client_errors)}   5XX: {_errors(interval, interval.server_errors)}",
        f"4XX AND 5XX: {_errors(interval, both)}",
        _latency(interval),
        "",
        f"---ERROR RATE: {interval.share(interval.server_errors) * 100:.2f}%----",
        "",
    ]
    return "\n".join(lines) + "\n"


def _table(heading: str, top: TopList) -> list[str]:
    rows = [f"{_short(row.name):<{_NAME_WIDTH}} {row.hits}" for row in top.rows]
    return [f"{heading:<24}COUNT", RULE, *rows]


def _short(name: str) -> str:
    """A name that a terminal does not obey, and that leaves room for others."""
    safe = safe_text(name)
    return safe if len(safe) <= _LONGEST_NAME else safe[: _LONGEST_NAME - 1] + "…"


def _errors(interval: Interval, count: int) -> str:
    return f"{count} ({interval.share(count) * 100:.2f}%)"


def _rate(interval: Interval) -> float:
    return interval.hits / interval.seconds if interval.seconds > 0 else 0.0


def _latency(interval: Interval) -> str:
    found = interval.latency
    if found is None:
        return "LATENCY: not told"
    told = (("p50", found.p50), ("p95", found.p95), ("p99", found.p99), ("max", found.max))
    return f"LATENCY: {'   '.join(f'{name} {duration(seconds)}' for name, seconds in told)}"


def as_json(interval: Interval) -> str:
    """The same as one line of JSON, in the words of `glance report --output json`."""
    both = interval.client_errors + interval.server_errors
    found = interval.latency
    document: dict[str, Any] = {
        "start": iso(round(interval.start, 3)),
        "end": iso(round(interval.end, 3)),
        "seconds": round(interval.seconds, 3),
        "lines": interval.lines,
        "unparsed": interval.unparsed,
        "hits": interval.hits,
        "rate": round(_rate(interval), 6),
        "bytes": interval.bytes,
        "clients": interval.clients,
        "status": {str(status): hits for status, hits in interval.statuses},
        "errors": {
            "client": interval.client_errors,
            "server": interval.server_errors,
            "rate": round(interval.share(both), 6),
            "client_rate": round(interval.share(interval.client_errors), 6),
            "server_rate": round(interval.share(interval.server_errors), 6),
        },
        "latency": None
        if found is None
        else {
            name: getattr(found, name) if name == "count" else round(getattr(found, name), 6)
            for name in ("count", "p50", "p90", "p95", "p99", "max")
        },
        "top": {top.name: [_row(row) for row in top.rows] for top in (interval.sections, interval.paths)},
    }
    return json.dumps(document, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def _row(row: TopRow) -> dict[str, Any]:
    return {
        "name": _LONE_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", row.name),
        "hits": row.hits,
        "bytes": row.bytes,
        "client_errors": row.client_errors,
        "server_errors": row.server_errors,
        "p95": None if row.p95 is None else round(row.p95, 6),
    }
