"""Read folded stacks: `main;work;hash 12`, the format of flame graph scripts, one stack a line."""

from __future__ import annotations

import re

from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.plain_text import lines_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import Reading
from glance.domain.profiles.stack_maker import StackMaker

SAMPLES = (ValueType("samples", "count"),)
BEFORE_AND_AFTER = (ValueType("before", "count"), ValueType("after", "count"))
COUNT = re.compile(r"([0-9]{1,19})(?:\.([0-9]*))?")
PLACE = re.compile(r" \(([^()]+):([0-9]{1,9})\)(?:_\[[a-z]\])?$")
REQUEST = re.compile(r'"[A-Z]{3,10} [^"]* HTTP/[0-9.]+" [0-9]{3}\b')
"""A line of an access log, of which the last number may look like a count."""
LONGEST_PLACE = 1024
CUT = 4096
MOST_ASKED = 100
"""Lines that are looked at to tell a log."""


def read_folded(data: bytes, *, limits: Limits = LIMITS) -> Reading:
    """A profile of folded stacks.

    Lines that begin with `#` may be remarks; others that are no stack are counted. Fractions of counts are
    cut off, as by other readers. Where every line has two counts they are taken as before and after.

    Raises:
        ProfileError: no line of it is a stack, or it is too large.
    """
    rows: list[tuple[str, int]] = []
    bad, cut = 0, 0
    for line in lines_of(data, limits):
        found = split_count(line) if not line.startswith("# ") else None
        if found is None:
            bad += bool(line) and not line.isspace() and not line.startswith("#")
            continue
        stack, count, has_fraction = found
        cut += has_fraction
        rows.append((stack, count))
    asked = rows[:MOST_ASKED]
    if sum(REQUEST.search(stack[:CUT]) is not None for stack, _ in asked) * 2 > len(asked):
        raise ProfileError("it is an access log: its lines are requests", "glance report reads logs")
    if not rows and bad:
        raise ProfileError("no line of it is a stack and a count", "folded stacks look like this: main;work;hash 12")
    damages = [f"{bad:,} {'line is' if bad == 1 else 'lines are'} no stack and a count: left out"] * bool(bad)
    damages += [f"{cut:,} {'count has a fraction' if cut == 1 else 'counts have fractions'}: cut off"] * bool(cut)
    return Reading(folded_profile(rows, limits), tuple(damages))


def split_count(line: str) -> tuple[str, int, bool] | None:
    """The stack of a line, its count, and whether a fraction of that was cut off. None where it has no count."""
    stack, _, count = line.rstrip().rpartition(" ")
    match = COUNT.fullmatch(count)
    stack = stack.rstrip()
    if match is None or not stack:
        return None
    return stack, int(match[1]), bool((match[2] or "").strip("0"))


def folded_profile(rows: list[tuple[str, int]], limits: Limits) -> Profile:
    """A profile of stacks as text."""
    firsts = [split_count(stack) for stack, _ in rows]
    is_double = bool(rows) and None not in firsts
    maker = StackMaker(BEFORE_AND_AFTER if is_double else SAMPLES, limits)
    known: dict[str, int] = {}
    for first, (stack, count) in zip(firsts, rows, strict=True):
        if is_double and first is not None:
            maker.add(stack_row(maker, first[0], known), first[1], count)
        else:
            maker.add(stack_row(maker, stack, known), count)
    return maker.profile()


def stack_row(maker: StackMaker, stack: str, known: dict[str, int]) -> int:
    """The row of a stack as text."""
    locations = []
    for name in reversed(stack.split(";")):
        row = known.get(name)
        if row is None:
            match = PLACE.search(name[-LONGEST_PLACE:])
            row = maker.frame(name, match[1], int(match[2])) if match else maker.frame(name)
            known[name] = row
        locations.append(row)
    return maker.stack(tuple(locations))


def is_folded(text: str) -> bool:
    """Most lines at its beginning are a stack and a count; where no stack has two frames, all of them are."""
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    if len(lines) > 1 and len(text) >= CUT:
        lines.pop()  # this one may be cut off
    stacks = [line for line in lines if split_count(line) is not None]
    has_frames = any(";" in line for line in stacks)
    return len(stacks) * 2 >= len(lines) > 0 if has_frames else len(stacks) == len(lines) > 0
