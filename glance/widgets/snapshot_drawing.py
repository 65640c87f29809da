"""How snapshots look: a table, below it what is in the one with the cursor; and two of them compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.snapshot_board import SnapshotBoard, SnapshotDiff, SnapshotRow
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_right, words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks, soft

MOMENT_WIDTH = 15
LABEL_WIDTH = 9
WHY_LEAST = 30
"""Cells that the reason keeps before a column is dropped for it."""
EMPTY = (
    "there is no snapshot yet",
    "S takes one of what is looked at: records, lines of the logs, and profiles of programs that are polled",
    "alerts take them by themselves where their rule says `snapshot on`",
)


@dataclass(frozen=True, slots=True)
class SnapshotState:
    """How the page stands."""

    cursor: int = 0
    top: int = 0
    sort: str = "time"
    search: str = ""
    typing: str = ""
    """What is typed: `search`, `note`, or empty for nothing."""
    typed: str = ""
    marked: str = ""
    """The id of the one that another is compared with."""
    doomed: str = ""
    """The id of the one that is deleted when the key is pressed again."""
    has_details: bool = False
    """What is in it has the whole page."""
    is_diff: bool = False
    """Two are compared."""
    scroll: int = 0
    """Of the details, or of the comparison."""


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of every row."""

    name: str
    width: int
    figure: Callable[[SnapshotRow], str]
    is_left: bool = False


COLUMNS = (
    Column("taken", MOMENT_WIDTH, lambda row: units.moment(row.made_at), is_left=True),
    Column("window", 8, lambda row: units.duration(row.end - row.start)),
    Column("requests", 8, lambda row: units.count(row.records)),
    Column("lines", 5, lambda row: units.count(row.lines)),
    Column("profiles", 8, lambda row: str(row.profiles) if row.profiles else "–"),
    Column("size", 6, lambda row: units.size(row.size_bytes)),
    Column("build", 12, lambda row: clean(row.build, 12) or "–", is_left=True),
)
DROP_ORDER = ("build", "lines", "window", "requests", "profiles")


def columns_for(width: int) -> list[Column]:
    """The columns that leave the reason enough room."""
    columns = list(COLUMNS)
    for name in DROP_ORDER:
        if _why_room(width, columns) >= WHY_LEAST:
            break
        columns = [column for column in columns if column.name != name]
    return columns


def _why_room(width: int, columns: Sequence[Column]) -> int:
    return width - 3 - sum(column.width + 2 for column in columns)


