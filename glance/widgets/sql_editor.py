"""A query that is typed: its text, the caret, and what keys do to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rich.cells import cell_len

from glance.domain.safe_text import MAX_COMBINING
from glance.domain.sql_board import MOST_QUERY
from glance.widgets.drawing import clean
from glance.widgets.sql_completion import SqlCompletion

BREAKS = ("ctrl+j", "shift+enter", "alt+enter")
"""Keys that begin another line; `enter` alone asks."""


@dataclass(frozen=True, slots=True)
class SqlTyped:
    """What was typed so far."""

    text: str = ""
    caret: int = 0
    """Characters before it."""
    options: SqlCompletion = field(default_factory=lambda: SqlCompletion(0))
    """What the word at the caret can become."""
    picked: int = -1
    """Which of them was taken last."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line of it on the screen."""

    start: int
    """Number of its first character."""
    signs: tuple[str, ...]
    """Each character as it is shown."""

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.start + len(self.signs)


_WORD_START = re.compile(r"\w*\W*$")
_WORD_END = re.compile(r"\W*\w*")


def _line_start(text: str, caret: int) -> int:
    return text.rfind("\n", 0, caret) + 1


def _line_end(text: str, caret: int) -> int:
    end = text.find("\n", caret)
    return len(text) if end < 0 else end


def _word_before(text: str, caret: int) -> int:
    found = _WORD_START.search(text[:caret])
    return found.start() if found else 0


def _word_behind(text: str, caret: int) -> int:
    found = _WORD_END.match(text, caret)
    return found.end() if found else len(text)


PLACES: dict[str, Callable[[str, int], int]] = {
    "left": lambda _, caret: caret - 1,
    "right": lambda _, caret: caret + 1,
    "ctrl+left": _word_before,
    "ctrl+right": _word_behind,
    "alt+b": _word_before,
    "alt+f": _word_behind,
    "home": _line_start,
    "end": _line_end,
    "ctrl+a": _line_start,
    "ctrl+e": _line_end,
    "ctrl+home": lambda *_: 0,
    "ctrl+end": lambda text, _: len(text),
}
"""Where keys move the caret."""

_CUTS: dict[str, Callable[[str, int], tuple[int, int]]] = {
    "backspace": lambda _, caret: (max(0, caret - 1), caret),
    "delete": lambda _, caret: (caret, caret + 1),
    "ctrl+d": lambda _, caret: (caret, caret + 1),
    "ctrl+u": lambda text, caret: (_line_start(text, caret), caret),
    "ctrl+k": lambda text, caret: (caret, max(caret + 1, _line_end(text, caret))),
    "ctrl+w": lambda text, caret: (_word_before(text, caret), caret),
    "alt+backspace": lambda text, caret: (_word_before(text, caret), caret),
    "alt+d": lambda text, caret: (caret, _word_behind(text, caret)),
}
"""What keys take away."""


def inserted(typed: SqlTyped, text: str) -> SqlTyped:
    """With a text at the caret."""
    room = MOST_QUERY - len(typed.text)
    text = text[: max(0, room)]
    before, behind = typed.text[: typed.caret], typed.text[typed.caret :]
    return SqlTyped(before + text + behind, typed.caret + len(text))


def pressed(typed: SqlTyped, key: str, character: str | None) -> SqlTyped | None:
    """After a key; None when it means nothing here."""
    text, caret = typed.text, typed.caret
    if key in PLACES:
        return SqlTyped(text, max(0, min(len(text), PLACES[key](text, caret))))
    if key in _CUTS:
        start, end = _CUTS[key](text, caret)
        return SqlTyped(text[:start] + text[end:], start)
    if key in BREAKS:
        return inserted(typed, "\n")
    if character and character.isprintable():
        return inserted(typed, character)
    return None


def completed(typed: SqlTyped, index: int) -> SqlTyped:
    """With the word at the caret become one of the candidates, which stay to be gone through."""
    options = typed.options
    if not options.candidates:
        return typed
    index %= len(options.candidates)
    taken = options.candidates[index].text
    text = typed.text[: options.start] + taken + typed.text[typed.caret :]
    fresh = SqlTyped(text[:MOST_QUERY], min(MOST_QUERY, options.start + len(taken)))
    return fresh if len(options.candidates) == 1 else replace(fresh, options=options, picked=index)


def signs_of(text: str) -> list[str]:
    """Each character as it may be shown; a place for each, so that a caret counts the same in both."""
    out = []
    marks = 0
    for sign in text:
        shown = " " if sign in "\n\t" else clean(sign)
        marks = marks + 1 if shown and not cell_len(shown) else 0
        out.append(shown if marks <= MAX_COMBINING else "")
    return out


def typed_lines(text: str, width: int) -> list[TypedLine]:
    """The text in lines of so many cells, broken at spaces where there are any; there is always room for a caret."""
    signs = signs_of(text)
    lines: list[TypedLine] = []
    start = used = 0
    space = -1
    for at, sign in enumerate(signs):
        cells = cell_len(sign)
        if used + cells > width - 1:
            cut = space + 1 if space >= start else at
            lines.append(TypedLine(start, tuple(signs[start:cut])))
            start, used, space = cut, sum(map(cell_len, signs[cut:at])), -1
        used += cells
        if text[at] == "\n":
            lines.append(TypedLine(start, tuple(signs[start : at + 1])))
            start, used, space = at + 1, 0, -1
        elif text[at] == " ":
            space = at
    lines.append(TypedLine(start, tuple(signs[start:])))
    return lines


def line_of(lines: list[TypedLine], place: int) -> int:
    """The line on which a character stands."""
    return next((number for number, line in enumerate(lines) if place < line.end), len(lines) - 1)


def moved_by_line(typed: SqlTyped, step: int, width: int) -> SqlTyped | None:
    """With the caret a line above or below, about where it was; None where there is none."""
    lines = typed_lines(typed.text, width)
    number = line_of(lines, typed.caret)
    target = number + step
    if not 0 <= target < len(lines):
        return None
    line = lines[target]
    last = line.end if target == len(lines) - 1 else line.end - 1
    return SqlTyped(typed.text, min(line.start + typed.caret - lines[number].start, last))
