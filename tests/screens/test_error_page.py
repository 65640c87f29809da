"""The page of errors by its keys: one key there, `tab` through its lists, `enter` filters, `l` shows the lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.domain.error_board import ErrorWish
from glance.widgets.error_page import ErrorPage
from tests.boards import error_board, error_row
from tests.scenes import AT
from tests.screens.running import stage

SIZES = [(80, 24), (200, 55), (40, 10)]


@pytest.mark.parametrize("size", SIZES)
async def test_e_opens_the_page_and_only_then_it_is_asked_for(size):
    async with stage(size) as on:
        await on.publish()
        assert on.engine.views[-1].page is None
        await on.press("e")
        assert isinstance(on.engine.views[-1].page, ErrorWish)
        assert "reading" in on.text("errors")
        await on.publish(AT + 1, page=error_board())
        assert "500 Internal Server Error" in on.text("errors")
        await on.press("escape")
        assert on.engine.views[-1].page is None
        assert on.focused == "paths"


async def test_enter_on_a_status_filters_by_it():
    async with stage() as on:
        await on.press("e")
        await on.publish(page=error_board())
        await on.press("j", "enter")
        assert on.engine.views[-1].filter == "status=502"
        assert on.overview.wish.zoomed == "errors"


async def test_tab_goes_to_the_routes_and_the_clients_and_enter_adds_both_chips():
    async with stage() as on:
        await on.press("e")
        await on.publish(page=error_board())
        await on.press("tab", "tab", "j", "enter")
        assert on.engine.views[-1].filter == "status=500 client=198.51.100.23"
        await on.press("escape")
        assert on.overview.query_one(ErrorPage).state.part == "statuses"
        await on.press("shift+tab")
        assert on.overview.query_one(ErrorPage).state.part == "clients"
        await on.press("tab", "tab")
        assert on.overview.query_one(ErrorPage).state.part == "targets"
        assert on.overview.wish.zoomed == "errors"


async def test_l_shows_the_lines_behind_the_row_and_esc_comes_back():
    async with stage() as on:
        await on.press("e")
        await on.publish(page=error_board())
        await on.press("j", "l")
        assert on.overview.wish.zoomed == "raw"
        assert on.engine.views[-1].filter == "status=502"
        board = error_board()
        await on.publish(AT + 1, page=replace(board, rows=board.rows[1:2]))
        await on.press("escape")
        assert on.overview.wish.zoomed == "errors"
        assert on.engine.views[-1].filter == ""
        assert isinstance(on.engine.views[-1].page, ErrorWish)
        await on.publish(AT + 2, page=error_board())
        assert on.overview.query_one(ErrorPage).cursor == ("error", "502")
        await on.press("escape")
        assert on.overview.wish.zoomed == ""


async def test_n_hides_the_noise_and_the_cursor_leaves_it():
    async with stage() as on:
        await on.press("e")
        await on.publish(page=error_board())
        assert "probe paths" in on.text("errors")
        await on.press("G", "n")
        assert "probe paths" not in on.text("errors")
        assert "n shows it" in on.text("errors")
        page = on.overview.query_one(ErrorPage)
        assert page.row(on.overview.scene).key == ("error", "500")
        await on.press("n")
        assert "probe paths" in on.text("errors")


async def test_the_cursor_stays_on_its_status_when_others_come():
    async with stage() as on:
        await on.press("e")
        await on.publish(page=error_board())
        await on.press("j", "j")
        board = error_board()
        await on.publish(AT + 1, page=replace(board, rows=(error_row("error", "503", 900), *board.rows)))
        page = on.overview.query_one(ErrorPage)
        assert (page.cursor, page.index) == (("error", "404"), 3)
        await on.press("tab")
        gone = tuple(row for row in board.rows if row.key != ("error", "404"))
        await on.publish(AT + 2, page=replace(board, rows=gone))
        assert page.state.part == "statuses"


async def test_clicks_choose_a_status_and_a_name_and_a_double_click_filters():
    async with stage((120, 35)) as on:
        await on.press("e")
        await on.publish(page=error_board())
        lines = on.text("errors").splitlines()
        await on.pilot.click("#errors", offset=(20, next(y for y, line in enumerate(lines) if "429" in line)))
        page = on.overview.query_one(ErrorPage)
        assert page.cursor == ("error", "429")
        lines = on.text("errors").splitlines()
        await on.pilot.click("#errors", offset=(3, next(y for y, line in enumerate(lines) if "/static/js" in line)))
        assert page.state.part == "targets"
        assert page.state.name == b"/static/js/app.3f9c2e.js"
        await on.pilot.click("#errors", offset=(3, next(y for y, line in enumerate(lines) if "/static/js" in line)))
        assert on.engine.views[-1].filter.endswith("route=/static/js/app.3f9c2e.js")
        await on.press("backspace", "backspace", "backspace")
        row = next(y for y, line in enumerate(lines) if "502 Bad" in line)
        await on.pilot.click("#errors", offset=(20, row), times=2)
        await on.pilot.pause()
        assert on.engine.views[-1].filter == "status=502"


async def test_an_answer_for_another_page_is_none_of_its_business():
    async with stage() as on:
        await on.press("e")
        await on.publish(page=error_board())
        await on.press("d")
        assert "reading" in on.text("latency")
        await on.press("enter", "e")
        assert "500 Internal" in on.text("errors")


async def test_the_table_of_the_page_can_be_exported():
    async with stage() as on:
        await on.press("e")
        assert on.overview.query_one(ErrorPage).table is None
        await on.publish(page=error_board())
        table = on.overview.query_one(ErrorPage).table
        assert table.columns[:3] == ("status", "kind", "hits")
        assert table.rows[0][:3] == ("500", "error", 241)


@pytest.mark.parametrize("width", [80, 120])
async def test_the_first_rule_of_noise_stands_whole_on_its_line(width):
    async with stage((width, 24)) as on:
        await on.press("e")
        await on.publish(page=error_board())
        line = next(line for line in on.text("errors").splitlines() if "paths scanners try" in line)
        assert line.rstrip("│ ").endswith("answered 4xx" if width == 80 else "half its requests")
