"""Each rule on suspects: on real captures with known faults, at its thresholds, and on the innocent."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import read
from glance.domain.profiles.suspect import RULES, Suspect
from glance.domain.profiles.suspect_owner import frame_name, is_own
from glance.domain.profiles.suspect_search import find_suspects, kind_of
from tests.domain.profiles.captured import CAPTURES, DATA, captures, needs_data
from tests.domain.profiles.made import profiles
from tests.domain.profiles.suspected import GOROUTINES, LOCKS, SERVE, cpu, heap, made, python

ROOT = Path(__file__).parents[3]


def captured(*names: str) -> list[Profile]:
    """Real profiles by name."""
    return [read((CAPTURES / f"{name}.pb.gz").read_bytes()) for name in names]


def told(*profiles: Profile, base: tuple[Profile, ...] = ()) -> list[tuple[str, str, str]]:
    """Rule, function and callee of all suspects."""
    return [(one.rule.name, one.function, one.callee) for one in find_suspects(profiles, base).suspects]


def only(*profiles: Profile, base: tuple[Profile, ...] = ()) -> Suspect:
    """The one suspect."""
    (found,) = find_suspects(profiles, base).suspects
    return found


@needs_data
def test_real_cpu_profiles_name_the_line_that_compiles() -> None:
    found = find_suspects(captured("cpu1", "cpu2", "cpu3"))
    (one,) = found.suspects

    assert (one.subject, one.rule.name) == ("regexp.MustCompile under main.handleSlow", "compile")
    assert (one.file, one.line) == ("example.com/gotarget/main.go", 66)
    assert one.amount == "810ms of 2.52s CPU"
    assert one.is_in_request
    assert found.inspected[0].profiles == 3
    assert not found.notes


@needs_data
def test_real_heap_profiles_name_the_line_that_keeps_memory() -> None:
    found = find_suspects(captured("heap3", "heap1", "heap2"))
    compiles, growth = found.suspects

    assert (growth.rule.name, growth.function, growth.line) == ("gained", "main.handleLeak", 89)
    assert "cannot tell growth from memory that goes up and down" in found.notes[0]
    assert growth.amount == "23.94MB of 23.94MB growth"
    assert growth.detail == "2.91MB a second over 8 s, 40.96MB in use now"
    assert (compiles.function, compiles.line, compiles.type) == ("main.handleSlow", 66, "alloc_space")


@needs_data
def test_real_profiles_of_locks_name_who_holds_and_who_waits() -> None:
    found = find_suspects([*captured("mutex1", "mutex2", "mutex3"), *captured("block1", "block2", "block3")]).suspects

    assert [(one.rule.name, one.function, one.line) for one in found] == [
        ("lock-held", "main.handleLock", 83),
        ("lock-wait", "main.handleLock", 80),
        ("lock-wait", "main.handleLeak", 88),
    ]
    assert found[0].detail == "319 waits of 1.43ms each"
    assert found[0].amount == "456.91ms of 458.14ms lock waits"


@needs_data
@pytest.mark.parametrize("kind", ["heap.delta2s", "mutex.delta2s", "allocs.delta2s"])
def test_real_deltas_tell_the_same(kind: str) -> None:
    expected = {"mutex.delta2s": ("lock-held", "main.handleLock")}.get(kind, ("compile", "main.handleSlow"))

    assert [(rule, function) for rule, function, _ in told(*captured(kind))] == [expected]


@needs_data
@pytest.mark.parametrize(
    "names", [("goroutine1", "goroutine2", "goroutine3"), ("threadcreate1",)], ids=lambda it: it[0]
)
def test_real_profiles_without_a_culprit_have_none(names: tuple[str, ...]) -> None:
    assert told(*captured(*names)) == []


@needs_data
def test_real_samples_of_an_innocent_route_have_no_suspect() -> None:
    (profile,) = captured("m123")
    sets = [set(each.labels.get("route", ())) for each in profile.tables.label_sets]
    rows = [bool(sets[row] & {"/hash", "/leak"}) for row in profile.tables.samples.label_sets.tolist()]
    innocent = profile.with_samples(each for each, is_kept in zip(profile.samples, rows, strict=True) if is_kept)

    assert len(innocent.samples) > 30
    assert told(innocent) == []


@needs_data
@pytest.mark.parametrize("pair", [(1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2)])
def test_real_profiles_of_one_load_have_not_grown(pair: tuple[int, int]) -> None:
    before, after = (read(captures("cpu")[number - 1]) for number in pair)
    one = only(after, base=(before,))

    assert one.rule.name == "compile"
    assert one.before is not None
    assert not one.is_new


@needs_data
def test_a_fault_that_the_base_has_not_is_new() -> None:
    (profile,) = captured("m123")
    base = profile.with_samples(
        each for each in profile.samples if all("handleSlow" not in name for name in names_of(each))
    )
    one = only(profile, base=(base,))

    assert (one.function, one.is_new) == ("main.handleSlow", True)


def names_of(sample) -> list[str]:
    """The functions of a stack."""
    return [line.function.name for each in sample.locations for line in each.lines if line.function]


@needs_data
def test_forty_real_profiles_of_others_have_no_faults_and_few_hints() -> None:
    known = {"memory-profiler.pprof": "allocated", "heap.pprof": "allocated", "1644509296350592000.pb.gz": "allocated",
             "req_3.pprof": "lock-wait"}  # fmt: skip
    found = {}
    references = [path.with_name(path.name.removesuffix(".ref.json")) for path in (DATA / "pprof").rglob("*.ref.json")]
    for path in references:
        suspects = find_suspects([read(path.read_bytes())]).suspects
        if suspects:
            found[path.name] = suspects[0].rule.name
        assert not any(one.rule.is_fault for one in suspects), path

    assert len(references) >= 40
    assert found == known


@pytest.mark.parametrize(
    ("callee", "rule"),
    [
        ("regexp.MustCompile", "compile"),
        ("regexp.Compile", "compile"),
        ("regexp.MatchString", "compile"),
        ("text/template.(*Template).Parse", "compile"),
        ("html/template.ParseFiles", "compile"),
        ("crypto/tls.LoadX509KeyPair", "compile"),
        ("github.com/santhosh-tekuri/jsonschema/v5.(*Compiler).Compile", "compile"),
        ("encoding/json.Marshal", "encode"),
        ("encoding/json/v2.marshalEncode", "encode"),
        ("encoding/xml.Unmarshal", "encode"),
        ("fmt.Sprintf", "format"),
        ("reflect.Value.Field", "reflect"),
        ("runtime.mallocgc", "allocate"),
    ],
)
def test_a_callee_tells_its_caller(callee: str, rule: str) -> None:
    profile = cpu({f"runtime.memmove {callee} main.handle:7 {SERVE}": 30, f"main.other {SERVE}": 70})

    assert told(profile) == [(rule, "main.handle", callee)]
    assert (only(profile).line, only(profile).share) == (7, 0.3)


def test_thresholds_are_those_that_are_stated() -> None:
    def at(share: int, callee: str, scale: int = 10) -> list[str]:
        profile = cpu({f"{callee} main.handle {SERVE}": share * scale, f"main.other {SERVE}": (100 - share) * scale})
        return [rule for rule, _, _ in told(profile)]

    for rule, callee in {"compile": "regexp.Compile", "encode": "encoding/json.Marshal", "format": "fmt.Sprint",
                         "reflect": "reflect.Copy", "allocate": "runtime.newobject"}.items():  # fmt: skip
        least = next(round(one.least_share * 100) for one in RULES if one.name == rule)
        assert at(least, callee) == [rule]
        assert at(least - 1, callee) == []
    assert at(50, "regexp.Compile", 1) == ["compile"]
    few = cpu({f"regexp.Compile main.handle {SERVE}": 4, f"main.other {SERVE}": 4})
    assert told(few) == []


def test_what_is_compiled_at_the_start_is_no_fault() -> None:
    starts = cpu({"regexp.MustCompile main.rules main.init runtime.doInit1 runtime.main": 50,
                  "regexp.MustCompile main.init.0 runtime.doInit1 runtime.main": 50})  # fmt: skip

    assert told(starts) == []


def test_compiling_outside_of_requests_comes_last() -> None:
    profile = cpu({"regexp.MustCompile main.job": 60, f"fmt.Sprintf main.handle {SERVE}": 20, "main.x": 20})

    assert [rule for rule, _, _ in told(profile)] == ["format", "compile"]


def test_a_label_of_a_route_is_a_request_too() -> None:
    assert only(cpu({"regexp.MustCompile main.handle": 50}, route="/a")).is_in_request
    assert not only(cpu({"regexp.MustCompile main.handle": 50})).is_in_request


def test_it_falls_to_the_own_function_and_not_to_who_wraps_it() -> None:
    stack = f"regexp/syntax.Parse regexp.compile regexp.MustCompile github.com/x/lib.Do main.handle:9 main.wrap {SERVE}"
    profile = cpu({stack: 50})

    assert told(profile) == [("compile", "main.handle", "regexp.MustCompile")]
    assert only(profile).line == 9


def test_the_same_samples_are_told_once() -> None:
    profile = cpu({f"runtime.mallocgc fmt.Sprintf encoding/json.Marshal main.handle {SERVE}": 90, "main.x": 10})

    assert told(profile) == [("encode", "main.handle", "encoding/json.Marshal")]


def test_collecting_garbage_names_who_allocates_most() -> None:
    profile = cpu({
        "runtime.scanobject runtime.gcDrain runtime.gcBgMarkWorker": 30,
        f"runtime.mallocgc main.a:3 {SERVE}": 10, f"runtime.mallocgc main.b {SERVE}": 5, f"main.b {SERVE}": 55,
    })  # fmt: skip
    one = only(profile)

    assert (one.rule.name, one.function, one.line, one.share) == ("collect", "main.a", 3, 0.3)
    assert one.detail == "100ms of allocation is under it"


def test_goroutines_that_pile_up_are_told_and_idle_connections_are_not() -> None:
    idle = ("runtime.gopark net.(*conn).Read net/http.(*conn).serve", (5000,))
    piled = made(GOROUTINES, ("runtime.gopark runtime.chanrecv1 main.waitForever:72", (3000,)), idle)
    few = made(GOROUTINES, ("runtime.gopark runtime.chanrecv1 main.waitForever:72", (90,)), ("runtime.gopark", (6,)))

    assert told(piled) == [("pile-up", "main.waitForever", "runtime.chanrecv1")]
    assert only(piled, base=(few,)).detail == "90 before"
    assert told(made(GOROUTINES, idle)) == told(few) == []


def test_locks_that_hardly_anybody_waits_for_are_left_alone() -> None:
    stack = "sync.(*Mutex).Unlock main.work:5"

    assert told(made(LOCKS, (stack, (1000, 9_000_000)))) == []
    assert told(made(LOCKS, (stack, (3, 90_000_000)))) == []
    assert [rule for rule, _, _ in told(made(LOCKS, (stack, (90, 90_000_000))))] == ["lock-held"]
    assert told(made(LOCKS, (stack, (90, 90_000_000)), duration_nanos=10**10)) == []
    assert told(made(LOCKS, ("runtime.selectgo main.work", (9, 10**12)))) == []


def test_memory_that_goes_up_and_down_does_not_grow() -> None:
    sizes = (40_000, 70_000, 30_000, 60_000, 50_000)
    steady = [heap({"main.cache": size}, second) for second, size in enumerate(sizes)]
    rising = [heap({"main.keep": 40_000 + 9_000 * second, "main.cache": 50_000}, second) for second in range(5)]

    assert [rule for rule, _, _ in told(*steady)] == ["allocated"]
    assert told(*rising)[0] == ("growth", "main.keep", "")
    assert told(rising[-1])[0][0] == "allocated"


def test_two_profiles_of_memory_are_compared_by_what_was_sampled() -> None:
    little = [heap({"main.keep": size, "main.rest": 4_000}, second) for second, size in enumerate((1_000, 3_000))]
    much = [heap({"main.keep": size}, second) for second, size in enumerate((10_000, 40_000))]

    assert "gained" not in [rule for rule, _, _ in told(*little)]
    assert "gained" in [rule for rule, _, _ in told(*much)]
    assert "gained" in [rule for rule, _, _ in told(much[1], base=(much[0],))]


@pytest.mark.parametrize("noise", [0.1, 0.3, 0.6])
@pytest.mark.parametrize("polls", [4, 8])
def test_memory_that_varies_around_its_mean_is_hardly_ever_called_growing(polls: int, noise: float) -> None:
    random = Random(5)
    alarms = 0
    for _ in range(150):
        sizes = [max(0, round(random.gauss(60_000, 60_000 * noise))) for _ in range(polls)]
        found = told(*(heap({"main.cache": size, "main.rest": 20_000}, at) for at, size in enumerate(sizes)))
        alarms += any(rule == "growth" for rule, _, _ in found)

    assert alarms <= 4


@needs_data
def test_real_samples_drawn_anew_have_hardly_ever_grown() -> None:
    (profile,) = captured("m123")
    random = np.random.default_rng(5)

    def drawn() -> Profile:
        counts = random.poisson(profile.values[:, 0])
        return profile.with_values(np.stack([counts, counts * 10**7], axis=1).astype(np.int64))

    alarms = sum(
        any(one.rule.name == "grew" for one in find_suspects([drawn()], [drawn()]).suspects) for _ in range(80)
    )

    assert alarms <= 2


def test_a_share_that_grew_is_told_when_it_is_no_chance() -> None:
    before, chance = cpu({"main.a": 500, "main.b": 500}), cpu({"main.a": 540, "main.b": 460})
    after = cpu({"main.a:8": 700, "main.b": 300})
    one = only(after, base=(before,))

    assert told(chance, base=(before,)) == []
    assert (one.rule.name, one.function, one.line) == ("grew", "main.a", 8)
    assert one.detail == "20.0 points more, 9.1 standard deviations"


def test_python_is_understood_by_the_places_of_its_files() -> None:
    assert told(python(
        "<module> (app.py:9);wsgi_app (flask/app.py:2);search (shop/views.py:31);compile (re/__init__.py:227);"
        "compile (re/_compiler.py:745) 30",
        "<module> (app.py:9);wsgi_app (flask/app.py:2);listing (shop/views.py:60);deepcopy (copy.py:128) 20",
        "<module> (app.py:9);wsgi_app (flask/app.py:2);listing (shop/views.py:64);dumps (json/__init__.py:231) 30",
        "<module> (app.py:9);wsgi_app (flask/app.py:2);lazy (shop/x.py:2);"
        "_find_and_load (<frozen importlib._bootstrap>:1176) 15",
        "<module> (app.py:9);wsgi_app (flask/app.py:2);total (shop/cart.py:12) 35",
    )) == [
        ("compile", "search", "compile"), ("deep-copy", "listing", "deepcopy"),
        ("encode", "listing", "dumps"), ("import", "lazy", "_find_and_load"),
    ]  # fmt: skip


def test_python_that_imports_and_compiles_at_its_start_is_innocent() -> None:
    assert told(python(
        "<module> (app.py:1);_find_and_load (<frozen importlib._bootstrap>:1176);<module> (shop/views.py:3) 50",
        "<module> (app.py:1);compile (re/__init__.py:227) 30",
        "<module> (app.py:9);total (shop/cart.py:12) 35",
    )) == []  # fmt: skip


@pytest.mark.parametrize(
    ("name", "file", "is_mine"),
    [
        ("main.work", "/src/main.go", True),
        ("example.com/app/store.(*DB).Get", "example.com/app/store/db.go", True),
        ("github.com/x/lib.Do", "/root/go/pkg/mod/github.com/x/lib@v1.2.0/do.go", False),
        ("cmpbody", "internal/bytealg/compare_amd64.s", False),
        ("runtime.mallocgc", "/usr/local/go/src/runtime/malloc.go", False),
        ("net/http.(*conn).serve", "net/http/server.go", False),
        ("compile (re.py:252)", "", False),
        ("search (shop/views.py:31)", "", True),
        ("decode", "/usr/lib/python3.11/json/decoder.py", False),
        ("get", "/venv/lib/python3.11/site-packages/requests/api.py", False),
        ("0x4015f0", "", False),
        ("", "", False),
    ],
)
def test_whose_function_it_is(name: str, file: str, is_mine: bool) -> None:
    assert is_own(frame_name(name, file)) is is_mine


def test_profiles_with_nothing_in_them_have_no_suspects() -> None:
    nothing = find_suspects([Profile.of((ValueType("cpu", "nanoseconds"),), []), Profile.of((), [])])

    assert (nothing.suspects, kind_of(Profile.of((), []))) == ((), "other")


def test_a_base_of_another_kind_is_said_to_be_of_no_use() -> None:
    found = find_suspects([cpu({"main.a": 500})], [heap({"main.a": 500})])

    assert found.notes == ("the base of memory is not used: there is nothing to compare with it",)


def test_few_samples_are_said_to_be_few() -> None:
    (note,) = find_suspects([cpu({"main.a": 20})]).notes

    assert note.startswith("only 20 samples of cpu: shares are rough")


def test_rules_are_documented_with_their_thresholds() -> None:
    text = (ROOT / "docs" / "suspects.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    stated = {row[0].strip(" `"): (row[2].strip(), row[3].strip(), row[4].strip()) for row in rows}

    assert stated == {
        one.name: (f"{one.least_share * 100:.0f} %", f"{one.least_events:.0f}", "fault" if one.is_fault else "hint")
        for one in RULES
    }


@given(st.lists(profiles(), max_size=3), st.lists(profiles(), max_size=2))
@settings(max_examples=30, deadline=None)
def test_whatever_a_profile_holds_shares_stay_shares(found: list[Profile], base: list[Profile]) -> None:
    for one in find_suspects(found, base).suspects:
        assert one.value > 0
        assert one.function
        assert one.line >= 0
        assert one.share >= one.rule.least_share


@pytest.mark.parametrize("share", [9, 10])
def test_copying_and_importing_have_thresholds_too(share: int) -> None:
    rest = f"<module> (app.py:9);total (shop/cart.py:12) {(100 - share) * 10}"
    copies = python(f"<module> (app.py:9);cart (shop/views.py:60);deepcopy (copy.py:128) {share * 10}", rest)
    imports = python(
        f"<module> (app.py:9);lazy (shop/x.py:2);_find_and_load (<frozen importlib._bootstrap>:1176) {share * 10}", rest
    )

    assert [rule for rule, _, _ in told(copies)] == ["deep-copy"] * (share == 10)
    assert [rule for rule, _, _ in told(imports)] == ["import"] * (share == 10)


def test_functions_of_one_name_in_several_files_stay_apart() -> None:
    profile = python(
        "<module> (app.py:9);get (shop/a.py:60);dumps (json/__init__.py:231) 150",
        "<module> (app.py:9);get (shop/b.py:60);dumps (json/__init__.py:231) 150",
        "<module> (app.py:9);total (shop/cart.py:12) 600",
    )

    assert told(profile) == []
