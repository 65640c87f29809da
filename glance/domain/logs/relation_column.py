"""The columns of the relation `log`, and how their cells follow from what a record holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from glance.domain.logs.agent_kind import agent_kind, crawler_name
from glance.domain.logs.histogram import bin_seconds
from glance.domain.logs.record import section
from glance.domain.logs.relation_hint import Cell
from glance.domain.logs.route import Routes
from glance.domain.safe_text import decode

Kind = Literal["text", "status", "route", "section", "kind", "crawler", "epoch", "time", "size", "seconds", "source"]
SqlType = Literal["TEXT", "INTEGER", "REAL"]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - counted in UTC, and written without a zone
LATENCIES = np.array([float(f"{seconds:.4g}") for seconds in bin_seconds()])
"""What stands for each bin; four digits tell all that a bin knows."""


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """One column."""

    name: str
    type: SqlType
    kind: Kind
    meaning: str

    @property
    def field(self) -> str:
        """The text field of a record from whose values it follows; empty where there is none."""
        return _FIELDS.get(self.kind, self.name if self.kind in ("text", "status") else "")


_FIELDS: dict[Kind, str] = {"route": "path", "section": "path", "kind": "agent", "crawler": "agent"}


COLUMNS = (
    RelationColumn("epoch", "REAL", "epoch", "when, seconds since 1970 (UTC)"),
    RelationColumn("time", "TEXT", "time", "the same, as `2026-11-22 14:00:00` in UTC"),
    RelationColumn("client", "TEXT", "text", "address or name of who asked"),
    RelationColumn("user", "TEXT", "text", "who was logged in"),
    RelationColumn("method", "TEXT", "text", "`GET`, `POST` …"),
    RelationColumn("path", "TEXT", "text", "what was asked for, up to `?`"),
    RelationColumn("route", "TEXT", "route", "the path, ids and the like as `{id}`"),
    RelationColumn("section", "TEXT", "section", "the path up to its second `/`"),
    RelationColumn("protocol", "TEXT", "text", "`HTTP/1.1` …"),
    RelationColumn("status", "INTEGER", "status", "status code of the answer"),
    RelationColumn("size", "INTEGER", "size", "bytes sent"),
    RelationColumn("seconds", "REAL", "seconds", "how long it took, within 1 %"),
    RelationColumn("referrer", "TEXT", "text", "the page that led there"),
    RelationColumn("agent", "TEXT", "text", "what the client calls itself"),
    RelationColumn("kind", "TEXT", "kind", "`person`, `crawler`, `tool`, `monitor` or `unknown`, by the agent"),
    RelationColumn("crawler", "TEXT", "crawler", "the name of the crawler"),
    RelationColumn("host", "TEXT", "text", "the virtual host"),
    RelationColumn("upstream", "TEXT", "text", "the server behind that answered, as the log names it"),
    RelationColumn("source", "TEXT", "source", "the log it stands in"),
)


def text_cell(value: bytes) -> Cell:
    """The cell of a text."""
    return decode(value) if value else None


def source_cell(path: str) -> Cell:
    """The cell of a log; its name may hold any bytes."""
    return decode(path.encode(errors="surrogateescape"))


def status_cell(value: bytes) -> Cell:
    """The cell of a status: what is no number is not told."""
    return int(value) if value.isdigit() and len(value) < 10 else None


_RULES: dict[Kind, Callable[[bytes], Cell]] = {
    "text": text_cell,
    "status": status_cell,
    "section": lambda path: text_cell(section(path)),
    "kind": lambda agent: text_cell(agent_kind(agent)) if agent else None,
    "crawler": lambda agent: text_cell(crawler_name(agent)),
}


def time_text(second: int) -> str:
    """A second since 1970 as the column `time` writes it, which is as SQLite's `datetime()` does."""
    return (_EPOCH + timedelta(seconds=second)).isoformat(" ", "seconds")


def cells_of(column: RelationColumn, values: Sequence[bytes], routes: Routes) -> list[Cell]:
    """The cells that follow from values of the column's field."""
    if column.kind == "route":
        return list(map(text_cell, routes.all_of(values)))
    return list(map(_RULES[column.kind], values))
