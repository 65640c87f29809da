"""Read profile.proto, strictly or leniently, one profile or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from glance.domain.profiles import messages, top_level
from glance.domain.profiles.damage import Damages
from glance.domain.profiles.gunzip import unpacked
from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import Mapping, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto_labels import LabelReader
from glance.domain.profiles.references import References, numbered
from glance.domain.profiles.tables import (
    FunctionTable,
    Ints,
    LocationTable,
    SampleTable,
    Tables,
    Unsigned,
    runs_of,
    starts_of,
)
from glance.domain.profiles.top_level import Contents, contents_of
from glance.domain.profiles.wire import PADDING, Buffer


@dataclass(frozen=True, slots=True)
class Reading:
    """A profile, and what was wrong with it."""

    profile: Profile
    damages: tuple[str, ...] = ()
    """In words; empty when a strict reader would have taken it too."""


def read(data: bytes, *, limits: Limits = LIMITS) -> Profile:
    """A profile that may be merged and written: gzip or plain, exactly as pprof takes it.

    Raises:
        ProfileError: it is not a profile, damaged or too large; `why` has pprof's reason.
    """
    return decoded([unpacked(data, limits, Damages(is_strict=True))], limits, Damages(is_strict=True))[0]


def read_leniently(data: bytes, *, limits: Limits = LIMITS) -> Reading:
    """A profile to look at: what is whole of it, and what is wrong.

    Raises:
        ProfileError: nothing of it can be shown, or it is too large.
    """
    damages = Damages(is_strict=False)
    profile = decoded([unpacked(data, limits, damages)], limits, damages)[0]
    is_something = profile.sample_types and (len(profile) or profile.tables.has_strings)
    if damages.words and not is_something:
        raise ProfileError(damages.reasons[0], "this is no profile, or nothing of it is whole")
    return Reading(profile, tuple(dict.fromkeys(damages.words)))


def read_all(datas: Sequence[bytes], *, limits: Limits = LIMITS) -> list[Profile]:
    """Many profiles, strictly; much faster than one after the other when they are small.

    Raises:
        ProfileError: one is broken or too large; `what` says which, counted from 1.
    """
    strict = Damages(is_strict=True)
    plain: list[bytes] = []
    for number, data in enumerate(datas, 1):
        try:
            plain.append(unpacked(data, limits, strict))
        except ProfileError as error:
            raise ProfileError(error.why, error.hint, what=f"cannot use profile {number}") from error
    found: list[Profile] = []
    for batch in batches(plain, limits.unpacked_bytes // 4):
        try:
            found += decoded(batch, limits, strict)
        except ProfileError:  # by itself it says which one it is, and has all limits for itself
            for data in batch:
                try:
                    found += decoded([data], limits, strict)
                except ProfileError as error:
                    raise ProfileError(error.why, error.hint, what=f"cannot use profile {len(found) + 1}") from error
    return found


def batches(plain: Sequence[bytes], most: int) -> list[list[bytes]]:
    """Groups of profiles with at most so many bytes, or with one profile."""
    found: list[list[bytes]] = []
    size = 0
    for data in plain:
        if not found or size + len(data) > most:
            found.append([])
            size = 0
        found[-1].append(data)
        size += len(data)
    return found


def decoded(plain: Sequence[bytes], limits: Limits, damages: Damages) -> list[Profile]:
    """Profiles from protocol buffers.

    Raises:
        ProfileError: one is too large, or, when strict, broken.
    """
    if not plain:
        return []
    buffer = Buffer(b"".join([*plain, PADDING]))
    places = starts_of(np.array([len(data) for data in plain], dtype=np.int64)).tolist()
    contents = [contents_of(buffer, start, end, limits, damages) for start, end in pairwise(places)]
    return Batch(buffer, contents, limits, damages).profiles()


class Batch:
    """Profiles that lie one behind the other in one buffer."""

    def __init__(self, buffer: Buffer, contents: Sequence[Contents], limits: Limits, damages: Damages) -> None:
        """Read all messages, without looking where they refer to."""
        self.buffer, self.contents = buffer, contents
        self.limits, self.damages = limits, damages
        spans, self.function_starts = self.spans(top_level.FUNCTION)
        self.functions = messages.number_columns(buffer, spans, messages.FUNCTION, limits, damages)
        spans, self.location_starts = self.spans(top_level.LOCATION)
        self.locations = messages.location_columns(buffer, spans, limits, damages)
        self.line_starts = starts_of(self.locations.line_counts)
        spans, self.sample_starts = self.spans(top_level.SAMPLE)
        self.samples = messages.sample_columns(buffer, spans, limits, damages)
        self.stack_starts = starts_of(self.samples.depths)
        self.value_starts = starts_of(self.samples.value_counts)

    def spans(self, kind: int) -> tuple[messages.Spans, Ints]:
        """Where the messages of a kind are, and which ones belong to each profile."""
        return messages.joined_spans([each.spans[kind] for each in self.contents])

    def profiles(self) -> list[Profile]:
        """All of them.

        Raises:
            ProfileError: when strict, one refers to what is not there.
        """
        return [self.profile(number) for number in range(len(self.contents))]

    def profile(self, number: int) -> Profile:
        """One of them."""
        contents = self.contents[number]
        strings = self.strings(number)
        references = References(strings or [b""], self.damages, has_strings=bool(strings))
        types = self.value_types(number, top_level.SAMPLE_TYPE, references)
        period_types = self.value_types(number, top_level.PERIOD_TYPE, references)
        samples = self.sample_count(number)
        if samples and not types:
            self.damages.note("malformed profile: missing sample type information", "its samples are left out")
        mappings, mapping_ids = self.mappings(number, references)
        functions = self.function_table(number, references)
        locations = self.location_table(number, references, mapping_ids, functions)
        label_reader = LabelReader(references.strings, self.damages)
        table = self.sample_table(number, references, len(types), locations, label_reader)
        numbers = contents.numbers
        return Profile(
            types,
            Tables(references.strings, mappings, functions, locations, table, tuple(label_reader.sets)),
            references.text(numbers.get(top_level.DROP_FRAMES, 0)),
            references.text(numbers.get(top_level.KEEP_FRAMES, 0)),
            numbers.get(top_level.TIME, 0),
            numbers.get(top_level.DURATION, 0),
            period_types[-1] if period_types else ValueType(),
            numbers.get(top_level.PERIOD, 0),
            tuple([references.text(row) for row in contents.comments]),
            references.text(numbers.get(top_level.DEFAULT_TYPE, 0)),
            references.text(numbers.get(top_level.DOC_URL, 0)),
        )

    def strings(self, number: int) -> list[bytes]:
        """The string table.

        Raises:
            ProfileError: a string is too long, or, when strict, the first one is not empty.
        """
        data, longest = self.buffer.data, self.limits.string_bytes
        starts, ends = self.contents[number].spans[top_level.STRING]
        if len(starts) and int((ends - starts).max()) > longest:
            raise ProfileError(f"the profile has a string of more than {longest:,} bytes")
        found = [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        if found and found[0]:
            self.damages.note("string_table[0] must be ''", "it is used as it is")
        return found

    def sample_count(self, number: int) -> int:
        """How many samples a profile has."""
        return int(self.sample_starts[number + 1] - self.sample_starts[number])

    def small(self, number: int, part: int, kind: messages.Kind) -> list[list[int]]:
        """Messages of which there are few: the fields of each."""
        spans = self.contents[number].spans[part]
        if not spans[0].size:
            return []
        table = messages.number_columns(self.buffer, spans, kind, self.limits, self.damages)
        return table.T.tolist()  # type: ignore[no-any-return]

    def value_types(self, number: int, kind: int, references: References) -> tuple[ValueType, ...]:
        """Sample types, or the period type."""
        rows = self.small(number, kind, messages.VALUE_TYPE)
        return tuple(ValueType(references.text(row[1]), references.text(row[2])) for row in rows)

    def mappings(self, number: int, references: References) -> tuple[tuple[Mapping, ...], Unsigned]:
        """Mappings, and their ids."""
        rows = self.small(number, top_level.MAPPING, messages.MAPPING)
        found = tuple(
            Mapping(
                start=row[2],
                limit=row[3],
                offset=row[4],
                file=references.text(row[5]),
                build_id=references.text(row[6]),
                has_functions=row[7] != 0,
                has_filenames=row[8] != 0,
                has_line_numbers=row[9] != 0,
                has_inline_frames=row[10] != 0,
                id=row[1],
            )
            for row in rows
        )
        ids = np.array([row[1] for row in rows], dtype=np.uint64)
        references.check_ids(ids, "mapping")
        return found, ids

    def function_table(self, number: int, references: References) -> FunctionTable:
        """Functions."""
        low, high = self.function_starts[number : number + 2].tolist()
        ids, names, systems, files, starts = self.functions[1:6, low:high]
        references.check_ids(ids, "function")
        return FunctionTable(
            ids,
            references.string_rows(names.view(np.int64)),
            references.string_rows(systems.view(np.int64)),
            references.string_rows(files.view(np.int64)),
            starts.view(np.int64),
        )

    def location_table(
        self, number: int, references: References, mapping_ids: Unsigned, functions: FunctionTable
    ) -> LocationTable:
        """Locations and their lines."""
        low, high = self.location_starts[number : number + 2].tolist()
        ids, mapping_of, addresses, _, folded = self.locations.numbers[1:6, low:high]
        references.check_ids(ids, "location")
        first, last = self.line_starts[[low, high]].tolist()
        function_of, numbers, columns = self.locations.lines[1:4, first:last]
        lines = references.function_rows(functions.ids, function_of, ids, self.locations.line_counts[low:high])
        return LocationTable(
            ids,
            numbered(mapping_ids, mapping_of),
            addresses,
            folded != 0,
            self.line_starts[low : high + 1] - first,
            lines,
            numbers.view(np.int64),
            columns.view(np.int64),
        )

    def sample_table(
        self, number: int, references: References, types: int, locations: LocationTable, labels: LabelReader
    ) -> SampleTable:
        """Samples."""
        low, high = self.sample_starts[number : number + 2].tolist()
        count, columns = high - low, self.samples
        first, last = self.stack_starts[[low, high]].tolist()
        stack, depths = references.location_rows(
            locations.ids, columns.location_ids[first:last], columns.depths[low:high]
        )
        first, last = np.searchsorted(columns.label_owners, (low, high)).tolist()
        label_sets = labels.rows_of(count, columns.label_owners[first:last] - low, columns.labels[:, first:last])
        counts = columns.value_counts[low:high]
        first, last = self.value_starts[[low, high]].tolist()
        flat, is_whole = columns.values[first:last], columns.is_whole[low:high]
        is_right = counts == types
        if is_right.all() and is_whole.all():
            return SampleTable(flat.reshape(count, types), starts_of(depths), stack, label_sets)
        wrong = counts[is_whole & ~is_right]
        if wrong.size and types:
            reason = f"malformed profile: mismatch: sample has {int(wrong[0])} values vs. {types} types"
            self.damages.note(reason, f"{wrong.size:,} samples are left out")
        kept = is_whole & is_right & (types > 0)
        values = np.zeros((count, types), dtype=np.int64)
        rows = np.flatnonzero(kept)
        values[rows] = flat[runs_of(self.value_starts[low : high + 1] - first, rows)].reshape(len(rows), types)
        return SampleTable(values, starts_of(depths), stack, label_sets).kept(kept)
