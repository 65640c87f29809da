"""Write speedscope's JSON, for those who look at profiles with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from glance.domain.profiles.folded_writer import NAMELESS
from glance.domain.profiles.parts import raw_of
from glance.domain.profiles.profile import Profile

SCHEMA = "https://www.speedscope.app/file-format-schema.json"
UNITS = ("nanoseconds", "microseconds", "milliseconds", "seconds", "bytes")


def speedscope(profile: Profile, indexes: Sequence[int], *, name: str = "", with_inlined: bool = True) -> bytes:
    """A file with one sampled profile for each of the values.

    Args:
        profile: the samples; those that are not more than 0 are left out.
        indexes: columns of values; the first of them is shown first.
        name: what the file is called in speedscope.
        with_inlined: inlined calls are frames too; else only the function that is really there.
    """
    frames: dict[tuple[str, str, int], int] = {}
    stacks = frame_stacks(profile, frames, with_inlined=with_inlined)
    whole: dict[str, Any] = {
        "$schema": SCHEMA,
        "exporter": "glance",
        "name": printable(name),
        "activeProfileIndex": 0,
        "profiles": [one_value(profile, index, stacks) for index in indexes],
        "shared": {"frames": [frame_object(*key) for key in frames]},
    }
    return json.dumps(whole, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def one_value(profile: Profile, index: int, stacks: list[list[int]]) -> dict[str, Any]:
    """The profile of one value."""
    kind = profile.sample_types[index]
    rows = [(stack, value) for stack, value in zip(stacks, profile.values[:, index].tolist(), strict=True) if value > 0]
    return {
        "type": "sampled",
        "name": printable(kind.type),
        "unit": kind.unit if kind.unit in UNITS else "none",
        "startValue": 0,
        "endValue": sum(value for _, value in rows),
        "samples": [stack for stack, _ in rows],
        "weights": [value for _, value in rows],
    }


def frame_stacks(profile: Profile, frames: dict[tuple[str, str, int], int], *, with_inlined: bool) -> list[list[int]]:
    """The frames of each sample, the root first, as places in the list of frames, which is filled."""
    tables, functions = profile.tables, profile.functions
    keys = [(each.name or NAMELESS, each.filename, max(0, each.start_line)) for each in functions]
    rows, starts = tables.locations.line_functions.tolist(), tables.locations.line_starts.tolist()
    found: list[list[int]] = []
    for at, address in enumerate(tables.locations.addresses.tolist()):
        lines = rows[starts[at] : starts[at + 1]][::-1]
        if not with_inlined:
            lines = lines[:1]
        named = [keys[row] if row >= 0 else (NAMELESS, "", 0) for row in lines] or [(f"0x{address:x}", "", 0)]
        found.append([frames.setdefault(key, len(frames)) for key in named])
    places, stack = tables.samples.stack_starts.tolist(), tables.samples.stack.tolist()
    return [
        [frame for row in reversed(stack[places[at] : places[at + 1]]) for frame in found[row]]
        for at in range(len(profile))
    ]


def frame_object(name: str, file: str, line: int) -> dict[str, Any]:
    """A frame, with what is known of it."""
    found: dict[str, Any] = {"name": printable(name)}
    if file:
        found["file"] = printable(file)
    if line:
        found["line"] = line
    return found


def printable(text: str) -> str:
    """A text that every reader of JSON takes: bytes that were no UTF-8 become replacement characters."""
    return raw_of(text).decode("utf-8", "replace")
