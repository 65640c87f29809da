"""The page of heat maps: what it asks, its cursor, its selections, and what it says where there is no map."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.domain.heat_board import HeatBoard, HeatWish
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord
from glance.widgets.heat_page import HeatPage
from glance.widgets.inks import inks_of
from tests.scenes import AT
from tests.screens.running import stage

START_MS = 1_763_812_000_000
SIZES = [(80, 24), (120, 35), (200, 55), (40, 12)]


def latency_board(wish: HeatWish, **changes: object) -> HeatBoard:
    """Six columns of a minute, four rows; the greatest cell is the third of the second row."""
    hits = ((0, 0, 1, 0, 0, 2), (3, 4, 90, 4, 3, 2), (1, 1, 1, 1, 1, 1), (0, 0, 0, 7, 0, 0))
    board = HeatBoard(
        wish, START_MS, 60_000, (1.0, 0.1, 0.01, 0.001, 0.0), hits, (), 122, 3,
        window_start_ms=START_MS, window_end_ms=START_MS + 360_000,
    )  # fmt: skip
    return replace(board, **changes)  # type: ignore[arg-type]


def second_board(wish: HeatWish, **changes: object) -> HeatBoard:
    """Five seconds, ten rows; the greatest cell is the last tenth of the second second."""
    hits = tuple(tuple(9 if (x, y) == (1, 0) else (x + y) % 3 for x in range(5)) for y in range(10))
    bounds = tuple(part / 10 for part in range(10, -1, -1))
    board = HeatBoard(
        wish, START_MS, 1000, bounds, hits, (), 100, 0, START_MS + 10, START_MS + 4900,
        START_MS - 60_000, START_MS + 60_000,
    )  # fmt: skip
    return replace(board, **changes)  # type: ignore[arg-type]


def page_of(on) -> HeatPage:
    return on.overview.query_one(HeatPage)


@pytest.mark.parametrize("size", SIZES)
async def test_h_opens_the_map_of_latency_and_asks_for_as_much_as_fits(size):
    async with stage(size) as on:
        await on.publish()
        assert on.engine.views[-1].page is None
        await on.press("h")
        wish = on.engine.views[-1].page
        assert wish == HeatWish("latency", size[0] - 10, 2 * (size[1] - 7))
        assert "reading" in on.text("heat")
        await on.publish(AT + 1, page=latency_board(wish))
        assert "heat map · latency" in on.text("heat")
        assert "90 requests" in on.text("heat")
        assert "3 more without a latency" in on.text("heat") or size[0] < 60
        await on.press("escape")
        assert on.engine.views[-1].page is None
        assert on.focused == "paths"


async def test_the_cursor_reads_cells_and_enter_filters_by_a_rectangle():
    async with stage() as on:
        await on.press("h")
        await on.publish(page=latency_board(on.engine.views[-1].page))
        assert "peak" in on.text("heat")
        await on.press("right")
        assert "4 requests" in on.text("heat")
        assert on.engine.views[-1].end is None  # the arrows are not for time here
        await on.press("v", "right", "down")
        assert "9 requests" in on.text("heat")
        assert "selected" in on.text("heat")
        await on.press("enter")
        chosen = parse_filter(on.engine.views[-1].filter)
        assert chosen.parts[1:] == ("latency>=1ms", "latency<100ms")
        at, seconds = START_MS + 180_000, 0.05
        inside = [chosen.test(LogRecord(at + ms, seconds=seconds)) for ms in (-1, 0, 119_999, 120_000)]
        assert inside == [False, True, True, False]


async def test_esc_gives_up_the_selection_then_the_cursor_then_the_page():
    async with stage() as on:
        await on.press("h")
        await on.publish(page=latency_board(on.engine.views[-1].page))
        await on.press("left", "v", "left", "escape")
        assert "cursor" in on.text("heat")
        await on.press("escape")
        assert "peak" in on.text("heat")
        await on.press("escape")
        assert on.overview.wish.zoomed == ""


async def test_h_again_goes_to_the_map_of_seconds_and_a_selection_there_is_a_stretch_of_time():
    async with stage() as on:
        await on.press("h", "h")
        wish = on.engine.views[-1].page
        assert (wish.kind, wish.rows, wish.start) == ("second", 50, None)
        assert "reading" in on.text("heat")
        await on.publish(page=second_board(wish))
        assert "heat map · within seconds" in on.text("heat")
        await on.press("v", "right", "down")
        assert on.engine.views[-1].page.start == START_MS // 1000  # it stands still under a cursor
        assert "enter" in on.text("heat")
        await on.press("enter")
        at = START_MS // 1000
        chosen = parse_filter(on.engine.views[-1].filter)
        same = parse_filter(f"time>={at + 1}.9 time<{at + 2}.9")
        assert [chosen.test(one) for one in around(at)] == [same.test(one) for one in around(at)]


def around(at: int):
    """Records at every tenth of a millisecond that matters."""
    return [LogRecord(at * 1000 + ms) for ms in (0, 1899, 1900, 1901, 2000, 2899, 2900, 2901)]


async def test_the_cursor_scrolls_the_map_of_seconds():
    async with stage() as on:
        await on.press("h", "h")
        await on.publish(page=second_board(on.engine.views[-1].page, first_ms=START_MS - 20_000))
        await on.press("left", "left")
        assert on.engine.views[-1].page.start == START_MS // 1000 - 1 - 2
        await on.press("g")
        assert on.engine.views[-1].page.start < START_MS // 1000 - 3


async def test_s_counts_others_and_n_cuts_a_second_otherwise():
    async with stage() as on:
        await on.publish()
        await on.press("h", "s")
        assert on.engine.views[-1].page.choice == "errors"
        await on.press("s", "s", "h")
        assert on.engine.views[-1].page.choice == "all"
        await on.press("n")
        assert on.engine.views[-1].page.rows == 10
        seen = []
        for _ in range(4):
            await on.press("s")
            seen.append(on.engine.views[-1].page.measure)
        assert seen == ["errors", "p99", "max", "requests"]


async def test_without_a_map_the_page_says_why():
    async with stage((80, 24)) as on:
        await on.press("h")
        await on.publish(page=HeatBoard(on.engine.views[-1].page, total=9, left_out=9))
        assert "does not tell how long requests took" in on.text("heat")
        await on.publish(AT + 1, page=HeatBoard(on.engine.views[-1].page))
        assert "no requests" in on.text("heat")
        await on.press("h")
        await on.publish(AT + 2, page=HeatBoard(on.engine.views[-1].page, total=9, left_out=9))
        assert "whole seconds" in on.text("heat")
        await on.press("left", "v", "enter", "escape")
        assert on.engine.views[-1].filter == ""


async def test_dragging_selects():
    async with stage((80, 24)) as on:
        await on.press("h")
        await on.publish(page=latency_board(on.engine.views[-1].page))
        page = page_of(on)
        await on.pilot.mouse_down(page, offset=(12, 6))
        await on.pilot.hover(page, offset=(40, 10))
        await on.pilot.mouse_up(page, offset=(40, 10))
        assert "selected" in on.text("heat")
        await on.pilot.click(page, offset=(70, 3))
        assert "selected" not in on.text("heat")


@pytest.mark.parametrize("theme", ["glance-mono", "glance-ansi-dark"])
async def test_few_colours_show_shades_by_signs(theme):
    async with stage((80, 24)) as on:
        on.overview.inks = inks_of(theme)
        await on.press("h")
        wish = on.engine.views[-1].page
        assert wish.rows == 17
        await on.publish(page=latency_board(wish))
        assert "█" in on.text("heat")
        assert "░" in on.text("heat")


async def test_a_row_over_many_lines_is_named_once():
    async with stage((120, 35)) as on:
        await on.press("h")
        wish = on.engine.views[-1].page
        await on.publish(page=latency_board(wish, bounds=(0.215, 0.2), hits=((3, 0, 0, 0, 0, 0),), total=3, left_out=2))
        assert on.text("heat").count("200ms┤") + on.text("heat").count("200ms▸") == 1
        assert "1 request," in on.text("heat")


async def test_keys_that_choose_are_offered_where_there_is_a_map():
    async with stage((120, 35)) as on:
        await on.publish()
        await on.press("h")
        assert "v select" not in on.text("keys")
        await on.publish(AT + 1, page=latency_board(on.engine.views[-1].page))
        assert "v select" in on.text("keys")
        assert "deny line" not in on.text("keys")
        assert "enter filter" in on.text("keys")
        await on.publish(AT + 2, page=latency_board(on.engine.views[-1].page, hits=(), bounds=(), total=0))
        assert "v select" not in on.text("keys")


async def test_with_a_filter_the_border_tells_it_instead_of_all_requests():
    async with stage() as on:
        await on.publish()
        await on.press("h")
        await on.publish(page=latency_board(on.engine.views[-1].page))
        assert "all requests" in on.text("heat")
        await on.press("enter", "f", *"status:5xx", "enter")
        await on.publish(AT + 1, page=latency_board(on.engine.views[-1].page))
        border = on.text("heat").splitlines()[0]
        assert "all requests" not in border
        assert "filter time=" in border
        assert "all that match" in border
