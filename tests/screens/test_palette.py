"""The palette: it offers what does something now, and no key in it or behind it fails."""

from __future__ import annotations

import pytest
from textual.command import CommandList

from glance.screens.export_chooser import ExportChooser
from tests.screens.running import stage


def titles(on):
    return {command.title for command in on.app.get_system_commands(on.app.screen)}


async def choose(on, words):
    """Find a command by its words, and run it."""
    await on.press("ctrl+p")
    await on.press(*words)
    await on.pilot.pause(0.3)
    await on.press("enter")
    await on.pilot.pause()


async def test_what_belongs_to_another_page_is_not_offered():
    async with stage() as on:
        await on.publish()
        assert "Address group" not in titles(on)
        assert {"Sort", "Export", "Page errors"} <= titles(on)
        await on.press("a")
        await on.publish()
        assert "Address group" in titles(on)
        assert not {"Sort", "Sql copy", "Line copy", "Page addresses", "Address deny"} & titles(on)


async def test_help_themes_and_quit_are_offered_while_a_filter_is_typed():
    async with stage() as on:
        await on.publish()
        await on.press("f", "s")
        assert {"Help", "Theme", "Quit", "Theme light"} <= titles(on)
        assert "Pause" not in titles(on)


async def test_a_command_whose_page_has_gone_meanwhile_is_not_run():
    async with stage() as on:
        await on.publish()
        await on.press("l")
        copy = next(one for one in on.app.get_system_commands(on.app.screen) if one.title == "Line copy")
        await on.press("semicolon")
        await copy.callback()  # the page of SQL has a copy too, of something else
        await on.pilot.resize_terminal(30, 8)
        await on.pilot.pause()
        await copy.callback()
        assert on.app.return_code is None


@pytest.mark.parametrize("size", [(120, 35), (20, 4)])
async def test_keys_before_its_list_has_a_place_do_nothing(size):
    async with stage(size) as on:
        on.app.action_command_palette()
        await on.pilot.press("pagedown", "pageup", "end")
        await on.press("pagedown", "down", "pageup")
        await on.press("escape")
        assert on.app.screen is on.overview


def open_above(on, what):
    """Put something above the dashboard."""
    if what == "palette":
        on.app.action_command_palette()
    elif what == "help":
        on.app.action_help()
    else:
        on.app.push_screen(ExportChooser(on.overview.inks, has_table=False, last=""))


@pytest.mark.parametrize("what", ["palette", "help", "exports"])
async def test_ctrl_c_leaves_from_anything_above_the_dashboard(what):
    async with stage() as on:
        await on.publish()
        open_above(on, what)
        await on.pilot.pause()
        assert on.app.screen is not on.overview
        await on.pilot.press("ctrl+c")
        assert on.app.return_code == 130


@pytest.mark.parametrize("what", ["palette", "help", "exports"])
async def test_what_stands_above_the_dashboard_is_closed_once(what):
    async with stage() as on:
        await on.publish()
        open_above(on, what)
        await on.pilot.pause()
        above = on.app.screen
        assert above is not on.overview
        above.dismiss()
        above.dismiss()  # as by two keys at once
        await on.pilot.pause()
        assert on.app.screen is on.overview


async def test_the_palette_runs_a_command_of_the_page():
    async with stage() as on:
        await on.publish()
        await on.press("d")
        await choose(on, "latency sort")
        assert on.engine.views[-1].page.sort != "p95"


async def test_without_colours_the_chosen_row_of_the_palette_is_underlined(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with stage() as on:
        await on.publish()
        on.app.action_command_palette()
        await on.pilot.pause(0.2)
        rows = on.app.screen.query_one(CommandList)
        assert rows.get_visual_style("option-list--option-highlighted").underline
        assert not rows.get_visual_style("option-list--option").underline
