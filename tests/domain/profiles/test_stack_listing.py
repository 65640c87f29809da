"""Stacks side by side over profiles and dumps: the same goroutine is the same stack, however it was printed."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from glance.domain.profiles.goroutine_dump import read_goroutines
from glance.domain.profiles.goroutine_groups import goroutines_of, groups_of
from glance.domain.profiles.goroutine_state import state_of
from glance.domain.profiles.parts import NO_LABELS, Function, LabelSet, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import read
from glance.domain.profiles.stack_book import StackBook
from glance.domain.profiles.stack_listing import StackMoment, listed
from tests.domain.profiles.captured import CAPTURES, DATA, needs_data

HIDDEN = ("runtime.gopark", "runtime.chanrecv", "runtime.chanrecv1")
DUMP = """goroutine 7 [chan receive, 9 minutes]:
main.wait()
\t/app/main.go:75 +0x1d
created by main.start in goroutine 1
\t/app/main.go:70 +0x20

goroutine 8 [chan receive, 2 minutes]:
main.wait()
\t/app/main.go:75 +0x1d
created by main.start in goroutine 1
\t/app/main.go:70 +0x20

goroutine 9 [select, locked to thread]:
main.wait()
\t/app/main.go:75 +0x1d
created by main.other in goroutine 1
\t/app/main.go:71 +0x20

