"""Write profile.proto, byte for byte as google/pprof does."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from glance.domain.profiles.parts import LabelSet, ValueType, raw_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.tables import Ints, Unsigned, starts_of
from glance.domain.profiles.wire import LONGEST

GZIP = 16 + zlib.MAX_WBITS
PACKED_FROM = 3
"""pprof packs repeated numbers from so many on."""


def written(profile: Profile, *, level: int = 6) -> bytes:
    """The profile as a .pb.gz file. The same profile gives the same bytes: the time in the gzip header is 0.

    Args:
        profile: one that was read strictly, merged or made; what a lenient reader found is refused by others.
        level: how hard to pack, 1 to 9.
    """
    packer = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    return packer.compress(encoded(profile)) + packer.flush()


def encoded(profile: Profile) -> bytes:
    """The profile as plain protocol buffers."""
    return ProtoWriter(profile).encoded()


class ProtoWriter:
    """Writes one profile. The order in which strings are met is the order of the string table."""

    def __init__(self, profile: Profile) -> None:
        """For this profile."""
        self.profile = profile
        self.strings: dict[bytes, int] = {b"": 0}
        self.pieces: list[bytes] = []

    def row(self, raw: bytes) -> int:
        """The row of a string."""
        return self.strings.setdefault(raw, len(self.strings))

    def text_row(self, text: str) -> int:
        """The row of a text."""
        return self.strings.setdefault(raw_of(text), len(self.strings))

    def message(self, number: int, content: bytes) -> None:
        """One part of the profile."""
        self.pieces.append(bytes((number << 3 | 2,)) + varint(len(content)) + content)

    def encoded(self) -> bytes:
        """All of it."""
        profile, tables = self.profile, self.profile.tables
        for each in profile.sample_types:
            self.message(1, self.value_type(each))
        self.samples()
        for mapping in tables.mappings:
            numbers = (mapping.id, mapping.start, mapping.limit, mapping.offset)
            names = (self.text_row(mapping.file), self.text_row(mapping.build_id))
            has = (mapping.has_functions, mapping.has_filenames, mapping.has_line_numbers, mapping.has_inline_frames)
            self.message(3, optional(*numbers, *names, *has))
        self.locations()
        self.functions()
        header = self.header()  # its strings come last
        for raw in self.strings:
            self.pieces.append(b"\x32" + varint(len(raw)) + raw)
        return b"".join(self.pieces) + header

    def value_type(self, value_type: ValueType) -> bytes:
        """A sample type, or the period type."""
        return optional(self.text_row(value_type.type), self.text_row(value_type.unit))

    def samples(self) -> None:
        """All samples."""
        tables, rows = self.profile.tables, self.profile.tables.samples
        ids = tables.locations.ids[rows.stack]
        stack, stack_places = varints(ids)
        starts = rows.stack_starts.tolist()
        places = stack_places[rows.stack_starts].tolist()
        labels = [b""] * len(tables.label_sets)
        label_rows = rows.label_sets.tolist()
        for row in dict.fromkeys(label_rows):  # in the order of their first use, for the strings
            labels[row] = self.labels(tables.label_sets[row])
        values = packed_values(rows.values)
        add = self.pieces.append
        for at, row in enumerate(label_rows):
            depth = starts[at + 1] - starts[at]
            if depth >= PACKED_FROM:
                packed = stack[places[at] : places[at + 1]]
                frames = b"\x0a" + varint(len(packed)) + packed
            else:
                frames = b"".join([b"\x08" + varint(each) for each in ids[starts[at] : starts[at + 1]].tolist()])
            content = frames + values[at] + labels[row]
            add(b"\x12" + varint(len(content)) + content)

    def labels(self, labels: LabelSet) -> bytes:
        """A label set."""
        found: list[bytes] = []
        for key, texts in sorted(labels.labels.items(), key=raw_key):
            found += [optional(self.text_row(key), self.text_row(text)) for text in texts]
        for key, numbers in sorted(labels.numbers.items(), key=raw_key):
            units = labels.units.get(key, ())
            row = self.text_row(key)
            for at, number in enumerate(numbers):
                unit = self.text_row(units[at]) if units else 0
                found.append(optional(row, 0, number, unit))
        return b"".join([b"\x1a" + varint(len(each)) + each for each in found])

    def locations(self) -> None:
        """All locations."""
        tables = self.profile.tables
        rows, functions = tables.locations, tables.functions
        mapping_ids = [each.id for each in tables.mappings] + [0]
        function_ids = [*functions.ids.tolist(), 0]
        lines = [
            optional(function_ids[row], line, column)
            for row, line, column in zip(
                rows.line_functions.tolist(), rows.line_numbers.tolist(), rows.line_columns.tolist(), strict=True
            )
        ]
        lines = [b"\x22" + varint(len(each)) + each for each in lines]
        starts = rows.line_starts.tolist()
        columns = (rows.ids, rows.mappings, rows.addresses, rows.folded)
        for at, (number, row, address, is_folded) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            inner = b"".join(lines[starts[at] : starts[at + 1]])
            content = optional(number, mapping_ids[row], address) + inner + (b"\x28\x01" if is_folded else b"")
            self.message(4, content)

    def functions(self) -> None:
        """All functions."""
        rows, strings, row_of = self.profile.tables.functions, self.profile.tables.strings, self.row
        columns = (rows.ids, rows.names, rows.system_names, rows.filenames, rows.start_lines)
        for number, name, system, file, start in zip(*(column.tolist() for column in columns), strict=True):
            self.message(
                5, optional(number, row_of(strings[name]), row_of(strings[system]), row_of(strings[file]), start)
            )

    def header(self) -> bytes:
        """What stands behind the strings. Field 14 is written even when it is 0."""
        profile = self.profile
        drop, keep = self.text_row(profile.drop_frames), self.text_row(profile.keep_frames)
        period_type = self.value_type(profile.period_type)
        comments = [self.text_row(each) for each in profile.comments]
        default, doc_url = self.text_row(profile.default_sample_type), self.text_row(profile.doc_url)
        found = [field(7, drop), field(8, keep), field(9, profile.time_nanos), field(10, profile.duration_nanos)]
        if period_type:
            found.append(b"\x5a" + varint(len(period_type)) + period_type)
        found.append(field(12, profile.period))
        if len(comments) >= PACKED_FROM:
            packed = b"".join(map(varint, comments))
            found.append(b"\x6a" + varint(len(packed)) + packed)
        else:
            found += [b"\x68" + varint(each) for each in comments]
        return b"".join([*found, b"\x70" + varint(default), field(15, doc_url)])


def raw_key(item: tuple[str, object]) -> bytes:
    """Keys are sorted as Go sorts them: by their bytes."""
    return raw_of(item[0])


def varint(value: int) -> bytes:
    """A number as it is written; a negative one as its 64 bits."""
    if 0 <= value < 128:
        return bytes((value,))
    value &= 0xFFFF_FFFF_FFFF_FFFF
    found = bytearray()
    while value > 127:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def field(number: int, value: int) -> bytes:
    """A field with a number in it; nothing when that is 0."""
    return varint(number << 3) + varint(value) if value else b""


def optional(*values: int) -> bytes:
    """The fields 1, 2, 3 … of a message; those that are 0 are not written."""
    found = bytearray()
    tag = 8
    for value in values:
        if value:
            found.append(tag)
            if 0 < value < 128:
                found.append(value)
            else:
                found += varint(value)
        tag += 8
    return bytes(found)


def varints(values: Unsigned) -> tuple[bytes, Ints]:
    """Numbers as they are written one behind the other; where each begins, and where the last one ends."""
    sizes = np.ones(len(values), dtype=np.int64)
    for place in range(1, LONGEST):
        larger = values >= np.uint64(1 << 7 * place)
        if not larger.any():
            break
        sizes += larger
    starts = starts_of(sizes)
    found: npt.NDArray[np.uint8] = np.empty(int(starts[-1]), dtype=np.uint8)
    for place in range(int(sizes.max()) if len(sizes) else 0):
        rows = np.flatnonzero(sizes > place)
        part = (values[rows] >> np.uint64(7 * place)).astype(np.uint8) & 0x7F
        part[sizes[rows] > place + 1] |= 0x80
        found[starts[rows] + place] = part
    return found.tobytes(), starts


def packed_values(values: Ints) -> list[bytes]:
    """The values of each sample as its field."""
    count, types = values.shape
    if types < PACKED_FROM:
        return [b"".join([b"\x10" + varint(each) for each in row]) for row in values.tolist()]
    raw, starts = varints(np.ascontiguousarray(values).reshape(-1).view(np.uint64))
    places = starts[::types].tolist()
    return [b"\x12" + varint(places[at + 1] - places[at]) + raw[places[at] : places[at + 1]] for at in range(count)]
