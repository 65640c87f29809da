"""The W3C extended log format: IIS, CloudFront, NetScaler and others, by their `#Fields` line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from glance.domain.logs.duration import MILLISECOND, SECOND
from glance.domain.logs.field import Field, Item
from glance.domain.logs.format import LogFormat
from glance.domain.logs.keyed import Key, KeyedLayout
from glance.domain.logs.record import LogRecord
from glance.domain.logs.timestamp import iso_moment

_FIELDS: dict[str, str] = {
    "date": "date",
    "date-local": "date",
    "time": "clock",
    "time-local": "clock",
    "c-ip": "client",
    "cs-username": "user",
    "cs-method": "method",
    "cs-uri-stem": "path",
    "cs-uri": "path",
    "cs-version": "protocol",
    "cs-protocol-version": "protocol",
    "sc-status": "status",
    "sc-bytes": "size",
    "time-taken": "latency",
    "timetakenms": "latency",
    "cs(referer)": "referrer",
    "cs(user-agent)": "agent",
    "x-host-header": "host",
    "cs(host)": "host",
    "cs-host": "host",
}
_BEST_HOST = ("x-host-header", "cs(host)", "cs-host")
_IIS_MARKS = frozenset({"s-sitename", "sc-win32-status", "sc-substatus", "timetakenms"})
_TIME = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[ \t]++[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?+"
_LATENCY = rb"[0-9]{1,12}(?:\.[0-9]{0,9}+)?+|-"
_CELL = re.compile(rb'[ \t]*+(?:"((?:[^"]|"")*+)"(?=[ \t]|$)|([^ \t]++))')


def _split(names: str) -> tuple[str, ...]:
    return tuple(names.lower().split())


CLOUDFRONT_FIELDS = _split(
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    "cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header "
    "cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port "
    "time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start "
    "sc-range-end"
)
IIS_FIELDS = _split(
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
    "cs(Referer) sc-status sc-substatus sc-win32-status time-taken"
)
IIS6_FIELDS = _split(
    "date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) sc-status sc-substatus sc-win32-status"
)


@dataclass(frozen=True, slots=True)
class W3cLayout:
    """The columns of the lines behind one `#Fields` line."""

    names: tuple[str, ...]
    """Names of the columns, in lower case."""
    separator: bytes = b" "
    unit_seconds: float = SECOND
    """Of `time-taken`: the standard says seconds, IIS writes milliseconds."""

    @property
    def is_readable(self) -> bool:
        """Its lines tell when, by whom and how a request was answered."""
        fields = {_FIELDS.get(name) for name in self.names}
        return {"clock", "client"} <= fields and bool(fields & {"status", "method"})

    def line_format(self, words: str) -> LogFormat | None:
        """The columns as a LogFormat; None when date and time do not stand together."""
        if not self.is_readable:
            return None
        chosen = self._chosen()
        dates = [index for index, name in enumerate(self.names) if chosen[index] and _FIELDS[name] == "date"]
        if not dates or dates[0] + 1 >= len(self.names) or chosen[dates[0] + 1] != "clock":
            return None
        items: list[Item] = []
        for index in range(len(self.names)):
            if chosen[index] != "clock":
                items += [self._item(chosen[index]), self.separator]
        return LogFormat("w3c", items[:-1], moment=iso_moment, words=words)

    def keyed(self) -> KeyedLayout:
        """The columns as keys, for lines with quoted cells or a time of another kind."""
        keys = [
            Key(field, (str(index),), self._unit(self.names[index]))
            for index, field in enumerate(self._chosen())
            if field
        ]
        return KeyedLayout("w3c", "W3C", tuple(keys))

    def cells(self, line: bytes) -> list[bytes]:
        """The cells of a line; quotes around one hold spaces, and two in it are one."""
        if self.separator == b"\t":
            return line.split(b"\t")
        return [
            found[2] if found[1] is None else found[1].replace(b'""', b'"').strip() for found in _CELL.finditer(line)
        ]

    def record(self, line: bytes, keyed: KeyedLayout, day: bytes) -> LogRecord | None:
        """The record of one line, cell by cell; `day` is its date where it tells only a time."""
        cells: list[bytes] = self.cells(line)
        if len(cells) != len(self.names):
            return None
        values: list[object] = [cells[int(key.path[0])] for key in keyed.keys]
        if day and not any(key.field == "date" for key in keyed.keys):
            keyed = KeyedLayout(keyed.name, keyed.words, (*keyed.keys, Key("date", ())))
            values.append(day)
        return keyed.record(values)

    def _chosen(self) -> list[str]:
        """The field of each column, empty for one that is not read: of several hosts the best is."""
        hosts = [name for name in _BEST_HOST if name in self.names]
        seen: set[str] = set()
        chosen: list[str] = []
        for name in self.names:
            field = _FIELDS.get(name, "")
            if field in seen or (field == "host" and name != hosts[0]):
                field = ""
            seen.add(field)
            chosen.append(field)
        return chosen

    def _item(self, field: str) -> Field:
        stop = b"\\t" if self.separator == b"\t" else b" "
        if field == "date":
            return Field("time", _TIME)
        if field == "path":
            return Field("target", b'[^?"' + stop + rb"\n]*+")
        if field == "latency":
            return Field("latency", _LATENCY, unit_seconds=self.unit_seconds)
        if field in ("status", "size"):
            return Field(field)
        return Field(field or "skip", b'[^"' + stop + rb"\n]*+")

    def _unit(self, name: str) -> float:
        return MILLISECOND if name == "timetakenms" else self.unit_seconds


def fields_line(line: bytes) -> tuple[str, ...] | None:
    """The names in a `#Fields:` line; None when it is none."""
    if not line.startswith(b"#Fields:"):
        return None
    return tuple(line[8:].decode("latin-1").lower().split())


def date_line(line: bytes) -> bytes | None:
    """The day in a `#Date:` line; None when it is none."""
    if not line.startswith((b"#Date:", b"#Start-Date:")):
        return None
    words = line.split(None, 2)
    return words[1] if len(words) > 1 else None


def is_microsoft(lines: Sequence[bytes], names: Sequence[str]) -> bool:
    """The server counts `time-taken` in milliseconds."""
    said = [line for line in lines if line.startswith(b"#Software:")]
    if said:
        return any(b"Microsoft" in line or b"IIS" in line for line in said)
    return not _IIS_MARKS.isdisjoint(names)
