"""What tables rank: their views, routes and raw paths, people and bots, and what of it is remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.commands.every import VIEWS
from glance.widgets.ranking_table import RankingTable
from tests.scenes import AT
from tests.screens.running import stage

SIZES = [(200, 55), (120, 35), (80, 24), (60, 15)]


def asked(on):
    """The rankings that the collector was asked for last."""
    return [name for name, _ in on.engine.views[-1].rows]


def remembered(on):
    """What was remembered, the newest of each."""
    return dict(on.engine.remembered)


@pytest.mark.parametrize("size", SIZES)
async def test_v_goes_through_what_a_table_can_rank_and_back(size):
    async with stage(size) as on:
        await on.publish()
        await on.press("4")
        for ranking in (*VIEWS["clients"][1:], "clients"):
            await on.press("v")
            await on.publish(AT + 1)
            assert ranking in asked(on)
            assert f"⁴{ranking}" in on.text("clients").splitlines()[0]
            assert ranking in on.text("clients").splitlines()[-1]
            assert remembered(on)["table.clients"] == ranking
        assert "203.0.113.7" in on.text("clients")


async def test_only_what_is_shown_is_counted_beside_what_costs_nothing():
    async with stage((80, 24)) as on:
        await on.publish()
        assert not {"agents", "referrers"} & set(asked(on))
        await on.press("4", "v", "v")
        assert "agents" in asked(on)
        assert "clients" not in asked(on)
        await on.press("3")
        assert "agents" not in asked(on)
        await on.press("4")
        assert "agents" in asked(on)


async def test_words_in_the_border_can_be_clicked():
    async with stage((120, 35)) as on:
        await on.publish()
        panel = on.overview.panel("sections")
        y = panel.size.height - 1
        await on.pilot.click(panel, offset=(panel.render_line(y).text.index("methods") + 1, y))
        await on.pilot.pause()
        await on.publish(AT + 1)
        assert "methods" in asked(on)
        assert "OPTIONS" in on.text("sections") or "DELETE" in on.text("sections")
        assert on.focused == "sections"


@pytest.mark.parametrize(
    ("keys", "chip"),
    [
        (("2", "v"), "host=shop.example"),
        (("2", "v", "v"), "method=GET"),
        (("3", "v"), "referrer=https://www.example/"),
        (("4", "v"), "client=203.0.113.0/24"),
        (("4", "v", "v", "v"), "crawler=Googlebot"),
        (("4", "v", "v", "v", "v"), "kind=person"),
    ],
)
async def test_enter_filters_by_a_row_of_any_table(keys, chip):
    async with stage() as on:
        await on.publish()
        await on.press(*keys)
        await on.publish(AT + 1)
        await on.press("enter")
        assert on.engine.views[-1].filter == chip


async def test_an_agent_is_filtered_by_whole():
    async with stage() as on:
        await on.publish()
        await on.press("4", "v", "v")
        await on.publish(AT + 1)
        await on.press("enter")
        assert on.engine.views[-1].filter.startswith('agent="Mozilla/5.0 (X11')


async def test_paths_are_routes_until_r_and_it_is_remembered():
    async with stage(is_raw=False) as on:
        await on.publish()
        assert "routes" in asked(on)
        assert "/api/v1/users/{id}" in on.text("paths")
        await on.press("down", "enter")
        assert on.engine.views[-1].filter == "route=/api/v1/users/{id}"
        await on.press("backspace", "2", "r")
        await on.publish(AT + 1)
        assert "/api/v1/users/{id}" not in on.text("paths")
        assert "/static/js/app.3f9c2e.js" in on.text("paths")
        assert remembered(on)["paths"] == "raw"
        await on.press("3", "z")
        assert dict(on.engine.views[-1].rows)["paths"] > 100
        await on.press("r")
        await on.publish(AT + 2)
        assert dict(on.engine.views[-1].rows)["routes"] > 100
        assert "/api/v1/users/{id}" in on.text("paths")
        assert remembered(on)["paths"] == "routes"


async def test_what_the_log_has_nothing_of_is_no_view():
    async with stage() as on:
        await on.publish(absent=("hosts", "crawlers"))
        await on.press("2")
        assert "hosts" not in on.text("sections")
        await on.press("v")
        assert on.overview.query_one("#sections", RankingTable).ranking == "methods"


async def test_a_view_that_is_remembered_is_shown_where_the_log_has_it():
    async with stage(tables=(("sections", "hosts"), ("clients", "nothing such"))) as on:
        await on.publish()
        assert "hosts" in asked(on)
        assert "⁴clients" in on.text("clients")
        await on.publish(AT + 1, absent=("hosts",))
        assert "hosts" not in asked(on)
        assert "²sections" in on.text("sections")


async def test_a_search_ends_with_the_view_that_it_was_for():
    async with stage() as on:
        await on.publish()
        await on.press("4", "slash", "2", "0", "enter", "v")
        assert on.engine.views[-1].searches == ()
        assert "esc clears" not in on.text("clients")


async def test_the_cursor_stays_on_its_name_in_any_view():
    async with stage() as on:
        await on.publish()
        await on.press("4", "v", "v", "v")
        await on.publish(AT + 1)
        await on.press("down", "down")
        table = on.overview.query_one("#clients", RankingTable)
        assert table.cursor == "bingbot"
        turned = [replace(one, rows=one.rows[::-1]) for one in on.overview.scene.rankings]
        await on.publish(AT + 2, rankings=tuple(turned))
        assert table.cursor == "bingbot"


async def test_o_goes_from_everyone_to_people_to_bots_in_one_chip():
    async with stage((120, 35)) as on:
        await on.publish()
        await on.press("o")
        assert on.engine.views[-1].filter == "kind=person"
        assert "people only" in on.text("header")
        await on.press("2", "enter", "o")
        assert on.engine.views[-1].filter == "kind=crawler,tool,monitor section=/api"
        assert "bots only" in on.text("header")
        await on.press("o")
        assert on.engine.views[-1].filter == "section=/api"


async def test_a_filter_is_completed_by_raw_paths_too():
    async with stage(is_raw=False) as on:
        await on.publish()
        await on.press("f")
        assert {"paths", "routes", "sections", "clients"} <= set(asked(on))


async def test_the_filter_of_the_last_time_is_one_key_away():
    async with stage(last_filter="status:5xx") as on:
        await on.publish()
        assert on.engine.views[-1].filter == ""
        await on.press("minus")
        assert on.engine.views[-1].filter == "status:5xx"
        await on.press("backspace")
        assert remembered(on)["filter"] == "status:5xx"


async def test_a_filter_that_is_not_understood_any_more_is_forgotten():
    async with stage(last_filter="status>>(") as on:
        await on.publish()
        await on.press("minus", "minus")
        assert on.engine.views[-1].filter == ""


async def test_the_palette_finds_every_ranking():
    async with stage((120, 35)) as on:
        await on.publish()
        titles = {command.title for command in on.app.get_system_commands(on.app.screen)}
        assert {f"Table {name}" for views in VIEWS.values() for name in views} <= titles
        await on.app.run_action("screen.ranking('agents')", default_namespace=on.overview)
        await on.pilot.pause()
        assert "agents" in asked(on)
        assert on.focused == "clients"
