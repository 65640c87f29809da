"""The line in which a filter is typed: live count, a mark under a mistake, completion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size

from glance.domain import units
from glance.domain.safe_text import MAX_COMBINING
from glance.domain.scene import EMPTY_SCENE, Scene
from glance.widgets.completion import Completion, completion
from glance.widgets.drawing import Line, Picture, clean, fit_words
from glance.widgets.filter_line import count_ink, matched_words
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel

if TYPE_CHECKING:
    from glance.domain.time_place import TimePlace

MOST_TYPED = 2000
"""Characters of a filter that is typed."""
PROMPT = " filter "
TO_TIME = "@"
"""What a text begins with that is no filter, but a time to go to."""
TIME_PROMPT = " go to "
CARET = Style(reverse=True)
_PLACES: dict[str, Callable[[int, int], int]] = {
    "left": lambda caret, _: caret - 1,
    "right": lambda caret, _: caret + 1,
    "home": lambda *_: 0,
    "end": lambda _, length: length,
}
"""Where keys move the caret, of where it is and how long the text is."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far."""

    text: str = ""
    caret: int = 0
    """Characters before it."""
    whole: str = ""
    """Its normal form, of what has no mistake."""
    valid: str = ""
    """What is shown meanwhile: the normal form of the last text that did not end in the midst of a field's name."""
    mistake: str = ""
    """Why it cannot be understood."""
    mistake_at: int = 0
    options: Completion = field(default_factory=lambda: Completion(0))
    picked: int = -1
    """Which of the options was taken last."""
    place: TimePlace | None = None
    """The time that was typed in place of a filter."""

    @property
    def is_time(self) -> bool:
        """A time is typed, to go to."""
        return self.text.startswith(TO_TIME)

    @property
    def is_unfinished(self) -> bool:
        """What is wrong is that something must follow, and what could is known."""
        return self.caret == len(self.text) <= self.mistake_at and bool(self.options.candidates)


def filter_bar_picture(typed: Typed, scene: Scene, size: Size, inks: Inks) -> Picture:
    """The text with its caret and the count, and below it the mistake or what it can become."""
    count = "" if typed.is_time else matched_words(scene, typed.valid) if typed.valid else "everything"
    prompt = TIME_PROMPT if typed.is_time else PROMPT
    room = max(8, size.width - len(prompt) - cell_len(count) - 3)
    signs = _signs(typed.text)
    start, end = _shown_part(signs, typed.caret, room)
    line = Line(size.width, inks.ground)
    line.put(prompt, inks.focus)
    before, behind = "".join(signs[start : typed.caret]), "".join(signs[typed.caret + 1 : end])
    line.put(before, inks.text)
    under = signs[typed.caret] if typed.caret < len(signs) else " "
    line.put(under or " ", inks.text + CARET).put(behind, inks.text)
    line.goto(size.width - cell_len(count) - 1).put(count, count_ink(scene, typed.valid, inks))
    strips = [line.strip()]
    at = len(prompt) + cell_len("".join(signs[start : max(start, min(typed.mistake_at, end))]))
    below = _below(typed, at, size, inks, scene.at)
    strips.append(below.strip())
    return Picture(size, tuple(strips[: size.height]), tuple(below.spots))


def _below(typed: Typed, at: int, size: Size, inks: Inks, known_at: float) -> Line:
    """The mistake under its place, else what the word can become."""
    line = Line(size.width, inks.ground, 1)
    if typed.mistake and not typed.is_unfinished:
        words = typed.mistake
        if at + 2 + cell_len(words) < size.width or at < size.width // 2:
            line.goto(at).put("^", inks.server_error).skip(1)
            return line.put(fit_words(words, line.room - 1), inks.client_error)
        words = fit_words(words, at - 2)
        return line.goto(at - 1 - cell_len(words)).put(words, inks.client_error).skip(1).put("^", inks.server_error)
    if typed.place is not None:
        return line.put(f" enter  {place_words(typed.place, known_at)}", inks.label)
    line.put(" tab    " if typed.options.candidates else "", inks.focus)
    first = max(0, typed.picked - 3)
    for index, candidate in enumerate(typed.options.candidates[first:], start=first):
        text = clean(candidate, 60)
        if cell_len(text) + 2 > line.room:
            break
        is_picked = index == typed.picked
        line.put(text, inks.selected(inks.focus) if is_picked else inks.label, f"screen.complete({index})").skip(2)
    return line


def place_words(place: TimePlace, now: float) -> str:
    """Where one goes to."""
    return units.moment(place.start) if place.is_moment else units.span(place.start, place.end, now)


def _signs(text: str) -> list[str]:
    """Each character as it may be shown; a place for each, so that a caret counts the same in both."""
    out = []
    marks = 0
    for sign in text:
        shown = clean(sign)
        marks = marks + 1 if shown and not cell_len(shown) else 0
        out.append(shown if marks <= MAX_COMBINING else "")
    return out