def details_height(inside: Size) -> int:
    """Lines below the list."""
    return 1 if inside.height < 12 else max(5, inside.height * 3 // 10)


def row_room(inside: Size) -> int:
    """How many rows fit."""
    return max(1, inside.height - 1 - details_height(inside))


def why_words(row: SnapshotRow) -> str:
    """Who asked for it, and what was noted; it passed the gate."""
    told = f"alert {clean(row.alert, 200)}" if row.is_of_alert else ""
    note = clean(row.note.replace("\n", " "), 300)
    return " · ".join(filter(None, (note, told))) or "by hand"


def snapshot_picture(
    board: SnapshotBoard | None, rows: Sequence[SnapshotRow], state: SnapshotState, size: Size, inks: Inks
) -> Picture:
    """The whole page.

    Args:
        board: all that there is; None before it was answered.
        rows: those that are shown, in their order.
        state: how the page stands.
        size: of the page.
        inks: to draw with.
    """
    inside = Size(size.width - 2, size.height - 2)
    if state.is_diff:
        lines = diff_lines(board, state, inside.width, inks)
        frame = Frame((), True, (), (("esc back", inks.focus, "screen.back"),), "snapshots · compared")
        return framed(size, frame, _scrolled(lines, state.scroll, inside), (), inks)
    frame = Frame((), True, _notes(board, rows, state, inks), _below(state, rows, inks), "snapshots")
    if board is None or not rows:
        return framed(size, frame, _nothing(board, state, inside, inks), (), inks)
    row = rows[min(state.cursor, len(rows) - 1)]
    if state.has_details:
        return framed(size, frame, _scrolled(details(row, inside.width, inks), state.scroll, inside), (), inks)
    columns = columns_for(inside.width)
    lines = [_heading(columns, inside.width, inks)]
    room = row_room(inside)
    for at, one in enumerate(rows[state.top : state.top + room], state.top):
        lines.append(_row(one, columns, inside.width, inks, state, is_selected=at == state.cursor))
    lines += [Strip.blank(inside.width, inks.ground)] * (1 + room - len(lines))
    below = [_rule(inside.width, inks), *details(row, inside.width, inks)]
    if inside.height < 12:
        below = below[1:]
    return framed(size, frame, [*lines, *below[: details_height(inside)]], (), inks)


def _scrolled(lines: Sequence[Strip], scroll: int, inside: Size) -> Sequence[Strip]:
    top = max(0, min(scroll, len(lines) - inside.height))
    return lines[top : top + inside.height]


def _notes(
    board: SnapshotBoard | None, rows: Sequence[SnapshotRow], state: SnapshotState, inks: Inks
) -> tuple[tuple[str, Style], ...]:
    """How many there are, how large, and in which order."""
    if board is None or not board.rows:
        return ()
    many = units.counted(len(board.rows), "snapshot")
    many = many if len(rows) == len(board.rows) else f"{len(rows)} of {many}"
    notes = [(f"by {state.sort}", inks.label)]
    notes.append((f"{units.size(board.size_bytes)} of {units.size(board.most_bytes)}", inks.label))
    return (*notes, (many, inks.text))


def _below(state: SnapshotState, rows: Sequence[SnapshotRow], inks: Inks) -> tuple[tuple[str, Style, str], ...]:
    """What is typed or asked, else the keys."""
    if state.typing:
        return ((f"{state.typing}: {clean(state.typed, 200)}▏", inks.focus, ""),)
    if state.doomed:
        return (("D again deletes it, esc keeps it", inks.server_error, "remove"),)
    keys = [("enter open", "open"), ("n note", "note"), ("v mark", "mark"), ("c compare", "compare")]
    told = [(text, inks.focus, action) for text, action in keys] if rows else []
    if state.search:
        told.insert(0, (f"/{clean(state.search, 40)}", inks.past, "search"))
    return tuple(told)


def _nothing(board: SnapshotBoard | None, state: SnapshotState, inside: Size, inks: Inks) -> list[Strip]:
    """Why there is nothing to list."""
    if board is None or board.is_reading:
        told: Sequence[str] = ("reading …",)
    elif board.trouble:
        told = (clean(board.trouble, 400),)
    elif board.rows:
        told = (f"no snapshot has “{clean(state.search or state.typed, 40)}” in its words",)
    else:
        told = (*EMPTY, f"they lie in {clean(board.folder, 300)}")
    lines = [Strip.blank(inside.width, inks.ground)] * max(0, (inside.height - 8) // 4)
    for number, text in enumerate(told):
        ink = inks.text if not number and board is not None and not board.is_reading else inks.label
        for part in words(text, max(10, inside.width - 6)):
            lines.append(Line(inside.width, inks.ground).skip(3).put(part, ink).strip())
        if inside.height > 2 * len(told) + 4:
            lines.append(Strip.blank(inside.width, inks.ground))
    return lines


def _heading(columns: Sequence[Column], width: int, inks: Inks) -> Strip:
    line = Line(width, inks.ground).skip(2)
    for column in columns:
        fit = fit_left if column.is_left else fit_right
        line.put(fit(column.name, column.width), inks.label).skip(2)
    return line.put("why", inks.label).strip()


def _row(
    row: SnapshotRow, columns: Sequence[Column], width: int, inks: Inks, state: SnapshotState, *, is_selected: bool
) -> Strip:
    """One snapshot."""
    line = Line(width, inks.ground)
    is_marked = row.id == state.marked
    line.put("▸" if is_selected else " ", inks.focus).put(
        "◆" if is_marked else " ", inks.past if is_marked else inks.ground
    )
    if row.trouble:
        line.put(fit_left(clean(row.id, 40), 24), inks.label).skip(2)
        line.put(fit_left(clean(row.trouble, 300), max(0, line.room)), inks.server_error)
    else:
        for column in columns:
            fit = fit_left if column.is_left else fit_right
            ink = inks.text if column.name in {"taken", "requests"} else inks.label
            line.put(fit(column.figure(row), column.width), ink).skip(2)
        ink = inks.text if row.note else inks.client_error if row.is_of_alert else inks.label
        line.put(fit_left(why_words(row), max(0, line.room)), ink)
    strip = line.strip()
    return _lit(strip, width, inks) if is_selected else strip


def _lit(strip: Strip, width: int, inks: Inks) -> Strip:
    """The row with the cursor."""
    return Strip([Segment(text, inks.selected(style or inks.text)) for text, style, _ in strip], width)


def _rule(width: int, inks: Inks) -> Strip:
    return Line(width, inks.ground).put("─" * width, inks.frame).strip()


def details(row: SnapshotRow, width: int, inks: Inks) -> list[Strip]:
    """What is in one, and why it was taken."""
    if row.trouble:
        told = [("trouble", clean(row.trouble, 2000)), ("file", clean(row.path, 2000))]
    else:
        window = f"{units.moment(row.start)} + {units.duration(row.end - row.start)}"
        told = [
            ("snapshot", clean(row.id)),
            ("window", f"{window}, {units.counted(row.records, 'request')}, {units.counted(row.lines, 'raw line')}"),
            ("note", clean(row.note, 2000)),
            ("alert", clean(row.alert, 2000)),
            ("filter", clean(row.filter, 2000)),
            *((name, clean(text, 2000)) for name, text in row.details),
            ("file", clean(row.path, 2000)),
        ]
    lines = []
    for name, text in told:
        for number, part in enumerate(words(text, max(10, width - LABEL_WIDTH - 3)) if text else ()):
            line = Line(width, inks.ground).skip(1).put(fit_left("" if number else name, LABEL_WIDTH), inks.label)
            ink = {"trouble": inks.server_error, "missing": inks.client_error}.get(name, inks.text)
            lines.append(line.skip(1).put(part, ink))
    return [line.strip() for line in lines]


def diff_lines(board: SnapshotBoard | None, state: SnapshotState, width: int, inks: Inks) -> list[Strip]:
    """Two snapshots beside each other."""
    del state
    diff = board.diff if board is not None else None
    if diff is None:
        return [Line(width, inks.ground).skip(1).put("comparing …", inks.label).strip()]
    if diff.trouble:
        texts = words(clean(diff.trouble, 600), max(10, width - 2))
        return [Line(width, inks.ground).skip(1).put(text, inks.server_error).strip() for text in texts]
    known = {row.id: row for row in board.rows} if board is not None else {}
    lines = []
    for name, number in (("before", diff.before), ("after", diff.after)):
        row = known.get(number)
        window = f"{units.moment(row.start)} + {units.duration(row.end - row.start)}" if row is not None else ""
        line = Line(width, inks.ground).skip(1).put(fit_left(name, 7), inks.label).skip(1)
        line.put(fit_left(window, 26), inks.text).skip(1)
        lines.append(line.put(fit_left(why_words(row) if row else "", max(0, line.room)), inks.label).strip())
    lines.append(Strip.blank(width, inks.ground))
    return [*lines, *_figures(diff, width, inks), *_routes(diff, width, inks), *_profiles(diff, width, inks)]


def _figures(diff: SnapshotDiff, width: int, inks: Inks) -> list[Strip]:
    """Every figure of both with its change."""
    name_width = max([6, *(len(row.name) for row in diff.figures)])
    lines = [Line(width, inks.ground).skip(1).put(fit_left("figure", name_width), inks.label)]
    for name in ("before", "after", "change"):
        lines[0].skip(2).put(fit_right(name, 10), inks.label)
    for row in diff.figures:
        line = Line(width, inks.ground).skip(1).put(fit_left(clean(row.name), name_width), inks.label)
        line.skip(2).put(fit_right(row.before, 10), inks.text).skip(2).put(fit_right(row.after, 10), inks.text)
        ink = inks.text if row.is_more or row.is_less else soft(inks.label)
        lines.append(line.skip(2).put(fit_right(row.change, 10), ink))
    return [line.strip() for line in lines]


ROUTE_COLUMNS = (("before", 9), ("after", 9), ("change", 7), ("errors", 8), ("p95", 6), ("→ p95", 6))


def _routes(diff: SnapshotDiff, width: int, inks: Inks) -> list[Strip]:
    """The routes that changed most."""
    if not diff.routes:
        return []
    room = max(12, width - 3 - sum(cells + 1 for _, cells in ROUTE_COLUMNS))
    longest = max(12, *(len(row.name) for row in diff.routes))
    name_width = min(room, longest)
    head = Line(width, inks.ground).skip(1).put(fit_left("route", name_width), inks.label)
    for name, cells in ROUTE_COLUMNS:
        head.skip(1).put(fit_right(name, cells), inks.label)
    lines = [Strip.blank(width, inks.ground), head.strip()]
    for row in diff.routes:
        line = Line(width, inks.ground).skip(1).put(fit_left(clean(row.name, 400), name_width), inks.text)
        texts = (row.before, row.after, row.change, row.errors, row.p95_before, row.p95_after)
        errors = inks.server_error if row.errors.startswith("▲") else inks.success
        styles = (inks.text, inks.text, inks.traffic, errors, inks.latency, inks.latency)
        for text, style, (_, cells) in zip(texts, styles, ROUTE_COLUMNS, strict=True):
            line.skip(1).put(fit_right(text, cells), style)
        lines.append(line.strip())
    return lines


def _profiles(diff: SnapshotDiff, width: int, inks: Inks) -> list[Strip]:
    """The functions that changed."""
    lines: list[Strip] = []
    if not diff.profiles:
        lines.append(Strip.blank(width, inks.ground))
        text = "no profile of one program is in both"
        lines.append(Line(width, inks.ground).skip(1).put(text, inks.label).strip())
    for one in diff.profiles:
        lines.append(Strip.blank(width, inks.ground))
        title = fit_left(clean(one.title, 300), max(1, width - 2))
        lines.append(Line(width, inks.ground).skip(1).put(title, inks.focus).strip())
        if one.words:
            lines.append(Line(width, inks.ground).skip(3).put(clean(one.words, 300), inks.label).strip())
        else:
            head = Line(width, inks.ground).skip(1).put(fit_right("flat", 8), inks.label).skip(1)
            head.put(fit_right("cum", 8), inks.label).skip(8).put("function", inks.label)
            lines.append(head.strip())
        for row in one.rows:
            ink = inks.label if row.word == "chance" else inks.server_error if row.is_more else inks.success
            line = Line(width, inks.ground).skip(1).put(fit_right(row.flat.replace("-", "−"), 8), ink).skip(1)
            line.put(fit_right(row.cum.replace("-", "−"), 8), ink).skip(1).put(fit_left(row.word, 6), ink).skip(1)
            lines.append(line.put(fit_left(clean(row.name, 400), max(0, line.room)), inks.text).strip())
    return lines
