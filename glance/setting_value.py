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
    """The full name of a theme."""
    name = "glance-" + str(value).strip().lower().removeprefix("glance-")
    if name not in THEMES:
        short = ", ".join(theme.removeprefix("glance-") for theme in THEMES)
        raise ValueError(f"expected one of {short}, not {value!r}")
    return name


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


def parse_keys(value: object) -> tuple[tuple[str, str], ...]:
    """A table of command → key, in the order it was written."""
    if isinstance(value, tuple):
        return cast("tuple[tuple[str, str], ...]", value)
    if not isinstance(value, dict):
        raise ValueError(f'expected a table such as pause = "p", not {value!r}')
    pairs: list[tuple[str, str]] = []
    for command, key in value.items():
        if isinstance(key, dict):  # `window.longer` without quotes is a table in a table
            pairs += [(f"{command}.{name}", inner) for name, inner in parse_keys(key)]
        elif isinstance(key, str) and key:
            pairs.append((command, key))
        else:
            raise ValueError(f'the key of {command!r} must be text such as "ctrl+p", not {key!r}')
    return tuple(pairs)
