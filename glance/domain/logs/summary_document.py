"""A report as one object of plain values, as JSON has it. The README describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from glance.domain.logs.summary import LatencyFigures, SeriesFigures, Summary, TopList, TopRow
from glance.domain.units import iso

LONE_SURROGATES = re.compile("[\ud800-\udfff]")
TOP_NAMES = ("sections", "routes", "paths", "clients", "agents", "crawlers", "referrers", "hosts")
"""Lists that are always there, empty where the log knows nothing of the kind."""
SECONDS_DIGITS = 6
"""Digits kept behind the point of a latency in seconds."""


def encode(value: object) -> str:
    """A value as JSON in ASCII; no NaN, no half of a surrogate pair, no raw control character."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f")


def document(summary: Summary) -> dict[str, Any]:
    """The object that is printed, as plain values."""
    approximate = {"approximate": True, "approximate_figures": ["clients"]} if summary.clients_are_approximate else {}
    return {
        "files": [
            {
                "path": plain(file.path),
                "format": plain(file.format),
                "lines": file.lines,
                "parsed": file.parsed,
                "unparsed": file.unparsed,
            }
            for file in summary.files
        ],
        "lines": summary.lines,
        "parsed": summary.parsed,
        "unparsed": summary.unparsed,
        "first": iso_moment(summary.first),
        "last": iso_moment(summary.last),
        "hits": summary.hits,
        "bytes": summary.bytes,
        "sizes_absent": summary.sizes_absent,
        "clients": summary.clients,
        **approximate,
        "users": summary.users,
        "status": {str(status): hits for status, hits in summary.statuses},
        "methods": {plain(method): hits for method, hits in summary.methods},
        "protocols": {plain(protocol): hits for protocol, hits in summary.protocols},
        "errors": {
            "client": summary.client_errors,
            "server": summary.server_errors,
            "rate": round(summary.error_rate, SECONDS_DIGITS),
            "scanner": summary.scanner_errors,
        },
        "kinds": {
            plain(kind.name): {
                "hits": kind.hits,
                "bytes": kind.bytes,
                "client_errors": kind.client_errors,
                "server_errors": kind.server_errors,
            }
            for kind in summary.kinds
        },
        "latency": latency_object(summary.latency),
        "top": top_object(summary.tops),
        "series": series_object(summary.series),
        "unparsed_samples": [
            {"file": plain(sample.file), "line": sample.line, "text": plain(sample.text)}
            for sample in summary.unparsed_samples
        ],
        "notes": [plain(note) for note in summary.notes],
    }


def latency_object(latency: LatencyFigures | None) -> dict[str, Any] | None:
    """Latency in seconds; marked approximate, for it is known to 1 %."""
    if latency is None:
        return None
    return {
        "count": latency.count,
        "p50": round(latency.p50, SECONDS_DIGITS),
        "p90": round(latency.p90, SECONDS_DIGITS),
        "p95": round(latency.p95, SECONDS_DIGITS),
        "p99": round(latency.p99, SECONDS_DIGITS),
        "max": round(latency.max, SECONDS_DIGITS),
        "approximate": True,
    }


def top_object(tops: Iterable[TopList]) -> dict[str, Any]:
    """The top lists by name."""
    return {name: [] for name in TOP_NAMES} | {top.name: top_array(top) for top in tops}


def top_array(top: TopList) -> list[dict[str, Any]]:
    """The rows of a top list; each row says so when the list is approximate."""
    mark = {"approximate": True} if top.is_approximate else {}
    return [{**row_object(row), **mark} for row in top.rows]


def row_object(row: TopRow) -> dict[str, Any]:
    """One row of a top list."""
    return {
        "name": plain(row.name),
        "hits": row.hits,
        "bytes": row.bytes,
        "client_errors": row.client_errors,
        "server_errors": row.server_errors,
        "p95": None if row.p95 is None else round(row.p95, SECONDS_DIGITS),
        **({} if row.cpu is None else {"cpu_per_request": float(f"{row.cpu:.4g}")}),
    }


def series_object(series: SeriesFigures) -> dict[str, Any]:
    """Counts per step; a report without records has no start."""
    return {
        "step_seconds": series.step_seconds,
        "start": iso_moment(series.start) if series.hits else None,
        "hits": series.hits,
        "client_errors": series.client_errors,
        "server_errors": series.server_errors,
        "bytes": series.bytes,
    }


def plain(text: str) -> str:
    """Text that every reader of JSON accepts: half a surrogate pair becomes `�`, all else stays."""
    return LONE_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def iso_moment(at: float | None) -> str | None:
    """A moment in ISO 8601, UTC, with the part of a second where the log knows it."""
    return None if at is None else iso(round(at, 3))
