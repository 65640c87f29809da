"""What Go prints with `?debug=2`: every goroutine, and groups of them."""

from __future__ import annotations

import pytest

from glance.domain.profiles.call_tree import function_counts
from glance.domain.profiles.goroutine_dump import is_goroutine_dump, read_goroutines
from glance.domain.profiles.profile_error import ProfileError
from tests.domain.profiles.captured import CAPTURES, DATA, needs_data

DUMP = """panic: boom

goroutine 7 gp=0xc000 m=3 mp=0xc001 [chan receive (nil chan), 9 minutes, locked to thread] {r: /a, "k:1": "v, \\"x\\""}:
main.(*Pool).work(0x1, {0x2, 0x3})
\t/src/main.go:12 +0x1d
...additional frames elided...
created by main.start in goroutine 1
\t/src/main.go:5 +0x20

goroutine 8 [chan receive (nil chan)]:
main.(*Pool).work(0x9, {0x2, 0x3})
\t/src/main.go:12 +0x1d
created by main.start in goroutine 2
\t/src/main.go:5 +0x20

goroutine 9 [running]:
\tgoroutine running on other thread; stack unavailable
created by main.start
\t/src/main.go:5 +0x20
"""


def test_everything_of_a_goroutine_is_read():
    reading = read_goroutines(DUMP.encode())
    first, second, third = reading.goroutines.goroutines

    assert reading.damages == ()
    assert (first.id, first.state, first.wait_minutes, first.is_locked) == (7, "chan receive (nil chan)", 9, True)
    assert dict(first.labels) == {"r": "/a", "k:1": 'v, "x"'}
    assert (first.frames[0].name, first.frames[0].file, first.frames[0].line) == (
        "main.(*Pool).work", "/src/main.go", 12,
    )  # fmt: skip
    assert first.created_by is not None
    assert (first.created_by.name, first.creator, first.has_more_frames) == ("main.start", 1, True)
    assert (second.wait_minutes, second.is_locked, second.creator) == (0, False, 2)
    assert (third.state, third.frames, third.creator) == ("running", (), 0)


def test_groups_do_the_same():
    goroutines = read_goroutines(DUMP.encode()).goroutines
    first, second = goroutines.groups()

    assert (len(first), first.longest_wait_minutes, first.shortest_wait_minutes, first.locked) == (2, 9, 0, 1)
    assert (len(second), second.state) == (1, "running")
    assert goroutines.states() == {"chan receive (nil chan)": 2, "running": 1}


def test_the_profile_counts_and_labels():
    profile = read_goroutines(DUMP.encode()).profile

    assert {each.name: each.cum for each in function_counts(profile, 0)} == {"main.(*Pool).work": 2}
    sample = profile.samples[0]
    assert (sample.labels["state"], sample.labels["created_by"], sample.labels["locked"]) == (
        ("chan receive (nil chan)",), ("main.start",), ("thread",),
    )  # fmt: skip
    assert (dict(sample.numbers), dict(sample.units)) == ({"wait": (9,)}, {"wait": ("minutes",)})


@needs_data
@pytest.mark.parametrize(
    ("path", "count", "states"),
    [
        ("go-captures/goroutine.debug2.txt", 7, {"IO wait": 4, "runnable": 2, "running": 1}),
        ("pprof/go-profiler-notes/1.runtime.stack.txt", 6, {"sleep": 3, "running": 1, "IO wait": 1, "chan receive": 1}),
    ],
)
def test_real_dumps(path, count, states):
    reading = read_goroutines((DATA / path).read_bytes())

    assert (len(reading.goroutines), reading.goroutines.states(), reading.damages) == (count, states, ())
    assert int(reading.profile.values.sum()) == count
    assert sum(map(len, reading.goroutines.groups())) == count


@needs_data
def test_labels_of_a_real_dump():
    goroutines = read_goroutines((CAPTURES / "goroutine.debug2.txt").read_bytes()).goroutines

    assert [dict(each.labels) for each in goroutines.goroutines if each.labels] == [{"method": "GET", "route": "/slow"}]


def test_stray_lines_are_counted():
    reading = read_goroutines(b"goroutine 1 [running]:\nwhat is this\nmain.main()\n\t/a.go:1 +0x1\n\tb\n")

    assert reading.damages == ("2 lines are no part of a stack: left out",)
    assert len(reading.goroutines) == 1


def test_what_is_none_is_refused():
    assert not is_goroutine_dump("goroutine profile: total 7\n")
    with pytest.raises(ProfileError):
        read_goroutines(b"nothing\n")


def test_hostile_headers_take_linear_time():
    data = "goroutine 1 [a] {" + "a" * 200_000 + "}:\ngoroutine 2 [b] {" + '"\\"' * 60_000 + "}:\n" + "\t" * 90_000

    assert len(read_goroutines(data.encode()).goroutines) == 2


def test_goroutines_that_do_the_same_share_their_stack():
    """A hundred thousand of them would be a hundred thousand stacks in memory."""
    one = "goroutine {} [select]:\nmain.wait({:#x})\n\t/app/main.go:75 +0x1d\n\n"
    found = read_goroutines("".join(one.format(number, number) for number in range(1, 4)).encode()).goroutines
    assert len({id(each.frames) for each in found.goroutines}) == 1
    assert [len(group) for group in found.groups()] == [3]
