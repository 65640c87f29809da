"""Events of perf: the goldens of FlameGraph and inferno line by line, and what those scripts do not do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.perf_names import NameStyle, frame_names
from glance.domain.profiles.perf_script import PerfChoice, is_perf_script, read_perf_script
from glance.domain.profiles.profile_error import ProfileError
from tests.domain.profiles.captured import DATA, needs_data
from tests.domain.profiles.snapshots import our_counts, speedscope_counts

PERF = DATA / "perf"
CHOICES = {
    "pid": PerfChoice(has_pid=True, drops_unfinished=True),
    "tid": PerfChoice(has_tid=True, drops_unfinished=True),
    "kernel": PerfChoice(names=NameStyle(marks_kernel=True), drops_unfinished=True),
    "jit": PerfChoice(names=NameStyle(marks_jit=True), drops_unfinished=True),
    "all": PerfChoice(names=NameStyle(marks_kernel=True, marks_jit=True), drops_unfinished=True),
    "addrs": PerfChoice(names=NameStyle(has_addresses=True), drops_unfinished=True),
}
STALE = {
    f"perf-{name}-collapsed-{option}.txt"
    for name in ("java-faults-01", "java-stacks-01", "java-stacks-02", "vertx-stacks-01")
    for option in ("pid", "tid")
}
"""FlameGraph's own script no longer prints these: it takes the leading L from names of Java whatever is asked."""

EVENT = """java 24636/25607 [000] 4794564.109216:     100 cycles:u:
\t  7fff main+0x1f (/bin/app)
\t  8fff start (/bin/app)

"""


def collapsed(data: bytes, choice: PerfChoice | None = None) -> list[bytes]:
    """Folded lines, sorted."""
    profile = read_perf_script(data, choice=choice).profile
    return folded(profile, len(profile.sample_types) - 1).splitlines()


def sorted_lines(path: Path) -> list[bytes]:
    """Lines of a golden, sorted by their bytes."""
    return sorted(path.read_bytes().splitlines())


