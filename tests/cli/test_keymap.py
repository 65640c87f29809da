"""Keys in the settings: for commands that there are, and each for one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.cli.keymap import check_keys
from glance.cli.main import main
from glance.commands.every import COMMANDS, ROW_COMMANDS
from glance.config import ConfigFile
from glance.errors import ConfigError

FILE = ConfigFile(Path("c.toml"))


@pytest.mark.parametrize(
    "keys",
    [
        (("pause", "f5"), ("window.longer", "f4")),
        (("pause", "m"), ("page.metrics", "space")),
        (("row.up", "ctrl+o,k"),),
        (("zoom", "z"),),
        (),
        (("quit", "Q,ctrl+shift+x"), ("search", "ä"), ("help", "f1,insert"), ("window.longer", "§,f4")),
    ],
    ids=["readme", "swapped", "rows", "as it was", "none", "all kinds"],
)
def test_keys_of_one_command_each_are_good(keys: tuple[tuple[str, str], ...]) -> None:
    check_keys(keys, FILE)


@pytest.mark.parametrize(
    ("keys", "what", "why", "hint"),
    [
        ((("pasue", "p"),), "unknown command `pasue` in [keys] of c.toml", "none", "did you mean `pause`?"),
        ((("typing.keep", "x"),), "unknown command `typing.keep`", "none", ""),
        ((("pause", "p"), ("zoom", "p")), "two commands on the key `p`", "`zoom`", "another"),
        ((("pause", "pgup"),), "there is no key `pgup` for `pause` in [keys] of c.toml", "ctrl+o", "`pageup`"),
        ((("pause", "strg+p"),), "there is no key `strg+p`", "names of Textual", ""),
        ((("pause", "p"), ("bell", "<")), "two commands on the key `less_than_sign`", "`bell` was given it", "`bell`"),
        ((("pause", "s"),), "two commands on the key `s`", "`pause` was given it, and `sort` has it", "`sort`"),
    ],
)
def test_anything_else_is_told_in_three_parts(
    keys: tuple[tuple[str, str], ...], what: str, why: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        check_keys(keys, FILE)

    assert what in caught.value.what
    assert why in caught.value.why
    assert hint in caught.value.hint


@pytest.mark.parametrize(("line", "code"), [(["a.log"], 3), (["config"], 3), (["demo"], 3), (["report"], 0)])
def test_verbs_with_a_screen_refuse_them(tmp_path: Path, line: list[str], code: int) -> None:
    """A report, which has no keys, does without the table of commands."""
    file = tmp_path / "c.toml"
    file.write_text("[keys]\npasue = 'p'\n")
    log = tmp_path / "access.log"
    log.touch()

    assert main([*line, *([str(log)] if line == ["report"] else []), "--config", str(file)]) == code


@pytest.mark.parametrize("name", [command.id for command in (*COMMANDS, *ROW_COMMANDS) if command.group != "typing"])
def test_every_command_can_have_another_key(name: str) -> None:
    check_keys(((name, "f9"),), FILE)
