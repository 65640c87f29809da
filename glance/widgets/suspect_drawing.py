"""How the page of suspects looks: a ranked list, and below it the reason and the source of the one with the cursor."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size

from glance.domain import units
from glance.domain.joint import WHOLE, Joint
from glance.domain.profiles.frame_label import label_forms
from glance.domain.profiles.measurement import label
from glance.domain.scene import Scene
from glance.domain.suspect_board import SuspectBoard, SuspectRow, SuspectWish
from glance.widgets.drawing import Line, Picture, bar, clean, fit_left, fit_right, words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks
from glance.widgets.joint_words import joint_words, time_words
from glance.widgets.sheet import Sheet, rule
from glance.widgets.suspect_source_drawing import source_sheet

NUMBER = 3
VALUE = 9
SHARE = units.SHARE_WIDTH + 1
BAR = 8
BEFORE = 7
PLACE = 26
NAME_LEAST = 30
NAME_WIDE = 60
HEAD_LINES = 1
LEAST_BELOW = 7
"""Lines for the reason and some source."""
MARKS = {True: ("●", "fault"), False: ("○", "hint")}
"""Of faults, and of hints."""
WAYS = (
    ("poll a Go program", "glance --pprof http://localhost:6060 access.log"),
    ("open a file", "glance --profile cpu.pb.gz access.log"),
)


@dataclass(frozen=True, slots=True)
class SuspectState:
    """What a person did on the page."""

    index: int = 0
    top: int = 0
    is_open: bool = False
    """The source has the whole page."""
    said: str = ""
    """What is to be said once, in words of ours."""
    line: int = 0
    """Lines that the source is scrolled by."""


def rows_room(height: int, many: int, *, is_open: bool) -> int:
    """Lines of the list on a page, within its frame."""
    if is_open:
        return 0
    room = height - HEAD_LINES
    return max(1, min(many, max(3, room * 45 // 100), room - LEAST_BELOW if room > LEAST_BELOW + 3 else room))


def suspect_page(
    scene: Scene, board: SuspectBoard | None, state: SuspectState, size: Size, look: tuple[Inks, bool]
) -> Picture:
    """The whole page."""
    inks, has_focus = look
    sheet = Sheet(Size(size.width - 2, size.height - 2))
    if board is None or not board.rows:
        _nothing(sheet, scene, board, inks)
    else:
        if not state.is_open:
            _list(sheet, board, state, inks)
        _below(sheet, scene, board, state, inks)
    below: list[tuple[str, Style, str]] = []
    if board is not None and board.rows and board.looked:
        below.append((_looked(clean(board.looked, 200), size.width - 8), inks.label, ""))
    frame = Frame((), has_focus, _notes(scene, board, inks), tuple(below), _title(scene, board))
    return framed(size, frame, sheet.fill(inks).lines, sheet.spots, inks)


def _looked(words_of: str, width: int) -> str:
    """What was looked at, as much of it as fits."""
    totals, behind, polls = words_of.rpartition(" in ")
    parts = (totals or words_of).split(", ")
    tail = behind + polls if totals else ""
    while len(parts) > 1 and cell_len(f"of {', '.join(parts)}{tail}") > width:
        parts.pop()
    return f"of {', '.join(parts)}{tail}"


def joint_of(board: SuspectBoard | None) -> Joint:
    """What the page is about."""
    return board.wish.joint if board is not None and isinstance(board.wish, SuspectWish) else WHOLE


def _title(scene: Scene, board: SuspectBoard | None) -> str:
    """What is shown."""
    if board is None:
        return "suspects"
    if board.rows and board.span is None:  # files have a time of their own
        route = joint_of(board).route
        return "suspects of what was opened" + (f" · route {clean(route, 80)}" if route else "")
    return f"suspects of {joint_words(joint_of(board), scene, board.span)}"


def _notes(scene: Scene, board: SuspectBoard | None, inks: Inks) -> tuple[tuple[str, Style], ...]:
    """What it is compared with; what matters most last."""
    if board is None:
        return ()
    notes: list[tuple[str, Style]] = []
    if board.rows and board.quiet is not None:
        notes.append((f"against {time_words(board.quiet, scene.at)} before", inks.label))
    elif board.rows and board.span is not None:
        notes.append(("nothing to compare with", inks.label))
    if board.is_working:
        notes.append(("counting …", inks.focus))
    elif board.rows:
        notes.append((units.counted(len(board.rows), "suspect"), inks.text))
    return tuple(notes)


# Nothing ------------------------------------------------------------------------------------------


def _nothing(sheet: Sheet, scene: Scene, board: SuspectBoard | None, inks: Inks) -> None:
    """Why there are none, and what would change that."""
    width = sheet.size.width
    sheet.lines += [Line(width, inks.ground).strip()] * max(1, (sheet.size.height - 8) // 4)
    first, ink, rest = _reason(scene, board, inks)
    for text in words(first, width - 6):
        sheet.add(Line(width, inks.ground).skip(3).put(text, ink))
    for text in rest:
        sheet.add(Line(width, inks.ground))
        for part in words(text, width - 6):
            sheet.add(Line(width, inks.ground).skip(3).put(part, inks.label))
    if board is not None and not board.is_working and board.standing == "nothing" and not board.mistake:
        sheet.add(Line(width, inks.ground))
        for way, command in WAYS:
            line = Line(width, inks.ground).skip(3).put(fit_left(way, 20), inks.label)
            sheet.add(line.put(command, inks.focus))


def _reason(scene: Scene, board: SuspectBoard | None, inks: Inks) -> tuple[str, Style, tuple[str, ...]]:
    """Why there is nothing: the sentence, its ink, and what else is to be said."""
    if board is None:
        return "one moment …", inks.label, ()
    if board.mistake:
        return clean(board.mistake, 300), inks.server_error, ()
    if board.standing == "waiting" or (board.is_working and board.standing == "nothing"):
        return "looking for suspects …", inks.label, ()
    notes = tuple(f"{clean(note, 300)}" for note in board.notes)
    about = joint_words(joint_of(board), scene, board.span)
    if board.standing == "nothing":
        return "no profiles were polled, and none was opened", inks.text, ()
    if board.standing == "empty":
        names = ", ".join(clean(one.name, 40) for one in scene.targets[:3])
        polled = (f"polled now: {names}; > makes the window longer",) if names and not notes else ()
        return f"no samples of {about}", inks.text, (*notes, *polled)
    looked = f" in {clean(board.looked, 120)}" if board.looked else ""
    more = ("what takes most is in the flame graph all the same: p",)
    where = (f"looked at {about}",) if board.span is not None else ()
    return f"nothing suspicious{looked}", inks.success, (*where, *notes, *more)


# The list -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """Widths; 0 is not shown."""

    name: int
    bar: int
    before: int
    place: int


def _plan(board: SuspectBoard, width: int) -> _Plan:
    """The columns that leave names enough room."""
    before = BEFORE if any(row.before is not None for row in board.rows) else 0
    place = max((min(cell_len(short_place(row)), PLACE) for row in board.rows), default=0)
    taken = NUMBER + 3 + (2 + VALUE) + (1 + SHARE) + (2 + before if before else 0) + 1
    bars = BAR if width - taken - BAR - 1 >= NAME_LEAST else 0
    room = width - taken - (bars + 1 if bars else 0)
    place = place if room - place - 2 >= NAME_LEAST + 8 else 0
    return _Plan(room - (place + 2 if place else 0), bars, before, place)


def _list(sheet: Sheet, board: SuspectBoard, state: SuspectState, inks: Inks) -> None:
    """The heading and the rows that fit."""
    width = sheet.size.width
    plan = _plan(board, width)
    heading = Line(width, inks.ground).skip(NUMBER + 3).put(fit_left("suspect", plan.name), inks.label)
    heading.skip(2).put(fit_right("takes", VALUE), inks.label).skip(1).put(fit_right("share", SHARE), inks.label)
    heading.skip(plan.bar + 1 if plan.bar else 0)
    if plan.before:
        heading.skip(2).put(fit_right("before", plan.before), inks.label)
    if plan.place:
        heading.skip(2).put("line", inks.label)
    sheet.add(heading)
    room = rows_room(sheet.size.height, len(board.rows), is_open=False)
    for at in range(state.top, min(len(board.rows), state.top + room)):
        sheet.add(_row(board.rows[at], at, plan, (width, at == state.index), inks))


def _row(row: SuspectRow, at: int, plan: _Plan, look: tuple[int, bool], inks: Inks) -> Line:
    """One suspect."""
    width, is_selected = look

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_selected else style

    grave = inks.server_error if row.is_fault else inks.client_error
    line = Line(width, ink(inks.ground))
    line.put(fit_right(str(at + 1), NUMBER), ink(inks.label)).skip(1).put(MARKS[row.is_fault][0], ink(grave)).skip(1)
    line.put(fit_left(_subject(row, plan.name), plan.name), ink(inks.text))
    line.skip(2).put(fit_right(_figure(row, row.value), VALUE), ink(inks.text))
    line.skip(1).put(fit_right(units.share(row.share), SHARE), ink(inks.label))
    if plan.bar:
        line.skip(1).put(bar(row.share, plan.bar), ink(grave))
    if plan.before and row.before is not None:
        is_new = row.before == 0
        text = "new" if is_new else units.share(row.before)
        line.skip(2).put(fit_right(text, plan.before), ink(inks.server_error if is_new else inks.label))
    elif plan.before:
        line.skip(2 + plan.before)
    if plan.place:
        line.skip(2).put(fit_left(short_place(row), plan.place), ink(inks.label))
    return line


def _figure(row: SuspectRow, value: int) -> str:
    return label(value, row.unit) if row.unit not in ("", "count") else units.count(value)


def _subject(row: SuspectRow, width: int) -> str:
    """The longest form of what it is called that fits: packages are cut off before names are."""
    callee, under, function = row.subject.rpartition(" under ")
    sides = (label_forms(callee) if under else ("",), label_forms(function))
    steps = max(len(side) for side in sides)
    text = ""
    for step in range(steps):
        one, other = (clean(side[min(step, len(side) - 1)], 400) for side in sides)
        text = f"{one} under {other}" if under else other
        if cell_len(text) <= width:
            break
    return text


def short_place(row: SuspectRow) -> str:
    """The file without its folders, and the line."""
    return clean(row.place.rpartition("/")[2], 200)


# The suspect with the cursor ----------------------------------------------------------------------


def _below(sheet: Sheet, scene: Scene, board: SuspectBoard, state: SuspectState, inks: Inks) -> None:
    """Its reason, and its source."""
    width, left = sheet.size.width, sheet.size.height - len(sheet.lines)
    row = board.rows[max(0, min(state.index, len(board.rows) - 1))]
    if left < 3:
        return
    sheet.add(rule(Line(width, inks.ground).skip(1).put(_subject(row, width - 6), inks.focus), inks))
    for text, ink in _sentences(row, scene, board, inks)[: max(1, left - 4)]:
        for part in words(text, width - 3):
            sheet.add(Line(width, inks.ground).skip(2).put(part, ink))
    if state.said:
        sheet.add(Line(width, inks.ground).skip(2).put(state.said, inks.focus))
    room = Size(width, sheet.size.height - len(sheet.lines))
    if room.height > 0:
        sheet.put_below(source_sheet(row, board, (room, state.line), inks))


def _sentences(row: SuspectRow, scene: Scene, board: SuspectBoard, inks: Inks) -> list[tuple[str, Style]]:
    """Why it is suspected, with its numbers."""
    mark, word = MARKS[row.is_fault]
    grave = inks.server_error if row.is_fault else inks.client_error
    where = ", in requests" if row.is_in_request else ""
    detail = f"; {clean(row.detail, 200)}" if row.detail else ""
    found = [
        (f"{mark} {word}: it {clean(row.words, 80)}{where}{detail}", grave),
        (f"{clean(row.amount, 120)}, {units.share(row.share)}{_change(row, scene, board)}", inks.text),
    ]
    if board.notes:
        found.append((clean("; ".join(board.notes), 400), inks.label))
    return found


def _change(row: SuspectRow, scene: Scene, board: SuspectBoard) -> str:
    """What there was of it before."""
    if row.before is None or board.quiet is None:
        return ""
    if row.before == 0:
        return f", new since {time_words(board.quiet, scene.at).rpartition('–')[2].strip()}"
    return f", {units.share(row.before)} in {time_words(board.quiet, scene.at)} before"
