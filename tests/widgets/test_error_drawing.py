"""The page of errors at any size: two groups of statuses, what is behind one, and words where there is nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.domain.error_board import ErrorBoard, ErrorWish
from glance.domain.logs.chip import chips_of
from glance.domain.view import View
from glance.domain.window import Window
from glance.widgets.error_chip import error_chips
from glance.widgets.error_drawing import error_page, phrase, status_view
from glance.widgets.error_names import PARTS, ErrorState
from glance.widgets.inks import inks_of
from tests.boards import error_board, error_row
from tests.scenes import AT, scene_at
from tests.stage import HOSTILE

INKS = inks_of("glance-dark")
SIZES = [(40, 8), (60, 12), (80, 22), (120, 33), (149, 40), (200, 53)]


def text(board, size, state=None, inks=INKS, **changes):
    scene = replace(scene_at(AT), **changes)
    picture = error_page(scene, board, state or ErrorState(), Size(*size), inks)
    assert {strip.cell_length for strip in picture.strips} == {size[0]}
    assert len(picture.strips) == size[1]
    return [strip.text for strip in picture.strips]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("hides_noise", [False, True])
@pytest.mark.parametrize("part", PARTS)
def test_every_cell_is_painted(size, hides_noise, part):
    board = error_board()
    for row in board.rows:
        name = {"statuses": None, "targets": row.targets[-1].raw, "clients": row.clients[-1].raw}[part]
        text(board, size, ErrorState(part, row.key, name, hides_noise))
    text(replace(board, rows=board.rows[:1]), size)
    text(replace(board, rows=board.rows[5:]), size, ErrorState(hides_noise=True))


@pytest.mark.parametrize("size", SIZES[1:])
def test_the_chosen_status_is_seen_wherever_it_is(size):
    board = error_board()
    for row in board.rows:
        chosen = [line for line in text(board, size, ErrorState(row=row.key)) if "▌" in line]
        assert row.status in chosen[0]


def test_noise_is_set_apart_and_its_rule_is_said():
    lines = text(error_board(), (120, 33))
    title = next(number for number, line in enumerate(lines) if "scanner noise  3,358" in line)
    assert "paths scanners try (/.env, /wp-login …) answered 4xx" in lines[title + 1]
    assert "errors  500" in lines[1]
    assert "0.9% of requests" in lines[1]
    assert "404 Not Found · probe paths" in lines[title + 2]
    assert any("404 Not Found · storm of 404s" in line for line in lines)


def test_noise_can_be_hidden_and_is_counted_all_the_same():
    lines = text(error_board(), (120, 33), ErrorState(hides_noise=True))
    assert any("scanner noise  3,358" in line and "n shows it" in line for line in lines)
    assert not any("probe" in line for line in lines)


def test_what_is_behind_a_status_is_below_it_or_beside_it_where_there_is_room():
    small, wide = text(error_board(), (120, 33)), text(error_board(), (200, 53))
    assert "routes of" not in small[1]
    assert "routes of 500  214" in wide[1]
    assert any("Mozilla/5.0" in line for line in wide)
    for lines in (small, wide):
        shown = "\n".join(lines)
        assert "clients of 500  161" in shown
        assert "newest of 500" in shown


def test_statuses_are_told_by_name():
    assert [phrase(status) for status in ("404", "499", "599")] == ["Not Found", "client closed the request", ""]


def test_where_there_is_nothing_words_say_why():
    empty = ErrorBoard(ErrorWish(), (), 12)
    assert "reading …" in text(None, (80, 22))[1]
    assert "none of the 12 requests of this window was answered with 400 or above" in text(empty, (80, 22))[1]
    assert "the only request of this window was no error" in text(replace(empty, requests=1), (80, 22))[1]
    nothing = text(replace(empty, requests=0), (80, 22), totals=replace(scene_at(AT).totals, hits=0))
    assert "no requests in" in nothing[1]


@pytest.mark.parametrize("size", SIZES)
def test_hostile_text_reaches_no_cell(size):
    row = error_row("error", "500", 7)
    names = tuple(replace(name, name=HOSTILE) for name in row.targets)
    lines = tuple(replace(line, target=HOSTILE, client=HOSTILE, method=HOSTILE, source=HOSTILE) for line in row.lines)
    bad = replace(row, targets=names, clients=names, lines=lines, agents=(HOSTILE,) * len(lines))
    shown = "".join(text(replace(error_board(), rows=(bad,)), size))
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b\u2066"]


def test_without_colours_it_is_told_by_words_and_marks():
    lines = text(error_board(), (120, 33), inks=inks_of("monochrome"))
    assert any("▌500 Internal Server Error" in line for line in lines)


def test_a_window_longer_than_a_day_tells_the_day():
    window = Window(AT - 40 * 86_400, AT, 86_400)
    lines = text(error_board(), (120, 33), window=window, view=View(window="all"))
    assert "22Nov 11" in lines[2]
    assert "22 Nov 12:02:31" in lines[-3] or any("22 Nov 12:02:31" in line for line in lines)


def test_a_click_finds_the_status_that_is_drawn_there():
    board = error_board()
    view = status_view(board, ErrorState(row=("storm", "404")), Size(78, 20))
    rows = [view.at(y) for y in range(view.plan.statuses.height)]
    assert 7 in rows
    assert view.at(99) is None


# Chips --------------------------------------------------------------------------------------------


def chips(kind, status, part="statuses", index=0, there=""):
    board = error_board()
    row = next(row for row in board.rows if row.key == (kind, status))
    name = {"statuses": None, "targets": row.targets[index], "clients": row.clients[index]}[part]
    return chips_of(error_chips(board, row, part, name, there))


def test_a_status_is_filtered_by_what_its_row_counts():
    assert chips("error", "500") == ("status=500",)
    assert chips("probe", "403") == ("status=403", "noise=scanner")
    assert chips("error", "404") == ("status=404", "-noise=scanner", "-client=192.0.2.66")
    assert chips("storm", "404") == ("status=404", "-noise=scanner", "client=192.0.2.66")


def test_a_name_is_filtered_by_with_its_status_and_what_is_there_is_not_doubled():
    assert chips("error", "500", "targets") == ("status=500", "route=/api/v1/users/me")
    assert chips("error", "500", "clients") == ("status=500", "client=203.0.113.7")
    assert chips("error", "500", "clients", there="status=500 path:/api") == ("client=203.0.113.7",)


@pytest.mark.parametrize("size", SIZES[1:])
def test_names_of_columns_end_where_their_figures_end(size):
    lines = text(error_board(), size)
    for place, head in enumerate(lines[:-1]):
        ends = [found.end() for found in re.finditer("share", head)]
        below = lines[place + 1]
        assert not ends or any(below[end - 1] == "%" and below[end] == " " for end in ends), (head, below)
        assert not any(below[end] == "%" or below[end - 2] == "%" for end in ends), (head, below)
    assert all(line[-2] in " ─" for line in lines)
