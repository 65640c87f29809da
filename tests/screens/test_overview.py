"""What keys and mouse do on the dashboard, without a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.commands.every import COMMANDS, PANELS, ROW_COMMANDS
from glance.screens.help import HelpScreen
from glance.widgets.header import Header
from glance.widgets.ranking_table import RankingTable
from tests.scenes import AT, firing, scene_at
from tests.screens.running import stage

ESC = "escape"


async def test_the_first_frame_has_the_layout_and_words():
    async with stage() as on:
        text = on.screen_text
        assert "reading access.log …" in text
        for name in PANELS:
            assert name in text
        assert on.engine.is_started


async def test_a_scene_is_shown():
    async with stage() as on:
        await on.publish()
        assert "/api/v1/users/me" in on.text("paths")
        assert "LIVE" in on.text("header")


async def test_the_engine_is_stopped_with_the_screen():
    async with stage() as on:
        pass
    assert on.engine.stops == 1


async def test_only_the_newest_unread_scene_is_shown():
    async with stage() as on:
        for second in range(50):
            on.engine.publish(scene_at(AT + second))
        await on.pilot.pause()
        assert on.overview.scene.at == AT + 49


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (80, 24), (60, 15)])
async def test_digits_reach_every_panel_at_every_size(size):
    async with stage(size) as on:
        await on.publish()
        for number, name in enumerate(PANELS, start=1):
            await on.press(str(number))
            assert on.focused == name
            assert on.overview.panel(name).region.height > 3
            assert f"{'⁰¹²³⁴⁵⁶⁷'[number]}{name}" in on.text(name)


async def test_tab_goes_through_the_panels_in_order():
    async with stage() as on:
        await on.press("1", "tab")
        assert on.focused == "sections"
        await on.press("shift+tab", "shift+tab")
        assert on.focused == "lines"


async def test_z_zooms_and_esc_goes_back():
    async with stage() as on:
        await on.publish()
        await on.press("z")
        assert on.overview.panel("paths").size == (160, 43)
        assert dict(on.engine.views[-1].rows)["paths"] > 100
        await on.press(ESC)
        assert on.overview.panel("paths").size.width == 80
        assert dict(on.engine.views[-1].rows)["paths"] < 100


async def test_a_digit_while_zoomed_zooms_the_other_panel():
    async with stage() as on:
        await on.press("z", "7")
        assert on.overview.panel("lines").size == (160, 43)
        await on.press(ESC)
        assert on.focused == "lines"


async def test_a_search_is_asked_for_kept_and_cleared_step_by_step():
    async with stage() as on:
        await on.publish()
        await on.press("slash", "A", "p", "i")
        assert dict(on.engine.views[-1].searches) == {"paths": "api"}
        await on.publish()
        assert "7 found" in on.text("paths")
        await on.press("enter")
        assert "/Api  esc clears" in on.text("paths")
        await on.press(ESC)
        assert on.engine.views[-1].searches == ()
        assert "esc clears" not in on.text("paths")


async def test_keys_that_are_text_are_typed_while_searching():
    async with stage() as on:
        await on.press("slash", "q", "2", "space", "s", "question_mark", "less_than_sign")
        table = on.overview.query_one("#paths", RankingTable)
        assert table.search == "q2 s?<"
        await on.press("backspace", "ctrl+u")
        assert table.search == ""


def reversed_rows(scene, name="paths"):
    rankings = [replace(one, rows=one.rows[::-1]) if one.name == name else one for one in scene.rankings]
    return {"rankings": tuple(rankings)}


async def test_a_cursor_moved_by_hand_stays_on_its_name_when_the_rows_change_places():
    async with stage() as on:
        await on.publish()
        await on.press("down", "down")
        table = on.overview.query_one("#paths", RankingTable)
        name = table.cursor
        await on.publish(AT + 1, **reversed_rows(on.overview.scene))
        assert table.cursor == name
        selected = [line for line in on.text("paths").splitlines() if line[1] == "▌"]
        assert len(selected) == 1
        assert name.rsplit("/", 1)[1] in selected[0]


def marked_lines(on, name="paths"):
    return [y for y, line in enumerate(on.text(name).splitlines()) if line[1] == "▌"]


async def test_a_cursor_that_nobody_moved_stays_on_the_first_row():
    async with stage() as on:
        await on.publish()
        await on.press("3")
        table = on.overview.query_one("#paths", RankingTable)
        first = table.cursor
        await on.publish(AT + 1, **reversed_rows(on.overview.scene))
        assert table.cursor == on.overview.scene.ranking("paths").rows[0].name != first
        assert (table.top, marked_lines(on)) == (0, [2])


@pytest.mark.parametrize("keys", [("s",), ("slash", "a"), ("greater_than_sign",), ("less_than_sign",)])
async def test_another_order_search_or_window_shows_the_top_of_the_table(keys):
    async with stage((80, 24)) as on:
        await on.publish()
        await on.press("G")
        table = on.overview.query_one("#paths", RankingTable)
        assert table.top > 0
        await on.press(*keys)
        await on.publish(AT + 1, **reversed_rows(scene_at(AT + 1, on.engine.views[-1])))
        assert table.cursor == on.overview.scene.ranking("paths").rows[0].name
        assert (table.top, marked_lines(on)) == (0, [2])


async def test_a_cursor_moved_before_the_answer_came_keeps_its_place():
    async with stage() as on:
        await on.publish()
        await on.press("3", "G", "s", "down")
        await on.publish(AT + 1, **reversed_rows(scene_at(AT + 1, on.engine.views[-1])))
        assert marked_lines(on) == [3]


async def test_a_click_on_a_heading_shows_the_top_of_the_table():
    async with stage() as on:
        await on.publish()
        await on.press("down", "down")
        heading = on.text("paths").splitlines()[1]
        await on.pilot.click("#paths", offset=(heading.index("bytes") + 1, 1))
        await on.publish(AT + 1)
        assert marked_lines(on) == [2]


async def test_s_goes_through_the_orders_and_they_are_remembered():
    async with stage() as on:
        await on.publish()
        seen = []
        for _ in range(5):
            await on.press("s")
            seen.append(on.engine.remembered[-1])
        assert seen == [("sort.paths", key) for key in ("errors", "bytes", "p95", "name", "hits")]
        assert on.engine.views[-1].sorts == ()


async def test_p95_is_no_order_where_the_log_has_no_times():
    async with stage() as on:
        await on.publish(has_latency=False)
        await on.press("s", "s", "s")
        assert dict(on.engine.views[-1].sorts)["paths"] == "name"


async def test_windows_by_key_wrap_around_and_are_remembered():
    async with stage() as on:
        await on.press("greater_than_sign")
        assert on.engine.views[-1].window == "1h"
        assert "‹ 1h ›" in on.text("header")
        await on.press("less_than_sign", "less_than_sign", "less_than_sign", "less_than_sign")
        assert on.engine.views[-1].window == "all"
        await on.press("w")
        assert on.engine.remembered[-1] == ("window", "1m")


async def test_paused_the_picture_stands_and_the_lines_are_counted():
    async with stage() as on:
        await on.publish()
        await on.press("space")
        assert on.engine.views[-1].is_paused
        await on.publish(AT + 10, lines_total=12_408_112 + 812)
        assert on.overview.scene.at == AT
        assert "812 lines behind" in on.text("header")
        await on.press("space")
        assert on.overview.scene.at == AT + 10
        assert "PAUSED" not in on.text("header")


async def test_what_is_asked_for_while_paused_is_answered_once():
    async with stage() as on:
        await on.publish()
        await on.press("space", "greater_than_sign")
        await on.publish(AT + 3)
        await on.publish(AT + 4)
        assert on.overview.scene.at == AT + 3


async def test_themes_change_every_panel_and_are_remembered():
    async with stage() as on:
        await on.publish()
        before = on.overview.panel("paths").render_line(2)
        await on.press("t")
        assert on.app.theme == "glance-light"
        assert on.overview.panel("paths").render_line(2) != before
        assert on.engine.remembered[-1] == ("theme", "glance-light")


async def test_the_header_names_the_theme_that_was_chosen_for_a_moment():
    async with stage((80, 24)) as on:
        await on.publish()
        await on.press("t")
        assert "theme light" in on.text("header")
        on.overview.query_one(Header).say_no_more()
        assert "theme" not in on.text("header")


async def test_help_lists_every_command_and_closes():
    async with stage((120, 500)) as on:
        await on.press("question_mark")
        assert isinstance(on.app.screen, HelpScreen)
        text = " ".join(on.screen_text.split())
        for command in (*COMMANDS, *ROW_COMMANDS):
            if command.group != "typing":
                assert command.tooltip.split()[0] in text
        await on.press(ESC)
        assert not isinstance(on.app.screen, HelpScreen)


async def test_help_has_one_line_for_the_digits_and_tells_the_mark_of_an_alert():
    async with stage((100, 240)) as on:
        await on.press("question_mark")
        text = " ".join(on.screen_text.split())
        assert "1 … 7 go to the panel with that number" in text
        assert "go to the panel of" not in text
        assert "▲ below the chart: an alert was triggered there" in text


async def test_help_lists_every_panel_when_one_has_another_key():
    async with stage((120, 200), keymap={"panel.lines": "right_square_bracket"}) as on:
        await on.press("question_mark")
        text = " ".join(on.screen_text.split())
        assert "] go to the panel of lines" in text
        assert "1 go to the panel of traffic" in text


async def test_scenes_go_on_behind_the_help():
    async with stage() as on:
        await on.press("question_mark")
        await on.publish()
        await on.press(ESC)
        assert "/api/v1/users/me" in on.screen_text


async def test_the_palette_offers_commands_windows_panels_and_themes():
    async with stage() as on:
        titles = {command.title for command in on.app.get_system_commands(on.app.screen)}
        assert {"Window 15m", "Window all", "Panel paths", "Pause", "Quit", "Theme light", "Theme dark"} <= titles


async def test_the_palette_runs_a_command():
    async with stage() as on:
        await on.press("ctrl+p")
        await on.press(*"window 6h")
        await on.pilot.pause(0.3)
        await on.press("enter")
        await on.pilot.pause()
        assert on.engine.views[-1].window == "6h"


async def test_keys_can_be_remapped():
    async with stage(keymap={"pause": "f7", "search": "f8"}) as on:
        await on.publish()
        await on.press("f7")
        assert on.engine.views[-1].is_paused
        await on.press("f8", "x")
        assert dict(on.engine.views[-1].searches) == {"paths": "x"}


async def test_settings_of_the_last_time_are_taken_up():
    async with stage(window="1h", theme="glance-light", sorts=(("paths", "bytes"),)) as on:
        assert on.engine.views[0].window == "1h"
        assert dict(on.engine.views[0].sorts) == {"paths": "bytes"}
        assert on.app.theme == "glance-light"


async def test_a_click_selects_a_row_and_gives_the_keys():
    async with stage() as on:
        await on.publish()
        await on.pilot.click("#clients", offset=(5, 4))
        assert on.focused == "clients"
        assert on.overview.query_one("#clients", RankingTable).cursor == "192.0.2.44" or True
        row = on.overview.scene.ranking("clients").rows[2]
        assert on.overview.query_one("#clients", RankingTable).cursor == row.name


async def test_a_click_on_a_heading_sorts_by_it():
    async with stage() as on:
        await on.publish()
        heading = on.text("paths").splitlines()[1]
        await on.pilot.click("#paths", offset=(heading.index("bytes") + 1, 1))
        await on.pilot.pause()
        assert dict(on.engine.views[-1].sorts) == {"paths": "bytes"}


async def test_a_click_on_a_number_in_a_border_shows_the_panel():
    async with stage((80, 24)) as on:
        await on.publish()
        border = on.text("paths").splitlines()[0]
        await on.pilot.click("#paths", offset=(border.index("⁷"), 0))
        await on.pilot.pause()
        assert on.focused == "lines"


async def test_clicks_on_the_window_and_the_footer_work():
    async with stage() as on:
        await on.publish()
        await on.pilot.click("#header", offset=(on.text("header").index("›"), 0))
        await on.pilot.pause()
        assert on.engine.views[-1].window == "1h"
        await on.pilot.click("#keys", offset=(on.text("keys").index("pause"), 0))
        await on.pilot.pause()
        assert on.engine.views[-1].is_paused


async def test_a_double_click_zooms():
    async with stage() as on:
        await on.publish()
        await on.pilot.click("#traffic", offset=(25, 3), times=2)
        await on.pilot.pause()
        assert on.overview.panel("traffic").size == (160, 43)


async def test_a_double_click_on_the_lines_opens_their_page():
    async with stage() as on:
        await on.publish()
        await on.pilot.click("#lines", offset=(5, 3), times=2)
        await on.pilot.pause()
        assert on.overview.panel("raw").size == (160, 43)
        await on.press("escape")
        assert on.focused == "lines"


async def test_the_wheel_moves_the_cursor():
    async with stage() as on:
        await on.publish()
        table = on.overview.query_one("#paths", RankingTable)
        table._wheel(_FakeWheel(), 1)
        await on.pilot.pause()
        assert table.cursor == on.overview.scene.ranking("paths").rows[1].name


class _FakeWheel:
    def stop(self):
        """As an event."""


async def test_trouble_stands_above_everything_and_goes():
    async with stage() as on:
        await on.publish(trouble="access.log was deleted")
        assert "access.log was deleted" in on.screen_text
        await on.publish(AT + 1)
        assert "access.log was deleted" not in on.screen_text


async def test_a_small_screen_has_the_alert_in_one_line():
    async with stage((80, 24)) as on:
        await on.publish(alerts=firing(AT))
        assert " FIRING  4m12s High traffic" in on.screen_text


async def test_a_small_screen_says_once_that_all_is_calm():
    async with stage((80, 24)) as on:
        await on.publish()
        assert on.screen_text.count("all calm") == 1
        await on.press("6")
        assert on.screen_text.count("all calm") == 1


async def test_too_small_says_what_is_needed_and_comes_back():
    async with stage((39, 9)) as on:
        assert "needs 40×10, has 39×9" in " ".join(on.screen_text.split())
        await on.pilot.resize_terminal(100, 30)
        await on.publish()
        assert "/api/v1/users/me" in on.screen_text


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (80, 24), (60, 15), (39, 9), (200, 55), (40, 10)])
async def test_resizing_to_any_size_keeps_the_panel_that_has_the_keys(size):
    async with stage() as on:
        await on.publish()
        await on.press("4")
        await on.pilot.resize_terminal(*size)
        await on.pilot.pause()
        await on.publish(AT + 1)
        await on.pilot.resize_terminal(120, 35)
        await on.pilot.pause()
        assert on.focused == "clients"
        assert "203.0.113.7" in on.text("clients")


async def test_an_equal_scene_repaints_nothing():
    async with stage() as on:
        await on.publish()
        painted = []
        for panel in on.overview.query("Panel"):
            panel.refresh = lambda *regions, **_: painted.append(regions)
        await on.publish()
        assert painted == []


async def test_a_new_scene_repaints_only_what_changed():
    async with stage() as on:
        await on.publish()
        painted = []
        for panel in on.overview.query("Panel"):
            panel.refresh = lambda *regions, name=panel.id, **_: painted.append((name, regions))
        await on.publish(lines_total=12_408_113)
        assert [name for name, _ in painted] == ["header"]
        assert sum(region.width for _, regions in painted for region in regions) < 4
