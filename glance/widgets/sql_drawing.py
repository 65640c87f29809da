"""The page of SQL: the query, what is to say about it, and below it the answer, or how to begin. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import Scene
from glance.domain.sql_board import SqlBoard, SqlMistake, SqlResult
from glance.widgets.drawing import Line, Picture, Spot, clean, fit_left, fit_words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks
from glance.widgets.sql_beginning import beginning
from glance.widgets.sql_completion import KEYWORDS, meaning_of
from glance.widgets.sql_editor import SqlTyped, TypedLine, line_of, typed_lines
from glance.widgets.sql_grid import Marked, grid_of, grid_strips, left_for, opened_strips, widths_within

PROMPT = " › "
CARET = Style(reverse=True)
MOST_LINES = 8
"""Of the query that are seen at once."""
MOST_WHERE = 40

_TOKEN = re.compile(r"'(?:[^']|'')*'?|--[^\n]*|\w+|\W", re.S)
_KEYWORDS = frozenset(word.lower() for keyword in KEYWORDS for word in keyword.strip("( ").split()) - {"log"}


@dataclass(frozen=True, slots=True)
class SqlState:
    """What the page is about to show, besides the scene."""

    typed: SqlTyped = field(default_factory=SqlTyped)
    is_typing: bool = True
    run: int = 0
    """Runs that were wanted so far."""
    repeats: bool = False
    result: SqlResult | None = None
    mistake: SqlMistake | None = None
    asked: str = ""
    """The query that has the mistake."""
    row: int = 0
    """The one with the cursor."""
    column: int = 0
    top: int = 0
    left: int = 0
    is_open: bool = False
    """The row is shown by itself."""
    said: str = ""
    """What a key has done."""


def is_running(state: SqlState, scene: Scene) -> bool:
    """A query was asked that has no answer yet."""
    board = scene.page
    return isinstance(board, SqlBoard) and (board.running_since is not None or board.run < state.run)


def editor_lines(state: SqlState, width: int) -> list[TypedLine]:
    """The lines of the query."""
    return typed_lines(state.typed.text, max(8, width - len(PROMPT) - 1))


def row_room(state: SqlState, size: Size) -> int:
    """How many rows of an answer fit on a page of this size."""
    many = min(_most_lines(size), len(editor_lines(state, size.width - 2)))
    return max(1, size.height - 2 - many - 2 - 1)


def _most_lines(size: Size) -> int:
    """Lines of the query that are seen on a page of this size."""
    return max(1, min(MOST_LINES, (size.height - 4) // 3))


def sql_picture(scene: Scene, state: SqlState, size: Size, inks: Inks, *, is_focused: bool = True) -> Picture:
    """The page."""
    inside = Size(max(1, size.width - 2), max(1, size.height - 2))
    strips, spots = _editor(state, size, inks)
    below = _below(scene, state, inside.width, len(strips), inks)
    strips.append(below.strip())
    spots += below.spots
    strips.append(Strip(Line(inside.width, inks.ground).put("─" * inside.width, inks.frame).strip(), inside.width))
    place = Size(inside.width, max(1, inside.height - len(strips)))
    if state.result is None:
        more, found = beginning(scene, place, len(strips), inks)
        strips += more[: place.height]
        spots += [spot for spot in found if spot.y < inside.height]
    elif state.is_open and state.result.rows:
        strips += _inset(opened_strips(state.result, state.row, state.column, _within(place), inks), place, inks)
    else:
        first = (state.top, left_of(state, size))
        marked = Marked(*first) if state.is_typing else Marked(*first, state.row, state.column)
        rows = grid_strips(state.result, marked, _within(place), inks)
        strips += _inset(rows, place, inks)
        if not state.result.rows:
            strips.append(Line(inside.width, inks.ground).skip(1).put("no rows", inks.label).strip())
    frame = Frame((), is_focused, table_notes(scene, inks), foot_notes(scene, state, inks), "sql")
    return framed(size, frame, strips[: inside.height], spots, inks)


def left_of(state: SqlState, size: Size) -> int:
    """The first column of the answer that is seen."""
    if state.result is None:
        return 0
    width = _within(Size(max(1, size.width - 2), 1)).width
    return left_for(widths_within(grid_of(state.result), width), state.left, state.column, width)


def _within(place: Size) -> Size:
    """A place with air at its sides."""
    return Size(max(1, place.width - 2), place.height)


def _inset(strips: list[Strip], place: Size, inks: Inks) -> list[Strip]:
    side = Strip.blank(1, inks.ground)
    return [Strip.join([side, strip, side]) for strip in strips[: place.height]]


# -------------------------------------------------------------------------------------------- the query


def _editor(state: SqlState, size: Size, inks: Inks) -> tuple[list[Strip], list[Spot]]:
    """The lines of the query around the caret; a mark below the place of a mistake."""
    width = size.width - 2
    lines = editor_lines(state, width)
    at = line_of(lines, state.typed.caret)
    most = _most_lines(size)
    first = max(0, min(at - most + 1, len(lines) - most)) if state.is_typing else 0
    styles = _styles(state.typed.text, inks)
    strips: list[Strip] = []
    spots: list[Spot] = []
    for number, line in enumerate(lines[first : first + most], first):
        drawn = Line(width, inks.ground, len(strips))
        drawn.put(PROMPT if number == 0 else " " * len(PROMPT), inks.focus if state.is_typing else inks.label)
        if not state.typed.text and not state.is_typing:
            drawn.put("enter types a query", inks.label)
        for place, sign in enumerate(line.signs, line.start):
            drawn.put(sign, _sign_ink(state, place, styles[place], inks))
        if state.is_typing and number == at and state.typed.caret >= line.end:
            drawn.put(" ", inks.text + CARET)
        strips.append(drawn.strip())
        spots.append(Spot(drawn.y, 0, width, "focused.edit"))
    return strips, ([] if state.is_typing else spots)


def _sign_ink(state: SqlState, place: int, style: Style, inks: Inks) -> Style:
    if state.is_typing and place == state.typed.caret:
        return inks.text + CARET
    mistake = state.mistake
    if mistake is not None and mistake.at == place and state.asked == state.typed.text:
        return inks.server_error + Style(underline=True, bold=True)
    return style


def _styles(text: str, inks: Inks) -> list[Style]:
    """The ink of each character: words of SQL, texts in quotes, and the rest."""
    styles: list[Style] = []
    for token in _TOKEN.findall(text):
        ink = inks.text
        if token[0] == "'":
            ink = inks.success
        elif token.startswith("--"):
            ink = inks.label
        elif token.lower() in _KEYWORDS:
            ink = inks.redirect
        styles += [ink] * len(token)
    return styles


def _below(scene: Scene, state: SqlState, width: int, y: int, inks: Inks) -> Line:
    """What is to say about the query: that it runs, its mistake, what a key has done, what a word can become."""
    if state.is_typing and state.typed.options.candidates and not (is_running(state, scene) or state.said):
        return _candidates(Line(width, inks.ground, y), state, inks)
    line = Line(width, inks.ground, y).skip(len(PROMPT))
    board = scene.page
    if is_running(state, scene):
        since = board.running_since if isinstance(board, SqlBoard) else None
        took = units.duration(max(0.0, scene.at - since)) if since is not None else "…"
        return line.put(f"running {took}", inks.focus).skip(2).put("esc stops it", inks.label, "focused.stop")
    if state.mistake is not None and (state.asked == state.typed.text or not state.is_typing):
        return _mistake(line, state, state.mistake, width, inks)
    if state.said:
        return line.put(clean(state.said, 400), inks.label)
    if state.is_typing:
        return line.put(fit_words(_help(state), line.room - 1), inks.label)
    if state.result is not None and _is_of_another(state.result, scene):
        return line.put("the answer is of another window or filter; r asks again", inks.client_error, "focused.again")
    if state.result is not None and state.result.text != state.typed.text:
        return line.put("the answer is that of the query before; enter, then enter asks this one", inks.label)
    return line


def _is_of_another(result: SqlResult, scene: Scene) -> bool:
    """An answer was asked of another window, or another filter, than those that are looked at."""
    view = scene.view
    return bool(result.about[0]) and result.about != (view.window, view.end, view.filter)


def _help(state: SqlState) -> str:
    """What keys do while one types."""
    if not state.typed.text.strip():
        return "enter runs a query · tab completes · ↑ brings back earlier ones"
    meaning = meaning_of(state.typed.text[: state.typed.caret].rpartition(" ")[2].strip("(,"))
    return meaning or "enter runs it"


def _candidates(line: Line, state: SqlState, inks: Inks) -> Line:
    """What the word can become; of the one that was taken, or is the only one, what it means."""
    options, picked = state.typed.options, state.typed.picked
    line.skip(1).put("tab", inks.focus).skip(2)
    told = options.candidates[max(0, picked)]
    meaning = clean(told.meaning, 80)
    room = line.room - (cell_len(meaning) + 3 if meaning and line.room > 2 * cell_len(meaning) else 0)
    first, used = max(0, picked - 3), 0
    for index, candidate in enumerate(options.candidates[first:], first):
        text = clean(candidate.text, 60)
        used += cell_len(text) + 2
        if used > room:
            break
        ink = inks.selected(inks.focus) if index == picked else inks.text
        line.put(text, ink, f"focused.take({index})").skip(2)
    if meaning and line.room > cell_len(meaning):
        line.put(f"· {meaning}", inks.label)
    return line


def _mistake(line: Line, state: SqlState, mistake: SqlMistake, width: int, inks: Inks) -> Line:
    """Why the query has no answer, behind a mark under its place where that is in the last line."""
    told = clean(mistake.why, 300) + (f" · {clean(mistake.hint, 300)}" if mistake.hint else "")
    lines = editor_lines(state, width)
    last = lines[-1]
    if state.asked == state.typed.text and mistake.at >= last.start and len(lines) <= MOST_LINES:
        at = len(PROMPT) + cell_len("".join(last.signs[: mistake.at - last.start]))
        if at + 2 + cell_len(told) < width:
            return line.goto(at).put("^", inks.server_error).skip(1).put(told, inks.client_error)
        if cell_len(told) + len(PROMPT) + 1 < at:
            return line.goto(at - 1 - cell_len(told)).put(told, inks.client_error).skip(1).put("^", inks.server_error)
    return line.put(told, inks.client_error)


# ------------------------------------------------------------------------------------------- the borders


def table_notes(scene: Scene, inks: Inks) -> tuple[tuple[str, Style], ...]:
    """What the table `log` is: its window, what is filtered by, and how many rows it has."""
    board = scene.page
    if not isinstance(board, SqlBoard):
        return (("log: reading …", inks.label),)
    notes = [(_window_words(scene), inks.label)]
    if scene.view.filter:
        notes.append((fit_left(clean(scene.view.filter), min(MOST_WHERE, cell_len(scene.view.filter))), inks.label))
    if board.left_out:
        notes.append((f"without {units.count(board.left_out)} that are counts only", inks.client_error))
    many = "…" if board.records is None else units.exact(board.records)
    notes.append((f"log has {many} row{'' if board.records == 1 else 's'}", inks.text))
    return tuple(notes)


def _window_words(scene: Scene) -> str:
    """The window: `last 15m`, `15m to 21 Nov 14:02`, `everything`."""
    name = clean(scene.view.window.partition("/")[0], 20)
    if scene.view.end is None and scene.is_live:
        return "everything" if name == "all" else f"last {name}"
    return f"{'all' if name == 'all' else name} to {units.moment(scene.window.end)}"


def foot_notes(scene: Scene, state: SqlState, inks: Inks) -> tuple[tuple[str, Style, str], ...]:
    """What the answer is: how many rows, how long it took, of how many records; the place of the cursor."""
    result = state.result
    if result is None:
        return ()
    notes: list[tuple[str, Style, str]] = []
    if len(result.columns) > 1 and not state.is_typing:
        notes.append((f"column {state.column + 1} of {len(result.columns)}", inks.label, ""))
    if result.rows and not state.is_typing:
        notes.append((f"row {units.exact(state.row + 1)}", inks.label, ""))
    if result.is_cut:
        notes.append(("some values are cut", inks.client_error, ""))
    if state.repeats:
        paused = scene.view.is_paused or scene.view.end is not None
        notes.append(("asked again: waits" if paused else "asked again", inks.focus, "focused.repeat"))
    records = "record" if result.records == 1 else "records"
    told = f"{units.duration(result.seconds)} for {units.count(result.records)} {records}"
    notes.append((told, inks.label, ""))
    many = units.counted(len(result.rows), "row")
    notes.append((many, inks.text, "") if result.is_all else (f"the first {many}", inks.client_error, ""))
    return tuple(notes)
