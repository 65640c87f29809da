"""Profiles that are made up, for laws that hold of all of them."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st

from glance.domain.profiles.parts import Function, LabelSet, Line, Location, Mapping, Sample, ValueType
from glance.domain.profiles.profile import Profile

TYPES = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
THREE = (*TYPES, ValueType("wall", "nanoseconds"))
NAMES = ("main.main", "main.busy", "runtime.mallocgc", "größe", "λ", "")

functions = st.builds(
    Function,
    name=st.sampled_from(NAMES),
    system_name=st.sampled_from(("", "sys")),
    filename=st.sampled_from(("", "main.go")),
    start_line=st.sampled_from((0, 7)),
)
mappings = st.builds(
    Mapping,
    start=st.sampled_from((0, 0x400000, 0x7F0000000000, (1 << 64) - 0x2000)),
    limit=st.sampled_from((0x500000, 0x7F0000100000, (1 << 64) - 1)),
    offset=st.sampled_from((0, 0x1000)),
    file=st.sampled_from(("", "/bin/app")),
    build_id=st.sampled_from(("", "abc")),
    has_functions=st.booleans(),
)
words = st.sampled_from(("route", "/slow", "/fast", "b", "ä"))
small = st.integers(-3, 5)
label_sets = st.one_of(
    st.just(LabelSet()),
    st.builds(
        LabelSet,
        labels=st.dictionaries(words, st.lists(words, min_size=1, max_size=2).map(tuple), max_size=2),
        numbers=st.dictionaries(words, st.lists(st.integers(1, 900), min_size=1, max_size=2).map(tuple), max_size=2),
    ),
)


@st.composite
def profiles(draw, types=TYPES, values=small, max_samples=8):
    """A small profile."""
    all_functions = draw(st.lists(functions, min_size=1, max_size=5))
    all_mappings = draw(st.lists(mappings, max_size=2))
    lines = st.builds(Line, st.sampled_from(all_functions), st.integers(-1, 300), st.sampled_from((0, 0, 2)))
    locations = st.builds(
        Location,
        mapping=st.sampled_from([None, *all_mappings]),
        address=st.sampled_from((0, 0x401000, 0x7F0000001000, (1 << 64) - 1)),
        lines=st.lists(lines, min_size=0, max_size=3).map(tuple),
        is_folded=st.booleans(),
    )
    all_locations = draw(st.lists(locations, min_size=1, max_size=6))
    samples = st.builds(
        Sample,
        st.lists(st.sampled_from(all_locations), min_size=0, max_size=7).map(tuple),
        st.tuples(*[values] * len(types)),
        label_sets,
    )
    return Profile.of(
        types,
        draw(st.lists(samples, max_size=max_samples)),
        mappings=all_mappings,
        locations=all_locations,
        functions=all_functions,
        time_nanos=draw(st.integers(1, 9)),
        duration_nanos=draw(st.integers(0, 9)),
        period_type=ValueType("cpu", "nanoseconds"),
        period=draw(st.integers(0, 3)),
        comments=draw(st.lists(st.sampled_from(("one", "two", "#three")), max_size=4, unique=True)),
        default_sample_type=draw(st.sampled_from(("", "cpu", "none"))),
        doc_url=draw(st.sampled_from(("", "https://example.com"))),
    )


def stacks(profile: Profile) -> Counter[tuple[object, ...]]:
    """What a profile counts, whatever its numbers are: names of stacks and labels, for each the values."""
    found: Counter[tuple[object, ...]] = Counter()
    for sample in profile.samples:
        names = tuple(
            (line.function.name if line.function else "", line.line)
            for location in sample.locations
            for line in location.lines
        )
        for column, value in enumerate(sample.values):
            found[names, sample.label_set.key, column] += value
    return Counter({key: value for key, value in found.items() if value})
