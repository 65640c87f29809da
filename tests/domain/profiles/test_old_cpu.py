"""CPU profiles from before profile.proto, against the official tool's listings of them."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from glance.domain.profiles.old_cpu import read_old_cpu, words_of
from glance.domain.profiles.profile_error import ProfileError
from tests.domain.profiles.captured import DATA, needs_data

SAMPLE = re.compile(r"^ +([0-9]+) +([0-9]+): ([0-9 ]+)$", re.MULTILINE)
PLACE = re.compile(r"^ +([0-9]+): 0x([0-9a-f]+)", re.MULTILINE)


@needs_data
@pytest.mark.parametrize("name", ["cppbench.cpu", "gobench.cpu", "go.crc32.cpu"])
def test_samples_of_the_official_tool(name):
    path = DATA / "pprof" / "google-pprof" / name
    listing = path.with_name(f"{name}.string").read_text(encoding="utf-8")
    before, _, after = listing.partition("\nLocations\n")
    places = {number: int(address, 16) for number, address in PLACE.findall(after)}
    wanted: Counter[tuple[int, ...]] = Counter()
    for count, _, numbers in SAMPLE.findall(before):
        wanted[tuple(places[number] for number in numbers.split())] += int(count)
    profile = read_old_cpu(path.read_bytes())

    found = {tuple(each.address for each in sample.locations): sample.values[0] for sample in profile.samples}
    assert len(wanted) > 5
    assert found == wanted


@needs_data
def test_java_is_refused():
    with pytest.raises(ProfileError) as caught:
        read_old_cpu((DATA / "pprof" / "google-pprof" / "java.cpu").read_bytes())

    assert "Java" in caught.value.why


@pytest.mark.parametrize("kind", ["<u4", ">u4", "<u8", ">u8"])
def test_all_sizes_of_words(kind):
    words = [0, 3, 0, 100, 0, 2, 3, 0x10, 0x21, 0x31, 0, 1, 0, 99]
    profile = read_old_cpu(np.array(words, dtype=kind).tobytes())

    assert [sample.values for sample in profile.samples] == [(2, 200_000)]
    assert profile.period == 100_000


def test_what_is_cut_off_is_an_error():
    data = np.array([0, 3, 0, 100, 0, 2, 3, 0x10], dtype="<u8").tobytes()

    assert words_of(data) is not None
    for broken in (data, data[:20], b"", data[:40] + b"\xff" * 16):
        with pytest.raises(ProfileError):
            read_old_cpu(broken)
