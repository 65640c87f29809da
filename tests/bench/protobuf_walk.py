"""Read a profile with the official protobuf library and walk over its objects: run by a Python that has it.

`python protobuf_walk.py FILE ROUNDS` prints the seconds of each round, and the number of samples.
"""

from __future__ import annotations

import gzip
import sys
import time
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

INT, UNSIGNED, FLAG, TEXT = 3, 4, 8, 9
LAYOUT: dict[str, tuple[tuple[str, int | str, bool], ...]] = {
    "ValueType": (("type", INT, False), ("unit", INT, False)),
    "Label": (("key", INT, False), ("str", INT, False), ("num", INT, False), ("num_unit", INT, False)),
    "Sample": (("location_id", UNSIGNED, True), ("value", INT, True), ("label", "Label", True)),
    "Mapping": (
        *((name, UNSIGNED, False) for name in ("id", "memory_start", "memory_limit", "file_offset")),
        *((name, INT, False) for name in ("filename", "build_id")),
        *((f"has_{name}", FLAG, False) for name in ("functions", "filenames", "line_numbers", "inline_frames")),
    ),
    "Line": (("function_id", UNSIGNED, False), ("line", INT, False), ("column", INT, False)),
    "Location": (
        *((name, UNSIGNED, False) for name in ("id", "mapping_id", "address")),
        ("line", "Line", True),
        ("is_folded", FLAG, False),
    ),
    "Function": (
        ("id", UNSIGNED, False),
        *((name, INT, False) for name in ("name", "system_name", "filename", "start_line")),
    ),
    "Profile": (
        *((name.lower(), name, True) for name in ("Sample_Type", "Sample", "Mapping", "Location", "Function")),
        ("string_table", TEXT, True),
    ),
}
"""Of each message its fields, numbered from 1."""


def message_type() -> Any:
    """The class of profile.proto's outermost message."""
    file = descriptor_pb2.FileDescriptorProto(name="profile.proto", package="bench", syntax="proto3")
    for name, fields in LAYOUT.items():
        message = file.message_type.add(name=name)
        for number, (field, kind, is_repeated) in enumerate(fields, 1):
            added = message.field.add(name=field, number=number, label=3 if is_repeated else 1)
            added.type = kind if isinstance(kind, int) else 11
            if isinstance(kind, str):
                added.type_name = f".bench.{kind.replace('Sample_Type', 'ValueType')}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("bench.Profile"))


def walk(profile_type: Any, data: bytes) -> list[tuple[Any, ...]]:
    """Every sample with its stack, values and labels."""
    profile = profile_type.FromString(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    strings = profile.string_table
    functions = {each.id: (strings[each.name], strings[each.filename], each.start_line) for each in profile.function}
    locations = {
        each.id: (each.address, [(functions[line.function_id], line.line) for line in each.line])
        for each in profile.location
    }
    return [
        (
            tuple([locations[number] for number in each.location_id]),
            tuple(each.value),
            tuple([(strings[label.key], strings[label.str], label.num) for label in each.label]),
        )
        for each in profile.sample
    ]


def main(path: str, rounds: str) -> None:
    """Measure it."""
    data, profile_type = Path(path).read_bytes(), message_type()
    for _ in range(int(rounds)):
        began = time.perf_counter()
        samples = walk(profile_type, data)
        print(time.perf_counter() - began, len(samples))


if __name__ == "__main__":
    main(*sys.argv[1:])
