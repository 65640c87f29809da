"""Targets on the page of sources: aligned, told in words, and hostile names harmless."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.domain.profiles.poll import KINDS, KindStatus, TargetStatus
from glance.widgets.inks import inks_of
from glance.widgets.source_page import source_lines
from glance.widgets.target_drawing import target_lines
from tests.scenes import AT, scene_at

INKS = inks_of("glance-dark")


def kinds(**conditions: str) -> tuple[KindStatus, ...]:
    words = {"empty": "nothing waited yet, or the program never called runtime.SetMutexProfileFraction",
             "busy": "someone else is profiling it", "failing": "status 500: oh dear"}  # fmt: skip
    return tuple(
        KindStatus(kind, condition, at=AT - 12, polls=40, words=words.get(condition, ""))
        for kind in KINDS
        for condition in [conditions.get(kind, "up")]
    )


UP = TargetStatus("api", "http://10.0.0.7:6060", "up", kinds(mutex="empty"), 1_240_000, 2.4, 200.0, 1)
BUSY = TargetStatus("10.0.0.8:6060", "http://10.0.0.8:6060", "busy", kinds(cpu="busy", block="failing"), 900, 0.1,
                    words="someone else is profiling it")  # fmt: skip
DOWN = TargetStatus("worker-of-a-long-name", "http://10.0.0.9:6060", "down",
                    tuple(map(KindStatus, KINDS)), words="Connection refused")  # fmt: skip
HOSTILE = TargetStatus(
    "\x1b]52;c;x\x07a\u202eb", "http://\x9bx", "failing", kinds(cpu="failing"), words="[@click=app.quit]\x1b[2J"
)


def text(*targets, width=118):
    strips = target_lines(targets, width, INKS)
    assert {strip.cell_length for strip in strips} == {width}
    return [strip.text.rstrip() for strip in strips]


@pytest.mark.parametrize("width", [38, 58, 78, 118, 198])
def test_every_cell_is_painted_and_nothing_hostile_in_it(width):
    shown = "".join(text(UP, BUSY, DOWN, HOSTILE, width=width))
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b\u2066"]


def test_a_target_has_its_state_kinds_and_cost():
    heading, line, address, note, restarts = text(UP)
    for words in ("api", "up", "cpu allocs goroutine mutex– block", "200", "1.24MB", " 12ms"):
        assert words in line
    assert heading.index("state") == line.index("up")
    assert heading.index("last poll") + len("last poll") == line.index(" 200") - 4
    assert address.strip() == "http://10.0.0.7:6060"
    assert note.strip().startswith("mutex: nothing waited yet")
    assert restarts.strip() == "started anew once since glance polls it"


def test_what_is_wrong_is_told_without_colours_too():
    lines = text(BUSY)
    assert "cpu~ allocs goroutine mutex block!" in lines[1]
    assert [line.strip() for line in lines[2:]] == ["someone else is profiling it", "block: status 500: oh dear"]


def test_one_that_is_down_has_no_figures():
    lines = text(DOWN)
    assert "down" in lines[1]
    assert "0.00" not in lines[1]
    assert "cpu… allocs… goroutine… mutex… block…" in lines[1]
    assert lines[-1].strip() == "Connection refused"


def test_a_narrow_page_has_the_kinds_below():
    lines = text(UP, width=78)
    assert "cpu" not in lines[1]
    assert lines[2].strip() == "cpu allocs goroutine mutex– block"


def test_they_stand_on_the_page_of_sources_where_there_are_some():
    shown = [strip.text.strip() for strip in source_lines(replace(scene_at(), targets=(UP,)), 118, INKS)]
    assert shown.index("logs") < shown.index("profiles") < shown.index("history")
    assert "profiles" not in [strip.text.strip() for strip in source_lines(scene_at(), 118, INKS)]
