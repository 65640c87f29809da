"""The one table of commands: no key means two things at once, and every command can be found."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from glance.commands.every import (
    COMMANDS,
    GROUPS,
    PAGES,
    PANELS,
    ROW_COMMANDS,
    TABLES,
    Situation,
    footer_commands,
    groups_for,
    keys_of,
    raw_keys,
)
from glance.commands.page import HEAT_COMMANDS
from glance.commands.sql import SQL_COMMANDS

FILTERED = (*TABLES, "status")
SITUATIONS = [
    Situation(panel, zoomed, typing, search, paused, past, can_open, panel in FILTERED, has_filter, has_filter)
    for panel in ("", *PANELS, *PAGES)
    for zoomed in (False, True)
    for typing in (False, True)
    for search in (False, True)
    for paused in (False, True)
    for past in (False, True)
    for can_open in (False, True)
    for has_filter in (False, True)
]
SITUATIONS += [replace(now, has_interval=True) for now in SITUATIONS if not now.is_zoomed or now.panel == "traffic"]


def test_ids_are_unique():
    ids = [command.id for command in (*COMMANDS, *ROW_COMMANDS)]
    assert len(ids) == len(set(ids))


def test_no_key_does_two_things_in_the_same_situation():
    for now in SITUATIONS:
        valid = [command for command in (*COMMANDS, *ROW_COMMANDS) if command.is_valid(now)]
        for one, other in combinations(valid, 2):
            shared = set(one.keys.split(",")) & set(other.keys.split(","))
            assert not shared or "typing" in (one.group, other.group), (one.id, other.id, shared)


@pytest.mark.parametrize("command", [*COMMANDS, *ROW_COMMANDS], ids=lambda command: command.id)
def test_every_command_says_what_it_does(command):
    assert command.tooltip
    assert command.label
    assert command.group in (*GROUPS, "typing")


def test_digits_are_the_panels():
    assert [raw_keys(f"panel.{name}", {}) for name in PANELS] == [frozenset({str(n)}) for n in range(1, 8)]


def test_keys_are_called_as_people_call_them():
    window = next(command for command in COMMANDS if command.id == "window.longer")
    assert keys_of(window, {}) == [">", "."]
    assert keys_of(window, {"window.longer": "plus"}) == ["plus"]


def test_the_footer_offers_nothing_that_does_nothing():
    for now in SITUATIONS:
        shown = {command.id for command in footer_commands(now)}
        assert ("back" in shown) == now.can_go_back
        assert ("time.live" in shown) == (now.is_past and not now.is_typing)
        assert ("search" in shown) == (now.is_table and not now.is_typing)


def test_the_keys_of_time_are_nobody_elses():
    """Wherever one is, `home` and `end` go through time: the header says so."""
    times = {key for command in COMMANDS if command.group == "time" for key in command.keys.split(",")}
    others = {
        key
        for command in (*COMMANDS, *ROW_COMMANDS)
        if command.group not in ("time", "heat", "sql", "profile", "snapshots")  # cursors take arrows, `c` compares
        for key in command.keys.split(",")
    }
    assert {"left", "right", "home", "end"} <= times
    assert not {"home", "end"} & {key for command in (*HEAT_COMMANDS, *SQL_COMMANDS) for key in command.keys.split(",")}
    assert not (times - {"w"}) & others  # which shows lines whole on their page, and changes the window elsewhere


def test_arrows_with_a_modifier_are_shown_as_arrows():
    earlier = next(command for command in COMMANDS if command.id == "time.window_earlier")
    assert keys_of(earlier, {}) == ["shift+←"]


def test_a_key_may_be_written_as_its_character():
    assert raw_keys("search", {"search": "],/,x"}) == {"right_square_bracket", "slash", "x"}


def test_help_begins_with_the_page_that_is_looked_at():
    assert groups_for("profile")[0] == "profile"
    assert groups_for("raw")[0] == "lines"
    assert groups_for("paths") == groups_for("") == GROUPS
    for page in PAGES:
        assert sorted(groups_for(page)) == sorted(GROUPS)
