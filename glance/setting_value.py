"""Values of settings: what each may be, and how it is read from a flag, a variable or a file."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from typing import cast

from glance.domain.window import WINDOWS

THEMES = ("glance-dark", "glance-light", "glance-cb", "glance-ansi-dark", "glance-ansi-light", "glance-mono")
"""Names of the themes; `glance-` may be left out. A test holds them to those that there are."""

PANELS = ("traffic", "sections", "paths", "clients", "status", "alerts", "lines")
"""Names of the panels. A test holds them to those that there are."""

BASES = ("dark", "light", "cb")
"""Themes that others can be made from."""

COLOURS = (
    "ground", "text", "label", "frame", "accent", "success", "redirect", "client_error", "server_error", "latency",
    "bytes", "traffic", "past",
)  # fmt: skip
"""What has a colour in a theme."""

_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.I)
_THEME_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")

OwnTheme = tuple[str, tuple[tuple[str, str], ...]]
"""A theme of the user's own: its name, with `glance-`, and its colours by name; `base` is among them."""

LEAST_TOKEN = 8
"""Characters of a token, at least."""

_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
EARLIEST = -62_135_596_800.0
"""The year 1, epoch seconds: whoever asks for longer ago than calendars go back asks for everything."""

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


def parse_moment(text: str, now: float) -> float:
    """Epoch seconds of a moment in ISO 8601, local time where it names no zone, or of a duration before now.

    Raises:
        ValueError: it is none.
    """
    from datetime import datetime  # only for who asks for a stretch of time

    try:
        return max(EARLIEST, now - parse_duration(text))
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo is not None else found.astimezone()).timestamp()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"expected ISO 8601 or a duration, such as 2026-11-22T14:00 or 90m, not {text!r}") from error


def parse_text(value: object) -> str:
    """Any text, trimmed; an empty one is a mistake."""
    if not isinstance(value, str):
        raise ValueError(f"expected text, not {value!r}")
    if not value.strip():
        raise ValueError("expected text, not an empty value")
    return value.strip()


def parse_file(value: object) -> str:
    """A path with `~` expanded, since neither the environment nor TOML do it; empty is the default."""
    return os.path.expanduser(parse_text(value)) if value != "" else ""


def parse_listen(value: object) -> str:
    """Where to listen, as `127.0.0.1:9464`, `[::1]:9464`, or the port alone; empty is nowhere."""
    text = str(value).strip()
    if not text:
        return ""
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65_535 or (":" in host and host[:1] != "["):
        raise ValueError(f"expected an address and a port such as 127.0.0.1:9464, not {value!r}")
    return f"{host or '127.0.0.1'}:{int(port)}"


def parse_token(value: object) -> str:
    """What must be shown to be answered; empty is nothing."""
    text = str(value)
    if text and (len(text) < LEAST_TOKEN or not text.isascii() or not text.isprintable() or " " in text):
        raise ValueError(f"expected {LEAST_TOKEN} or more letters, digits and signs")
    return text


def parse_start(value: object) -> str:
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


def parse_window(value: object) -> str:
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


def parse_theme(value: object) -> str:
    """The full name of a theme. It may be one of the user's own: `check_theme` knows whether there is one."""
    name = str(value).strip().lower().removeprefix("glance-")
    if not _THEME_NAME.fullmatch(name):
        raise ValueError(f"expected one of {short_themes()}, not {value!r}")
    return f"glance-{name}"


def check_theme(theme: str, own: tuple[OwnTheme, ...]) -> None:
    """Refuse a theme that there is not.

    Raises:
        ValueError: it is neither one that everyone has nor one of these.
    """
    if theme not in (*THEMES, *dict(own)):
        raise ValueError(f"expected one of {short_themes(own)}, not {theme.removeprefix('glance-')!r}")


def short_themes(own: tuple[OwnTheme, ...] = ()) -> str:
    """The themes that there are, in words."""
    return ", ".join(theme.removeprefix("glance-") for theme in (*THEMES, *dict(own)))


def parse_themes(value: object) -> tuple[OwnTheme, ...]:
    """A table of themes, each a table of `base` and colours, in the order it was written."""
    if isinstance(value, tuple):
        return cast("tuple[OwnTheme, ...]", value)
    if not isinstance(value, dict) or not all(isinstance(colours, dict) for colours in value.values()):
        raise ValueError(f'expected tables such as [themes.mine] with base = "dark" in it, not {value!r}')
    return tuple((_own_name(name), _own_colours(name, colours)) for name, colours in value.items())


def _own_name(name: str) -> str:
    """The full name of a theme of the user's."""
    short = name.lower()
    if not _THEME_NAME.fullmatch(short) or short.startswith("glance-"):
        raise ValueError(f"the name of a theme is small letters, digits and -, not {name!r}")
    if f"glance-{short}" in THEMES:
        raise ValueError(f"there is a theme {short!r} already; give yours another name")
    return f"glance-{short}"


