"""`glance profile info`: what a profile is of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from glance.cli.profile_options import Request
from glance.cli.profile_output import in_json, table
from glance.cli.profile_sources import gathered
from glance.cli.report_json import plain
from glance.cli.report_markdown import escaped
from glance.domain.profiles.measurement import label
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.value_choice import exact_sum
from glance.domain.safe_text import safe_text

MOST_VALUES = 8


def info_lines(request: Request, output: str) -> Iterator[str]:
    """What all sources together are of.

    Raises:
        GlanceError: none can be used, or they do not fit each other.
    """
    told = document(gathered(request.sources, request))
    if output == "json":
        yield from in_json(told)
        return
    rows = [(safe_text(name), value) for name, value in rows_of(told)]
    if output == "markdown":
        yield from table(("what", "value"), [(escaped(name), escaped(value)) for name, value in rows])
        return
    width = max(len(name) for name, _ in rows) + 2
    for name, value in rows:
        yield f"{name:{width}}{safe_text(value)}"


def document(profile: Profile) -> dict[str, Any]:
    """Everything that is told, as plain values."""
    tables = profile.tables
    values: dict[str, dict[str, None]] = {}
    for labels in tables.label_sets:
        for key, texts in labels.labels.items():
            values.setdefault(key, {}).update(dict.fromkeys(texts))
        for key, numbers in labels.numbers.items():
            values.setdefault(key, {}).update(dict.fromkeys(map(str, numbers)))
    types = [
        {"type": plain(each.type), "unit": plain(each.unit), "total": exact_sum(profile.values[:, column])}
        for column, each in enumerate(profile.sample_types)
    ]
    return {
        "sample_types": types,
        "default_sample_type": plain(profile.default_sample_type),
        "samples": len(profile),
        "locations": len(tables.locations),
        "functions": len(tables.functions),
        "time": moment(profile.time_nanos),
        "duration_nanos": profile.duration_nanos,
        "period": profile.period,
        "period_type": {"type": plain(profile.period_type.type), "unit": plain(profile.period_type.unit)},
        "drop_frames": plain(profile.drop_frames),
        "keep_frames": plain(profile.keep_frames),
        "comments": [plain(each) for each in profile.comments],
        "doc_url": plain(profile.doc_url),
        "labels": {plain(key): [plain(value) for value in found] for key, found in sorted(values.items())},
        "mappings": [{"file": plain(each.file), "build_id": plain(each.build_id)} for each in profile.mappings],
    }


def moment(nanos: int) -> str | None:
    """A time of a profile, where it has one that a calendar knows."""
    try:
        return datetime.fromtimestamp(nanos / 1e9, UTC).isoformat(timespec="milliseconds") if nanos else None
    except (OverflowError, ValueError, OSError):
        return None


def rows_of(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The same for people, what is not there left out."""
    for each in told["sample_types"]:
        is_default = " (shown first)" * (each["type"] == told["default_sample_type"])
        yield f"{each['type']}/{each['unit']}", f"{label(each['total'], each['unit'])} in all{is_default}"
    for name in ("samples", "locations", "functions"):
        yield name, f"{told[name]:,}"
    if told["time"]:
        yield "taken", told["time"]
    if told["duration_nanos"]:
        yield "duration", label(told["duration_nanos"], "nanoseconds")
    if told["period"]:
        period = told["period_type"]
        yield "period", f"{label(told['period'], period['unit'])} of {period['type']}"
    for key, values in told["labels"].items():
        shown = ", ".join(values[:MOST_VALUES])
        more = f" and {len(values) - MOST_VALUES:,} more" * (len(values) > MOST_VALUES)
        yield f"label {key}", f"{shown}{more}"
    for each in told["mappings"]:
        build = f", build id {each['build_id']}" if each["build_id"] else ""
        yield "file", f"{each['file'] or '(no name)'}{build}"
    for name in ("drop_frames", "keep_frames", "doc_url"):
        if told[name]:
            yield name, told[name]
    for comment in told["comments"]:
        yield "comment", comment
