"""Reads lines of pairs: logfmt (`key=value key="a value"`) and LTSV (`label:value` between tabs)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from glance.domain.logs.keyed import KeyedLayout
from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder
from glance.ingest.line_session import LineSession
from glance.ingest.reader import Session

_PAIR = re.compile(
    rb'[ \t]*+([A-Za-z_@][A-Za-z0-9_.@/-]{0,63}+)=(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^ \t"]*+))(?=[ \t]|$)', re.S
)
_ESCAPE = re.compile(rb"\\(.)", re.S)
_LABEL = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]{0,63}+")
_MOST_PAIRS = 400


def logfmt_pairs(line: bytes) -> dict[str, object] | None:
    """The pairs of a logfmt line, None when it is none."""
    pairs: dict[str, object] = {}
    position = 0
    line = line.rstrip()
    while position < len(line):
        found = _PAIR.match(line, position)
        if found is None or len(pairs) >= _MOST_PAIRS:
            return None
        quoted = found[2]
        pairs[found[1].decode("latin-1")] = found[3] if quoted is None else _ESCAPE.sub(rb"\1", quoted)
        position = found.end()
    return pairs if len(pairs) > 1 else None


def ltsv_pairs(line: bytes) -> dict[str, object] | None:
    """The pairs of an LTSV line, None when it is none."""
    pairs: dict[str, object] = {}
    for cell in line.split(b"\t", _MOST_PAIRS):
        label, colon, told = cell.partition(b":")
        if not colon or not _LABEL.fullmatch(label):
            return None
        pairs[label.decode("latin-1")] = told
    return pairs if len(pairs) > 1 else None


@dataclass(frozen=True, slots=True)
class PairsReader:
    """Reads lines of pairs by the names of their keys."""

    layout: KeyedLayout
    kind: Literal["logfmt", "ltsv"]

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return self.layout.words

    def session(self, builder: BucketBuilder) -> Session:
        """Begin a bucket."""
        return LineSession(self, builder)

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format."""
        pairs = logfmt_pairs(line) if self.kind == "logfmt" else ltsv_pairs(line)
        return None if pairs is None else self.layout.record([pairs.get(key.path[0]) for key in self.layout.keys])

    def is_directive(self, line: bytes) -> bool:
        """Lines of pairs have no directives."""
        return False
