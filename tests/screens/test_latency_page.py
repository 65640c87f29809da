"""The page of latency by its keys: one key there, told apart, ordered, without errors, and filtered by."""

from __future__ import annotations

import pytest

from glance.domain.latency_board import BYS, SORTS, LatencyWish
from glance.widgets.latency_page import LatencyPage
from tests.boards import latency_board, latency_row
from tests.scenes import AT
from tests.screens.running import stage

SIZES = [(80, 24), (200, 55), (40, 10)]


@pytest.mark.parametrize("size", SIZES)
async def test_d_opens_the_page_and_only_then_it_is_asked_for(size):
    async with stage(size) as on:
        await on.publish()
        await on.press("d")
        assert isinstance(on.engine.views[-1].page, LatencyWish)
        assert "reading" in on.text("latency")
        await on.publish(AT + 1, page=latency_board())
        assert "all requests" in on.text("latency")
        await on.press("escape")
        assert on.engine.views[-1].page is None
        assert on.focused == "paths"


async def test_v_tells_latencies_apart_by_something_else():
    async with stage() as on:
        await on.press("d")
        told = []
        for _ in BYS:
            told.append(on.engine.views[-1].page.by)
            await on.press("v")
        assert tuple(told) == BYS
        assert on.engine.views[-1].page.by == BYS[0]


async def test_v_steps_over_what_no_line_names_and_says_so():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board(), absent=("hosts", "upstreams"))
        await on.press("v", "v")
        assert on.engine.views[-1].page.by == "sections"
        assert "names no" not in on.text("latency")
        await on.press("v")
        assert on.engine.views[-1].page.by == "routes"
        await on.publish(AT + 1, page=latency_board(), absent=("hosts", "upstreams"))
        assert "this log names no vhost and no upstream" in on.text("latency")
        await on.press("s")
        await on.publish(AT + 2, page=latency_board(), absent=("upstreams",))
        assert "this log names no" not in on.text("latency")
        await on.press("v", "v", "v", "v")
        await on.publish(AT + 3, page=latency_board(), absent=("upstreams",))
        assert on.engine.views[-1].page.by == "routes"
        assert "this log names no upstream" in on.text("latency")


async def test_a_click_on_upstream_tells_latencies_apart_by_it_and_enter_filters_by_one():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board(), absent=("upstreams",))
        place = on.text("latency").splitlines()[1].index("upstream") + 2
        await on.pilot.click("#latency", offset=(place, 1))
        await on.pilot.pause()
        assert on.engine.views[-1].page.by == "routes"
        assert "this log names no upstream" in on.text("latency")
        await on.publish(AT + 1, page=latency_board(), absent=())
        await on.pilot.click("#latency", offset=(place, 1))
        await on.pilot.pause()
        wish = on.engine.views[-1].page
        assert wish.by == "upstreams"
        rows = tuple(latency_row(name, 900, 1.0) for name in (None, "10.0.0.1:80", "shop/web-1"))
        await on.publish(AT + 2, page=latency_board(wish, rows=rows, distinct=2, looked_at=2), absent=())
        assert "2 upstreams" in on.text("latency")
        await on.press("j", "j", "enter")
        assert on.engine.views[-1].filter == "upstream=shop/web-1"


async def test_s_orders_by_the_next_column_and_a_click_by_that_one():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board())
        first = SORTS.index(on.engine.views[-1].page.sort)
        await on.press("s")
        assert on.engine.views[-1].page.sort == SORTS[first + 1]
        heading = on.text("latency").splitlines()[2]
        await on.pilot.click("#latency", offset=(heading.index("hits") + 1, 2))
        await on.pilot.pause()
        assert on.engine.views[-1].page.sort == "hits"


async def test_n_leaves_errors_out():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board())
        await on.press("n")
        wish = on.engine.views[-1].page
        assert wish.without_errors
        await on.publish(AT + 1, page=latency_board(wish, left_out=812))
        assert "4xx and 5xx left out: 812 requests" in on.text("latency")


async def test_the_slowest_requests_are_those_of_the_row_with_the_cursor():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board())
        assert on.engine.views[-1].page.row == b"/api/v1/users/me"
        await on.press("j")
        wish = on.engine.views[-1].page
        assert wish.row == b"/static/js/app.3f9c2e.js"
        await on.publish(AT + 1, page=latency_board(wish))
        assert "slowest of /static/js/app.3f9c2e.js" in on.text("latency")
        await on.press("g")
        assert on.engine.views[-1].page.row is None


async def test_enter_filters_by_a_name_but_not_by_all_requests():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board())
        await on.press("g", "enter")
        assert on.engine.views[-1].filter == ""
        await on.press("j", "enter")
        assert on.engine.views[-1].filter == "route=/api/v1/users/me"
        await on.press("e")
        assert on.overview.wish.zoomed == "errors"


async def test_l_on_all_requests_shows_all_lines_and_esc_comes_back():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board())
        await on.press("g", "l")
        assert on.overview.wish.zoomed == "raw"
        assert on.engine.views[-1].filter == ""
        assert "no row" not in on.text("header")
        await on.press("escape")
        assert on.overview.wish.zoomed == "latency"


async def test_a_hidden_page_asks_for_nothing():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board())
        await on.press("j", "j", "escape", "e")
        await on.publish(AT + 1)
        await on.press("left")
        assert type(on.engine.views[-1].page).__name__ == "ErrorWish"


async def test_a_click_chooses_a_row_and_the_table_can_be_exported():
    async with stage((120, 35)) as on:
        await on.press("d")
        page = on.overview.query_one(LatencyPage)
        assert page.table is None
        await on.publish(page=latency_board())
        lines = on.text("latency").splitlines()
        await on.pilot.click("#latency", offset=(5, next(y for y, line in enumerate(lines) if "/login" in line)))
        assert page.cursor == b"/login"
        assert page.table.columns[:3] == ("route", "hits", "timed")
        assert page.table.rows[0][0] == "all requests"
