"""A report as one JSON object, for programs. The README describes it.

Everything beyond ASCII is escaped, so that it is valid whatever was in the log, and harmless on a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from glance.domain.logs.summary import Summary
from glance.domain.logs.summary_document import (
    SECONDS_DIGITS,
    TOP_NAMES,
    document,
    encode,
    iso_moment,
    latency_object,
    plain,
    row_object,
    series_object,
    top_array,
    top_object,
)

__all__ = [
    "SECONDS_DIGITS",
    "TOP_NAMES",
    "document",
    "encode",
    "iso_moment",
    "latency_object",
    "plain",
    "render",
    "row_object",
    "series_object",
    "top_array",
    "top_object",
]

NOTHING_MORE: Mapping[str, Any] = MappingProxyType({})


def render(summary: Summary, more: Mapping[str, Any] = NOTHING_MORE) -> bytes:
    """The report, one line for each key of the object, ending in a newline.

    Args:
        summary: the figures.
        more: keys that only some reports have.
    """
    lines = [f"{encode(key)}: {encode(value)}" for key, value in (*document(summary).items(), *more.items())]
    return ("{" + ",\n ".join(lines) + "}\n").encode("ascii")
