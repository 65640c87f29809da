"""The graph counts what a slow and plain walk over all stacks counts."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.profiles import report_text
from glance.domain.profiles.any_profile import read_any
from glance.domain.profiles.call_graph import GraphBuilder, mean
from glance.domain.profiles.place import GRANULARITIES, Naming, Place, places_of, trimmed_path
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.report import LIST, TOP, TREE, Choices, reported
from glance.domain.profiles.report_list import list_lines
from glance.domain.profiles.report_raw import duration_text, raw_lines
from glance.errors import SourceError
from tests.domain.profiles.captured import candidates, needs_data
from tests.domain.profiles.made import profiles


def place(location, line, naming: Naming) -> Place:
    """The place of one line, by the rules."""
    address = location.address if naming.granularity == "addresses" else 0
    file = location.mapping.file.rpartition("/")[2] if location.mapping else ""
    if line is None or line.function is None:
        return Place(address=address, object=file)
    function = line.function
    name = "" if naming.granularity == "files" else function.name
    path = "" if naming.granularity == "functions" else function.filename
    number = line.line if naming.granularity in {"lines", "addresses"} else 0
    is_bare = naming.keeps_objects or not name
    return Place(name, address, path, function.start_line if is_bare else 0, number, file if is_bare else "")


def counted(profile: Profile, naming: Naming, kept: set[Place] | None):
    """Flat, cum and calls of all places."""
    flat, cum, calls = Counter(), Counter(), Counter()
    plain: set[tuple[Place, Place]] = set()
    for sample in profile.samples:
        value = sample.values[1]
        if not value:
            continue
        frames = [
            (place(location, line, naming), at < len(location.lines or (None,)) - 1)
            for location in sample.locations
            for at, line in enumerate(location.lines or (None,))
        ][::-1]
        left = [frame for frame in frames if kept is None or frame[0] in kept]
        for each in {name for name, _ in left}:
            cum[each] += value
        seen = set()
        for (caller, _), (callee, is_inlined) in pairwise(left):
            if caller != callee and (caller, callee) not in seen:
                seen.add((caller, callee))
                calls[caller, callee] += value
                if not is_inlined:
                    plain.add((caller, callee))
        if frames and (kept is None or frames[-1][0] in kept):
            flat[frames[-1][0]] += value
    return flat, cum, calls, plain


@given(profiles(), st.sampled_from(GRANULARITIES), st.booleans(), st.booleans())
def test_the_graph_is_that_of_a_plain_walk(profile, granularity, keeps_objects, is_trimmed) -> None:
    naming = Naming(granularity, keeps_objects)
    places = places_of(profile, naming)
    builder = GraphBuilder(profile, places, profile.values[:, 1])
    kept = {each for number, each in enumerate(places.places) if number % 2} if is_trimmed else None
    import numpy as np

    flags = None if kept is None else np.array([each in kept for each in places.places], dtype=np.bool_)
    found = builder.count(flags)
    flat, cum, calls, plain = counted(profile, naming, kept)

    assert len(set(places.places)) == len(places.places)
    assert {each: value for each, value in zip(places.places, found.flat, strict=True) if value} == {
        each: value for each, value in flat.items() if value
    }
    assert {each: value for each, value in zip(places.places, found.cum, strict=True) if value} == {
        each: value for each, value in cum.items() if value
    }
    ours = {(places.places[a], places.places[b]): (weight, inline) for a, b, weight, inline in found.edges()}
    assert ours == {pair: (weight, pair not in plain) for pair, weight in calls.items()}


def test_means_are_cut_off() -> None:
    assert [mean(7, 2), mean(-7, 2), mean(7, -2), mean(-7, -2), mean(7, 0)] == [3, -3, -3, 3, 7]


@pytest.mark.parametrize(
    ("path", "trim", "source", "expected"),
    [
        ("/some/remote/path/my-project/foo/bar.c", "", "/my/local/path/my-project", "foo/bar.c"),
        ("/some/remote/path/foo/bar.c", "/some/remote/path", "", "foo/bar.c"),
        ("/some/remote/path/foo/bar.c", "/some:/some/remote", "", "remote/path/foo/bar.c"),
        ("/proc/self/cwd/foo/bar.c", "", "", "foo/bar.c"),
        ("/proc/self/cwd/./foo/bar.c", "/other", "/x", "foo/bar.c"),
        ("foo/bar.c", "", "", "foo/bar.c"),
    ],
)
def test_paths_are_trimmed_as_pprof_trims_them(path: str, trim: str, source: str, expected: str) -> None:
    assert trimmed_path(path, trim, source) == expected


@pytest.mark.parametrize(
    ("nanos", "text"),
    [(0, "0s"), (1, "1ns"), (1500, "1.5µs"), (12_000_000, "12ms"), (4_014_000_000, "4.014s"),
     (62_500_000_000, "1m2.5s"),
     (3_600_000_000_000, "1h0m0s"), (-1_000_000_000, "-1s")],
)  # fmt: skip
def test_durations_are_printed_as_go_does(nanos: int, text: str) -> None:
    assert duration_text(nanos) == text


@needs_data
@pytest.mark.parametrize(
    "path", [each for each in candidates()[::7] if each.stat().st_size < 100_000], ids=lambda path: path.name
)
def test_every_report_of_every_profile_is_plain_text(path) -> None:
    def absent(_name: str) -> list[str]:
        raise SourceError("it is not here")

    try:
        profile = read_any(path.read_bytes()).profile
        reports = [
            reported(profile, Choices(), TOP),
            reported(profile, Choices(granularity="files", show="a|e", show_from="a", prune_from="m", mean=True), TREE),
            reported(profile, Choices(granularity="addresses", noinlines=True, tagroot="route,bytes", hide="^r"), TREE),
        ]
        listed = list_lines(reported(profile, Choices(), LIST), ".", absent)
    except ProfileError:
        return
    printers = (report_text.top_lines, report_text.tree_lines, report_text.tag_lines, report_text.trace_lines)
    lines = [
        *raw_lines(profile, UTC),
        *(line for report in reports for printer in printers for line in printer(report)),
    ]
    try:
        lines += listed
    except ProfileError as error:
        assert "no matches" in error.why  # noqa: PT017 - what has no names has nothing to list
    assert not re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e]", "".join(lines))
