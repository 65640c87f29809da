"""What a person can set: names, defaults, what a value may be, and the TOML file that holds them.

A value is read by the same parser wherever it comes from, be it a flag, the environment or the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, TypeVar

from glance.domain.window import DEFAULT_WINDOW, WindowChoice, window_choice
from glance.errors import ConfigError
from glance.setting_value import (
    PANELS,
    THEMES,
    OwnTheme,
    check_theme,
    number_between,
    parse_addresses,
    parse_command,
    parse_duration,
    parse_file,
    parse_files,
    parse_flag,
    parse_keys,
    parse_listen,
    parse_minutes,
    parse_panels,
    parse_pprof,
    parse_routes,
    parse_seconds,
    parse_start,
    parse_targets,
    parse_text,
    parse_theme,
    parse_themes,
    parse_token,
    parse_window,
    whole_between,
)

if TYPE_CHECKING:
    from pathlib import Path  # takes longer to import than all of this module

T = TypeVar("T")

DEFAULT_FILE = "/tmp/access.log"  # noqa: S108 - only read, and the name is what users of GlanceMetrics expect
"""The log that is opened when none is named and this one exists."""


def _setting(default: T, key: str, parse: Callable[[object], T]) -> T:
    """A field of `Settings`: its default, the name users give it, and what reads its value."""
    return field(default=default, metadata={"key": key, "parse": parse})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with its default. Plain values, so that they print as they are written."""

    format: str = _setting("auto", "format", parse_text)
    """Name of a log format, or a format string; `auto` looks at the log."""
    start: str = _setting("window", "from", parse_start)
    """Where reading starts: `window` (the newest first, all of it), `start` (oldest first), `end`, or a duration."""
    follow: bool = _setting(True, "follow", parse_flag)
    """Whether to wait for more when the end of the log is reached."""
    file: str = _setting("", "file", parse_file)
    """The log to open when no path is given; empty means `DEFAULT_FILE`, when that exists."""
    window: str = _setting(DEFAULT_WINDOW, "window", parse_window)
    """Name of the window shown at start."""
    theme: str = _setting(THEMES[0], "theme", parse_theme)
    """Name of a theme."""
    refresh_seconds: float = _setting(1.0, "refresh", number_between(0.1, 3600))
    """Seconds between two scenes."""
    alert_window_minutes: float = _setting(2.0, "alertwindow", parse_minutes)
    """Minutes over which the alert averages."""
    alert_threshold: float = _setting(10.0, "alert_threshold", number_between(0, 1e9))
    """Requests per second; an average strictly above it raises the alert."""
    section_limit: int = _setting(8, "section_limit", whole_between(1, 10000))
    """Rows in the table of sections."""
    incident_limit: int = _setting(3, "incident_limit", whole_between(1, 10000))
    """Incidents listed in the alert pane."""
    memory_mb: int = _setting(256, "memory", whole_between(1, 1048576))
    """Megabytes of columns kept in memory."""
    db: str = _setting("", "db", parse_file)
    """The database of history; empty means the user's own, under the state folder."""
    history: bool = _setting(True, "history", parse_flag)
    """Whether what is read is kept."""
    history_mb: int = _setting(1024, "history_mb", whole_between(16, 1 << 24))
    """Megabytes of the database; the oldest records go, and leave roll-ups."""
    history_days: float = _setting(3650.0, "history_days", number_between(1, 36500))
    """Days after which records go."""
    report_path: str = _setting("", "report_path", parse_file)
    """Where the daemon appends its reports; empty is nowhere, `-` is standard output."""
    report_time: float = _setting(60.0, "report_time", parse_seconds)
    """Seconds from one report of the daemon to the next."""
    report_top: int = _setting(3, "report_top", whole_between(1, 1000))
    """Sections and paths in a report of the daemon."""
    alert_path: str = _setting("", "alert_path", parse_file)
    """Where alerts are appended; empty is nowhere."""
    alert_command: str = _setting("", "alert_command", parse_command)
    """The program that is run for every alert, with its arguments; no shell."""
    alert_webhook: str = _setting("", "alert_webhook", parse_addresses)
    """Addresses to which every alert is posted as JSON."""
    alert_notify: str = _setting("", "alert_notify", parse_addresses)
    """Addresses of apprise that are notified of every alert."""
    snapshots: bool = _setting(True, "snapshots", parse_flag)
    """Whether alerts take snapshots, where their rule says so."""
    snapshot_mb: int = _setting(1024, "snapshot_mb", whole_between(1, 1 << 24))
    """Megabytes of all snapshots; those of alerts go first, the oldest first."""
    snapshot_count: int = _setting(1000, "snapshot_count", whole_between(1, 1_000_000))
    """Snapshots that are kept."""
    snapshot_cooldown: float = _setting(900.0, "snapshot_cooldown", parse_seconds)
    """Seconds after a snapshot in which the same rule takes no other."""
    snapshot_seconds: int = _setting(5, "snapshot_seconds", whole_between(1, 600))
    """Seconds of CPU profiles that are taken for a snapshot."""
    alert_off: str = _setting("", "alert_off", parse_addresses)
    """Built-in rules that are switched off, by name."""
    log_path: str = _setting("", "log_path", parse_file)
    """The daemon's own log; empty means that under the state folder."""
    panels: tuple[str, ...] = _setting(PANELS, "panels", parse_panels)
    """The panels of the overview, in their order; from the file only."""
    bell: bool = _setting(True, "bell", parse_flag)
    """Whether the terminal's bell rings when an alert begins to fire; from the file only."""
    reverse_names: bool = _setting(True, "reverse_names", parse_flag)
    """Whether the page of clients looks up names of addresses in reverse DNS; from the file only."""
    listen: str = _setting("", "listen", parse_listen)
    """Where the daemon answers over HTTP; empty is nowhere."""
    listen_token: str = _setting("", "listen_token", parse_token)
    """What must be shown to it; needed where others than this machine can ask."""
    routes: tuple[tuple[str, str], ...] = _setting((), "routes", parse_routes)
    """Own rules by which paths become routes: a regular expression and the route; from the file only."""
    keys: tuple[tuple[str, str], ...] = _setting((), "keys", parse_keys)
    """Other keys for commands, by the command's name; from the file only."""
    themes: tuple[OwnTheme, ...] = _setting((), "themes", parse_themes)
    """Themes of the user's own, by name; from the file only."""

    profiles: tuple[str, ...] = _setting((), "profiles", parse_files)
    """Files with profiles, for the page of profiles."""
    pprof_targets: tuple[str, ...] = _setting((), "pprof_targets", parse_targets)
    """Programs that are polled for their profiles: `[NAME=]URL`."""
    pprof: tuple[tuple[str, str], ...] = _setting((), "pprof", parse_pprof)
    """How they are polled, by name; from the file only."""

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
    except (ValueError, RecursionError) as error:  # a number with thousands of digits, lists in thousands of lists
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
    if "theme" in values:
        _check_theme(path, values, lines)
    return ConfigFile(path, exists=True, values=values, lines=lines)


def _check_theme(path: Path, values: Mapping[str, object], lines: Mapping[str, int]) -> None:
    """Refuse a theme that the file neither finds nor makes."""
    try:
        check_theme(str(values["theme"]), parse_themes(values.get("themes", ())))
    except ValueError as error:
        where = f"{path}, line {lines['theme']}" if lines.get("theme") else str(path)
        raise ConfigError(
            f"bad value for `theme` in {where}", str(error), "correct it, or remove the line to use the default"
        ) from error


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
