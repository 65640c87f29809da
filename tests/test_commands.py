"""The one table of commands: no key means two things at once, and every command can be found."""

from __future__ import annotations

from itertools import combinations

import pytest

from glance.commands import COMMANDS, PANELS, ROW_COMMANDS, Situation, footer_commands, keys_of, raw_keys

SITUATIONS = [
    Situation(panel, zoomed, typing, search, paused)
    for panel in ("", *PANELS)
    for zoomed in (False, True)
    for typing in (False, True)
    for search in (False, True)
    for paused in (False, True)
]


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
    assert command.group in ("time", "panels", "tables", "program", "typing")


def test_digits_are_the_panels():
    assert [raw_keys(f"panel.{name}", {}) for name in PANELS] == [frozenset({str(n)}) for n in range(1, 8)]


def test_keys_are_called_as_people_call_them():
    window = next(command for command in COMMANDS if command.id == "window.longer")
    assert keys_of(window, {}) == [">", ".", "w"]
    assert keys_of(window, {"window.longer": "plus"}) == ["plus"]


def test_the_footer_offers_nothing_that_does_nothing():
    for now in SITUATIONS:
        shown = {command.id for command in footer_commands(now)}
        assert ("back" in shown) == now.can_go_back
        assert ("search" in shown) == (now.is_table and not now.is_typing)
