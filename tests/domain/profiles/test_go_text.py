"""What Go prints with `?debug=1`: the figures of the official tool, and the names and labels it does not take."""

from __future__ import annotations

import pytest

from glance.domain.profiles.call_tree import function_counts
from glance.domain.profiles.go_text import is_go_text, read_go_text
from glance.domain.profiles.profile_error import ProfileError
from tests.domain.profiles.captured import CAPTURES, DATA, needs_data

HEAP = "heap profile: 1: 1024 [3: 4096] @ heap/1048576\n1: 1024 [3: 4096] @ 0x10 0x20\n"
SUMS = {
    "heap.debug1": ([22894855, 2607083211, 6455, 65205104], 159, 524288),
    "heap.debug2": ([22894855, 2607083211, 6455, 65205104], 160, 524288),
    "mutex.debug1": ([629, 752099155], 35, 1),
    "mutex.debug2": ([629, 752099155], 35, 1),
    "goroutine.debug1": ([7], 6, 1),
}
"""As `go tool pprof -raw` has them: sums of the values, samples, period."""


@needs_data
@pytest.mark.parametrize("name", SUMS)
def test_figures_of_the_official_tool(name):
    profile = read_go_text((CAPTURES / f"{name}.txt").read_bytes())

    assert (profile.values.sum(axis=0).tolist(), len(profile), profile.period) == SUMS[name]


@needs_data
def test_figures_of_old_formats():
    """Sums of the samples of the `.string` files beside them."""
    folder = DATA / "pprof" / "google-pprof"
    for name, sums in (
        ("cppbench.heap", [41063, 80935293]), ("go.godoc.thread", [7]), ("cppbench.small.contention", [1000, 3124])
    ):  # fmt: skip
        assert read_go_text((folder / name).read_bytes()).values.sum(axis=0).tolist() == sums
    with pytest.raises(ProfileError) as caught:
        read_go_text((folder / "java.contention").read_bytes())
    assert "Java" in caught.value.why


@needs_data
def test_names_and_labels_are_taken():
    profile = read_go_text((CAPTURES / "goroutine.debug1.txt").read_bytes())
    counts = {each.name: each.cum for each in function_counts(profile, 0)}

    assert counts["net/http.(*conn).serve"] == 4
    assert counts["runtime.goexit"] == 6
    labelled = [sample for sample in profile.samples if sample.labels]
    assert dict(labelled[0].labels) == {"method": ("GET",), "route": ("/slow",)}
    line = profile.samples[0].locations[3].lines[0]
    assert (line.function.name, line.function.filename, line.line) == (
        "internal/poll.(*pollDesc).wait", "internal/poll/fd_poll_runtime.go", 84,
    )  # fmt: skip


def test_samples_stand_for_what_was_not_sampled():
    profile = read_go_text(HEAP.encode())

    assert [str(each) for each in profile.sample_types][3] == "inuse_space/bytes"
    assert profile.values.tolist() == [[1153, 1574912, 512, 524800]]
    assert dict(profile.samples[0].numbers) == {"bytes": (1024,)}


def test_threads_of_which_nothing_is_known_are_counted():
    profile = read_go_text(f"threadcreate profile: total 6\n6 @{' 0x0' * 32}\n#\t0x0\n\n".encode())

    assert profile.values.tolist() == [[6]]
    assert len(profile.samples[0].locations) == 1


def test_inlined_calls_share_an_address():
    remarks = "#\t0x10\tinner+0x1\ta.go:1\n#\t0x10\touter+0x2\tb.go:2\n#\t0x20\tmain\tc.go:3\n"
    data = f"x profile: total 1\n1 @ 0x11 0x21\n{remarks}"
    profile = read_go_text(data.encode())

    assert [line.function.name for line in profile.samples[0].locations[0].lines] == ["inner", "outer"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("goroutine profile: total 1\n1 0x10\n", "line 2"),
        ("goroutine profile: total 1\n1 @ 0xffffffffffffffffff\n", "64-bit"),
        ("goroutine profile: total 1\n9999999999999999999 @ 0x1\n", "64 bits"),
        ("heap profile: 1: 2 [3: 4] @ nothing/5\n", "unrecognized"),
        ("heap profile: 1: 2 [3: 4] @ heap/5\n0: 7 [0: 0] @ 0x1\n", "line 2"),
        ("--- mutex:\ncycles/second=abc\n", "line 2"),
        ("--- mutex:\n" + " " * 90_000 + "x" * 90_000 + "\n", "line 2"),
        ("nothing\n", "unrecognized"),
        ("", "unrecognized"),
    ],
)
def test_damage_is_an_error(text, reason):
    with pytest.raises(ProfileError) as caught:
        read_go_text(text.encode())

    assert reason in caught.value.why


def test_hostile_remarks_take_linear_time():
    remarks = ["#\t0x10\t" + "\t" * 90_000 + "x", '# labels: {"' + '\\"' * 90_000, "# labels: " + '"a":' * 30_000]
    data = "x profile: total 1\n1 @ 0x11\n" + "\n".join(remarks) + "\n"

    assert len(read_go_text(data.encode())) == 1


def test_it_is_known_by_its_first_line():
    assert is_go_text("\n# remark\nheap profile: 1: 2 [3: 4] @ heap/5\n")
    assert not is_go_text("heap of trouble\n")
