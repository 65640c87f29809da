"""The parameters of a report, read as strictly as the options of `glance report`."""

from __future__ import annotations

from collections.abc import Mapping

from glance.service.answers import Asked
from glance.service.problem import Problem
from glance.setting_value import EARLIEST, parse_duration, parse_moment

PARAMETERS = ("since", "until", "where", "top", "window")
MOST_TOP = 1000
"""Rows of a top list at most; the command line gives more."""
MOST_WHERE = 4096
ALL = "all"


def asked(given: Mapping[str, str], repeated: bool, now: float) -> Asked:
    """What the parameters ask for.

    Args:
        given: by name.
        repeated: a name stands there twice.
        now: epoch seconds.

    Raises:
        Problem: they ask for nothing that there is.
    """
    unknown = sorted(set(given) - {*PARAMETERS, "token"})
    if unknown:
        raise _bad(f"there is no parameter {unknown[0]!r}", "", f"those there are: {', '.join(PARAMETERS)}")
    if repeated:
        raise _bad("a parameter stands there twice", "", "name each once")
    until = _moment(given, "until", now)
    since = _window_start(given, now if until is None else until) if "window" in given else _moment(given, "since", now)
    if since is not None and until is not None and since > until:
        raise _bad("there is nothing between since and until", "the one is later than the other", "swap them")
    where = given.get("where", "")
    if len(where) > MOST_WHERE:
        raise _bad("the filter is too long", f"{len(where):,} characters", f"{MOST_WHERE:,} are the most")
    return Asked(since, until, where, _top(given.get("top", "20")))


def _moment(given: Mapping[str, str], name: str, now: float) -> float | None:
    """Epoch seconds; a `+` that nobody escaped has become a space, which no moment has before its zone."""
    text = given.get(name)
    if text is None:
        return None
    try:
        return parse_moment(text.strip().replace(" ", "+") if text.count(" ") == 1 and "T" in text else text, now)
    except ValueError as error:
        raise _bad(f"{name} is no moment", str(error), f"for example {name}=90m") from error


def _window_start(given: Mapping[str, str], end: float) -> float | None:
    """Where a window begins that ends then."""
    if "since" in given:
        raise _bad("both since and window are there", "each says where it begins", "leave one out")
    if given["window"].strip().lower() == ALL:
        return None
    try:
        return max(EARLIEST, end - parse_duration(given["window"]))
    except ValueError as error:
        raise _bad("window is no duration", str(error), "for example window=15m, or window=all") from error


def _top(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST_TOP:
        return int(text)
    raise _bad("top is no number of rows", f"expected 1 to {MOST_TOP}, not {text[:40]!r}", "for example top=10")


def _bad(what: str, why: str, hint: str) -> Problem:
    return Problem(400, what, why, hint)
