"""How targets are polled: which kinds, how often, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from glance.domain.profiles.poll import KINDS, KindName

EVERY: Mapping[KindName, float] = {"cpu": 30.0, "allocs": 60.0, "goroutine": 30.0, "mutex": 60.0, "block": 60.0}
"""Seconds from one poll of a kind to the next."""

LEAST_EVERY = 5.0
MOST_EVERY = 86_400.0
MOST_CPU_SECONDS = 300
MOST_CPU_SHARE = 0.5
"""Of the time, during which a target is profiled at most: profiling costs it a little."""

ELSEWHERE = ("targets", "token_file", "tls_ca", "tls_cert", "tls_key")
"""Settings of the same table that say who is polled, and what they want to be shown."""

Pairs = tuple[tuple[str, str], ...]
"""Settings as text, in the order in which they were written."""


TIMEOUTS = (1, 600)
"""Seconds, the least and the most."""


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What is polled of every target, and how often."""

    kinds: tuple[KindName, ...] = KINDS
    every: Mapping[KindName, float] = field(default_factory=lambda: dict(EVERY))
    cpu_seconds: int = 5
    """Whole seconds: of half a second Go makes half a minute."""
    timeout_seconds: float = 10.0
    """For an answer; a CPU profile has its own seconds on top."""
    timeouts: Mapping[KindName, float] = field(default_factory=dict)
    """The same of single kinds."""
    keep_mb: int = 256
    keep_days: float = 7.0

    def timeout_of(self, kind: KindName) -> float:
        """Seconds for an answer with a profile of this kind."""
        return self.timeouts.get(kind, self.timeout_seconds)


def plan_of(pairs: Pairs) -> PollPlan:
    """The plan that these settings make.

    Raises:
        ValueError: one is unknown or impossible; the message says what it can be.
    """
    given = dict(pairs)
    every = dict(EVERY)
    every["cpu"] = number(given.pop("every", every["cpu"]), "every", LEAST_EVERY, MOST_EVERY)
    for kind in KINDS[1:]:
        name = f"{kind}_every"
        every[kind] = number(given.pop(name, every[kind]), name, LEAST_EVERY, MOST_EVERY)
    timeouts: dict[KindName, float] = {}
    for kind in KINDS:
        if (name := f"{kind}_timeout") in given:
            timeouts[kind] = number(given.pop(name), name, *TIMEOUTS)
    plan = PollPlan(
        kinds=kinds_of(given.pop("kinds", "")),
        every=every,
        cpu_seconds=whole(given.pop("cpu_seconds", 5), "cpu_seconds", 1, MOST_CPU_SECONDS),
        timeout_seconds=number(given.pop("timeout", 10.0), "timeout", *TIMEOUTS),
        timeouts=timeouts,
        keep_mb=whole(given.pop("keep_mb", 256), "keep_mb", 1, 1 << 20),
        keep_days=number(given.pop("keep_days", 7.0), "keep_days", 0.01, 36_500),
    )
    if given:
        known = ["cpu_seconds", "every", *(f"{kind}_every" for kind in KINDS[1:]), "kinds", "timeout"]
        known += [f"{kind}_timeout" for kind in KINDS]
        known += ["keep_mb", "keep_days", *ELSEWHERE]
        raise ValueError(f"pprof has no {next(iter(given))!r}; it can have {', '.join(known)}")
    if plan.cpu_seconds > plan.every["cpu"] * MOST_CPU_SHARE:
        why = f"cpu_seconds may be half of every at most, not {plan.cpu_seconds} of {plan.every['cpu']:g}"
        raise ValueError(why)
    return plan


def kinds_of(text: str) -> tuple[KindName, ...]:
    """The kinds that are named, in our order; all when none is.

    Raises:
        ValueError: there is no such kind.
    """
    words = ["allocs" if word == "heap" else word for word in text.replace(",", " ").split()]
    for word in words:
        if word not in KINDS:
            raise ValueError(f"there is no kind {word!r} of profiles; there are {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if not words or kind in words)


def number(value: object, name: str, least: float, most: float) -> float:
    """A number between these two.

    Raises:
        ValueError: it is none.
    """
    try:
        found = float(str(value).removesuffix("s"))
    except ValueError:
        found = float("nan")
    if not least <= found <= most:
        raise ValueError(f"{name} must be a number from {least:g} to {most:g}, not {value!r}")
    return found


def whole(value: object, name: str, least: int, most: int) -> int:
    """A whole number between these two.

    Raises:
        ValueError: it is none.
    """
    found = number(value, name, least, most)
    if found != int(found):
        raise ValueError(f"{name} must be a whole number, not {value!r}")
    return int(found)


def pairs_of(value: object) -> Pairs:
    """Settings out of a table of a file, checked.

    Raises:
        ValueError: it is no such table, or the plan cannot be.
    """
    if isinstance(value, tuple):
        return cast("Pairs", value)
    if not isinstance(value, dict):
        raise ValueError(f"expected a table such as [pprof] with cpu_seconds = 5 in it, not {value!r}")
    pairs = tuple((str(name).replace("-", "_"), text_of(name, one)) for name, one in value.items())
    plan_of(tuple(pair for pair in pairs if pair[0] not in ELSEWHERE))
    return pairs


def text_of(name: str, value: object) -> str:
    """One setting as text.

    Raises:
        ValueError: it is of a wrong kind.
    """
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return " ".join(value)
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{name} must be a number, text or a list of texts, not {value!r}")
