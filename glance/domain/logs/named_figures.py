"""The figures of a report by name, with what each is counted in: what an expectation is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from glance.domain.logs.summary import LatencyFigures, Summary

Kind = Literal["count", "share", "seconds", "bytes", "rate"]
Figures = Mapping[str, float | None]
"""Value of every name; None where the log does not tell."""

KINDS: dict[str, Kind] = {
    "hits": "count",
    "lines": "count",
    "parsed": "count",
    "unparsed": "count",
    "errors": "count",
    "client_errors": "count",
    "server_errors": "count",
    "clients": "count",
    "users": "count",
    "bytes": "bytes",
    "rate": "rate",
    "error_rate": "share",
    "client_error_rate": "share",
    "server_error_rate": "share",
    "unparsed_rate": "share",
    "p50": "seconds",
    "p90": "seconds",
    "p95": "seconds",
    "p99": "seconds",
    "max": "seconds",
}
"""Everything that can be compared, and what it is counted in."""

ALIASES = {"requests": "hits", "4xx": "client_errors", "5xx": "server_errors"}

UNITS: dict[str, tuple[Kind, float]] = {
    "%": ("share", 0.01),
    "us": ("seconds", 1e-6),
    "µs": ("seconds", 1e-6),
    "ms": ("seconds", 1e-3),
    "s": ("seconds", 1.0),
    "m": ("seconds", 60.0),
    "min": ("seconds", 60.0),
    "h": ("seconds", 3600.0),
    "b": ("bytes", 1),
    "kb": ("bytes", 1e3),
    "mb": ("bytes", 1e6),
    "gb": ("bytes", 1e9),
    "tb": ("bytes", 1e12),
    "kib": ("bytes", 2**10),
    "mib": ("bytes", 2**20),
    "gib": ("bytes", 2**30),
    "/s": ("rate", 1.0),
    "/m": ("rate", 1 / 60),
    "/min": ("rate", 1 / 60),
    "/h": ("rate", 1 / 3600),
}


def figures_of(summary: Summary, seconds: float | None = None) -> dict[str, float | None]:
    """The figures of a report by name.

    Args:
        summary: the report.
        seconds: how long a time it is about; None is from its first to its last record.
    """
    hits, first, last = summary.hits, summary.first, summary.last
    span = seconds if seconds is not None else (last - first + 1 if first is not None and last is not None else 0)
    looked_at = summary.parsed + summary.unparsed
    told: dict[str, float | None] = {
        "hits": hits,
        "lines": summary.lines,
        "parsed": summary.parsed,
        "unparsed": summary.unparsed,
        "errors": summary.client_errors + summary.server_errors,
        "client_errors": summary.client_errors,
        "server_errors": summary.server_errors,
        "clients": summary.clients,
        "users": summary.users,
        "bytes": summary.bytes,
        "rate": hits / span if span > 0 else 0.0,
        "error_rate": summary.error_rate,
        "client_error_rate": summary.client_errors / hits if hits else 0.0,
        "server_error_rate": summary.server_errors / hits if hits else 0.0,
        "unparsed_rate": summary.unparsed / looked_at if looked_at else 0.0,
    }
    return told | _latencies(summary.latency)


def _latencies(latency: LatencyFigures | None) -> dict[str, float | None]:
    if latency is None:
        return dict.fromkeys(("p50", "p90", "p95", "p99", "max"))
    return {"p50": latency.p50, "p90": latency.p90, "p95": latency.p95, "p99": latency.p99, "max": latency.max}


def in_words(kind: Kind, value: float | None) -> str:
    """A figure with its unit, exact enough to be told from a threshold next to it."""
    if value is None:
        return "unknown"
    if kind == "share":
        return f"{value * 100:.6g}%"
    if kind == "seconds":
        return f"{value * 1000:.6g}ms" if value < 1 else f"{value:.6g}s"
    if kind == "rate":
        return f"{value:.6g}/s"
    return f"{value:,.0f}"
