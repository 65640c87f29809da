"""Makes the trees of flame graphs from profiles: any value, grouped by a label, from either end, around a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from glance.domain.profiles.call_tree import Frames, TreeBuilder
from glance.domain.profiles.flame_colour import FrameColour, frame_colour, group_colour
from glance.domain.profiles.flame_tree import ALL, Branches, FlameTree, Named, arranged
from glance.domain.profiles.pieces import add_at, repeated, zeros
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.stack_fold import without_recursion
from glance.domain.profiles.tables import Flags, Ints, starts_of
from glance.domain.profiles.value_choice import base_samples, exact_sum

MOST = 1 << 60
"""Beyond this values are halved until their sum is less: widths are sums of them."""

Way = Literal["down", "up"]
"""From the first caller down, or from the leaf up; of a function: what it calls, or who calls it."""

ALL_OF_ONE = 3
"""Of fewer types than this beside the number of samples the other is what each of these samples counted."""

WITHOUT = "(none)"
"""What is written for samples that do not have the label."""


@dataclass(frozen=True, slots=True)
class FlameChoice:
    """What of a profile is drawn."""

    index: int
    """The column of the value."""
    way: Way = "down"
    focus: str = ""
    """The function that the tree is around."""
    group: str = ""
    """The label by which stacks are grouped; empty for none."""
    label: tuple[str, str] = ("", "")
    """Only samples with this value of a label; an empty key is all."""
    is_folded: bool = True
    """Recursion is folded."""
    factor: float = 1.0
    """Of a difference, what the profile that is not the base is multiplied by."""


def flame_tree(profile: Profile, choice: FlameChoice) -> FlameTree:
    """The tree to draw.

    Args:
        profile: the samples; those marked as a base make it a difference.
        choice: what of it.
    """
    rows, frames, named = stacks_of(profile, choice)
    builder = TreeBuilder(_kept(frames, rows))
    leaves = builder.leaves()
    branches = Branches(np.concatenate(builder.parents), np.concatenate(builder.depths), np.concatenate(builder.names))
    root = Named(
        (*named.names, ALL),
        (*named.colours, group_colour("")),
        (*named.places, ("", 0)),
        np.append(named.inlined, False),
    )
    return arranged(branches, root, _columns(profile, choice, rows, leaves, len(branches.parents)), choice.factor)


def stacks_of(profile: Profile, choice: FlameChoice) -> tuple[Flags, Frames, Named]:
    """Which samples are drawn, the stacks of all as they are drawn, the frame below the root last, and their names.

    Args:
        profile: the samples.
        choice: what of them.
    """
    values = profile.values[:, choice.index]
    rows = values != 0
    if choice.label[0]:
        rows &= labelled(profile, *choice.label)
    frames = Frames.of(profile)
    named = named_of(profile, frames)
    if choice.is_folded:
        frames = without_recursion(frames)
    if choice.focus:
        frames, has_focus = _around(frames, choice.focus, is_up=choice.way == "up")
        rows &= has_focus
    elif choice.way == "up":
        frames = _turned(frames)
    if choice.group:
        frames, named = _grouped(profile, frames, named, choice.group)
    return rows, frames, named


def _columns(profile: Profile, choice: FlameChoice, rows: Flags, leaves: Ints, many: int) -> dict[str, Ints]:
    """What is counted at each node itself."""
    is_base = base_samples(profile)
    values = profile.values[:, choice.index]
    is_old = is_base if is_base.any() else values < 0
    is_old, values = is_old[rows], values[rows]
    weights = np.abs(values)
    if choice.factor != 1:
        weights = np.where(is_old, weights, np.rint(weights * choice.factor).astype(np.int64))
    while exact_sum(weights) >= MOST:
        weights = weights >> 1
    counts = sample_counts(profile, choice.index)[rows]
    columns = {"own": _at_nodes(leaves, weights, many), "samples": _at_nodes(leaves, counts, many)}
    if is_base.any() or is_old.any():
        columns["olds"] = _at_nodes(leaves, np.where(is_old, weights, 0), many)
        columns["old_samples"] = _at_nodes(leaves, np.where(is_old, counts, 0), many)
    return columns


def _at_nodes(leaves: Ints, amounts: Ints, many: int) -> Ints:
    """What is counted where stacks end."""
    found = zeros(many)
    add_at(found, leaves, amounts)
    return found


def sample_counts(profile: Profile, index: int) -> Ints:
    """How many times the profiler looked, as far as it tells: what chance is reckoned with."""
    types = profile.sample_types
    chosen = types[index]
    for column, each in enumerate(types):
        is_looks = each.unit == "count" and each.type in ("samples", "sample")
        if is_looks and (len(types) < ALL_OF_ONE or chosen.type in ("cpu", "wall", "samples")):
            return np.asarray(np.abs(profile.values[:, column]), dtype=np.int64)
    if profile.period > 1 and profile.period_type.unit == chosen.unit:
        values = np.abs(profile.values[:, index])
        return np.asarray(np.maximum(values // profile.period, values != 0), dtype=np.int64)
    if chosen.unit == "count" and profile.period <= 1:
        return np.asarray(np.abs(profile.values[:, index]), dtype=np.int64)
    return np.ones(len(profile), dtype=np.int64)


def labelled(profile: Profile, key: str, value: str) -> Flags:
    """The samples with this value of a label."""
    found = [value in label_values(each.labels, each.numbers, key) for each in profile.tables.label_sets]
    return np.array(found, dtype=np.bool_)[profile.tables.samples.label_sets]


def label_values(
    labels: Mapping[str, tuple[str, ...]], numbers: Mapping[str, tuple[int, ...]], key: str
) -> tuple[str, ...]:
    """The values of a label as text."""
    texts, figures = labels.get(key, ()), numbers.get(key, ())
    return (*texts, *map(str, figures)) or (WITHOUT,)


def label_keys(profile: Profile) -> tuple[str, ...]:
    """The labels that samples have, by name."""
    keys = {key for each in profile.tables.label_sets for key in (*each.labels, *each.numbers)}
    return tuple(sorted(key for key in keys if not key.startswith("pprof::")))


def values_of(profile: Profile, key: str, most: int = 200) -> tuple[str, ...]:
    """The values of a label by name, no more than so many."""
    found = {value for each in profile.tables.label_sets for value in label_values(each.labels, each.numbers, key)}
    return tuple(sorted(found)[:most])


def named_of(profile: Profile, frames: Frames) -> Named:
    """What is known of each name."""
    tables, strings = profile.tables, profile.strings
    mapping_of = _mappings(profile)
    colours: list[FrameColour] = []
    places: list[tuple[str, int]] = []
    files, starts = tables.functions.filenames.tolist(), tables.functions.start_lines.tolist()
    for name, row in zip(frames.names, frames.functions.tolist(), strict=True):
        file = strings[files[row]] if row >= 0 else ""
        colours.append(frame_colour(name, file, mapping_of.get(row, "")))
        places.append((file, starts[row] if row >= 0 else 0))
    return Named(frames.names, tuple(colours), tuple(places), _inlined(profile, frames))


def _mappings(profile: Profile) -> dict[int, str]:
    """Of functions that are in no ordinary file of code, that file."""
    tables = profile.tables
    odd = [row for row, mapping in enumerate(tables.mappings) if mapping.file.startswith("[")]
    found: dict[int, str] = {}
    for row in odd:
        for location in np.flatnonzero(tables.locations.mappings == row).tolist():
            first, last = tables.locations.line_starts[location : location + 2].tolist()
            found |= dict.fromkeys(tables.locations.line_functions[first:last].tolist(), tables.mappings[row].file)
    return found


def _inlined(profile: Profile, frames: Frames) -> Flags:
    """The names of functions that were inlined wherever they were called."""
    tables = profile.tables
    functions, starts = tables.locations.line_functions, tables.locations.line_starts
    really = np.zeros(len(tables.functions) + 1, dtype=np.bool_)
    filled = np.diff(starts) > 0
    really[functions[starts[1:][filled] - 1]] = True
    by_name: dict[int, bool] = {}
    for name, is_real in zip(tables.functions.names.tolist(), really[:-1].tolist(), strict=True):
        by_name[name] = by_name.get(name, False) or is_real
    rows = frames.functions.tolist()
    names = tables.functions.names
    return np.array([row >= 0 and not by_name[int(names[row])] for row in rows], dtype=np.bool_)


def _kept(frames: Frames, rows: Flags) -> Frames:
    """Only the stacks that are marked."""
    lengths = np.diff(frames.starts)
    return replace(frames, starts=starts_of(lengths[rows]), frames=frames.frames[repeated(rows, lengths)])


def _turned(frames: Frames) -> Frames:
    """Every stack the other way round."""
    lengths = np.diff(frames.starts)
    ends = repeated(frames.starts[1:] - 1, lengths)
    at = np.arange(len(frames.frames), dtype=np.int64) - repeated(frames.starts[:-1], lengths)
    return replace(frames, frames=frames.frames[ends - at])


def _around(frames: Frames, focus: str, *, is_up: bool) -> tuple[Frames, Flags]:
    """The part of every stack from a function down to the leaf, or up to the first caller; and which have it."""
    wanted = frames.names.index(focus) if focus in frames.names else -1
    lengths = np.diff(frames.starts)
    owners = repeated(np.arange(len(lengths), dtype=np.int64), lengths)
    hits = np.flatnonzero(frames.frames == wanted)
    outermost = np.full(len(lengths), -1, dtype=np.int64)
    outermost[owners[hits]] = hits  # the leaf is first: of several hits the last one stays
    at, place = np.arange(len(owners), dtype=np.int64), outermost[owners]
    kept = (place >= 0) & ((at >= place) if is_up else (at <= place))
    counts = np.bincount(owners[kept], minlength=len(lengths)).astype(np.int64)
    part = replace(frames, starts=starts_of(counts), frames=frames.frames[kept])
    return (_turned(part) if is_up else part), outermost >= 0


def _grouped(profile: Profile, frames: Frames, named: Named, key: str) -> tuple[Frames, Named]:
    """Every stack under the value of a label."""
    sets = profile.tables.label_sets
    words = [f"{key}: {' '.join(label_values(each.labels, each.numbers, key))}" for each in sets]
    found = {word: row for row, word in enumerate(dict.fromkeys(words), len(frames.names))}
    rows = np.array([found[word] for word in words], dtype=np.int64)[profile.tables.samples.label_sets]
    inside = np.insert(frames.frames, frames.starts[1:], rows)
    starts = frames.starts + np.arange(len(frames.starts), dtype=np.int64)
    more = Named(
        (*named.names, *found),
        (*named.colours, *(group_colour(word) for word in found)),
        (*named.places, *(("", 0) for _ in found)),
        np.append(named.inlined, np.zeros(len(found), dtype=np.bool_)),
    )
    return replace(frames, names=more.names, starts=starts, frames=inside), more
