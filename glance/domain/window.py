"""The stretch of time that is looked at, and how it is cut into steps."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Step widths a person can read on an axis, in seconds; multiples of a day follow."""


@dataclass(frozen=True, slots=True)
class WindowChoice:
    """A window by name: its length, and the step its chart is cut into."""

    name: str
    seconds: float | None
    """Length in seconds; None is everything that is known."""
    step_seconds: int = 0
    """Width of one chart step; 0 lets `nice_step` choose."""


WINDOWS = (
    WindowChoice("1m", 60, 1),
    WindowChoice("5m", 300, 2),
    WindowChoice("15m", 900, 5),
    WindowChoice("1h", 3600, 30),
    WindowChoice("6h", 21600, 120),
    WindowChoice("24h", 86400, 600),
    WindowChoice("all", None),
)
"""The windows that keys reach, shortest first."""

DEFAULT_WINDOW = "15m"

MOST_COLUMNS = 400
"""Steps of a window of its own, at most: about as many as the widest chart has columns."""
LONGEST_SECONDS = 4 * 366 * 86400
_OWN = re.compile(r"(?:([0-9]{1,5})d)?(?:([0-9]{1,2})h)?(?:([0-9]{1,2})m)?(?:([0-9]{1,2})s)?/([0-9]{1,8})s")
"""The name of a window of its own: its length, and the width of a step, such as `1h30m/15s`."""


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open interval of time [start, end) in epoch seconds, cut into steps of equal width."""

    start: float
    end: float
    step_seconds: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.end - self.start

    @property
    def steps(self) -> int:
        """Number of steps, at least one."""
        return max(1, math.ceil(self.seconds / self.step_seconds))


def nice_step(seconds: float, most: int = 240) -> int:
    """The smallest readable step that cuts `seconds` into at most `most` pieces."""
    for step in STEPS_SECONDS:
        if seconds <= step * most:
            return step
    days = math.ceil(seconds / (86400 * most))
    return days * 86400


def window_choice(name: str) -> WindowChoice:
    """The window with this name.

    Raises:
        KeyError: there is none.
    """
    for choice in WINDOWS:
        if choice.name == name:
            return choice
    found = _OWN.fullmatch(name)
    if found is None:
        raise KeyError(name)
    days, hours, minutes, seconds, step = (int(part or 0) for part in found.groups())
    length = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if not 0 < length <= LONGEST_SECONDS or not 0 < step <= length or length % step:
        raise KeyError(name)
    return WindowChoice(name, length, step)


def own_choice(start: float, end: float) -> WindowChoice:
    """A window of its own that reaches exactly from `start` to `end`, whole seconds, when it ends there.

    Its step is the finest readable one that both lie on, so that no chart has more columns than can be told apart.
    """
    first, last = round(start), round(end)
    seconds = max(1, last - first)
    fits = [step for step in STEPS_SECONDS if not first % step and not last % step]
    step = next((step for step in fits if seconds <= step * MOST_COLUMNS), fits[-1])
    return WindowChoice(f"{length_words(seconds)}/{step}s", seconds, step)


def is_own(name: str) -> bool:
    """The name is that of no window that keys reach."""
    return all(choice.name != name for choice in WINDOWS)


def window_words(name: str) -> str:
    """What a person calls the window with this name: `15m`, `1h30m`."""
    return name.partition("/")[0]


def length_words(seconds: int) -> str:
    """A length in whole seconds, nothing left out: `5m`, `1h30m`, `1m05s`."""
    text = ""
    for width, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        many, seconds = divmod(seconds, width)
        text += f"{many}{unit}" if many else ""
    return text or "0s"


def window_at(choice: WindowChoice, end: float, first: float | None) -> Window:
    """The window of this choice that ends with the step in which `end` lies.

    Aligned to steps, so that a chart shifts by whole columns and stands still between.

    Args:
        choice: which window.
        end: the moment it must contain, usually now; epoch seconds.
        first: time of the oldest known record, for the window of everything.
    """
    if choice.seconds is None:
        begin = end if first is None else min(first, end)
        step = nice_step(max(60.0, end - begin + 1))
        return Window(math.floor(begin / step) * step, (math.floor(end / step) + 1) * step, step)
    step = choice.step_seconds or nice_step(choice.seconds)
    last = (math.floor(end / step) + 1) * step
    return Window(last - choice.seconds, last, step)
