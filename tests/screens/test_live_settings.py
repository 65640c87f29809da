"""Other settings while the dashboard runs, panels of one's choice, and what is said the first time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.own_theme import own_palette
from glance.screens.settings import SettingsRead
from glance.themes import set_own
from tests.screens.running import stage

FEW = ("lines", "traffic", "paths")


@pytest.fixture(autouse=True)
def no_theme_stays():
    yield
    set_own(())


@pytest.mark.parametrize("size", [(200, 55), (120, 35), (80, 24), (60, 15)])
async def test_only_chosen_panels_are_there_and_the_others_can_be_opened(size):
    async with stage(size, panels=FEW) as on:
        await on.publish()
        assert on.focused == "paths"
        await on.press("tab")
        assert on.focused == "lines"
        await on.press("4")
        assert on.overview.panel("clients").size == (size[0], size[1] - 2)
        await on.press("escape")
        assert on.focused == "lines"
        assert not on.overview.panel("clients").display


async def test_the_panel_that_had_the_keys_is_remembered():
    async with stage((80, 24), panel="status") as on:
        await on.publish()
        assert on.focused == "status"
        await on.press("6")
        assert dict(on.engine.remembered)["panel"] == "alerts"
    async with stage(panel="status", panels=("alerts", "lines")) as on:
        assert on.focused == "alerts"


async def tell(on, **changes):
    """The file of settings was changed."""
    on.app.post_message(SettingsRead(replace(on.app._settings, **changes), "settings read anew"))
    await on.pilot.pause()


async def test_keys_follow_the_file():
    async with stage() as on:
        await on.publish()
        await tell(on, keymap={"pause": "p", "view.next": "V", "search": "ctrl+f", "filter.text": "F"})
        assert "settings read anew" in on.text("header")
        assert "p pause" in on.text("keys")
        assert " V clients" in on.text("clients")
        await on.press("space", "v")
        assert not on.engine.views[-1].is_paused
        await on.press("p", "4", "V")
        assert on.engine.views[-1].is_paused
        assert on.overview.panel("clients").ranking == "networks"
        await on.press("ctrl+f", "x", "enter", "F", "s")
        assert on.overview.filter_bar.is_open
        await on.press("escape")
        await tell(on, keymap={})
        await on.press("space")
        assert not on.engine.views[-1].is_paused


async def test_panels_follow_the_file_and_the_keys_find_a_place():
    async with stage() as on:
        await on.publish()
        await on.press("4")
        await tell(on, panels=FEW)
        assert on.focused == "paths"
        assert {name for name in ("sections", "clients", "status") if on.overview.panel(name).display} == set()
        await tell(on, panels=("clients",))
        assert on.focused == "clients"
        assert on.overview.panel("clients").size.width == 160


async def test_themes_follow_the_file():
    own = own_palette(("glance-mine", (("base", "dark"), ("accent", "#ffcc00"))))
    async with stage() as on:
        await on.publish()
        await tell(on, theme="glance-mine", palettes=(own,))
        assert on.app.theme == "glance-mine"
        assert on.overview.inks.focus.color.triplet.hex == "#ffcc00"
        await tell(on, palettes=(replace(own, focus="#00ccff"),))
        assert on.overview.inks.focus.color.triplet.hex == "#00ccff"
        await tell(on, palettes=())
        assert on.app.theme == "glance-dark"


async def test_a_mistake_is_said_until_it_is_put_right():
    async with stage((120, 35), keymap={"pause": "p"}) as on:
        await on.publish()
        on.app.post_message(SettingsRead(None, "settings stay as they were: bad value for `panels`"))
        await on.pilot.pause()
        assert "bad value for `panels`" in on.text("header")
        await on.press("p")
        assert on.engine.views[-1].is_paused
        await tell(on)
        assert "bad value" not in on.text("header")


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (60, 18)])
async def test_the_first_time_says_what_to_press_first(size):
    async with stage(size, has_hint=True) as on:
        assert "new here?  enter only what belongs to the row" in on.text("hint")
        assert on.overview.panel("hint").region.y == size[1] - 2
        assert "hint" not in dict(on.engine.remembered)
        await on.publish()
        assert dict(on.engine.remembered)["hint"] == "seen"
        await on.press("enter")
        assert not on.overview.panel("hint").display


async def test_nothing_is_said_the_second_time():
    async with stage() as on:
        assert not on.overview.panel("hint").display
