"""Records as lines of JSON, so that a snapshot is open to whatever reads that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.histogram import bin_seconds
from glance.domain.logs.record import TEXT_FIELDS
from glance.domain.safe_text import decode
from glance.domain.units import iso

SECONDS_DIGITS = 6


def json_lines(buckets: Iterable[LogBucket]) -> Iterator[bytes]:
    """One record a line, those of a log in their order; what the log does not tell is left out."""
    for bucket in buckets:
        yield "".join(_lines(bucket)).encode("ascii")


def _lines(bucket: LogBucket) -> Iterator[str]:
    """Each distinct value is turned into JSON once; a line is then joined from what is ready."""
    columns: list[list[str]] = []
    for name in TEXT_FIELDS:
        column = bucket.texts[name]
        if column.values == (b"",):
            continue
        words = [_pair(name, _text(name, value)) if value else "" for value in column.values]
        columns.append([words[number] for number in column.ids.tolist()])
    columns.append([f', "size": {size}' if size >= 0 else "" for size in bucket.sizes.tolist()])
    if bucket.latencies is not None:
        seconds = [f', "seconds": {round(each, SECONDS_DIGITS)}' for each in bin_seconds().tolist()]
        seconds[0] = ""
        columns.append([seconds[number] for number in bucket.latencies.tolist()])
    source = _pair("source", bucket.source.encode("utf-8", "replace").decode("utf-8"))
    moments: dict[int, str] = {}
    for at_ms, *words in zip(bucket.times.milliseconds().tolist(), *columns, strict=True):
        moment = moments.get(at_ms)
        if moment is None:
            moment = moments[at_ms] = iso(at_ms / 1000)
        yield f'{{"time": "{moment}"{"".join(words)}{source}}}\n'


def _text(name: str, value: bytes) -> str | int:
    return int(value) if name == "status" and len(value) < 6 and value.isdigit() else decode(value)


def _pair(name: str, value: str | int) -> str:
    return f', "{name}": {json.dumps(value, ensure_ascii=True)}'
