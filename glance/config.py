"""What a person can set: names, defaults, what a value may be, and the TOML file that holds them.

A value is read by the same parser wherever it comes from, be it a flag, the environment or the file.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, TypeVar, cast

from glance.domain.window import DEFAULT_WINDOW, WINDOWS, WindowChoice, window_choice
from glance.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path  # takes longer to import than all of this module

T = TypeVar("T")

DEFAULT_FILE = "/tmp/access.log"  # noqa: S108 - only read, and the name is what users of GlanceMetrics expect
"""The log that is opened when none is named and this one exists."""

THEMES = ("glance-dark", "glance-light", "glance-cb", "glance-ansi-dark", "glance-ansi-light", "glance-mono")
"""Names of the themes; `glance-` may be left out. A test holds them to those that there are."""

_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhdw]?)")


def parse_duration(value: object) -> float:
    """Seconds of a duration such as `90`, `90s`, `1.5m`, `2h`, `1d` or `1h30m`.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value)
    text = str(value).strip().lower()
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"expected a duration such as 90s, 15m, 2h or 1d, not {value!r}")
    if len(parts) > 1 and not all(unit for _, unit in parts):
        raise ValueError(f"every part of {value!r} needs a unit, one of s, m, h, d, w")
    return float(sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts))


def _text(value: object) -> str:
    """Any text, trimmed; an empty one is a mistake."""
    if not isinstance(value, str):
        raise ValueError(f"expected text, not {value!r}")
    if not value.strip():
        raise ValueError("expected text, not an empty value")
    return value.strip()


def _file(value: object) -> str:
    """A path with `~` expanded, since neither the environment nor TOML do it; empty is the default."""
    return os.path.expanduser(_text(value)) if value != "" else ""


def _start(value: object) -> str:
    """Where reading starts: `window` (people write `all`), `start`, `end`, or a duration back from the end."""
    text = str(value).strip().lower()
    if text == "all":
        return "window"
    if text not in {"window", "start", "end"}:
        try:
            parse_duration(text)
        except ValueError as error:
            raise ValueError(f"expected all, start, end or a duration such as 15m, not {value!r}") from error
    return text


def _window(value: object) -> str:
    """The name of a window; a duration gives the window nearest to it."""
    text = str(value).strip().lower()
    if any(choice.name == text for choice in WINDOWS):
        return text
    try:
        seconds = parse_duration(value)
    except ValueError as error:
        names = ", ".join(choice.name for choice in WINDOWS)
        raise ValueError(f"expected one of {names}, or a duration, not {value!r}") from error
    sized = [choice for choice in WINDOWS if choice.seconds is not None]
    return min(sized, key=lambda choice: abs((choice.seconds or 0) - seconds)).name


def _theme(value: object) -> str:
    """The full name of a theme."""
    name = "glance-" + str(value).strip().lower().removeprefix("glance-")
    if name not in THEMES:
        short = ", ".join(theme.removeprefix("glance-") for theme in THEMES)
        raise ValueError(f"expected one of {short}, not {value!r}")
    return name


