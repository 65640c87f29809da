"""The interval on the time axis by keys and mouse, zooming into time and back, and comparing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from glance.domain.interval import Interval
from glance.domain.scene import HistoryStatus, IntervalFigures
from glance.domain.window import is_own, window_choice
from glance.widgets.timeline import span_words
from glance.widgets.traffic_chart import TrafficChart
from tests.comparisons import compared
from tests.scenes import AT, scene_at
from tests.screens.running import stage

LEFT, RIGHT, SHORTER, LONGER = (
    "left_square_bracket",
    "right_square_bracket",
    "left_curly_bracket",
    "right_curly_bracket",
)


async def test_a_bracket_selects_the_newest_part_and_gives_the_keys_to_the_chart():
    async with stage() as on:
        await on.publish()
        await on.press(LEFT)
        interval = on.overview.interval
        assert interval.end == on.overview.scene.window.end - 5  # the step that is being filled is not shown
        assert on.focused == "traffic"
        assert span_words(interval) in on.text("traffic")
        assert "enter filter" in on.text("traffic")
        assert on.engine.views[-1].interval == interval


async def test_keys_move_it_and_change_its_length():
    async with stage() as on:
        await on.publish()
        await on.press(RIGHT)
        first = on.overview.interval
        await on.press(LEFT, LEFT)
        assert on.overview.interval.end == pytest.approx(first.end - first.seconds, abs=5)
        await on.press(RIGHT, RIGHT)
        assert on.overview.interval == first
        await on.press(LONGER)
        assert on.overview.interval.seconds == 2 * first.seconds
        await on.press(SHORTER, SHORTER)
        assert on.overview.interval.seconds == pytest.approx(first.seconds / 2, abs=5)


async def test_its_latency_is_shown_when_it_is_answered():
    async with stage() as on:
        await on.publish()
        await on.press(LEFT)
        assert "p95 …" in on.text("traffic")
        await on.publish(interval=IntervalFigures(on.overview.interval, 0.321))
        assert "p95 321ms" in on.text("traffic")


async def test_enter_adds_the_chip_of_the_interval():
    async with stage() as on:
        await on.publish()
        await on.press(LEFT, LEFT)
        interval = on.overview.interval
        await on.press("enter")
        from glance.domain.logs.filter import parse_filter
        from glance.domain.logs.record import LogRecord

        chosen = parse_filter(on.engine.views[-1].filter)
        assert len(chosen.parts) == 1
        inside = [chosen.test(LogRecord(int(at * 1000))) for at in (interval.start, interval.end - 0.001)]
        outside = [chosen.test(LogRecord(int(at * 1000))) for at in (interval.start - 0.001, interval.end)]
        assert (inside, outside) == ([True, True], [False, False])
        assert on.overview.interval is None
        await on.press(LEFT, "enter")
        assert len(parse_filter(on.engine.views[-1].filter).parts) == 1  # in place of the one before


async def test_enter_on_a_table_is_still_its_row():
    async with stage() as on:
        await on.publish()
        await on.press(LEFT, "3", "enter")
        assert on.engine.views[-1].filter.startswith(("path", "route"))


async def test_z_looks_at_the_interval_alone_and_esc_leads_back_step_by_step():
    async with stage() as on:
        await on.publish()
        await on.press(LEFT, LEFT, LEFT, LEFT)
        interval = on.overview.interval
        await on.press("z")
        await on.publish(AT + 1)
        window = on.overview.scene.window
        assert (window.start, window.end) == (interval.start, interval.end)
        assert is_own(on.engine.views[-1].window)
        assert "‹ 1m15s ›" in on.text("header")
        assert "PAST" in on.text("header")
        await on.press(LEFT, "z")
        await on.publish(AT + 2)
        assert on.overview.scene.window.seconds < 20
        await on.press("escape")
        await on.publish(AT + 3)
        assert on.overview.scene.window == window
        await on.press("escape")
        await on.publish(AT + 4)
        assert (on.engine.views[-1].window, on.engine.views[-1].end) == ("15m", None)
        assert on.overview.scene.is_live


async def test_esc_clears_the_interval_first_then_the_zoom_then_the_filter():
    async with stage() as on:
        await on.publish()
        await on.press("3", "enter", LEFT, "z", LEFT)
        assert on.overview.now.can_go_back
        await on.press("escape")
        assert on.overview.interval is None
        assert is_own(on.engine.views[-1].window)
        await on.press("escape")
        assert on.engine.views[-1].window == "15m"
        assert on.engine.views[-1].filter
        await on.press("escape")
        assert not on.engine.views[-1].filter


async def test_end_comes_back_to_now_in_the_window_from_before():
    async with stage(window="1h") as on:
        await on.publish()
        await on.press(LEFT, "z")
        await on.publish(AT + 1)
        await on.press("end")
        assert (on.engine.views[-1].window, on.engine.views[-1].end) == ("1h", None)
        await on.press("escape")
        assert on.engine.views[-1].window == "1h"


async def test_longer_and_shorter_leave_a_window_of_its_own_around_its_middle():
    async with stage(window="1h") as on:
        await on.publish()
        await on.press(LEFT, LEFT, LEFT, LEFT, "z")
        await on.publish(AT + 1)
        window = on.overview.scene.window
        await on.press("greater_than_sign")
        await on.publish(AT + 2)
        assert on.engine.views[-1].window == "15m"
        middle = (on.overview.scene.window.start + on.overview.scene.window.end) / 2
        assert middle == pytest.approx((window.start + window.end) / 2, abs=5)
        assert ("window", "15m") in on.engine.remembered
        assert not any("/" in value for key, value in on.engine.remembered if key == "window")


async def test_plus_and_underscore_zoom_around_the_middle():
    async with stage() as on:
        await on.publish()
        window = on.overview.scene.window
        await on.press("plus")
        await on.publish(AT + 1)
        closer = on.overview.scene.window
        assert closer.seconds == window.seconds / 2
        assert closer.start - window.start == pytest.approx(window.seconds / 4, abs=5)
        await on.press("underscore")
        await on.publish(AT + 2)
        assert on.overview.scene.window.seconds == window.seconds
        await on.press("escape", "escape")
        assert (on.engine.views[-1].window, on.engine.views[-1].end) == ("15m", None)


async def test_a_zoomed_window_is_moved_by_half_of_itself():
    async with stage() as on:
        await on.publish()
        await on.press(LEFT, LEFT, LEFT, "z")
        await on.publish(AT + 1)
        window = on.overview.scene.window
        await on.press("left")
        await on.publish(AT + 2)
        assert on.overview.scene.window.seconds == window.seconds
        assert window.start - on.overview.scene.window.start == pytest.approx(window.seconds / 2, abs=5)


async def test_a_zoom_that_reaches_now_goes_on_with_what_comes():
    async with stage(window="5m") as on:
        await on.publish()
        await on.press("underscore")
        assert on.engine.views[-1].end is None
        assert window_choice(on.engine.views[-1].window).seconds == 600


async def test_nothing_finer_than_a_second():
    async with stage(window="1m") as on:
        await on.publish()
        for moment in range(7):
            await on.press("plus")
            await on.publish(AT + moment)
        assert on.overview.scene.window.seconds == 1
        assert "more closely" in on.text("header")


async def test_an_interval_snaps_to_the_steps_of_a_longer_window():
    async with stage() as on:
        await on.publish()
        await on.press(LEFT, LEFT, LEFT)
        before = on.overview.interval
        await on.press("greater_than_sign")
        await on.publish(AT + 1)
        after = on.overview.interval
        assert after.start <= before.start < before.end <= after.end
        assert (after.start % 30, after.end % 30) == (0, 0)


async def test_an_interval_that_has_left_the_window_is_let_go():
    async with stage(window="1m") as on:
        await on.publish()
        await on.press(LEFT)
        await on.publish(AT + 30)
        assert on.overview.interval is not None
        await on.publish(AT + 120)
        assert on.overview.interval is None


async def test_the_mouse_draws_an_interval_and_a_click_clears_it():
    async with stage() as on:
        await on.publish()
        chart = on.overview.query_one(TrafficChart)
        await on.pilot.mouse_down(chart, offset=(60, 3))
        await on.pilot.hover(chart, offset=(80, 3))
        await on.pilot.mouse_up(chart, offset=(80, 3))
        await on.pilot.pause()
        interval = on.overview.interval
        window = on.overview.scene.window
        columns = chart.size.width - 8
        assert interval.start - window.start == pytest.approx(window.seconds * (60 - 7) / columns, abs=10)
        assert interval.end - window.start == pytest.approx(window.seconds * (80 - 6) / columns, abs=10)
        assert on.engine.views[-1].interval == interval
        assert on.focused == "traffic"
        await on.pilot.click(chart, offset=(20, 3))
        await on.pilot.pause()
        assert on.overview.interval is None


async def test_the_border_of_the_chart_can_be_clicked():
    async with stage() as on:
        await on.publish()
        border = on.text("traffic").splitlines()[-1]
        await on.pilot.click(
            "#traffic", offset=(border.index("[ ] select"), on.overview.panel("traffic").size.height - 1)
        )
        await on.pilot.pause()
        assert on.overview.interval is not None


async def test_nothing_can_be_selected_where_nothing_is():
    async with stage() as on:
        scene = scene_at()
        zeros = (0,) * scene.window.steps
        await on.publish(totals=replace(scene.totals, hits=0), traffic=replace(scene.traffic, hits=zeros))
        await on.press(LEFT)
        assert on.overview.interval is None
        assert "no requests to select from" in on.text("header")


async def test_a_paused_picture_stands_still_while_an_interval_is_selected():
    async with stage() as on:
        await on.publish()
        await on.press("space", LEFT)
        interval = on.overview.interval
        await on.publish(AT + 7, interval=IntervalFigures(interval, 0.2))
        assert on.overview.scene.at == AT
        assert "p95 200ms" in on.text("traffic")


async def test_keys_of_the_interval_are_text_while_a_search_is_typed():
    async with stage() as on:
        await on.publish()
        await on.press("3", "slash", LEFT, "c", "plus")
        assert on.overview.interval is None
        assert on.engine.views[-1].compare is None
        assert dict(on.engine.views[-1].searches)


# Comparing ---------------------------------------------------------------------------------------


async def test_c_goes_through_the_windows_that_are_known():
    async with stage() as on:
        await on.publish()
        seen = []
        for _ in range(4):
            await on.press("c")
            seen.append(on.engine.views[-1].compare)
        assert seen == ["before", "yesterday", "week", None]
        assert "no comparison" in on.text("header")


async def test_what_is_not_known_is_left_out_in_words():
    async with stage() as on:
        known = HistoryStatus("off", AT - 3000, AT)
        await on.publish(history=known)
        await on.press("c", "c")
        assert [view.compare for view in on.engine.views[-2:]] == ["before", None]
        assert "no comparison with yesterday and last week: nothing is known before" in on.text("header")


async def test_everything_has_no_window_beside_it():
    async with stage(window="all") as on:
        await on.publish()
        await on.press("c")
        assert on.engine.views[-1].compare is None
        assert "no window beside it" in on.text("header")


async def test_every_row_and_tile_shows_its_change():
    async with stage((200, 55)) as on:
        await on.publish()
        await on.press("c")
        scene = compared(scene_at(AT + 1, on.engine.views[-1]))
        await on.publish(AT + 1, comparison=scene.comparison)
        for name in ("sections", "paths", "clients"):
            assert "change" in on.text(name)
            assert "▲ 25%" in on.text(name)
        assert "vs before" in on.text("tiles")


async def test_tables_are_ordered_by_change_only_while_there_is_a_comparison():
    async with stage() as on:
        await on.publish()
        await on.press("3", "s", "s", "s", "s", "s")
        assert not on.engine.views[-1].sorts
        await on.press("c", "s")
        assert dict(on.engine.views[-1].sorts).popitem()[1] == "risers"
        await on.press("s")
        assert dict(on.engine.views[-1].sorts).popitem()[1] == "fallers"
        assert not any(value in ("risers", "fallers") for _, value in on.engine.remembered)
        await on.press("c", "c", "c")
        assert on.engine.views[-1].compare is None
        assert not on.engine.views[-1].sorts


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_selecting_works_at_every_size(size):
    async with stage(size) as on:
        await on.publish()
        await on.press(LEFT, LEFT)
        assert isinstance(on.overview.interval, Interval)
        assert on.focused == "traffic"
        assert span_words(on.overview.interval) in on.text("traffic")


async def test_a_time_is_gone_to_in_a_window_as_long_as_before():
    async with stage() as on:
        await on.publish()
        await on.press("at", "minus", "2", "h")
        assert "go to" in on.text("filter-bar")
        assert "enter" in on.text("filter-bar")
        await on.press("enter")
        view = on.engine.views[-1]
        assert view.window == "15m"
        assert view.end == pytest.approx(AT - 7200 + 450)
        assert not view.filter


async def test_a_stretch_that_is_gone_to_is_a_window_of_its_own_and_esc_comes_back():
    async with stage() as on:
        await on.publish()
        await on.press("3", "enter")
        kept = on.engine.views[-1].filter
        await on.press("at", "1", "4", "escape")
        assert on.engine.views[-1].filter == kept
        await on.press("at")
        day = datetime.fromtimestamp(AT - 86400, UTC).astimezone().strftime("@%Y-%m-%d")
        on.overview.filter_bar.write(day, len(day))
        await on.press("enter")
        assert is_own(on.engine.views[-1].window)
        assert window_choice(on.engine.views[-1].window).seconds == 86400
        assert on.engine.views[-1].filter == kept
        await on.press("escape")
        assert on.engine.views[-1].window == "15m"


async def test_a_mistake_in_a_time_is_said_and_goes_nowhere():
    async with stage() as on:
        await on.publish()
        before = on.engine.views[-1] if on.engine.views else None
        await on.press("at", *"soon")
        assert "this is no time" in on.text("filter-bar")
        await on.press("enter")
        assert on.overview.is_filter_typed
        await on.press("escape")
        assert not on.overview.is_filter_typed
        assert (on.engine.views[-1] if on.engine.views else None) == before


@pytest.mark.parametrize("text", ["2030-01-01", "2030-01-01 14:00", "4000000000"])
async def test_what_has_not_come_yet_is_said_and_goes_nowhere(text):
    async with stage() as on:
        await on.publish()
        before = (on.overview.view.window, on.overview.view.end)
        await on.press("at")
        on.overview.filter_bar.write(f"@{text}", len(text) + 1)
        await on.press("enter")
        assert (on.overview.view.window, on.overview.view.end) == before
        assert "that has not come yet" in on.screen_text
        assert not on.overview.is_filter_typed
