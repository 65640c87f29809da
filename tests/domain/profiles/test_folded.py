"""Folded stacks: what other tools count of the same files, encodings, and lines that are none."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.call_tree import call_tree
from glance.domain.profiles.folded import is_folded, read_folded
from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.profile_error import ProfileError
from tests.domain.profiles.captured import DATA, needs_data
from tests.domain.profiles.made import TYPES, profiles
from tests.domain.profiles.snapshots import our_counts, speedscope_counts

FOLDED = DATA / "folded"
names = st.text(st.characters(exclude_characters=";\n\r", exclude_categories=("Cs",)), min_size=1, max_size=6).map(
    lambda text: f"f{text}g".replace("\x85", "").replace("\u2028", "")
)


@needs_data
@pytest.mark.parametrize("name", ["py-spy-simple", "recursive"])
def test_counts_of_flamelens(name):
    wanted: dict[str, Any] = json.loads((FOLDED / "flamelens" / f"{name}.expected_ordered_counts.json").read_text())
    found = our_counts(read_folded((FOLDED / "flamelens" / f"{name}.txt").read_bytes()).profile, 0)

    for row in wanted["entries"]:
        assert (found[row["name"], "total"], found[row["name"], "self"]) == (row["count"]["total"], row["count"]["own"])
    assert len(wanted["entries"]) > 3


@needs_data
@pytest.mark.parametrize("name", ["simple", "simple-crlf", "simple-with-invalids"])
def test_counts_of_speedscope(name):
    path = FOLDED / "speedscope" / f"{name}.txt"

    assert our_counts(read_folded(path.read_bytes()).profile, 0) == speedscope_counts(
        path.with_name(f"{path.name}.speedscope-snapshot.txt")
    )


@needs_data
def test_tree_of_burn():
    tree = call_tree(read_folded((FOLDED / "burn" / "out.perf-folded").read_bytes()).profile, 0)
    wanted = json.loads((FOLDED / "burn" / "out.json").read_text())
    paths: dict[tuple[str, ...], int] = {(): tree.totals[0]}
    trails: list[tuple[str, ...]] = [()]
    for node in range(1, len(tree)):
        trails.append((*trails[int(tree.parents[node])], tree.name(node)))
        paths[trails[node]] = tree.totals[node]
    waiting = [((), wanted)]
    count = 0
    while waiting:
        path, node = waiting.pop()
        assert paths[path] == node["value"], path
        count += 1
        waiting += [((*path, child["name"]), child) for child in node.get("children") or []]
    assert count == len(tree)


@needs_data
def test_files_of_inferno():
    inferno = FOLDED / "inferno"
    whole = folded(read_folded((inferno / "no-fractionals.txt").read_bytes()).profile, 0)
    cut, zero = (read_folded((inferno / f"{name}.txt").read_bytes()) for name in ("fractional", "zero-fractionals"))

    assert folded(cut.profile, 0) == folded(zero.profile, 0) == whole
    assert cut.damages == ("5 counts have fractions: cut off",)
    assert zero.damages == ()
    bad = read_folded((inferno / "bad-lines.txt").read_bytes())
    assert bad.damages == ("2 lines are no stack and a count: left out",)
    assert call_tree(bad.profile, 0).totals[0] == 31 + 6 + 1 + 19 + 2 + 274 + 274


@needs_data
@pytest.mark.parametrize("name", ["diff-default", "diff-normalize", "diff-strip_hex"])
def test_two_columns_are_before_and_after(name):
    data = (FOLDED / "inferno" / f"{name}.txt").read_bytes()
    profile = read_folded(data).profile

    assert [each.type for each in profile.sample_types] == ["before", "after"]
    rows = [line.rsplit(b" ", 2) for line in data.splitlines()]
    assert profile.values.sum(axis=0).tolist() == [sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows)]


@pytest.mark.parametrize(
    "data",
    [
        "main;größe 3\nmain;λ b 4\n".encode(),
        codecs.BOM_UTF8 + "main;größe 3\r\nmain;λ b 4\r\n".encode(),
        codecs.BOM_UTF16_LE + "main;größe 3\nmain;λ b 4\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "main;größe 3\r\nmain;λ b 4".encode("utf-16-be"),
    ],
)
def test_encodings_and_line_ends(data):
    assert folded(read_folded(data).profile, 0).decode() == "main;größe 3\nmain;λ b 4\n"


def test_bytes_that_are_no_text_come_back():
    data = b"main;\xff\xfe 3\n"

    assert folded(read_folded(data).profile, 0) == data


def test_places_in_names_are_known():
    (sample,) = read_folded(b"<module> (app.py:24);work (lib/x.py:7) 3\n").profile.samples

    line = sample.locations[0].lines[0]
    assert (line.function.name, line.function.filename, line.line) == ("work (lib/x.py:7)", "lib/x.py", 7)


def test_what_is_none_is_refused():
    assert not is_folded("PeriodType: cpu nanoseconds\nSamples:\n   1 1000: 1 2 3\n")
    with pytest.raises(ProfileError) as caught:
        read_folded(b"one line\nand another\n")
    assert "no line of it" in caught.value.why
    with pytest.raises(ProfileError):
        read_folded(b"a 9999999999999999999\n")


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.lists(names, min_size=1, max_size=5).map(tuple), st.integers(1, 1 << 40), max_size=9))
def test_whatever_is_written_is_read(stacks):
    lines = [f"{';'.join(stack)} {count}\n" for stack, count in stacks.items()]
    profile = read_folded("".join(lines).encode()).profile

    assert folded(profile, 0) == b"".join(sorted(line.encode() for line in lines))


@settings(max_examples=40, deadline=None)
@given(profiles(TYPES))
def test_totals_of_a_profile_survive(profile):
    for index in range(len(TYPES)):
        data = folded(profile, index)
        total = sum(int(line.rsplit(b" ", 1)[1]) for line in data.splitlines())
        assert total == int(profile.values[:, index].sum())
        assert data.splitlines() == sorted(data.splitlines())


def test_inlined_calls_are_frames_or_not():
    from glance.domain.profiles.parts import Function, Line, Location, Sample
    from glance.domain.profiles.profile import Profile

    inner, outer = Function("inner"), Function("out;er")
    place = Location(lines=(Line(inner, 1), Line(outer, 2)))
    profile = Profile.of(TYPES, [Sample((place, Location(address=0x1F)), (1, 5))])

    assert folded(profile, 1) == b"0x1f;out:er;inner 5\n"
    assert folded(profile, 1, with_inlined=False) == b"0x1f;out:er 5\n"


REQUEST = '203.0.113.7 - - [23/Nov/2026:04:00:00 +0000] "GET /a;b HTTP/1.1" 200 512 "-" "curl/8"'


@pytest.mark.parametrize("end", [" 0.250", " 37", ""])
def test_an_access_log_is_no_profile(end):
    log = "".join(f"{REQUEST}{end}\n" for _ in range(300)).encode()
    with pytest.raises(ProfileError) as found:
        read_folded(log)
    assert ("access log" in found.value.why) == bool(end)  # without a number at its end it is no stack either


def test_a_stack_may_name_a_request():
    data = "".join(f"main;serve;f{number} 3\n" for number in range(9)) + 'main;"GET / HTTP/1.1" 2\n'
    assert read_folded(data.encode()).profile.values.sum() == 29
