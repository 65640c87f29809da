"""Manifests of snapshots: there and back, whatever somebody wrote into one; and which snapshots are let go."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.snapshot import (
    FORMAT,
    Allowance,
    Build,
    Kept,
    LogPart,
    Manifest,
    ManifestError,
    Member,
    ProfileFailure,
    ProfilePart,
    RawStretch,
    is_member_name,
    to_let_go,
)

DIGEST = "0" * 64
WHOLE = Manifest(
    "20261122T140231Z-3fa9c1", 1000.5, 10.0, 20.0, "alert", "slow-api: p99 > 500ms", "a note", "status>=500",
    records=3,
    logs=(LogPart("/var/log/a.log", "combined", 3, 4),),
    raw=(RawStretch("/var/log/a.log", "lines/0001-a.log", 2**64 - 1, 0, 4, 9.0, 21.0),),
    profiles=(ProfilePart("api", "cpu", "profiles/api-cpu.pb.gz", "fetched", 10, 15),),
    failures=(ProfileFailure("api", "mutex", "there is nothing"),),
    builds=(Build("api", "/bin/api", "ab", pgo=True),),
    notes=("something",),
    members=(Member("summary.json", "summary", 2, DIGEST),),
)  # fmt: skip


def test_there_and_back_as_json() -> None:
    assert Manifest.of_document(json.loads(json.dumps(WHOLE.as_document()))) == WHOLE


def test_what_a_newer_glance_added_is_left_out() -> None:
    document = WHOLE.as_document() | {"weather": "rain"}
    document["logs"][0]["colour"] = "blue"

    assert Manifest.of_document(document) == WHOLE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": FORMAT + 1}, "newer glance"),
        ({"format": True}, "does not say its format"),
        ({"id": "../../x"}, "the id is none"),
        ({"made_at": "now"}, "made_at"),
        ({"made_at": 1e300}, "made_at"),
        ({"start": float("nan")}, "start"),
        ({"start": 30.0}, "its window is none"),
        ({"start": -2e11}, "its window is none"),
        ({"records": True}, "records"),
        ({"logs": {}}, "logs is no list"),
        ({"logs": [3]}, "no object"),
        ({"notes": [3]}, "notes"),
        ({"builds": [{"target": "a", "program": "b", "pgo": 3}]}, "pgo"),
        ({"members": [{"name": "../x", "kind": "text", "size_bytes": 1, "sha256": DIGEST}]}, "no member"),
        ({"members": [{"name": "x", "kind": "text", "size_bytes": -1, "sha256": DIGEST}]}, "no member"),
        ({"members": [{"name": "x", "kind": "text"}]}, "lacks size_bytes"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(change: dict[str, object], words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        Manifest.of_document(WHOLE.as_document() | change)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE.as_document())), JSON, max_size=4) | JSON)
def test_anything_is_a_manifest_or_an_error(found: object) -> None:
    document = WHOLE.as_document() | found if isinstance(found, dict) else found
    try:
        manifest = Manifest.of_document(document)
    except ManifestError:
        return
    assert Manifest.of_document(manifest.as_document()) == manifest


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x", "a/../b", "a/b/c/d", "", "a\\b", ".hidden", "a/", "C:x", "a\nb", "é"]
)
def test_names_that_lead_elsewhere_are_none(name: str) -> None:
    assert not is_member_name(name)


def test_names_of_members_are_some() -> None:
    assert all(map(is_member_name, ["manifest.json", "lines/0001-access.log", "profiles/api-cpu-fetched.pb.gz"]))


def kept(number: int, size: int = 10, *, is_dear: bool = False) -> Kept:
    """A snapshot made at that second."""
    return Kept(str(number), float(number), size, is_dear)


def test_the_oldest_of_alerts_go_first_and_what_a_person_took_last() -> None:
    there = [kept(1, is_dear=True), kept(2), kept(3), kept(4, is_dear=True)]

    assert to_let_go(there, 10, Allowance(40)) == []
    assert to_let_go(there, 10, Allowance(35)) == ["2"]
    assert to_let_go(there, 10, Allowance(15)) == ["2", "3", "1"]


def test_no_more_than_so_many_are_kept() -> None:
    there = [kept(1, is_dear=True), kept(2), kept(3), kept(4)]
    assert to_let_go(there, 10, Allowance(1000, most_count=2)) == ["2", "3"]
    assert to_let_go(there, 10, Allowance(1000, most_count=1), "2") == ["3", "4", "1"]


def test_what_was_just_made_stays() -> None:
    assert to_let_go([kept(1, is_dear=True), kept(2, 100)], 10, Allowance(20), "2") == ["1"]


def test_what_is_too_old_goes() -> None:
    assert to_let_go([kept(1), kept(9)], 10, Allowance(1000, 5.0)) == ["1"]


def test_a_note_makes_it_dear() -> None:
    assert WHOLE.is_dear
    assert not replace(WHOLE, note="").is_dear