def _shown_part(signs: list[str], caret: int, room: int) -> tuple[int, int]:
    """The part around the caret that fits, as much as there is room for."""
    start, width = caret, 1
    while start and width + cell_len(signs[start - 1]) < room:
        start -= 1
        width += cell_len(signs[start])
    end = caret
    while end < len(signs) and width + cell_len(signs[end]) <= room:
        width += cell_len(signs[end])
        end += 1
    return start, end


class FilterBar(Panel, can_focus=False):
    """The filter that is typed. The screen hands it the keys, in the order in which they come."""

    NAME = "filter-bar"

    def __init__(self) -> None:
        """Nothing is typed."""
        super().__init__()
        self.typed = Typed()
        self.is_open = False
        self._known = EMPTY_SCENE

    def start(self, text: str, scene: Scene) -> None:
        """Begin with a text; the scene of now knows the values that are proposed."""
        self.is_open = True
        self._known = scene
        self.typed = Typed(valid=text.strip())
        self.write(text, len(text))

    def end(self) -> None:
        """Take no more keys."""
        self.is_open = False

    def write(self, text: str, caret: int) -> None:
        """Let this be the text."""
        text = text[:MOST_TYPED]
        caret = max(0, min(caret, len(text)))
        self.typed = _read(replace(self.typed, text=text, caret=caret, picked=-1), self._known)
        self.redraw()

    def press(self, key: str, character: str | None) -> bool:
        """Take a key; False when it means nothing here."""
        text, caret = self.typed.text, self.typed.caret
        if key in ("tab", "shift+tab"):
            self.complete(self.typed.picked + (1 if key == "tab" else -1))
        elif key == "backspace":
            self.write(text[: max(0, caret - 1)] + text[caret:], caret - 1)
        elif key == "delete":
            self.write(text[:caret] + text[caret + 1 :], caret)
        elif key == "ctrl+u":
            self.write(text[caret:], 0)
        elif key == "ctrl+w":
            kept = text[:caret].rstrip().rpartition(" ")
            self.write(kept[0] + kept[1] + text[caret:], len(kept[0] + kept[1]))
        elif key in _PLACES:
            self.write(text, _PLACES[key](caret, len(text)))
        elif character and character.isprintable():
            self.write(text[:caret] + character + text[caret:], caret + 1)
        else:
            return False
        return True

    def paste(self, text: str) -> None:
        """Take the first line of a pasted text."""
        first = clean((text.splitlines() or [""])[0], MOST_TYPED)
        before, caret = self.typed.text, self.typed.caret
        self.write(before[:caret] + first + before[caret:], caret + len(first))

    def complete(self, index: int) -> None:
        """Let the word at the caret become one of the candidates."""
        options, typed = self.typed.options, self.typed
        if not options.candidates:
            return
        index %= len(options.candidates)
        taken = options.candidates[index]
        text = typed.text[: options.start] + taken + typed.text[typed.caret :]
        if len(options.candidates) == 1:
            self.write(text, options.start + len(taken))
            return
        fresh = replace(typed, text=text[:MOST_TYPED], caret=min(MOST_TYPED, options.start + len(taken)))
        self.typed = replace(_read(fresh, self._known), options=options, picked=index)
        self.redraw()

    def draw(self, size: Size) -> Picture:
        """The text of now."""
        return filter_bar_picture(self.typed, self.scene, size, self.inks)

    def part(self, scene: Scene) -> object:
        """How many match."""
        return (matched_words(scene, self.typed.valid), scene.matched)


def _read(typed: Typed, known: Scene) -> Typed:
    """Understand the text, or find the mistake."""
    from glance.domain.logs.filter import parse_filter  # numpy: not before somebody types
    from glance.errors import FilterError

    if typed.is_time:
        return _read_time(typed, known)
    options = completion(typed.text, typed.caret, known)
    is_begun = options.is_field and typed.caret > options.start
    try:
        whole = parse_filter(typed.text).text
    except FilterError as error:
        why = clean(error.reason) + (f" · {clean(error.hint)}" if error.hint else "")
        return replace(typed, mistake=why, mistake_at=error.at, options=options, place=None)
    valid = typed.valid if is_begun else whole
    return replace(typed, whole=whole, valid=valid, mistake="", options=options, place=None)


def _read_time(typed: Typed, known: Scene) -> Typed:
    """Understand the time, or find the mistake; the filter stays what it was."""
    from glance.domain.logs.filter_mistake import Mistake
    from glance.domain.time_place import parse_place

    nothing = replace(typed, options=Completion(0), mistake="", place=None)
    try:
        return replace(nothing, place=parse_place(typed.text.removeprefix(TO_TIME), known.at))
    except Mistake as mistake:
        why = clean(mistake.why) + (f" · {clean(mistake.hint)}" if mistake.hint else "")
        return replace(nothing, mistake=why, mistake_at=len(TO_TIME) + mistake.at)
