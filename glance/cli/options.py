"""The options that verbs share: declared once, read by flag, environment and file alike.

A verb takes them with `with_settings`, which hands it one `Settings`:

    @click.command()
    @with_settings("format", "from", "window")
    @logs_argument
    def report(settings: Settings, paths: tuple[str, ...]) -> int: ...

A verb's return value, when it is an int, is the exit code.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click
from click.core import ParameterSource

from glance.config import DEFAULT_FILE, DEFAULTS, FIELDS, ConfigFile, Settings, parse_setting
from glance.domain.window import WINDOWS
from glance.setting_value import THEMES, check_theme, parse_themes

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])

ENVIRONMENT_PREFIX = "GLANCE"

ALONE = "glance.alone"
"""In click's `meta`: whether the process ends with this command."""


REPEATED = ("pprof_targets", "profiles")
"""Settings whose option may be given several times."""

_THEME_WORDS = [name.removeprefix("glance-") for name in THEMES]


class SettingType(click.ParamType[object]):
    """Reads a value with the parser of its setting, so that a flag, a variable and the file agree."""

    def __init__(self, key: str) -> None:
        """Read values for the setting of this name."""
        self.name = key

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """The value of the setting; a usage error where it cannot be that."""
        try:
            parsed = parse_setting(self.name, value)
            file = ctx.find_object(ConfigFile) if ctx is not None and self.name == "theme" else None
            if file is not None:
                check_theme(str(parsed), parse_themes(file.values.get("themes", ())))
            return value if self.name in REPEATED else parsed  # of many, each is asked for by itself
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Words that a shell offers for this setting."""
        from click.shell_completion import CompletionItem  # only when a shell asks

        if self.name == "file":
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(word) for word in self._words() if word.startswith(incomplete)]

    def _words(self) -> list[str]:
        """All words that are offered."""
        if self.name == "format":
            from glance.ingest.named import format_names  # every format behind it: only when a shell asks

            return [DEFAULTS.format, *format_names()]
        words = {
            "window": [choice.name for choice in WINDOWS],
            "from": ["all", "start", "end", "15m"],
            "theme": _THEME_WORDS,
        }
        return words.get(self.name, [])


class SharedOption(NamedTuple):
    """One declaration, from which the option of a verb and a line of the root's help are made."""

    key: str
    names: tuple[str, ...]
    metavar: str
    help: str
    default_text: str | bool = True
    """What the help says is the default; True is the value itself."""

    @property
    def attributes(self) -> dict[str, Any]:
        """What click is told about it."""
        told: dict[str, Any] = {"help": self.help, "default": getattr(DEFAULTS, FIELDS[self.key])}
        told["show_default"] = self.default_text
        if self.takes_value:
            told |= {"type": SettingType(self.key), "metavar": self.metavar}
        if self.is_repeated:
            told["multiple"] = True
        if self.key == "window":
            told["envvar"] = f"{ENVIRONMENT_PREFIX}_TIMEWINDOW"
        return told

    @property
    def is_repeated(self) -> bool:
        """Whether it may be given several times."""
        return self.key in REPEATED

    @property
    def takes_value(self) -> bool:
        """Whether a word follows it on the command line."""
        return bool(self.metavar)

    @property
    def option(self) -> click.Option:
        """It as an option of click."""
        return click.Option([*self.names, self.key], **self.attributes)


