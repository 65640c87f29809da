"""Profiles of any format, told apart by content: every real file, and files made to hurt."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
import tracemalloc
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.any_profile import read_any
from glance.domain.profiles.call_tree import call_tree
from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read
from glance.domain.profiles.proto_writer import encoded, written
from glance.domain.profiles.value_choice import total
from tests.domain.profiles.captured import CAPTURES, DATA, counts_of, needs_data, profile_of, references

FOLDED = b"main;work 3\nmain;rest 4\n"
PERF = b"app 12 [0] 5.25: 100 cycles:\n\t1 work (/bin/app)\n\n"
HEAP = b"heap profile: 1: 2 [3: 4] @ heap/5\n"
TEXTS = {
    "folded stacks": FOLDED,
    "perf script": PERF,
    "text of ?debug=1": HEAP,
    "text of ?debug=2": b"goroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1\n",
    "austin": b"P1;T1;a.py:f:1 5\n",
    "speedscope": json.dumps(
        {"shared": {"frames": [{"name": "a"}]}, "profiles": [{"type": "sampled", "samples": [[0]], "weights": [1]}]}
    ).encode(),
    "cpuprofile": json.dumps(
        {"nodes": [{"id": 1, "callFrame": {"functionName": "a"}}], "samples": [1], "timeDeltas": [5]}
    ).encode(),
}
PROFILES = ("pprof", "perf", "folded", "go-captures", "pgo", "pgo-cases")
NO_PROFILES = (
    ".ref.json", ".pprof-top.txt", ".string", ".st.json", ".speedscope-snapshot.txt", ".tsv", ".raw.txt", ".top.txt",
    ".headers", ".html", ".go.txt", ".preprofile.txt", "cmdline.txt", ".out.json", ".out.txt", "out.json",
    ".pprof.txt", ".protoc.txt", "expected_stacks.json", "expected_ordered_counts.json", "goroutineprofile.json",
)  # fmt: skip
REFUSED = {
    "cpu_with_trace.pb.gz": "", "trace.out": "no CPU samples", "empty.txt": "empty", "no-events.txt": "empty",
    "no-events-collapsed.txt": "empty", "java.cpu": "Java", "java.contention": "Java", "pgo_empty.pgo": "empty",
    "pgo_concat.pgo": "concatenated", "pgo_concat_raw.pgo": "concatenated", "pgo_html.pgo": "web page",
}  # fmt: skip


@needs_data
def test_every_file():
    formats: Counter[str] = Counter()
    refused: dict[str, str] = {}
    named = 0
    for folder in PROFILES:
        for path in sorted((DATA / folder).rglob("*")):
            if not path.is_file() or path.name.endswith(NO_PROFILES) or "node_map" in path.name:
                continue
            try:
                reading = read_any(path.read_bytes(), path.name)
            except ProfileError as error:
                refused[path.name] = error.why
                named += path.name in error.what
                continue
            formats[reading.format] += 1
            for index in range(len(reading.profile.sample_types)):
                call_tree(reading.profile, index)
            if reading.timed is not None:
                assert reading.timed.profile().values.sum() == reading.profile.values.sum()
    print(f"\n{dict(formats)}; refused: {refused}")
    assert named == len(refused)
    assert {name for name in refused if REFUSED.get(name, "?") not in refused[name]} <= {"pprof.raw.txt"}
    assert formats["pprof"] > 80
    assert formats["perf script"] == 19
    assert formats["text of ?debug=1"] == 10
    assert formats["text of ?debug=2"] == 4
    assert (formats["Go trace"], formats["old CPU profile"]) == (1, 3)


@needs_data
def test_every_reference():
    for reference in references():
        wanted = counts_of(reference)
        profile = read_any(profile_of(reference)).profile
        for index, each in enumerate(profile.sample_types):
            assert total(profile, index) == wanted["values"][each.type]["total_abs"], reference


@needs_data
def test_round_trips_keep_the_totals():
    for name in ("m123", "merged.heap", "merged.mutex", "merged.goroutine"):
        profile = read_any((CAPTURES / f"{name}.pb.gz").read_bytes()).profile
        for index in range(len(profile.sample_types)):
            again = read_any(folded(profile, index)).profile
            assert again.values.sum() == profile.values[:, index].sum()
            assert folded(again, 0) == folded(profile, index)


@pytest.mark.parametrize("name", TEXTS)
def test_content_tells_and_gzip_does_not_matter(name):
    for data in (
        TEXTS[name],
        gzip.compress(TEXTS[name]),
        gzip.compress(TEXTS[name][:9]) + gzip.compress(TEXTS[name][9:]),
    ):
        reading = read_any(data, "misleading.pb.gz")
        assert (reading.format, reading.damages) == (name, ())
        assert read(written(reading.profile)).values.tolist() == reading.profile.values.tolist()


def test_plain_and_packed_pprof():
    profile = read_any(FOLDED).profile

    for data in (encoded(profile), written(profile)):
        assert read_any(data).format == "pprof"
        assert folded(read_any(data, is_strict=True).profile, 0) == b"main;rest 4\nmain;work 3\n"


def test_controls_in_names_are_text():
    data = b"main;\x07\x01bell 3\nmain;\x7f\x9b31m 4\n" + FOLDED * 4

    assert read_any(data).format == "folded stacks"


def test_a_cut_off_file_is_a_stated_partial_read():
    lines = b"".join(b"main;f%d %d\n" % (at * 7919, at) for at in range(4000))
    data = gzip.compress(lines)[:-2000]
    reading = read_any(data)

    assert 0 < len(reading.profile) < 4000
    assert reading.damages[0].startswith("decompressing profile: unexpected EOF")
    with pytest.raises(ProfileError) as caught:
        read_any(data, is_strict=True)
    assert caught.value.why.startswith("decompressing profile: unexpected EOF")


def test_strict_takes_only_whole_files():
    with pytest.raises(ProfileError) as caught:
        read_any(FOLDED + b"no stack\n", is_strict=True)

    assert "1 line is no stack" in caught.value.why


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"PERFILE2" + b"\0" * 40, "perf's own file"),
        (b"FLR\0abc", "Flight Recorder"),
        (b"MOJ\x03abc", "Austin's binary"),
        (b"\x28\xb5\x2f\xfdabc", "zstd"),
        (b"PK\x03\x04abc", "zip"),
        (b"\x7fELF\0\0", "a program"),
        (b"<!DOCTYPE html><p>404", "web page"),
        (b"404 page not found\n", "unrecognized"),
        (b"Could not enable CPU profiling: cpu profiling already in use\n", "unrecognized"),
        (b'{"traceEvents": []}', "trace of Chrome"),
        (b'{"a": 1}', "JSON of no format"),
        (b"[1, 2]", "no object"),
        (b"\x1f\x8bnonsense", ""),
        (b"\x00\x01\x02\x03\x04", ""),
    ],
)
def test_what_is_no_profile_is_refused(data, reason):
    with pytest.raises(ProfileError) as caught:
        read_any(data, "some.file")

    assert reason in caught.value.why
    assert caught.value.what == "cannot use the profile some.file"


BOMBS = {
    "packed": gzip.compress(b"main;work 1\n" * 2_000_000),
    "lines": b"a;b 1\n" * 110_000,
    "stacks": b"".join(b"a;%d 1\n" % at for at in range(21_000)),
    "deep": b";".join([b"a"] * 200_000) + b" 1\n",
    "frames": b"".join(b"%d;" % at + b"a;" * 4000 + b"b 1\n" for at in range(150)),
    "name": b"a;" + b"x" * 9000 + b" 1\n",
    "line": b"a;b 1\n" + b"x" * 200_000 + b" 1\n",
    "perf": PERF.rstrip(b"\n") + b"\n\t1 " + b"f->" * 20_000 + b"f (/bin/app)\n\n",
    "json": b'{"profiles": [' + b"[]," * 1_000_000 + b"[]]}",
    "inlined": b"x profile: total 1\n" + (b"1 @" + b" 0x11" * 4000 + b"\n" + b"#\t0x10\tf\ta.go:1\n" * 4000),
    "goroutine": b"goroutine 1 [running]:\n" + b"f()\n\t/a.go:1\n" * 20_000,
}
SMALL = Limits(
    packed_bytes=8 << 20, unpacked_bytes=16 << 20, messages=20_000, fields=100_000, frames=400_000, depth=5000,
    string_bytes=4096,
)  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_in_an_error_in_time(name):
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(ProfileError) as caught:
            read_any(BOMBS[name], limits=SMALL)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.why
    assert peak < 150 << 20
    assert time.process_time() - began < 5


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_damage_never_crashes(name, data):
    text = bytearray(TEXTS[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        text[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    try:
        reading = read_any(bytes(text))
    except ProfileError:
        return  # told, and no crash
    for index in range(len(reading.profile.sample_types)):
        call_tree(reading.profile, index)


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_anything_is_read_or_refused(data):
    with contextlib.suppress(ProfileError):
        read_any(data)
