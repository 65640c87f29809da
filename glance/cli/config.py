"""`glance config`: the settings in effect, and where each came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import click

from glance.cli.options import Origin, config_file_of, origins, with_settings
from glance.config import FIELDS, ConfigFile, Settings, parse_setting
from glance.domain.safe_text import safe_text
from glance.paths import DATABASE_NAME, state_dir
from glance.setting_value import OwnTheme

REMEMBERED = ("window", "theme", "bell", "reverse_names")
"""Settings that are remembered when they are changed on the screen."""
UNSAID = ("default", "remembered")
"""Origins of what nobody wrote down."""

Value = str | float | bool | list[str] | Mapping[str, object]


@click.command()
@with_settings()
@click.option(
    "--output",
    type=click.Choice(["table", "json", "toml"]),
    default="table",
    show_default=True,
    help="How to print them; toml can be used as the file.",
)
@click.pass_context
def config(ctx: click.Context, settings: Settings, output: str) -> None:
    """Print the settings in effect and where each came from.

    Takes the same options as the dashboard, so that any command line can be tried.
    """
    values = {key: _plain(key, getattr(settings, field)) for key, field in FIELDS.items()}
    sources = origins(ctx)
    for key, value in _remembered().items():
        if sources[key].kind == "default":
            values[key], sources[key] = value, Origin("remembered", str(state_dir() / DATABASE_NAME))
    file = config_file_of(ctx)
    if output == "json":
        click.echo(_as_json(values, sources, file))
    elif output == "toml":
        click.echo(_as_toml(values, sources))
    else:
        click.echo(_as_table(values, sources, file))


def _plain(key: str, value: object) -> Value:
    """A value as TOML and JSON have it, in the words of a person."""
    if key == "theme":
        return str(value).removeprefix("glance-")
    if key == "from" and value == "window":
        return "all"
    if key == "routes":
        return [f"{pattern} = {route}" for pattern, route in cast("tuple[tuple[str, str], ...]", value)]
    if key in ("panels", "pprof_targets", "profiles"):
        return list(cast("tuple[str, ...]", value))
    if key == "themes":
        own = cast("tuple[OwnTheme, ...]", value)
        return {name.removeprefix("glance-"): dict(colours) for name, colours in own}
    if isinstance(value, tuple):
        return dict(value)
    return cast("Value", value)


def _remembered() -> dict[str, Value]:
    """What the dashboard remembers of the last time."""
    from glance.pipeline.engine import remembered  # not for --help

    found: dict[str, Value] = {}
    try:
        known = remembered(state_dir() / DATABASE_NAME)
        for key in REMEMBERED:
            if key in known:
                found[key] = _plain(key, parse_setting(key, known[key]))
    except (OSError, ValueError):  # what cannot be read or used is as good as forgotten
        return {}
    return found


def _as_table(values: dict[str, Value], sources: dict[str, Origin], file: ConfigFile) -> str:
    """A row for each setting, and the file that was looked at."""
    rows = [("setting", "value", "from")]
    rows += [(key, safe_text(_literal(value)), safe_text(str(sources[key]))) for key, value in values.items()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for name, value, origin in rows]
    state = "" if file.exists else " (does not exist)"
    return "\n".join([*lines, "", f"file: {safe_text(str(file.path))}{state}"])


def _as_json(values: dict[str, Value], sources: dict[str, Origin], file: ConfigFile) -> str:
    """One object: the file, and each setting with its value and origin."""
    settings = {
        key: {"value": value, "from": sources[key].kind, "where": sources[key].where} for key, value in values.items()
    }
    return json.dumps({"file": str(file.path), "exists": file.exists, "settings": settings}, indent=2)


def _as_toml(values: dict[str, Value], sources: dict[str, Origin]) -> str:
    """A file that sets all of this; what nobody set is a comment. Tables come last, as TOML wants it."""
    lines = [
        f"{'# ' if sources[key].kind in UNSAID else ''}{key} = {_literal(value)}"
        for key, value in values.items()
        if not isinstance(value, Mapping)
    ]
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            lines += _table(key, value)
    return "\n".join(lines)


def _table(key: str, table: Mapping[str, object]) -> list[str]:
    """A table of TOML; of tables, one for each."""
    inner = {name: value for name, value in table.items() if isinstance(value, Mapping)}
    own = [f"{_literal(name)} = {_literal(cast('Value', value))}" for name, value in table.items() if name not in inner]
    lines = ["", f"[{key}]", *own] if own else []
    for name, value in inner.items():
        lines += _table(f"{key}.{name}", value)
    return lines


def _literal(value: Value) -> str:
    """A value as TOML writes it; JSON's text is a TOML string but for DEL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, Mapping):
        inner = (f"{_literal(name)} = {_literal(cast('Value', one))}" for name, one in value.items())
        return "{" + ", ".join(inner) + "}"
    return f"{value:g}" if abs(value) < 1e6 else str(value)
