"""What Austin prints: new and old versions, times and memory."""

from __future__ import annotations

import pytest

from glance.domain.profiles.austin import is_austin, read_austin
from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.profile_error import ProfileError

NEW = """# austin: 3.7.0
# interval: 100
# mode: wall

P42;T0:7f01;/app/main.py:main:3;/app/work.py:work:12 100
P42;T0:7f02;/app/main.py:idle:9 100
P42;T0:7f01;/app/main.py:main:3;/app/work.py:work:13 150
P42;T0:7f01 7
not a sample
# duration: 257
"""


def test_times_are_sums_of_a_thread():
    reading = read_austin(NEW.encode())

    assert reading.damages == ("1 line is no sample: left out",)
    assert [str(each) for each in reading.profile.sample_types] == ["samples/count", "wall/microseconds"]
    assert reading.timed.times.tolist() == [0.0, 0.0, 0.0001, 0.00025]
    assert reading.profile.duration_nanos == 257_000
    assert folded(reading.profile, 1).decode() == (
        "Process 42;Thread 0:7f01 7\nProcess 42;Thread 0:7f01;main;work 250\nProcess 42;Thread 0:7f02;idle 100\n"
    )
    line = reading.profile.samples[0].locations[0].lines[0]
    assert (line.function.filename, line.line) == ("/app/work.py", 12)
    assert dict(reading.profile.samples[0].labels) == {"process": ("42",), "thread": ("0:7f01",)}


@pytest.mark.parametrize(
    "line",
    [
        "P1;T7fdf;/lib/t.py:run;L864;test.py:busy;L31 10085",
        "P1;T7fdf;run (/lib/t.py);L864;busy (test.py);L31 10085",
        "P1;T7fdf;run (/lib/t.py:864);busy (test.py:31) 10085",
        "Process 1;Thread 7fdf;run (/lib/t.py);L864;busy (test.py);L31 10085",
        "P1;T7fdf;/lib/t.py:run:864;test.py:busy:31 10085",
    ],
)
def test_versions_say_the_same(line):
    assert is_austin(f"{line}\n")
    profile = read_austin(f"{line}\n".encode()).profile

    (sample,) = profile.samples
    places = [(each.function.name, each.function.filename, each.line) for each in
              (location.lines[0] for location in sample.locations)]  # fmt: skip
    assert places[:2] == [("busy", "test.py", 31), ("run", "/lib/t.py", 864)]
    assert sample.values == (1, 10085)


def test_all_metrics():
    new = read_austin(b"# austin: 3.4.0\n# mode: full\nP1;T1;a.py:f:1 10,1,4096\nP1;T1;a.py:f:1 20,0,-512\n").profile
    old = read_austin(b"P1;T1;f (a.py);L1 10 4 -2\nP1;T1;f (a.py);L1 20 0 -1\n").profile

    assert [each.type for each in new.sample_types] == ["samples", "wall", "memory_allocated", "memory_released"]
    assert new.values.tolist() == [[2, 30, 4096, 512]]
    assert old.values.tolist() == [[2, 30, 4096, 3072]]
    assert new.default_sample_type == "wall"


def test_memory_has_no_times():
    reading = read_austin(b"# austin: 3.4.0\n# mode: memory\nP1;T1;a.py:f:1 -4096\n")

    assert reading.timed is None
    assert str(reading.profile.sample_types[1]) == "memory/bytes"
    assert reading.profile.values.tolist() == [[1, -4096]]


def test_cpu_time():
    assert str(read_austin(b"# mode: cpu\nP1;T1;a.py:f:1 5\n").profile.sample_types[1]) == "cpu/microseconds"


def test_what_is_none_is_refused():
    assert not is_austin("main;Thread 5\n")
    assert not is_austin("Processor;T1;x 5\n")
    with pytest.raises(ProfileError):
        read_austin(b"main;work 5\n")


def test_hostile_lines_take_linear_time():
    lines = [
        "P1;T1;" + " (" * 50_000 + " 5",
        "P1;T1;" + ":" * 90_000 + " 5",
        "P1;T1;a " + "1 " * 50_000,
        "P1;T1;" + "L1;" * 9_000 + "f:g:1 5",
    ]

    assert len(read_austin("\n".join(lines).encode()).profile) >= 1