SHARED = (
    SharedOption("format", ("--format",), "FORMAT", "Format of the log: a name, or a format string."),
    SharedOption(
        "from",
        ("--from",),
        "WHERE",
        "Where to start reading: all, start (oldest first), end, or a duration back from the end.",
        "all of it, newest first",
    ),
    SharedOption("follow", ("--follow/--no-follow",), "", "Wait for new lines at the end of the log."),
    SharedOption("file", ("-f", "--file"), "PATH", "The log when no PATH is given.", f"{DEFAULT_FILE}, if it exists"),
    SharedOption(
        "window",
        ("--window", "--timewindow"),
        "WINDOW",
        f"Window shown at start: {' '.join(choice.name for choice in WINDOWS)}; for another duration, the nearest.",
    ),
    SharedOption(
        "theme",
        ("--theme",),
        "NAME",
        "Colours: dark, light, cb (safe for the colour-blind), ansi-dark, ansi-light (the terminal's own), mono.",
        "dark",
    ),
    SharedOption("refresh", ("-r", "--refresh"), "SECONDS", "Time between two pictures."),
    SharedOption("alertwindow", ("--alertwindow",), "MINUTES", "Time over which the alert averages."),
    SharedOption("alert_threshold", ("--alert-threshold",), "REQ/S", "Average above which the alert is raised."),
    SharedOption("section_limit", ("--section-limit",), "ROWS", "Rows in the table of sections."),
    SharedOption("incident_limit", ("--incident-limit",), "ROWS", "Latest incidents that are listed."),
    SharedOption("db", ("--db",), "PATH", "Database of history.", "your own, under ~/.local/state/glance"),
    SharedOption("history", ("--history/--no-history",), "", "Keep what is read, for later questions."),
    SharedOption("memory", ("--memory",), "MB", "Memory for records; older ones are reduced to totals."),
    SharedOption(
        "profiles", ("--profile",), "FILE", "A profile to look at beside the log; may be given several times.", "none"
    ),
    SharedOption(
        "pprof_targets",
        ("--pprof",),
        "[NAME=]URL",
        "A program to poll for its profiles (net/http/pprof); may be given several times.",
        "none",
    ),
    SharedOption("snapshots", ("--snapshots/--no-snapshots",), "", "Let alerts take snapshots, if their rule says so."),
    SharedOption("snapshot_mb", ("--snapshot-mb",), "MB", "Room for all snapshots; the oldest of alerts go first."),
    SharedOption("snapshot_count", ("--snapshot-count",), "N", "Snapshots that are kept."),
    SharedOption(
        "snapshot_cooldown", ("--snapshot-cooldown",), "TIME", "After one, the same rule takes none for so long."
    ),
    SharedOption("snapshot_seconds", ("--snapshot-seconds",), "SECONDS", "How long CPU profiles for one are taken."),
)
"""Every shared option. `--alert_threshold` and the like work too: names are read with `-` for `_`."""

DAEMON = (
    SharedOption(
        "report_path", ("--report-path",), "PATH", "Append reports here, and as JSON lines to PATH.jsonl.", "none"
    ),
    SharedOption("report_time", ("--report-time",), "SECONDS", "Time from one report to the next."),
    SharedOption("report_top", ("--report-top",), "ROWS", "Sections and paths in a report."),
    SharedOption("alert_path", ("--alert-path",), "PATH", "Append alerts here.", "none"),
    SharedOption("listen", ("--listen",), "ADDRESS:PORT", "Answer over HTTP here: metrics and reports.", "nowhere"),
    SharedOption("listen_token", ("--listen-token",), "TEXT", "What must be shown there.", "none"),
    SharedOption("log_path", ("--log-path",), "PATH", "The daemon's own log.", "daemon.log in ~/.local/state/glance"),
)
"""What only the daemon takes from the command line; the file of settings may hold it for all."""

VALUE_NAMES = {"--config", *(name for shared in SHARED if shared.takes_value for name in shared.names)}
"""Names of the options that a value follows."""


def normal_name(name: str) -> str:
    """The one spelling of an option's name."""
    return name.replace("_", "-")


