"""Pages of stacks at any size: figures, the whole stack, source; and words where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.domain.profiles.poll import KindStatus, TargetStatus
from glance.domain.scene import EMPTY_SCENE
from glance.domain.stack_board import (
    AskedStates,
    Doing,
    GoroutineWish,
    GrowthWish,
    StackBoard,
    StackFrame,
    StackRow,
    StackSource,
)
from glance.domain.view import View
from glance.widgets.inks import inks_of
from glance.widgets.stack_drawing import StackSight, stack_page, waited
from glance.widgets.stack_state import StackState, ordered
from glance.widgets.stack_words import nothing_lines, nothing_words
from tests.scenes import AT, scene_at
from tests.stage import HOSTILE

INKS = inks_of("glance-dark")
SIZES = [(20, 6), (40, 8), (60, 12), (80, 22), (120, 33), (149, 40), (200, 53)]
OWN = StackFrame("main.waitForever", "/app/main.go", 75, is_own=True)
PARK = StackFrame("runtime.gopark", "/go/src/runtime/proc.go", 474)
ACCEPT = StackFrame("net/http.(*Server).Serve", "/go/src/net/http/server.go", 3574)
MADE = StackFrame("main.handleStuck", "/app/main.go", 70, is_own=True)
TOLD = Doing((("chan receive", 120),), True, 14, 6.5, 1, ((MADE, 120),), (0, 80))


def row(name, *values, standing="same", words="no more than 10m00s ago", frames=(PARK, OWN), place=1, **more):
    more.setdefault("doing", Doing((("IO wait", values[-1]),)))
    return StackRow(name, frames, place, values, standing, words, 12.0, **more)


LEAK = row("leak", 0, 60, 120, standing="rising", words="+120 in 10m00s, never fewer at 2 steps", doing=TOLD)
IDLE = row(
    "idle", 9, 9, 9, frames=(PARK, ACCEPT), place=1, doing=replace(TOLD, states=(("IO wait", 9),), longest_minutes=200)
)
FEWER = row("fewer", 90, 40, 3, standing="less", words="87 less than 10m00s ago, fewer at 2 of 2 steps")
ROWS = (IDLE, LEAK, FEWER)
ASKED = AskedStates("told", AT, 132, 28_000, 0.004)
BOARD = StackBoard(
    GoroutineWish(), "api", ("api", "worker"), ROWS, 3, (AT - 600, AT - 300, AT), (99, 109, 132), 3, asked=ASKED,
    can_ask=True, source=StackSource(OWN.file, OWN.line, "/app/main.go", 74, ("func waitForever() {", "\t<-c", "}")),
)  # fmt: skip
MEGABYTE = 1 << 20
MEMORY = StackBoard(
    GrowthWish(), "api", ("api",),
    tuple(replace(one, values=tuple(value * MEGABYTE for value in one.values), doing=None, objects=(1, 12_345))
          for one in ROWS), 3, (AT - 600, AT - 300, AT), (99 * MEGABYTE, 109 * MEGABYTE, 132 * MEGABYTE), 240,
)  # fmt: skip


def drawn(board, size, state=None, index=0, *, is_memory=False, inks=INKS, **changes):
    state = state or StackState()
    rows = ordered(board.rows, state) if board is not None else ()
    sight = StackSight(replace(scene_at(AT), **changes), board, rows, index, 0, state, is_memory, True)
    picture = stack_page(sight, Size(*size), inks)
    assert {strip.cell_length for strip in picture.strips} == {size[0]}
    assert len(picture.strips) == size[1]
    return [strip.text for strip in picture.strips]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["glance-dark", "glance-light", "ansi", "monochrome"])
def test_every_cell_is_painted(size, theme):
    inks = inks_of(theme)
    for state in (StackState(), StackState("stack", 0), StackState(is_typing=True, typed="wait"), StackState(said="x")):
        for index in range(len(ordered(ROWS, state))):
            drawn(BOARD, size, state, index, inks=inks)
    drawn(MEMORY, size, is_memory=True, inks=inks)
    drawn(replace(BOARD, rows=()), size, inks=inks)
    drawn(None, size, inks=inks)


@pytest.mark.parametrize("size", SIZES[3:])
def test_what_leaks_comes_first_and_says_so(size):
    lines = drawn(BOARD, size)
    text = "\n".join(lines)
    assert "132 goroutines in 3 stacks" in lines[1]
    assert "120    +120" in lines[3]
    assert "main.waitForever" in lines[3]
    assert "+120 in 10m00s, never fewer at 2 steps" in text
    assert "● main.waitForever" in text
    assert "runtime.gopark" in text


def test_a_wide_page_tells_everything():
    lines = drawn(BOARD, (200, 53))
    text = "\n".join([*lines, *(" ".join(line[116:].strip("│ ") for line in lines).split("  "))])
    for words in (
        "3 polls over 10m00s", "28.0kB in 4.0ms; u asks anew", "none of 80 ended", "it looks like a leak",
        "120 chan receive; the longest waits 14 min, the median 6.5 min; 1 locked to a thread",
        "created by main.handleStuck app/main.go:70", "func waitForever() {", "   75 ", "14m", "t memory growth",
    ):  # fmt: skip
        assert words in text, words


def test_memory_has_its_unit_rate_and_share():
    lines = drawn(MEMORY, (200, 53), is_memory=True)
    assert "132MB in use in 3 stacks" in lines[1]
    assert "3 of 240 polls" in lines[1]
    assert "120MB     +120MB" in lines[3]
    assert "90.9%" in lines[3]
    assert "12.3k" in lines[3]
    assert "−87MB" in "\n".join(lines)


@pytest.mark.parametrize("size", [(60, 20), (80, 22)])
def test_no_figure_is_cut(size):
    figures = [line for line in drawn(MEMORY, size, is_memory=True)[3:6] if "MB" in line]
    assert all("…" not in line[:40] for line in figures)


@pytest.mark.parametrize(
    ("sort", "first"), [("growth", "leak"), ("now", "leak"), ("wait", "idle"), ("name", "fewer"), ("objects", "leak")]
)
def test_orders(sort, first):
    assert ordered(ROWS, StackState(sort=sort))[0].key == first


@pytest.mark.parametrize(
    ("text", "found"),
    [("waitfor", {"leak", "fewer"}), ("server.go", {"idle"}), ("chan", {"leak"}), ("handleSTUCK", {"leak", "idle"}),
     ("nothing", set())],
)  # fmt: skip
def test_a_search_looks_at_calls_files_states_and_creators(text, found):
    assert {one.key for one in ordered(ROWS, StackState(search=text))} == found
    assert "no stack has that in it" in "\n".join(drawn(BOARD, (120, 33), StackState(search="nothing"), 0))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (AskedStates("asking"), "asking for states"),
        (AskedStates("many", AT, 90_000), "90,000 are many: u asks for states"),
        (AskedStates("failed", AT, words="it answers 500"), "no states: it answers 500"),
    ],
)
def test_what_came_of_asking_is_said(asked, words):
    assert words in drawn(replace(BOARD, asked=asked), (160, 33))[1]


def target(condition="waiting", polls=0, words=""):
    return TargetStatus("api", "http://x", kinds=(KindStatus("goroutine", condition, polls=polls, words=words),))


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ((), "there is no profile of goroutines yet"),
        ((target("absent"),), "api has no profile of goroutines: is it a Go program?"),
        ((target("up", 3),), "api was not polled for goroutines in this window"),
        ((target("failing", words="it answers 500"),), "not polled for goroutines yet: it answers 500"),
        ((TargetStatus("api", "http://x"),), "api is not polled for goroutines"),
    ],
)
def test_an_empty_page_says_why(targets, words):
    text = " ".join(" ".join(drawn(StackBoard(GoroutineWish()), (80, 22), targets=targets)).replace("│", " ").split())
    assert words in text
    assert ("glance --pprof" in text) == (not targets)


def test_a_window_without_polls_and_a_profile_that_cannot_be_read():
    text = " ".join(drawn(StackBoard(GrowthWish(), "api"), (80, 22), is_memory=True, targets=()))
    assert "there is no poll of the memory of api in this window" in text
    assert "it is broken" in " ".join(drawn(StackBoard(GrowthWish(), mistake="it is broken"), (80, 22)))
    assert "one moment" in " ".join(drawn(StackBoard(GrowthWish(), is_working=True), (80, 22), view=View()))


def test_hostile_names_pass_the_gate():
    frame = StackFrame(HOSTILE, HOSTILE, 3, is_own=True)
    bad = row(HOSTILE, 1, 2, frames=(frame,), place=0, doing=Doing(((HOSTILE, 2),), True, 1, 1.0, 0, ((frame, 2),)))
    source = StackSource(HOSTILE, 3, HOSTILE, 3, (HOSTILE,))
    asked = AskedStates("failed", AT, words=HOSTILE)
    for size in SIZES:
        text = "".join(drawn(replace(BOARD, program=HOSTILE, rows=(bad,), source=source, asked=asked), size))
        assert not set("\x1b\x07\x9b\u202e") & set(text)


@pytest.mark.parametrize(
    ("minutes", "text"), [(None, "–"), (0, "<1m"), (0.5, "<1m"), (1, "1m"), (6.5, "6m30s"), (59, "59m"), (200, "3h20m")]
)
def test_waiting_times_are_those_of_go(minutes, text):
    assert waited(minutes) == text


def test_a_snapshot_without_stacks_says_so_and_not_how_to_poll():
    board = StackBoard(GoroutineWish(), is_frozen=True)
    assert nothing_words(EMPTY_SCENE, board, is_memory=False) == ["this snapshot has no profile of goroutines"]
    lines = nothing_lines(EMPTY_SCENE, board, 80, INKS, is_memory=True)
    assert "--pprof" not in "".join(strip.text for strip in lines)