def content(path: Path) -> bytes:
    """A file, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@needs_data
def test_goldens_of_flamegraph():
    checked, wrong, stale = 0, [], []
    for source in sorted((PERF / "FlameGraph").glob("*-01.txt")):
        for option, choice in CHOICES.items():
            golden = source.with_name(f"{source.stem}-collapsed-{option}.txt")
            checked += 1
            if collapsed(source.read_bytes(), choice) != sorted_lines(golden):
                (stale if golden.name in STALE else wrong).append(golden.name)
    print(f"\nFlameGraph: {checked - len(stale) - len(wrong)} of {checked} goldens; stale: {', '.join(stale)}")
    assert wrong == []
    assert checked == 42
    assert len(stale) == 4


@needs_data
def test_goldens_of_inferno_and_of_the_script():
    plain = [(path, path.with_name(path.name.replace("-collapsed", "")), None)
             for path in sorted((PERF / "inferno").glob("*-collapsed.txt"))]  # fmt: skip
    for suffix, choice in ((".stackcollapse.txt", None), (".stackcollapse-all.txt", CHOICES["all"])):
        plain += [(path, path.with_name(path.name.removesuffix(suffix)), choice)
                  for path in sorted(PERF.rglob(f"*{suffix}"))]  # fmt: skip
    wrong = []
    for golden, source, choice in plain:
        if source.stat().st_size and collapsed(content(source), choice) != sorted_lines(golden):
            wrong.append(golden.name)
    print(f"\ninferno and derived: {len(plain) - len(wrong)} of {len(plain)} goldens")
    assert wrong == []
    assert len(plain) == 12


@needs_data
def test_counts_of_speedscope():
    """It names what it does not know otherwise, and without a next sample it counts one."""
    source = PERF / "speedscope" / "simple.linux-perf.txt"
    wanted = speedscope_counts(source.with_name(f"{source.name}.speedscope-snapshot.txt"))
    found = our_counts(read_perf_script(source.read_bytes()).profile, 0)

    known = {key: value for key, value in wanted.items() if not key[0].startswith("???")}
    assert known == {key: value for key, value in found.items() if key in known}
    assert len(known) == 5


@needs_data
def test_spans_of_speedscope():
    source = PERF / "speedscope" / "simple-with-header.linux-perf.txt"
    golden = source.with_name(f"{source.name}.speedscope-snapshot.txt").read_text(encoding="utf-8")
    reading = read_perf_script(source.read_bytes())

    assert reading.profile.duration_nanos == 135_382_000
    assert '"totalWeight": 0.135382000' in golden
    assert reading.timed.end - reading.timed.start == pytest.approx(0.135382)


@needs_data
@pytest.mark.parametrize("path", sorted((PERF / "magic-trace").glob("*.perf")), ids=lambda path: path.name)
def test_events_without_a_name_of_their_process(path):
    reading = read_perf_script(path.read_bytes())

    assert reading.damages == ()
    assert reading.timed is not None
    roots = {sample.locations[-1].lines[0].function.name for sample in reading.profile.samples}
    assert all(root.startswith(":") and root[1:].isdigit() for root in roots)


@needs_data
def test_stray_lines_are_counted():
    weird = read_perf_script((PERF / "inferno" / "weird-stack-line.txt").read_bytes())
    empty = read_perf_script((PERF / "inferno" / "empty-line.txt").read_bytes())

    assert weird.damages == ("1 line is neither event nor frame: left out",)
    assert len(weird.timed) == len(empty.timed) == 2


def test_an_event_has_ids_time_and_period():
    reading = read_perf_script(EVENT.encode())

    (sample,) = reading.profile.samples
    assert [line.function.name for location in sample.locations for line in location.lines] == ["main", "start", "java"]
    assert sample.values == (1, 100)
    assert [location.mapping.file for location in sample.locations] == ["/bin/app", "/bin/app", ""]
    assert reading.profile.mappings[0].file == ""  # the program is known by its frame
    assert dict(sample.labels) == {"pid": ("24636",), "tid": ("25607",)}
    assert [str(each) for each in reading.profile.sample_types] == ["samples/count", "cycles/count"]
    assert reading.timed.start == reading.timed.end == 4794564.109216


def test_other_events_are_told_and_can_be_chosen():
    data = (EVENT + EVENT.replace("cycles:u", "faults").replace(" 100 ", " 7 ")).encode()

    first, second = read_perf_script(data), read_perf_script(data, choice=PerfChoice(event="faults"))

    assert first.damages == ("1 sample of faults is left out: only those of cycles:u are shown",)
    assert first.profile.values.tolist() == [[1, 100]]
    assert second.profile.values.tolist() == [[1, 7]]


def test_the_last_event_needs_no_empty_line():
    data = EVENT.rstrip("\n").encode()

    assert len(read_perf_script(data).profile) == 1
    assert len(read_perf_script(data, choice=PerfChoice(drops_unfinished=True)).profile) == 0


def test_times_out_of_order_are_sorted():
    data = "".join(EVENT.replace("4794564.1", f"{at}.1") for at in (3, 1, 2)).encode()
    timed = read_perf_script(data).timed

    assert [round(at) for at in timed.times.tolist()] == [1, 2, 3]
    assert len(timed.profile(2, 3)) == 1


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("net/http.(*Client).Do+0x12", ["net/http.(*Client).Do"]),
        ("std::function<int (int, int)>::operator()(int) const", ["std::function<int (int, int)>::operator"]),
        ("(anonymous namespace)::f(int)", []),
        ("a::(anonymous namespace)::f(int)", ["a::(anonymous namespace)::f"]),
        ("outer->inner->innermost", ["outer", "inner_[i]", "innermost_[i]"]),
        ("core::ops::_$u7b$$u7b$closure$u7d$$u7d$::ha2ed0674a1c3dc9f", ["core::ops::_{{closure}}"]),
        ("RegExp:[&<>\"']", ["RegExp:[&<>]"]),
        ("a;b", ["a:b"]),
        ("[unknown]", ["[app]"]),
        ("(java)", []),
    ],
)
def test_names(raw, names):
    assert frame_names(raw, "/bin/app", "7f", is_java=False, style=NameStyle()) == names


def test_what_is_no_perf_is_refused():
    assert not is_perf_script("main;work 3\nmain;rest 4\n")
    with pytest.raises(ProfileError):
        read_perf_script(b"nothing of it\nis an event\n")


def test_hostile_lines_take_linear_time():
    lines = [
        "a " + "1" * 90_000 + "x",
        "a" + " " * 90_000,
        "\t1 " + " (" * 45_000,
        "\t1 f" + "(" * 90_000 + ")",
        "a 1 " * 30_000,
    ]
    data = EVENT.encode() + "\n".join(lines * 3).encode()

    assert len(read_perf_script(data).profile) >= 1


def test_limits_are_named():
    with pytest.raises(ProfileError) as caught:
        read_perf_script(EVENT.encode() * 9, limits=Limits(fields=20))

    assert "lines" in caught.value.why
