"""The page of SQL as a picture: aligned at any size, hostile text harmless, words for every state."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from glance.domain.sql_board import SqlBoard, SqlMistake, SqlResult, SqlWish
from glance.domain.view import View
from glance.widgets.inks import inks_of
from glance.widgets.sql_drawing import SqlState, row_room, sql_picture
from glance.widgets.sql_editor import SqlTyped
from glance.widgets.sql_grid import Marked, copied_text, grid_of, grid_strips, left_for, widths_within
from tests.scenes import AT, scene_at
from tests.stage import HOSTILE

SIZES = [(40, 8), (80, 22), (120, 33), (200, 53)]
INKS = inks_of("glance-dark")
ROWS = tuple(("/a/" + "long/" * n, n * 1000, n / 7, None, 500) for n in range(60))
RESULT = SqlResult("SELECT …", ("path", "hits", "p95", "user", "status"), ROWS, True, False, 0.012, 3112, AT)
WISH = SqlWish("x", 1)


def picture(
    state: SqlState, size: tuple[int, int] = (120, 33), theme: str = "glance-dark", **board: object
) -> list[str]:
    """The lines of the page."""
    page = SqlBoard(WISH, **{"run": state.run, **board})  # type: ignore[arg-type]
    scene = scene_at(view=View(page=WISH, filter=str(board.pop("where", ""))), page=page)
    drawn = sql_picture(scene, state, Size(*size), inks_of(theme))
    texts = [strip.text for strip in drawn.strips]
    assert [cell_len(text) for text in texts] == [size[0]] * size[1]
    return texts


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "state",
    [
        SqlState(),
        SqlState(SqlTyped("SELECT path FROM log " * 30, 200)),
        SqlState(is_typing=False, result=RESULT, typed=SqlTyped(RESULT.text, 0), row=30, top=25, column=3),
        SqlState(is_typing=False, result=RESULT, is_open=True, row=30),
        SqlState(is_typing=False, result=replace(RESULT, rows=(), columns=("a",))),
        SqlState(SqlTyped("SELECT pth", 7), mistake=SqlMistake("no such column", "path?", 7), asked="SELECT pth"),
    ],
)  # fmt: skip
def test_every_line_is_as_wide_as_the_page(size, state):
    for theme in ("glance-dark", "glance-light", "ansi-dark", "mono"):
        picture(state, size, theme)


def test_it_says_how_to_begin_with_what_and_of_how_much():
    text = "\n".join(picture(SqlState(), records=3112))
    assert "last 15m" in text
    assert "log has 3,112 rows" in text
    assert "1  the paths that fail most" in text
    assert re.search(r"seconds +how long it took", text)
    assert "source" in text


def test_at_80_cells_every_column_is_told():
    text = "\n".join(picture(SqlState(), (80, 22)))
    for name in ("epoch", "protocol", "source", "crawler"):
        assert name in text


def test_numbers_stand_below_each_other_at_the_right_with_their_points():
    lines = picture(SqlState(is_typing=False, result=RESULT))
    rows = [line for line in lines if "/a/" in line][:8]
    ends = {re.search(r"\d+(?= +[\d.]+ +NULL)", row).end() for row in rows}
    assert len(ends) == 1
    assert len({row.index(".", row.index(" ", 3)) for row in rows if re.search(r"\d\.\d", row)}) == 1
    assert "60 rows" in lines[-1]
    assert "12ms for 3.11k records" in lines[-1] or "12ms for 3,112 records" in lines[-1]


def test_a_number_is_never_cut_and_columns_come_into_view():
    widths = widths_within(grid_of(RESULT), 40)
    assert widths[1] == len("59000")
    assert left_for(widths, 0, 0, 40) == 0
    left = left_for(widths, 0, 4, 40)
    assert sum(widths[left:]) + 2 * (4 - left) <= 40


def test_the_place_of_a_mistake_is_marked():
    state = SqlState(SqlTyped("SELECT pth FROM log", 7), mistake=SqlMistake("no such column: pth", "", 7),
                     asked="SELECT pth FROM log")  # fmt: skip
    lines = picture(state)
    assert lines[2].index("^") == lines[1].index("pth")
    assert "no such column: pth" in lines[2]


def test_an_answer_of_another_window_or_filter_says_so():
    told = "of another window or filter"
    for about, is_other in ((("15m", None, ""), False), (("1h", None, ""), True), (("15m", None, "status=200"), True)):
        state = SqlState(is_typing=False, result=replace(RESULT, about=about), typed=SqlTyped(RESULT.text, 0))
        assert (told in picture(state)[2]) == is_other


def test_it_says_that_it_runs_and_what_was_left_out():
    lines = picture(SqlState(run=1), running_since=AT - 3, left_out=1200)
    assert "running 3" in lines[2]
    assert "esc stops it" in lines[2]
    assert "without 1.20k" in lines[0] or "without 1,200" in lines[0]


def test_what_was_not_all_is_told():
    cut = replace(RESULT, is_all=False, is_cut=True)
    last = picture(SqlState(is_typing=False, result=cut))[-1]
    assert "the first 60 rows" in last
    assert "some values are cut" in last


@pytest.mark.parametrize("is_open", [False, True])
def test_hostile_text_is_harmless_wherever_it_stands(is_open):
    result = SqlResult(HOSTILE, (HOSTILE, "b"), ((HOSTILE, b"\x1b[31m"), (None, 1)), True, False, 0.1, 1, AT)
    state = SqlState(SqlTyped(HOSTILE, 3), is_typing=False, result=result, is_open=is_open, said=HOSTILE,
                     mistake=SqlMistake(HOSTILE, HOSTILE, 2), asked=HOSTILE)  # fmt: skip
    for one in (state, replace(state, mistake=None)):
        text = "".join(picture(one))
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    copied = copied_text((HOSTILE, 1, None))
    assert copied.endswith("\t1\t")
    assert "\x1b" not in copied


def test_there_is_always_room_for_a_row():
    assert row_room(SqlState(SqlTyped("x " * 500, 0)), Size(40, 8)) >= 1


def test_room_behind_the_last_column_that_is_seen_belongs_to_those_that_were_cut():
    names = tuple(f"column {number}" for number in range(6))
    rows = ((*(f"{name} with rather a long value" for name in names),),)
    result = SqlResult("SELECT", names, rows, True, False, 0.1, 1, AT)
    inks = inks_of("glance-dark")
    heading, row = (strip.text for strip in grid_strips(result, Marked(0, 0), Size(78, 4), inks))
    assert len(heading) == len(row) == 78
    assert "column 0 with rather a long value" in row