def with_settings(*keys: str) -> Callable[[F], F]:
    """Give a verb these options (all shared ones when none is named) as one argument, `settings`."""
    chosen = [shared for shared in SHARED if not keys] or [one for one in (*SHARED, *DAEMON) if one.key in keys]

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def call(**given: Any) -> Any:
            values = {FIELDS[shared.key]: given.pop(shared.key) for shared in chosen}
            settings = _settings(values)
            if any(shared.key == "theme" for shared in chosen):  # the verb has a screen
                check_look(settings, config_file_of(click.get_current_context()))
            return function(settings=settings, **given)

        decorated: Any = call
        for shared in reversed(chosen):
            decorated = click.option(*shared.names, shared.key, **shared.attributes)(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def check_look(settings: Settings, file: ConfigFile) -> None:
    """Refuse keys and themes that cannot be.

    Raises:
        ConfigError: there is one.
    """
    if settings.keys:
        from glance.cli.keymap import check_keys  # textual: only where keys are set

        check_keys(settings.keys, file)
    if settings.themes:
        from glance.cli.own_themes import palettes_of  # rich: only where there are some

        palettes_of(settings.themes, file)


def _settings(values: dict[str, Any]) -> Settings:
    """The settings with these fields; the keys of commands come from the file alone."""
    file = config_file_of(click.get_current_context())
    known = (*FILE_ONLY, *SNAPSHOTS)
    unasked: dict[str, Any] = {FIELDS[key]: file.values[key] for key in known if key in file.values}
    return Settings(**unasked | values)


SNAPSHOTS = ("snapshot_mb", "snapshot_count")
"""Shared options that hold, from the file, for verbs which do not have them too."""

ALERTS = ("alert_command", "alert_webhook", "alert_notify", "alert_off")

FILE_ONLY = (
    "panels",
    "bell",
    "reverse_names",
    "keys",
    "routes",
    "themes",
    "history_mb",
    "history_days",
    "pprof",
    *ALERTS,
    *(one.key for one in DAEMON),
)
"""Settings that verbs have no option for, all of them or most."""


def inherited(ctx: click.Context) -> dict[str, Any]:
    """What tells a command below of the environment and the file, under plain names."""
    return {"auto_envvar_prefix": ENVIRONMENT_PREFIX, "default_map": ctx.default_map}


def config_file_of(ctx: click.Context) -> ConfigFile:
    """The configuration that was read for this invocation."""
    found = ctx.find_object(ConfigFile)
    assert found is not None, "the root reads it before any verb"
    return found


def said(ctx: click.Context) -> frozenset[str]:
    """The settings of this invocation that somebody set, by flag, environment or file."""
    unsaid = (None, ParameterSource.DEFAULT)
    shared = frozenset(shared.key for shared in SHARED if ctx.get_parameter_source(shared.key) not in unsaid)
    return shared | (config_file_of(ctx).values.keys() & frozenset(FILE_ONLY))


def logs_argument(function: F) -> F:
    """Give a verb the logs on its command line as `paths`."""
    kind = click.Path(allow_dash=True, readable=False)  # what cannot be read is told with its reason, later
    return click.argument("paths", nargs=-1, metavar="[PATH|GLOB|DIR|-]...", type=kind)(function)


def chosen_paths(paths: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """The logs to open: those named, else the one of the settings, else the default where it exists."""
    if paths:
        return paths
    if settings.file:
        return (settings.file,)
    return (DEFAULT_FILE,) if os.path.exists(DEFAULT_FILE) else ()


class Origin(NamedTuple):
    """Where the value of a setting came from."""

    kind: str
    """`flag`, `environment`, `file`, `remembered` or `default`."""
    where: str = ""
    """The flag, the variable, the file and its line, or the database."""

    def __str__(self) -> str:
        """As a sentence says it."""
        return f"{self.kind} {self.where}".rstrip()


def origins(ctx: click.Context) -> dict[str, Origin]:
    """Where each shared setting of this invocation came from, by its name."""
    file = config_file_of(ctx)
    found = {shared.key: _origin(ctx, shared, file) for shared in SHARED}
    return found | {key: _file_origin(file, key) if key in file.values else Origin("default") for key in FILE_ONLY}


def _origin(ctx: click.Context, shared: SharedOption, file: ConfigFile) -> Origin:
    """Where this setting came from."""
    source = ctx.get_parameter_source(shared.key)
    if source is ParameterSource.COMMANDLINE:
        return Origin("flag", next(name for name in shared.names if name.startswith("--")).partition("/")[0])
    if source is ParameterSource.ENVIRONMENT:
        return Origin("environment", variable_of(shared.key))
    if source is ParameterSource.DEFAULT_MAP:
        return _file_origin(file, shared.key)
    return Origin("default")


def _file_origin(file: ConfigFile, key: str) -> Origin:
    """The place in the file that sets this."""
    line = file.lines.get(key, 0)
    return Origin("file", f"{file.path}:{line}" if line else str(file.path))


def variable_of(key: str) -> str:
    """The environment variable that sets this; of two names for it, the one that is in use."""
    name = f"{ENVIRONMENT_PREFIX}_{key.upper()}"
    if key == "window" and os.environ.get("GLANCE_TIMEWINDOW"):
        return "GLANCE_TIMEWINDOW"
    return name