goroutine 10 [running]:
runtime/pprof.writeGoroutineStacks({0x1, 0x2})
\t/go/src/runtime/pprof/pprof.go:816 +0x69
"""


def profile(stacks, types=(("goroutine", "count"),)):
    """A profile of stacks `name:line;…`, the leaf first."""
    places = {}

    def place(text):
        name, _, line = text.partition(":")
        file = "/go/src/runtime/proc.go" if name.startswith("runtime.") else "/app/main.go"
        found = Location(lines=(Line(Function(name, filename=file), int(line or 1)),), address=len(places) + 1)
        return places.setdefault(text, found)

    samples = [
        Sample(tuple(place(one) for one in stack.split(";")), values, label)
        for stack, values, label in stacks
    ]  # fmt: skip
    return Profile.of([ValueType(*one) for one in types], samples)


def goroutines(**counts):
    stack = ";".join((*HIDDEN, "main.wait:75"))
    more = [("main.main:9", (1,), LabelSet())]
    labelled = [(stack, (many,), LabelSet({"route": (route,)})) for route, many in counts.items()]
    return profile([*labelled, *more])


def by_name(table):
    return {row.frame.name: row for row in table.rows}


def test_labels_tell_no_stacks_apart_and_the_scheduler_is_no_part_of_them():
    book = StackBook(is_of_goroutines=True)
    moments = [
        StackMoment(1000.0 + row * 30, book.counts(goroutines(a=2 + row, b=1), [0])) for row in range(2)
    ]  # fmt: skip
    groups = groups_of(book, read_goroutines(DUMP.encode()).goroutines)
    table = listed(book, moments, groups=groups)
    row = by_name(table)["main.wait"]
    assert row.values == (3, 4)
    assert [frame.name for frame in row.frames] == [*HIDDEN, "main.wait"]  # the whole stack is shown
    assert [frame.is_own for frame in row.frames] == [False, False, False, True]
    assert row.doing.states == (("chan receive", 2), ("select", 1))
    assert (row.doing.longest_minutes, row.doing.median_minutes, row.doing.locked) == (9, 2.0, 1)
    assert [(frame.name, frame.line, many) for frame, many in row.doing.creators] == [
        ("main.start", 70, 2), ("main.other", 71, 1),
    ]  # fmt: skip
    assert table.totals == (4, 5)
    assert len(table.rows) == 2  # not the one that wrote the dump


def test_a_state_is_read_from_the_stack_where_nobody_was_asked():
    book = StackBook(is_of_goroutines=True)
    table = listed(book, [StackMoment(1.0, book.counts(goroutines(a=2), [0]))])
    doing = by_name(table)["main.wait"].doing
    assert (doing.states, doing.is_told, doing.longest_minutes) == ((("chan receive", 2),), False, None)


@pytest.mark.parametrize(("seconds", "is_told"), [(0.0, False), (0.02, False), (60.0, True)])
def test_profiles_of_one_moment_tell_no_growth_a_minute(seconds, is_told):
    book = StackBook(is_of_goroutines=True)
    moments = [
        StackMoment(1000.0 + row * seconds, book.counts(goroutines(a=2 + 10 * row), [0])) for row in range(2)
    ]  # fmt: skip
    row = by_name(listed(book, moments))["main.wait"]
    assert ("in 1m" if is_told else "over 2 profiles") in row.words
    assert row.per_minute == pytest.approx(10) if is_told else row.per_minute is None


@pytest.mark.parametrize(
    ("names", "state"),
    [
        (["runtime.gopark", "runtime.selectgo", "main.f"], "select"),
        (["runtime.gopark", "runtime.netpollblock", "internal/poll.runtime_pollWait"], "IO wait"),
        (["runtime.gopark", "runtime.semacquire1", "internal/sync.runtime_SemacquireMutex"], "sync.Mutex.Lock"),
        (["runtime.gopark", "time.Sleep", "main.f"], "sleep"),
        (["main.burn"], "running"),
    ],
)
def test_states_by_stack(names, state):
    assert state_of(names) == state


def test_those_that_ended_since_the_first_dump_are_counted():
    book = StackBook(is_of_goroutines=True)
    first = groups_of(book, read_goroutines(DUMP.encode()).goroutines)
    later = groups_of(book, read_goroutines(DUMP.replace("goroutine 8", "goroutine 80").encode()).goroutines)
    table = listed(book, [StackMoment(1.0, book.counts(goroutines(a=3), [0]))], groups=later, before=first)
    assert by_name(table)["main.wait"].doing.ended == (1, 3)


def test_a_profile_made_of_a_dump_still_tells_states():
    made = read_goroutines(DUMP.encode()).profile
    found = goroutines_of(made)
    assert Counter((each.state, each.wait_minutes, each.is_locked) for each in found.goroutines) == {
        ("chan receive", 9, False): 1, ("chan receive", 2, False): 1, ("select", 0, True): 1, ("running", 0, False): 1,
    }  # fmt: skip
    assert goroutines_of(goroutines(a=1)) is None


def test_by_function_lines_and_callers_are_no_matter():
    book = StackBook(is_by_function=True)
    types = (("inuse_objects", "count"), ("inuse_space", "bytes"))
    stacks = [("main.grow:4;main.a:1", (1, 100), LabelSet()), ("main.grow:5;main.b:1", (2, 50), LabelSet())]
    table = listed(book, [StackMoment(1.0, book.counts(profile(stacks, types), [0, 1]))], per_unit=None)
    assert [(row.frame.name, row.values, row.objects) for row in table.rows] == [("main.grow", (150,), (3, 3))]


def test_a_goroutine_that_works_under_labels_counts_and_the_one_that_takes_the_profile_does_not():
    stacks = [
        ("main.serve:4;runtime/pprof.Do:57;main.labelled:9", (3,), NO_LABELS),
        ("runtime/pprof.runtime_goroutineProfileWithLabels:1;runtime/pprof.writeRuntimeProfile:2", (1,), NO_LABELS),
    ]  # fmt: skip
    book = StackBook(is_of_goroutines=True)
    table = listed(book, [StackMoment(1.0, book.counts(profile(stacks), [0]))])
    assert [(row.frame.name, row.now) for row in table.rows] == [("main.serve", 3)]


@needs_data
def test_three_profiles_of_a_real_server_count_as_a_plain_model_counts():
    book = StackBook(is_of_goroutines=True)
    found = [read((CAPTURES / f"goroutine{row}.pb.gz").read_bytes()) for row in (1, 2, 3)]
    table = listed(book, [StackMoment(1000.0 + row, book.counts(one, [0])) for row, one in enumerate(found)])
    model = Counter()
    for sample in found[-1].samples:
        calls = [
            (line.function.name, line.function.filename, line.line)
            for place in sample.locations
            for line in place.lines
        ]  # fmt: skip
        if any(name.startswith("runtime/pprof.write") for name, _, _ in calls):
            continue
        shown = tuple(one for one in calls if not re.match(r"runtime\.[^A-Z]", one[0])) or tuple(calls)
        model[shown] += sample.values[0]
    assert sorted(row.now for row in table.rows if row.now) == sorted(model.values())
    assert table.totals[-1] == sum(model.values())


@needs_data
@pytest.mark.parametrize("path", sorted(DATA.rglob("*goroutine*debug2.txt")), ids=lambda path: path.name)
def test_groups_of_real_dumps_are_those_of_a_plain_model(path):
    text = path.read_text()
    book = StackBook(is_of_goroutines=True)
    groups = groups_of(book, read_goroutines(text.encode()).goroutines)
    model = Counter()
    for one in re.split(r"\n\n", text.strip()):
        lines = [line for line in one.split("\ncreated by ")[0].splitlines()[1:] if not line.startswith("...")]
        calls = [re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)$", "", line) for line in lines if not line.startswith("\t")]
        places = [line.strip().split(" ")[0] for line in lines if line.startswith("\t")]
        if not any(call.startswith("runtime/pprof.write") for call in calls):
            shown = [
                each for each in zip(calls, places, strict=False) if not re.match(r"runtime\.[^A-Z]", each[0])
            ]  # fmt: skip
            model[tuple(shown) or tuple(zip(calls, places, strict=False))] += 1
    assert sorted(map(len, groups.values())) == sorted(model.values())
