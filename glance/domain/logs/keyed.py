"""A KeyedLayout: which keys of a JSON, logfmt, LTSV or CSV line are which fields of a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glance.domain.logs import value
from glance.domain.logs.record import TEXT_FIELDS, LogRecord

FIELDS = (*TEXT_FIELDS, "request", "time", "date", "clock", "size", "latency")
"""What a key may tell; `date` and `clock` are a time in two halves."""

TEXT_READERS = {
    "client": value.client,
    "status": value.status,
    "method": value.method,
    "path": value.target,
    "upstream": value.upstream,
}


@dataclass(frozen=True, slots=True)
class Key:
    """Where a field stands."""

    field: str
    """One of FIELDS."""
    path: tuple[str, ...]
    """The key, or the keys one within the other."""
    unit_seconds: float = 1.0
    """Of a latency: how long 1 is."""
    is_list: bool = False
    """The value is a list; its first element counts."""


@dataclass(frozen=True, slots=True)
class KeyedLayout:
    """Which keys are which fields; of several keys for one field the first that says something counts."""

    name: str
    words: str
    keys: tuple[Key, ...]

    def record(self, values: Sequence[object]) -> LogRecord | None:
        """The record that a line's values tell.

        Args:
            values: one for each of `keys`, None where the line has no such key.

        Returns:
            None when there is no time, or neither a status nor a method: then it is no request.
        """
        texts = dict.fromkeys(TEXT_FIELDS, b"")
        halves = {"date": b"", "clock": b""}
        at_ms: int | None = None
        size, seconds = -1, -1.0
        for key, told in zip(self.keys, values, strict=True):
            field = key.field
            if told is None:
                continue
            if field == "time":
                at_ms = value.moment(told) if at_ms is None else at_ms
            elif field == "size":
                size = value.size(told) if size < 0 else size
            elif field == "latency":
                seconds = value.seconds(told, key.unit_seconds) if seconds < 0 else seconds
            elif field == "request":
                for name, part in zip(("method", "path", "protocol"), value.request(told), strict=True):
                    texts[name] = texts[name] or part
            elif field in halves:
                halves[field] = halves[field] or value.text(told)
            elif not texts[field]:
                texts[field] = TEXT_READERS.get(field, value.text)(told)
        if at_ms is None and halves["date"]:
            at_ms = value.moment(halves["date"] + b" " + halves["clock"])
        if at_ms is None or not (texts["status"] or texts["method"]):
            return None
        return LogRecord(at_ms, size=size, seconds=seconds, **texts)