def _own_colours(name: str, colours: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """The colours of a theme of the user's, checked."""
    checked = {"base": "dark"}
    for key, value in colours.items():
        if key == "base":
            if value not in BASES:
                raise ValueError(f"the base of {name!r} can be {', '.join(BASES)}, not {value!r}")
        elif key not in COLOURS:
            raise ValueError(f"{name!r} has no {key!r}; it can have base, {', '.join(COLOURS)}")
        elif not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise ValueError(f'{key} of {name!r} must be a colour written "#rrggbb", not {value!r}')
        checked[key] = str(value).lower()
    return tuple(checked.items())


def parse_panels(value: object) -> tuple[str, ...]:
    """The panels of the overview in their order: a list, or words with commas or spaces between them."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not words:
        raise ValueError(f"expected a list of some of {', '.join(PANELS)}, not {value!r}")
    for number, word in enumerate(words):
        if word not in PANELS:
            raise ValueError(f"there is no panel {word!r}; there are {', '.join(PANELS)}")
        if word in words[:number]:
            raise ValueError(f"the panel {word!r} is there twice")
    return tuple(words)


def parse_files(value: object) -> tuple[str, ...]:
    """Files, each a path."""
    words = (value,) if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) and word for word in words):
        raise ValueError(f"expected a list of paths, not {value!r}")
    return tuple(words)


def parse_flag(value: object) -> bool:
    """Yes or no, in the words that people use for it."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"1", "true", "t", "yes", "y", "on"}:
        return True
    if text in {"0", "false", "f", "no", "n", "off"}:
        return False
    raise ValueError(f"expected true or false, not {value!r}")


def number_between(least: float, most: float) -> Callable[[object], float]:
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


def whole_between(least: int, most: int) -> Callable[[object], int]:
    """A parser for a whole number between these two, both allowed."""

    def parse(value: object) -> int:
        number = number_between(least, most)(value)
        if number != int(number):
            raise ValueError(f"expected a whole number from {least} to {most}, not {value!r}")
        return int(number)

    return parse


def parse_minutes(value: object) -> float:
    """Minutes as a number, or any duration with its unit."""
    has_unit = isinstance(value, str) and value.strip()[-1:].lower() in set("smhdw")
    return number_between(1 / 60, 10080)(parse_duration(value) / 60 if has_unit else value)


def parse_seconds(value: object) -> float:
    """Seconds as a number, or any duration with its unit; an instant is a mistake."""
    return number_between(1, 31_622_400)(parse_duration(value))


def parse_addresses(value: object) -> str:
    """Addresses with spaces between them, or a list of them."""
    given: list[object] = value if isinstance(value, list) else [value]
    words = [word for word in given if isinstance(word, str)]
    if len(words) < len(given):
        raise ValueError(f"expected an address, or a list of them, not {value!r}")
    return " ".join(" ".join(words).split())


def parse_command(value: object) -> str:
    """A command line, or a list of its words."""
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        import shlex  # few have one

        return shlex.join(value)
    return "" if value == "" else parse_text(value)


def parse_routes(value: object) -> tuple[tuple[str, str], ...]:
    """A list of `pattern = route`, as pairs in the order it was written."""
    if isinstance(value, tuple):
        return cast("tuple[tuple[str, str], ...]", value)
    example = '"^/shop/[^/]+/reviews = /shop/{product}/reviews"'
    if not isinstance(value, list) or not all(isinstance(rule, str) for rule in value):
        raise ValueError(f"expected a list such as [{example}], not {value!r}")
    pairs: list[tuple[str, str]] = []
    for rule in value:
        pattern, _, name = (part.strip() for part in rule.rpartition(" = "))
        if not pattern or not name:
            raise ValueError(f"expected a pattern and a route, such as {example}, not {rule!r}")
        pairs.append((pattern, name))
    if pairs:
        from glance.domain.logs.route import Routes  # few have any

        Routes(pairs)
    return tuple(pairs)


def parse_pprof(value: object) -> tuple[tuple[str, str], ...]:
    """The table of how targets are polled for profiles, as pairs of text in the order it was written."""
    if value == ():
        return ()
    from glance.domain.profiles.poll_plan import pairs_of  # few have one

    return pairs_of(value)


def parse_targets(value: object) -> tuple[str, ...]:
    """Targets that are polled for profiles, each an address with or without a name before it."""
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"expected a list of addresses, not {value!r}")
    if words:
        from glance.domain.profiles.target import target_of  # few have any

        for word in words:
            target_of(word)
    return tuple(words)


def parse_keys(value: object) -> tuple[tuple[str, str], ...]:
    """A table of command → key, in the order it was written."""
    if isinstance(value, tuple):
        return cast("tuple[tuple[str, str], ...]", value)
    if not isinstance(value, dict):
        raise ValueError(f'expected a table such as pause = "f5", not {value!r}')
    pairs: list[tuple[str, str]] = []
    for command, key in value.items():
        if isinstance(key, dict):  # `window.longer` without quotes is a table in a table
            pairs += [(f"{command}.{name}", inner) for name, inner in parse_keys(key)]
        elif isinstance(key, str) and key:
            pairs.append((command, key))
        else:
            raise ValueError(f'the key of {command!r} must be text such as "ctrl+p", not {key!r}')
    return tuple(pairs)
