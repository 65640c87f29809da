"""Merge profiles: as google/pprof does, with the same result byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glance.domain.profiles.merge_parts import LocationMerger, StringMerger
from glance.domain.profiles.parts import NO_LABELS, LabelSet, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Flags, Ints, SampleTable, Tables, runs_of, starts_of

INCOMPATIBLE = "cannot merge the profiles"


def merge(profiles: Sequence[Profile], *, like_pprof: bool = True) -> Profile:
    """One profile with the samples of all, equal ones added up, and nothing that no sample refers to.

    It is associative. With `like_pprof` the result is what `go tool pprof -proto` writes, byte for byte,
    and that has two slips: of times the last one wins where one before it is 0, so [5, 0, 9] gives 9; and
    locations that differ only in a column of an inlined call become one. Without, the time is the
    earliest that is known and all columns tell locations apart. Profiles as Go writes them have a time
    and no columns, so both give the same.

    Raises:
        ProfileError: their types differ, there are none, or a sum does not fit into 64 bits.
    """
    if not profiles:
        raise ProfileError("no profiles to merge", what=INCOMPATIBLE)
    for other in profiles[1:]:
        check_compatible(profiles[0], other)
    merged = replace(header_of(profiles, like_pprof=like_pprof), tables=merged_tables(profiles, like_pprof=like_pprof))
    if not merged.tables.samples.counted.all():
        return merge([merged], like_pprof=like_pprof)  # some came to nothing: what only they referred to goes too
    return merged


def compact(profile: Profile, *, like_pprof: bool = True) -> Profile:
    """Equal samples added up, and nothing that no sample refers to. Doing it again changes nothing."""
    return merge([profile], like_pprof=like_pprof)


def check_compatible(one: Profile, other: Profile) -> None:
    """Profiles can be merged when they count the same.

    Raises:
        ProfileError: they do not.
    """
    if one.period_type != other.period_type:
        why = f"incompatible period types {shown([one.period_type])} and {shown([other.period_type])}"
        raise ProfileError(why, what=INCOMPATIBLE)
    if one.sample_types != other.sample_types:
        why = f"incompatible sample types {shown(one.sample_types)} and {shown(other.sample_types)}"
        raise ProfileError(why, what=INCOMPATIBLE)


def shown(types: Sequence[ValueType]) -> str:
    """Types in a sentence."""
    return f"[{' '.join(map(str, types))}]"


def header_of(profiles: Sequence[Profile], *, like_pprof: bool) -> Profile:
    """The first profile with the header of all."""
    time_nanos = 0
    for each in profiles:
        if (time_nanos == 0 or each.time_nanos < time_nanos) and (each.time_nanos or like_pprof):
            time_nanos = each.time_nanos
    duration = sum(each.duration_nanos for each in profiles)
    if not -(1 << 63) <= duration < 1 << 63:
        raise ProfileError("the sum of the durations does not fit into 64 bits", what=INCOMPATIBLE)
    period = 0
    for each in profiles:
        if period == 0 or period < each.period:
            period = each.period
    return replace(
        profiles[0],
        time_nanos=time_nanos,
        duration_nanos=duration,
        period=period,
        comments=tuple(dict.fromkeys(comment for each in profiles for comment in each.comments)),
        default_sample_type=next((each.default_sample_type for each in profiles if each.default_sample_type), ""),
        doc_url=next((each.doc_url for each in profiles if each.doc_url), ""),
    )


def merged_tables(profiles: Sequence[Profile], *, like_pprof: bool) -> Tables:
    """The tables of all, with only what is used, in the order of its first use.

    Raises:
        ProfileError: a sum does not fit into 64 bits.
    """
    all_tables = [each.tables for each in profiles]
    counted = [each.samples.counted for each in all_tables]
    strings = StringMerger([each.strings for each in all_tables])
    locations = LocationMerger(all_tables, strings, has_slip=like_pprof)
    stack, depths = joined_stacks(all_tables, counted, locations.bases)
    rows = locations.merged(stack)
    labels, label_sets = merged_labels(all_tables, counted)
    values = np.concatenate([each.samples.values[rows] for each, rows in zip(all_tables, counted, strict=True)])
    samples = summed(values, starts_of(depths), rows, labels)
    mappings, functions, location_table = locations.tables()
    return Tables(strings.table(), mappings, functions, location_table, samples, label_sets)


def joined_stacks(all_tables: Sequence[Tables], counted: Sequence[Flags], bases: Sequence[int]) -> tuple[Ints, Ints]:
    """The stacks of all samples that count, as rows of all locations together; and the depth of each."""
    stacks: list[Ints] = []
    depths: list[Ints] = []
    for tables, rows, base in zip(all_tables, counted, bases, strict=True):
        samples = tables.samples
        if rows.all():
            stacks.append(samples.stack + base)
            depths.append(np.diff(samples.stack_starts))
        else:
            kept = np.flatnonzero(rows)
            stacks.append(samples.stack[runs_of(samples.stack_starts, kept)] + base)
            depths.append(np.diff(samples.stack_starts)[kept])
    return np.concatenate(stacks), np.concatenate(depths)


def merged_labels(all_tables: Sequence[Tables], counted: Sequence[Flags]) -> tuple[Ints, tuple[LabelSet, ...]]:
    """The label set of each sample that counts, and all that are used."""
    found: dict[tuple[object, ...], int] = {NO_LABELS.key: 0}
    kept = [NO_LABELS]
    columns: list[Ints] = []
    for tables, rows in zip(all_tables, counted, strict=True):
        new_rows = np.zeros(len(tables.label_sets), dtype=np.int64)
        used = tables.samples.label_sets[rows]
        for row in np.unique(used).tolist():
            labels = tables.label_sets[row]
            new_rows[row] = found.setdefault(labels.key, len(kept))
            if len(found) > len(kept):
                kept.append(labels)
        columns.append(new_rows[used])
    return np.concatenate(columns), tuple(kept)


def summed(values: Ints, starts: Ints, stack: Ints, labels: Ints) -> SampleTable:
    """Samples with equal ones added up, in the order of their first.

    Raises:
        ProfileError: a sum does not fit into 64 bits.
    """
    raw = stack.astype(np.int32).tobytes()
    places = (starts * 4).tolist()
    distinct: dict[tuple[bytes, int], int] = {}
    count = len(labels)
    owners = np.fromiter(
        (
            distinct.setdefault((raw[places[at] : places[at + 1]], label), len(distinct))
            for at, label in enumerate(labels.tolist())
        ),
        dtype=np.int64,
        count=count,
    )
    if len(distinct) == count:
        return SampleTable(values, starts, stack, labels)
    if float(np.abs(values.astype(np.float64)).sum(axis=0).max()) >= 2.0**62:
        check_sums(values, owners, len(distinct))
    sums = np.zeros((len(distinct), values.shape[1]), dtype=np.int64)
    np.add.at(sums, owners, values)
    first = np.zeros(len(distinct), dtype=np.int64)
    first[owners[::-1]] = np.arange(count - 1, -1, -1)
    return SampleTable(sums, starts_of(np.diff(starts)[first]), stack[runs_of(starts, first)], labels[first])


def check_sums(values: Ints, owners: Ints, count: int) -> None:
    """No sum may be too large, at the end or on the way.

    Raises:
        ProfileError: one is.
    """
    sums = np.zeros((count, values.shape[1]), dtype=object)
    np.add.at(sums, owners, np.abs(values.astype(object)))
    if sums.size and max(sums.reshape(-1).tolist()) >= 1 << 63:
        raise ProfileError("the sum of the values of a stack does not fit into 64 bits", what=INCOMPATIBLE)
