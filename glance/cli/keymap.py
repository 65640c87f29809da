"""Checks the keys that the settings give to commands, against the table of commands."""

from __future__ import annotations

from glance.config import ConfigFile
from glance.errors import ConfigError

Keymap = tuple[tuple[str, str], ...]


def check_keys(keys: Keymap, file: ConfigFile) -> None:
    """Refuse keys for a command that there is not, and a key for two commands.

    Raises:
        ConfigError: there is one.
    """
    from glance.commands import COMMANDS, ROW_COMMANDS  # textual: only where keys are set

    defaults = {command.id: command.keys for command in (*COMMANDS, *ROW_COMMANDS) if command.group != "typing"}
    where = f"in [keys] of {file.path}"
    for name, _ in keys:
        if name not in defaults:
            raise ConfigError(
                f"unknown command `{name}` {where}", "glance has none of that name", _near(name, defaults)
            )
    given = dict(keys)
    owners: dict[str, str] = {}
    for name, usual in defaults.items():
        for key in sorted(_split(given.get(name, usual))):
            other = owners.setdefault(key, name)
            if other != name and (name in given or other in given):
                first, second = (name, other) if name in given else (other, name)
                raise ConfigError(
                    f"two commands on the key `{key}` {where}",
                    f"`{first}` was given it, and `{second}` has it",
                    f"choose another key for `{first}`, or give `{second}` another one, too",
                )


def _split(keys: str) -> frozenset[str]:
    """Keys that are written with commas between them."""
    return frozenset(key for part in keys.split(",") if (key := part.strip()))


def _near(name: str, known: dict[str, str]) -> str:
    """What may have been meant."""
    import difflib  # only on the way to an error

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"the commands are {', '.join(known)}"
