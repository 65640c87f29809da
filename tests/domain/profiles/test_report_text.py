"""Reports are those of pprof, byte for byte."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from glance.domain.profiles import report_text
from glance.domain.profiles.callgrind_writer import callgrind_lines
from glance.domain.profiles.proto import read
from glance.domain.profiles.prune import with_all_frames, without_uninteresting
from glance.domain.profiles.report import CALLGRIND, PEEK, TOP, TREE, Choices, reported
from tests.domain.profiles.captured import needs_data
from tests.domain.profiles.pprof_goldens import COVERED, STALE, Golden, names

pytestmark = needs_data
KINDS = {"text": TOP, "tree": TREE, "peek": PEEK, "callgrind": CALLGRIND}
LINES = {
    "text": report_text.top_lines,
    "tree": report_text.tree_lines,
    "tags": report_text.tag_lines,
    "traces": report_text.trace_lines,
    "comments": report_text.comment_lines,
    "callgrind": callgrind_lines,
}


def printed(one: Golden) -> str:
    """Our report."""
    profile = read(one.profile)
    profile = with_all_frames(profile) if "all_frames" in one.name else without_uninteresting(profile)[0]
    if one.name == "cpu.comments":
        profile = replace(profile, comments=(*profile.comments, "some-comment"))
    report = reported(profile, Choices(**one.choices), KINDS.get(one.report, TREE))
    lines = report_text.tree_lines(report, one.regexp) if one.regexp else LINES[one.report](report)
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("one", COVERED, ids=lambda one: one.name)
def test_report_is_that_of_pprof(one: Golden) -> None:
    assert printed(one) == one.text


def test_how_many_there_are() -> None:
    equal = [one.name for one in COVERED if printed(one) == one.text]
    left = sorted(set(names()) - set(equal))
    print(f"\n{len(equal)} of {len(names())} reports of pprof's own tests are equal byte for byte")
    print("not covered:", *left, sep="\n  ")

    kinds = re.compile(r"\b(dot|callgrind|topproto|disasm|weblist)\b")
    assert [name for name in left if not kinds.search(name)] == [STALE]
