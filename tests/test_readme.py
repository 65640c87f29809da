"""The README says what the program does: its keys, options, verbs and formats are those there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from glance.cli.options import SHARED
from glance.cli.report_csv import COLUMNS
from glance.cli.root import VERBS
from glance.commands.every import COMMANDS, ROW_COMMANDS, keys_of
from glance.config import THEMES
from glance.ingest.named import format_names
from glance.paths import DATABASE_NAME

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows_after(mark: str) -> list[list[str]]:
    """The cells of the table that follows a text, without its heading."""
    lines = README[README.index(mark) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows[2:]


def coded(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def test_every_key_is_told_and_no_other() -> None:
    told = [(coded(keys), does) for keys, does in rows_after("<!-- keys:")]
    bound = [(keys_of(one, {}), one.tooltip) for one in (*COMMANDS, *ROW_COMMANDS) if one.group != "typing"]

    assert sorted(told) == sorted(bound)


def test_every_option_is_told_with_its_default_and_meaning() -> None:
    told = {}
    for names, default, meaning in rows_after("<!-- options:"):
        told[frozenset(re.findall(r"--?[a-z-]+", names))] = (default.strip("`"), meaning)
    true = {}
    with click.Context(click.Command("glance")):
        for shared in SHARED:
            names = frozenset(part for name in shared.names for part in name.split("/"))
            default = shared.attributes["default"] if shared.default_text is True else shared.default_text
            default = shared.key if default is True else default  # a flag is on as its own name says
            true[names] = (str(default), shared.help)

    assert {names: (default.replace("`", ""), meaning) for names, (default, meaning) in told.items()} == true


def test_every_verb_is_told_in_the_words_of_the_help() -> None:
    told = {coded(name)[0]: does for name, does in rows_after("| Verb |")}

    assert told == {name: verb.help for name, verb in VERBS.items() if not verb.is_hidden}


def test_every_format_is_told_by_its_name() -> None:
    told = [name for row in rows_after("<!-- formats:") for name in coded(row[0])]

    assert sorted(told) == sorted(format_names())


def test_every_field_of_the_json_report_is_told() -> None:
    told = {name.removesuffix("[]") for row in rows_after("`--output json` prints") for name in coded(row[0])}
    printed = json.loads((ROOT / "tests" / "golden" / "report" / "report.json").read_text(encoding="utf-8"))

    assert told == set(printed) - {"approximate", "approximate_figures"}


def test_every_command_that_can_get_another_key_is_told() -> None:
    start = README.index("<!-- commands:")
    told = coded(README[start : README.index("## Formats")])

    assert told == [command.id for command in (*COMMANDS, *ROW_COMMANDS) if command.group != "typing"]


def test_every_theme_is_told_by_the_option() -> None:
    (meaning,) = [row[2] for row in rows_after("<!-- options:") if "--theme" in row[0]]

    assert all(name.removeprefix("glance-") in re.findall(r"[a-z-]+", meaning) for name in THEMES)


def test_columns_of_the_csv_report_are_told() -> None:
    start = README.index("`--output csv` is one table")

    assert coded(README[start : README.index(":", start)])[1:] == list(COLUMNS)


def test_what_is_remembered_has_its_place_and_its_rank() -> None:
    places = README[README.index("Every option can be set") : README.index("`glance config` shows the value")]
    ranks = [places.index(word) for word in ("command line", "environment", "config.toml", "remembered", "the default")]

    assert ranks == sorted(ranks)
    assert f"~/.local/state/glance/{DATABASE_NAME}" in places


@pytest.mark.parametrize("place", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_somewhere(place: str) -> None:
    assert (ROOT / place).is_file()


def test_every_heading_that_is_linked_is_there() -> None:
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"(?m)^#+ (.+)$", README)}

    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= headings


def test_every_target_of_make_that_is_named_is_there() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))

    assert set(re.findall(r"`make ([a-z]+)", README)) <= targets
