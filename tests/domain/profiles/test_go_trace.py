"""CPU samples of a Go execution trace: all of them, with their times, and damaged traces."""

from __future__ import annotations

import contextlib

import pytest

from glance.domain.profiles.go_trace import read_go_trace
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read
from tests.domain.profiles.captured import CAPTURES, needs_data

HEADER = b"go 1.%d trace\x00\x00\x00"


def varint(number: int) -> bytes:
    """A number, of 7 bits a byte."""
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def entry(kind: int, *numbers: int, tail: bytes = b"") -> bytes:
    """An event and its numbers."""
    return bytes([kind]) + b"".join(map(varint, numbers)) + tail


def batch(generation: int, content: bytes, time: int = 0) -> bytes:
    """A batch of one generation."""
    return b"\x01" + b"".join(map(varint, (generation, (1 << 64) - 1, time, len(content)))) + content


def text(number: int, word: str) -> bytes:
    """An entry of the string table."""
    return entry(5, number, len(word.encode()), tail=word.encode())


STRINGS = b"\x04" + text(1, "main.main") + text(2, "main.go") + text(3, "größe")
STACKS = b"\x02" + entry(3, 9, 2, 0x20, 3, 2, 7, 0x10, 1, 2, 5)
SAMPLES = b"\x06" + entry(7, 3000, 1, 2, 18, 9) + entry(7, 1000, 1, 2, 0, 9)
OLD = batch(1, STRINGS) + batch(1, STACKS) + batch(1, SAMPLES) + batch(1, entry(8, 1000))


@needs_data
def test_all_samples_of_a_real_trace():
    """As many as `go tool trace -d=parsed` prints, within the time in which the CPU profile was taken."""
    reading = read_go_trace((CAPTURES / "trace_cpu.out").read_bytes())
    timed, cpu = reading.timed, read((CAPTURES / "cpu_with_trace.pb.gz").read_bytes())

    print(f"\ntrace: {len(timed)} of 52 samples")
    assert len(timed) == 52
    assert reading.damages == ()
    assert timed.is_wall_clock
    begin = cpu.time_nanos / 1e9
    assert begin < timed.start < timed.end < begin + cpu.duration_nanos / 1e9
    names = {function.name for function in timed.stacks.functions}
    assert {"main.handleSlow", "runtime.goexit"} <= names
    shared = names & {function.name for function in cpu.functions}
    assert len(shared) > len(names) * 0.8
    assert all(sample.locations for sample in timed.stacks.samples)
    assert any(sample.numbers.get("goroutine") for sample in timed.stacks.samples)


@needs_data
def test_a_trace_without_samples_says_what_to_do():
    with pytest.raises(ProfileError) as caught:
        read_go_trace((CAPTURES / "trace.out").read_bytes())

    assert (caught.value.why, "CPU profile" in caught.value.hint) == ("the trace has no CPU samples", True)


@pytest.mark.parametrize("version", [22, 23, 26, 31])
def test_a_trace_by_hand(version):
    timed = read_go_trace(HEADER % version + OLD).timed

    assert timed.times.tolist() == [1.0, 3.0]
    assert not timed.is_wall_clock
    stacks = [
        [(line.function.name, line.line) for location in sample.locations for line in location.lines]
        for sample in timed.profile(0, 2).samples
    ]
    assert stacks == [[("größe", 7), ("main.main", 5)]]
    assert dict(timed.profile(3, 4).samples[0].numbers) == {"goroutine": (18,)}


def test_clocks_give_wall_time():
    clocks = b"\x32" + entry(8, 1000) + entry(51, 500, 0, 1_700_000_000, 250_000_000)
    data = HEADER % 26 + OLD.replace(batch(1, entry(8, 1000)), batch(1, clocks, time=500)) + b"\x34"
    timed = read_go_trace(data).timed

    assert timed.is_wall_clock
    assert timed.times.tolist() == [1_700_000_000.25, 1_700_000_002.25]


def test_generations_have_tables_of_their_own():
    other = STRINGS.replace(b"main.main", b"main.othr")
    data = HEADER % 26 + OLD + b"\x34" + OLD.replace(STRINGS, other).replace(b"\x01\x01", b"\x01\x02")
    names = {function.name for function in read_go_trace(data).timed.stacks.functions}

    assert {"main.main", "main.othr"} <= names


def test_every_cut_is_an_error_or_partial():
    whole = HEADER % 26 + OLD + OLD.replace(b"\x01\x01", b"\x01\x02")
    outcomes = set()
    for end in range(len(whole)):
        try:
            outcomes.add(len(read_go_trace(whole[:end]).timed))
        except ProfileError:
            outcomes.add(0)
    assert outcomes == {0, 2}


@needs_data
def test_damaged_traces_never_crash():
    data = bytearray((CAPTURES / "trace_cpu.out").read_bytes())
    for at in range(16, len(data), 7001):
        damaged = bytes(data[:at]) + bytes([data[at] ^ 0x55]) + bytes(data[at + 1 :])
        with contextlib.suppress(ProfileError):
            read_go_trace(damaged)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(HEADER % 21, "too old"), (b"go 1.x trace\x00\x00\x00", "bad file"), (HEADER % 26 + b"\x02", "damaged")],
)
def test_what_is_none_is_refused(data, reason):
    with pytest.raises(ProfileError) as caught:
        read_go_trace(data)

    assert reason in caught.value.why
