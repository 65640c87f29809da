"""Reads fluffy's `config.yml` as it is: flat `name: value` lines, in glance's settings."""

from __future__ import annotations

import os
import re
from pathlib import Path

from glance.config import ConfigFile, parse_setting
from glance.errors import ConfigError

SETTINGS = {
    "alert-path": "alert_path",
    "alert-window": "alertwindow",
    "filename": "file",
    "log-path": "log_path",
    "report-path": "report_path",
    "report-time": "report_time",
    "threshold": "alert_threshold",
}
"""Our name of each of fluffy's settings."""

IGNORED = ("pid",)
"""A daemon is found by the lock it holds, not by a number in a file."""

REQUIRED = ("report-time", "alert-window", "threshold", "filename")
"""What fluffy refuses to be without."""

_LINE = re.compile(r"(?P<name>[A-Za-z][\w-]*) *:(?: +(?P<value>.*))?")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")


def read_fluffy(path: Path) -> ConfigFile:
    """The settings that such a file holds.

    Raises:
        ConfigError: it cannot be read, is no flat list of fluffy's settings, or lacks one that must be there.
    """
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise ConfigError(
            f"cannot read the configuration {path}",
            error.strerror or str(error),
            "make it a readable file, or name another with --config",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"cannot read the configuration {path}", f"byte {error.start} is not UTF-8", "save it as UTF-8"
        ) from error
    written, lines = _pairs(path, text)
    values: dict[str, object] = {}
    for name in REQUIRED:
        if name not in written or written[name] == "" or _is_zero(written[name]):
            raise _bad(path, lines.get(name, 0), f"`{name}` is {'missing' if name not in written else 'empty or zero'}")
    for name, value in written.items():
        if name in IGNORED or value == "":
            continue
        try:
            values[SETTINGS[name]] = parse_setting(SETTINGS[name], _seconds(name, value))
        except ValueError as error:
            raise _bad(path, lines[name], f"`{name}`: {error}") from error
    return ConfigFile(path, exists=True, values=values, lines={SETTINGS.get(name, name): lines[name] for name in lines})


def _pairs(path: Path, text: str) -> tuple[dict[str, str], dict[str, int]]:
    """Each setting as it is written, and the line it stands on."""
    written: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = raw.rstrip()
        if not line.strip() or line.lstrip().startswith("#") or line in ("---", "..."):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise _bad(path, number, "this is no `name: value`")
        name = found["name"].lower().replace("_", "-")
        if name not in SETTINGS and name not in IGNORED:
            raise _bad(path, number, f"`{found['name']}` is no setting of fluffy: {', '.join(sorted(SETTINGS))}, pid")
        if name in written:
            raise _bad(path, number, f"`{name}` stands on line {lines[name]} already")
        written[name], lines[name] = _scalar(path, number, found["value"] or ""), number
    return written, lines


def _scalar(path: Path, number: int, text: str) -> str:
    """A plain or quoted value without its comment; nothing of YAML that goes beyond that is guessed at."""
    text = text.strip()
    if text[:1] in ("'", '"'):
        quote = text[0]
        found = re.fullmatch(rf"{quote}([^{quote}\\]*){quote}(?:\s+#.*)?", text)
        if found is None:
            raise _bad(path, number, "the quoted value cannot be understood")
        return found.group(1)
    text = re.sub(r"(?:^|\s+)#.*$", "", text)
    if text[:1] in ("[", "{", "|", ">", "&", "*", "!", "%", "@", "`") or ": " in text:
        raise _bad(path, number, "only plain values can be read")
    return "" if text in ("~", "null") else text


def _is_zero(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None and float(value) == 0


def _seconds(name: str, value: str) -> object:
    """The value as glance's setting of that name takes it: fluffy's window is in seconds, ours in minutes."""
    if name == "alert-window" and _NUMBER.fullmatch(value):
        return f"{value}s"
    return os.path.abspath(os.path.expanduser(value)) if name == "filename" else value


def _bad(path: Path, line: int, why: str) -> ConfigError:
    """The error that fluffy words in the same way, with the place."""
    where = f"{path}:{line}" if line else str(path)
    return ConfigError(
        f"{path.name}: bad configuration",
        f"{where}: {why}",
        "correct it; the daemon's page in docs tells what each setting means",
    )