def _flag(value: object) -> bool:
    """Yes or no, in the words that people use for it."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"1", "true", "t", "yes", "y", "on"}:
        return True
    if text in {"0", "false", "f", "no", "n", "off"}:
        return False
    raise ValueError(f"expected true or false, not {value!r}")


def _number(least: float, most: float) -> Callable[[object], float]:
    """A parser for a number between these two, both allowed."""

    def parse(value: object) -> float:
        try:
            number = float(str(value)) if not isinstance(value, bool) else math.nan
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            raise ValueError(f"expected a number from {least:g} to {most:g}, not {value!r}")
        return number

    return parse


def _whole(least: int, most: int) -> Callable[[object], int]:
    """A parser for a whole number between these two, both allowed."""

    def parse(value: object) -> int:
        number = _number(least, most)(value)
        if number != int(number):
            raise ValueError(f"expected a whole number from {least} to {most}, not {value!r}")
        return int(number)

    return parse


def _minutes(value: object) -> float:
    """Minutes as a number, or any duration with its unit."""
    has_unit = isinstance(value, str) and value.strip()[-1:].lower() in set("smhdw")
    return _number(1 / 60, 10080)(parse_duration(value) / 60 if has_unit else value)


def _keys(value: object) -> tuple[tuple[str, str], ...]:
    """A table of command → key, in the order it was written."""
    if isinstance(value, tuple):
        return cast("tuple[tuple[str, str], ...]", value)
    if not isinstance(value, dict):
        raise ValueError(f'expected a table such as pause = "p", not {value!r}')
    pairs: list[tuple[str, str]] = []
    for command, key in value.items():
        if isinstance(key, dict):  # `window.longer` without quotes is a table in a table
            pairs += [(f"{command}.{name}", inner) for name, inner in _keys(key)]
        elif isinstance(key, str) and key:
            pairs.append((command, key))
        else:
            raise ValueError(f'the key of {command!r} must be text such as "ctrl+p", not {key!r}')
    return tuple(pairs)


def _setting(default: T, key: str, parse: Callable[[object], T]) -> T:
    """A field of `Settings`: its default, the name users give it, and what reads its value."""
    return field(default=default, metadata={"key": key, "parse": parse})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its default. Plain values, so that they print as they are written."""

    format: str = _setting("auto", "format", _text)
    """Name of a log format, or a format string; `auto` looks at the log."""
    start: str = _setting("window", "from", _start)
    """Where reading starts: `window` (the newest first, all of it), `start` (oldest first), `end`, or a duration."""
    follow: bool = _setting(True, "follow", _flag)
    """Whether to wait for more when the end of the log is reached."""
    file: str = _setting("", "file", _file)
    """The log to open when no path is given; empty means `DEFAULT_FILE`, when that exists."""
    window: str = _setting(DEFAULT_WINDOW, "window", _window)
    """Name of the window shown at start."""
    theme: str = _setting(THEMES[0], "theme", _theme)
    """Name of a theme."""
    refresh_seconds: float = _setting(1.0, "refresh", _number(0.1, 3600))
    """Seconds between two scenes."""
    alert_window_minutes: float = _setting(2.0, "alertwindow", _minutes)
    """Minutes over which the alert averages."""
    alert_threshold: float = _setting(10.0, "alert_threshold", _number(0, 1e9))
    """Requests per second; an average strictly above it raises the alert."""
    section_limit: int = _setting(8, "section_limit", _whole(1, 10000))
    """Rows in the table of sections."""
    incident_limit: int = _setting(3, "incident_limit", _whole(1, 10000))
    """Incidents listed in the alert pane."""
    memory_mb: int = _setting(256, "memory", _whole(1, 1048576))
    """Megabytes of columns kept in memory."""
    db: str = _setting("", "db", _file)
    """The database of history; empty means the user's own, under the state folder."""
    history: bool = _setting(True, "history", _flag)
    """Whether what is read is kept."""
    keys: tuple[tuple[str, str], ...] = _setting((), "keys", _keys)
    """Other keys for commands, by the command's name; from the file only."""

    @property
    def alert_window_seconds(self) -> float:
        """The alert's window in seconds."""
        return self.alert_window_minutes * 60

    @property
    def window_choice(self) -> WindowChoice:
        """The window shown at start."""
        return window_choice(self.window)

    @property
    def back_seconds(self) -> float:
        """How far before its end a log is read before following: 0 is nothing, infinity all of it."""
        if self.start == "end":
            return 0.0
        if self.start in {"start", "window"}:
            return math.inf
        return parse_duration(self.start)


FIELDS = {str(one.metadata["key"]): one.name for one in fields(Settings)}
"""Field of `Settings` by the name that users give it, in the order in which they are shown."""

DEFAULTS = Settings()

ALIASES = {"timewindow": "window"}
"""Other names for a setting in the file."""

_PARSERS = {str(one.metadata["key"]): one.metadata["parse"] for one in fields(Settings)}


def parse_setting(key: str, value: object) -> object:
    """The value of this setting, from whatever form it came in.

    Raises:
        ValueError: it cannot be that; the message says what it can be.
    """
    return _PARSERS[key](value)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What one TOML file sets."""

    path: Path
    exists: bool = False
    values: Mapping[str, object] = field(default_factory=dict)
    """Parsed value by the name of its setting."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Line of the file on which a setting stands, counted from 1."""


def read_config(path: Path, must_exist: bool = False) -> ConfigFile:
    """Read and check a configuration.

    Args:
        path: the file.
        must_exist: it was named by the user, so that its absence is a mistake.

    Raises:
        ConfigError: it is missing though named, unreadable, no TOML, or sets something impossible.
    """
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError as error:
        if must_exist:
            raise ConfigError(
                f"there is no configuration file {path}",
                "it was named but does not exist",
                "give another path with --config, or create it",
            ) from error
        return ConfigFile(path)
    except OSError as error:
        raise ConfigError(
            f"cannot read the configuration {path}",
            error.strerror or str(error),
            "make it a readable file, or name another with --config",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"cannot read the configuration {path}",
            f"byte {error.start} is not UTF-8",
            "TOML files are UTF-8; save it as such",
        ) from error
    return _checked(path, text)


def _checked(path: Path, text: str) -> ConfigFile:
    """The configuration that this text holds."""
    import tomllib  # not before there is a file to read: most starts have none

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"the configuration {path} is not TOML", str(error), "write one `name = value` a line"
        ) from error
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for written, value in table.items():
        name = written.replace("-", "_")
        key = ALIASES.get(name, name)
        line = _line_of(text, written)
        where = f"{path}, line {line}" if line else str(path)
        if key not in FIELDS:
            raise ConfigError(
                f"unknown setting `{written}` in {where}", "glance has no setting of that name", _suggestion(name)
            )
        try:
            values[key] = parse_setting(key, value)
        except ValueError as error:
            raise ConfigError(
                f"bad value for `{written}` in {where}", str(error), "correct it, or remove the line to use the default"
            ) from error
        lines[key] = line
    return ConfigFile(path, exists=True, values=values, lines=lines)


def _suggestion(name: str) -> str:
    """What the user may have meant by an unknown setting."""
    import difflib  # only on the way to an error

    near = difflib.get_close_matches(name, [*FIELDS, *ALIASES], n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"the settings are {', '.join(FIELDS)}"


def _line_of(text: str, name: str) -> int:
    """The line that sets this name, or 0 where it is written in a way that is not looked for."""
    pattern = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.match(line):
            return number
    return 0
