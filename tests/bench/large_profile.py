"""Made-up profiles of any size: stacks that begin alike and then go their own ways."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from glance.domain.profiles.parts import Mapping, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto_writer import encoded
from glance.domain.profiles.tables import FunctionTable, Ints, LocationTable, SampleTable, Tables, starts_of, unsigned

FUNCTIONS = 6_000
DEPTH = 24


def large_profile(folder: Path, samples: int) -> Path:
    """A CPU profile with so many samples, kept for the next time; of 1,020,000 it has 16 MB, packed."""
    path = folder / f"profile-{samples}.pb.gz"
    if not path.exists():
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(packer.compress(encoded(made_up(samples))) + packer.flush())
        unfinished.rename(path)
    return path


def made_up(samples: int) -> Profile:
    """The profile: stacks begin like one of a few, the more often the earlier it comes, and end in their own way."""
    chance = np.random.default_rng(samples)
    known = chance.integers(0, FUNCTIONS, (400, DEPTH))
    depths = chance.integers(8, DEPTH + 1, samples)
    stacks = known[np.minimum(chance.zipf(1.3, samples) - 1, len(known) - 1)]
    own = chance.integers(0, DEPTH // 2, samples)  # the leaf is first
    other = np.arange(DEPTH) < (own + DEPTH - depths)[:, None]
    stacks[other] = chance.integers(0, FUNCTIONS, int(other.sum()))
    frames = stacks[np.arange(DEPTH) >= (DEPTH - depths)[:, None]]
    names = [b"", b"samples", b"count", b"cpu", b"nanoseconds"]
    first = len(names)
    names += [
        b"example.com/fleet/service%d/module%d.(*Server).handle%d" % (n % 40, n % 300, n) for n in range(FUNCTIONS)
    ]
    rows = np.arange(FUNCTIONS, dtype=np.int64)
    none = np.zeros(FUNCTIONS, dtype=np.int64)
    functions = FunctionTable(unsigned(range(1, FUNCTIONS + 1)), rows + first, rows + first, none, none)
    locations = LocationTable(
        unsigned(range(1, FUNCTIONS + 1)), none, np.arange(FUNCTIONS, dtype=np.uint64) + np.uint64(4096),
        np.zeros(FUNCTIONS, dtype=np.bool_), np.arange(FUNCTIONS + 1, dtype=np.int64), rows, none, none,
    )  # fmt: skip
    counts: Ints = np.ones(samples, dtype=np.int64)
    table = SampleTable(
        np.stack((counts, counts * 10_000_000), axis=1), starts_of(depths), frames, np.zeros(samples, dtype=np.int64)
    )
    mappings = (Mapping(id=1, limit=1 << 40, file="/bin/fleet", has_functions=True),)
    types = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
    return Profile(types, Tables(names, mappings, functions, locations, table))
