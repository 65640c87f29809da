"""What is measured of profiles, as a program: `python -m tests.bench.profile_program decode|merge|top …`."""

from __future__ import annotations

import sys
import time
from pathlib import Path


def decode(path: str, rounds: str) -> None:
    """Read a profile several times, strictly, and print the seconds of each."""
    from glance.domain.profiles.proto import read

    data = Path(path).read_bytes()
    for _ in range(int(rounds)):
        began = time.perf_counter()
        profile = read(data)
        print(time.perf_counter() - began, len(profile))


def merge(output: str, *paths: str) -> None:
    """Merge profiles into a file."""
    from glance.domain.profiles import merge as merging
    from glance.domain.profiles.proto import read_all
    from glance.domain.profiles.proto_writer import written

    profiles = read_all([Path(path).read_bytes() for path in paths])
    Path(output).write_bytes(written(merging.merge(profiles)))


def top(path: str) -> None:
    """Print what each function counts for, the largest first."""
    from glance.domain.profiles.call_tree import function_counts
    from glance.domain.profiles.proto import read
    from glance.domain.profiles.value_choice import total, value_index

    profile = read(Path(path).read_bytes())
    index = value_index(profile)
    counts = sorted(function_counts(profile, index), key=lambda each: (-abs(each.flat), -abs(each.cum), each.name))
    print(total(profile, index))
    for each in counts:
        print(each.flat, each.cum, each.name)


if __name__ == "__main__":
    {"decode": decode, "merge": merge, "top": top}[sys.argv[1]](*sys.argv[2:])
