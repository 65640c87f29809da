"""Checks the keys that the settings give to commands, against the table of commands."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING

from glance.config import ConfigFile
from glance.errors import ConfigError

if TYPE_CHECKING:
    from glance.commands.command import Command, Situation

Keymap = tuple[tuple[str, str], ...]


def check_keys(keys: Keymap, file: ConfigFile) -> None:
    """Refuse keys for a command that there is not, keys that there are not, and a key for two commands.

    Raises:
        ConfigError: there is one.
    """
    from glance.commands.every import ALL_COMMANDS  # textual: only where keys are set

    known = [command for command in ALL_COMMANDS if command.group != "typing"]
    defaults = {command.id: command.keys for command in known}
    where = f"in [keys] of {file.path}"
    for name, _ in keys:
        if name not in defaults:
            raise ConfigError(
                f"unknown command `{name}` {where}", "glance has none of that name", _near(name, defaults)
            )
    for name, told in keys:
        for key in sorted(_split(told)):
            if not _is_key(key):
                raise ConfigError(
                    f"there is no key `{key}` for `{name}` {where}",
                    "keys have the names of Textual: a letter, ctrl+o, f2, space, pageup, right_square_bracket",
                    _nearest_key(key),
                )
    given = dict(keys)
    taken = {command: _split(given.get(command.id, command.keys)) for command in known}
    for one, other in combinations(known, 2):
        if not {one.id, other.id} & given.keys() or not taken[one] & taken[other] or not _meet(one, other):
            continue
        first, second = (one, other) if one.id in given else (other, one)
        raise ConfigError(
            f"two commands on the key `{min(taken[one] & taken[other])}` {where}",
            f"`{first.id}` was given it, and `{second.id}` has it",
            f"choose another key for `{first.id}`, or give `{second.id}` another one, too",
        )


def _meet(one: Command, other: Command) -> bool:
    """There is a situation in which both make sense, so that a key cannot mean both."""
    return any(one.is_valid(now) and other.is_valid(now) for now in _situations())


@cache
def _situations() -> tuple[Situation, ...]:
    """Every situation that can be, as far as commands depend on it, and some more: nothing is typed in any."""
    from glance.commands.command import Situation
    from glance.commands.every import PAGES, PANELS

    usual = {"panel": "", "is_typing": False}
    flags = [field.name for field in fields(Situation) if field.name not in usual]
    made = []
    for panel in ("", *PANELS, *PAGES):
        for values in product((False, True), repeat=len(flags)):
            told = dict(zip(flags, values, strict=True))
            if told.get("is_zoomed") or panel not in PAGES:  # a page has the whole screen
                made.append(Situation(panel=panel, **told))
    return tuple(made)


def _split(keys: str) -> frozenset[str]:
    """Keys that are written with commas between them."""
    from glance.commands.every import normal_key

    return frozenset(normal_key(key) for part in keys.split(",") if (key := part.strip()))


USUAL = {"pgup": "pageup", "pgdn": "pagedown", "esc": "escape", "del": "delete", "ins": "insert"}
"""What keys are called elsewhere."""
MODIFIERS = frozenset(("ctrl", "shift", "alt", "super", "hyper", "meta"))


def _is_key(key: str) -> bool:
    """Textual has a key of that name."""
    from textual.keys import REPLACED_KEYS, Keys, key_to_character

    *modifiers, name = key.split("+")
    if not MODIFIERS.issuperset(modifiers):
        return False
    return name in {one.value for one in Keys} or key_to_character(REPLACED_KEYS.get(name, name)) is not None


def _nearest_key(key: str) -> str:
    """What may have been meant."""
    import difflib  # only on the way to an error

    from textual.keys import Keys

    usual = {
        "pgup": "pageup",
        "pgdn": "pagedown",
        "pagedn": "pagedown",
        "esc": "escape",
        "del": "delete",
        "ins": "insert",
    }
    near = (
        [usual[key]] if key in usual else difflib.get_close_matches(key, [one.value for one in Keys], n=1, cutoff=0.5)
    )
    return f"did you mean `{near[0]}`?" if near else ""


def _near(name: str, known: dict[str, str]) -> str:
    """What may have been meant."""
    import difflib  # only on the way to an error

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"the commands are {', '.join(known)}"
