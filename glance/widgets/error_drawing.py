"""How errors look: statuses in two groups, and beside or below them who and what is behind the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size

from glance.domain import units
from glance.domain.error_board import ErrorBoard, ErrorRow
from glance.domain.logs.storm import RULE
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_right, sparkline, words
from glance.widgets.error_names import NOISE_WORDS, ErrorState, error_lists
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks, soft
from glance.widgets.progress import empty_words
from glance.widgets.request_line import request_line
from glance.widgets.sheet import Sheet, beside, rule

OWN_PHRASES = {
    "444": "closed without an answer",
    "494": "header too large",
    "495": "certificate error",
    "496": "no certificate",
    "497": "plain HTTP to HTTPS",
    "499": "client closed the request",
    "520": "unknown error of the origin",
    "521": "origin is down",
    "522": "origin timed out",
    "523": "origin unreachable",
    "524": "a timeout occurred",
}
"""What nginx and others say beyond the standard."""
WIDE = 150
"""Cells from which on what is behind a status stands beside it."""
TWO_LISTS = 64
"""Cells from which on routes and clients stand side by side."""
SPARK_WIDTH = 12
NAME_LEAST = 28
MOMENT_WIDTH = 8
DAY = 86_400


def shown_rows(board: ErrorBoard | None, *, hides_noise: bool) -> tuple[ErrorRow, ...]:
    """The rows that can have the cursor."""
    if board is None:
        return ()
    return tuple(row for row in board.rows if not (hides_noise and row.is_noise))


def phrase(status: str) -> str:
    """What a status means, as its standard says it; empty where none does."""
    if status in OWN_PHRASES:
        return OWN_PHRASES[status]
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class ErrorPlan:
    """Which parts have how much room."""

    statuses: Size
    lists: Size
    """Of routes and clients together."""
    lines: int
    """Lines of log, their title included; 0 where there is no room."""
    is_beside: bool
    """The lists stand at the right of the statuses."""
    is_two: bool
    """Routes and clients stand side by side."""


def status_width(width: int) -> int:
    """Cells of the statuses on a page of this width."""
    return width * 52 // 100 if width >= WIDE else width


def plan(inside: Size, wanted: int) -> ErrorPlan:
    """Share the room.

    Args:
        inside: the room.
        wanted: lines that the statuses need.
    """
    width, height = inside
    if width >= WIDE:
        left = status_width(width)
        upper = max(wanted, height * 48 // 100)
        upper = min(upper, max(4, height - 6))
        return ErrorPlan(Size(left, upper), Size(width - left - 1, upper), height - upper, True, False)
    statuses = min(wanted, max(4, height * 45 // 100))
    rest = height - statuses
    lists = rest if rest < 7 else min(max(5, rest * 55 // 100), rest - 4)
    return ErrorPlan(Size(width, statuses), Size(width, max(0, lists)), max(0, rest - lists), False, width >= TWO_LISTS)


def error_page(scene: Scene, board: ErrorBoard | None, state: ErrorState, size: Size, inks: Inks) -> Picture:
    """The whole page."""
    inside = Size(size.width - 2, size.height - 2)
    sheet = Sheet(inside)
    notes: list[tuple[str, Style]] = [(f"window {clean(scene.view.window).partition('/')[0]}", inks.label)]
    if board is None or not board.rows:
        for text in words(_nothing(scene, board), inside.width - 2):
            sheet.add(Line(inside.width, inks.ground).skip(1).put(text, inks.label))
    else:
        _fill(sheet, scene, board, state, inks)
        notes.append((f"{units.exact(board.requests)} requests", inks.label))
    return framed(size, Frame((), True, tuple(notes), title="errors"), sheet.lines, sheet.spots, inks)


def _nothing(scene: Scene, board: ErrorBoard | None) -> str:
    """Why there are no rows."""
    if board is None:
        return "reading …"
    if not board.requests:
        return empty_words(scene)
    requests = "the only request" if board.requests == 1 else f"none of the {units.exact(board.requests)} requests"
    verb = "was no error" if board.requests == 1 else "was answered with 400 or above"
    return f"{requests} of this window {verb}"


def _fill(sheet: Sheet, scene: Scene, board: ErrorBoard, state: ErrorState, inks: Inks) -> None:
    """Everything, where there are errors."""
    rows = shown_rows(board, hides_noise=state.hides_noise)
    chosen = next((row for row in rows if row.key == state.row), rows[0] if rows else None)
    view = status_view(board, state, sheet.size)
    room = view.plan
    table = _statuses(scene, board, state, view, inks)
    if room.is_beside:
        right = error_lists(chosen, state, room.lists, inks, is_two=False)
        sheet.put_below(beside(table, right, inks, has_line=True))
    else:
        sheet.put_below(table)
        if room.lists.height >= 2:
            sheet.put_below(error_lists(chosen, state, room.lists, inks, is_two=room.is_two))
    if chosen is not None and room.lines >= 2:
        _newest(sheet, scene, chosen, room.lines, inks)


# Statuses -----------------------------------------------------------------------------------------

StatusLine = int | str
"""The number of a row, or what else stands there: `errors`, `noise`, `rule`."""


def status_lines(board: ErrorBoard, *, hides_noise: bool, width: int) -> list[StatusLine]:
    """What stands on the lines of the statuses."""
    rows = shown_rows(board, hides_noise=hides_noise)
    real = sum(not row.is_noise for row in rows)
    lines: list[StatusLine] = ["errors", *range(real)]
    if board.noise:
        lines.append("noise")
        if not hides_noise:
            lines += [*(f"rule {part}" for part in _rules(width - 2)), *range(real, len(rows))]
    return lines


def _rules(room: int) -> list[str]:
    """What noise is: both rules on one line, or each on its own, so that the first is whole where lists are cut."""
    parts = [RULE] if cell_len(RULE) <= room else RULE.split("; ")
    return [text for part in parts for text in words(part, room)][:3]


def first_line(lines: Sequence[StatusLine], index: int, top: int, height: int) -> int:
    """The first line to show, so that the row with the cursor is seen, and the title above the first one."""
    place = lines.index(index) if index in lines else 0
    least = place - height + 1
    most = 0 if index == 0 else place
    return max(0, min(max(top, least), most, max(0, len(lines) - height)))


@dataclass(frozen=True, slots=True)
class StatusView:
    """What is seen of the statuses."""

    lines: tuple[StatusLine, ...]
    """All there are."""
    top: int
    """The first one that is seen."""
    plan: ErrorPlan

    def at(self, y: int) -> int | None:
        """The row on a line of the table; None where there is none."""
        is_there = 0 <= y < self.plan.statuses.height and self.top + y < len(self.lines)
        what = self.lines[self.top + y] if is_there else None
        return what if isinstance(what, int) else None


def status_view(board: ErrorBoard, state: ErrorState, inside: Size) -> StatusView:
    """What is seen of the statuses on a page with this room."""
    lines = status_lines(board, hides_noise=state.hides_noise, width=status_width(inside.width))
    room = plan(inside, len(lines))
    rows = shown_rows(board, hides_noise=state.hides_noise)
    index = next((at for at, row in enumerate(rows) if row.key == state.row), 0)
    return StatusView(tuple(lines), first_line(lines, index, state.top, room.statuses.height), room)


def _statuses(scene: Scene, board: ErrorBoard, state: ErrorState, view: StatusView, inks: Inks) -> Sheet:
    """The table of statuses."""
    size = view.plan.statuses
    sheet = Sheet(size)
    rows = shown_rows(board, hides_noise=state.hides_noise)
    index = next((at for at, row in enumerate(rows) if row.key == state.row), 0)
    most = max((row.hits for row in rows), default=0)
    for what in view.lines[view.top : view.top + size.height]:
        line = Line(size.width, inks.ground)
        if isinstance(what, int):
            has_keys = state.part == "statuses"
            _status_row(line, rows[what], scene, inks, most=most, is_chosen=what == index, has_keys=has_keys)
        elif what == "errors":
            _group(line, board, inks)
        elif what == "noise":
            _noise_group(line, board, inks, hides_noise=state.hides_noise)
        else:
            line.skip(1).put(what.removeprefix("rule "), soft(inks.label))
        sheet.add(line)
    return sheet.fill(inks)


def _columns(width: int) -> tuple[tuple[str, int], ...]:
    """The figures that there is room for beside the meaning of a status."""
    columns = [
        ("hits", units.COUNT_WIDTH),
        ("share", units.SHARE_WIDTH),
        ("clients", 7),
        ("first", MOMENT_WIDTH),
        ("last", MOMENT_WIDTH),
        ("trend", SPARK_WIDTH),
    ]
    for name in ("clients", "trend", "first", "share", "last"):
        if _name_room(width, columns) >= NAME_LEAST:
            break
        columns = [column for column in columns if column[0] != name]
    return tuple(columns)


def _name_room(width: int, columns: Sequence[tuple[str, int]]) -> int:
    """Cells of a status and its meaning beside these figures, with a margin at both ends."""
    return width - 2 - sum(cells + 2 for _, cells in columns)


def _group(line: Line, board: ErrorBoard, inks: Inks) -> None:
    """The title of the real errors, and the names of the columns."""
    columns = _columns(line.width)
    names = _name_room(line.width, columns)
    line.skip(1).put("errors", inks.focus).put(f"  {units.exact(board.errors)}", inks.text)
    share = f"  {units.share(board.errors / board.requests if board.requests else 0)} of requests"
    if line.x + len(share) <= names:
        line.put(share, inks.label)
    line.goto(1 + names)
    for name, cells in columns:
        line.skip(2).put(fit_right(name, cells), inks.label)


def _noise_group(line: Line, board: ErrorBoard, inks: Inks, *, hides_noise: bool) -> None:
    """The title of the noise."""
    line.skip(1).put("scanner noise", inks.focus).put(f"  {units.exact(board.noise)}", inks.text)
    stormers = len(board.stormers)
    if stormers and not hides_noise:
        line.put(f"  {units.counted(stormers, 'client')} with storms of 404s", inks.label)
    told = "shows it" if hides_noise else "hides it"
    rule(line, inks, len(told) + 3).put("n", inks.focus, "noise").skip(1).put(told, inks.label, "noise")


def _status_row(
    line: Line, row: ErrorRow, scene: Scene, inks: Inks, *, most: int, is_chosen: bool, has_keys: bool
) -> None:
    """A status with its figures."""
    columns = _columns(line.width)
    is_selected = is_chosen and has_keys

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_selected else style

    line.put("▌" if is_chosen else " ", ink(inks.focus if has_keys else inks.label))
    own = inks.status(int(row.status)) if row.status.isdigit() else inks.label
    line.put(fit_left(clean(row.status, 8), 3), ink(soft(own) if row.is_noise else own)).put(" ", ink(inks.ground))
    names = _name_room(line.width, columns)
    name = fit_left(phrase(row.status) + NOISE_WORDS[row.kind], names - line.x + 1)
    tint = round(len(name) * row.hits / most) if most and name.isascii() and not is_selected else 0
    base = inks.label if row.is_noise else inks.text
    line.put(name[:tint], ink(base + inks.bar)).put(name[tint:], ink(base))
    for column, cells in columns:
        text, style = _figure(row, column, scene, inks)
        line.put("  ", ink(inks.ground)).put(fit_right(text, cells), ink(style))
    line.put(" ", ink(inks.ground))


def _figure(row: ErrorRow, column: str, scene: Scene, inks: Inks) -> tuple[str, Style]:
    """One figure of a status."""
    own = inks.status(int(row.status)) if row.status.isdigit() else inks.label
    if column == "hits":
        return units.count(row.hits), inks.text
    if column == "share":
        return units.share(row.share), inks.label
    if column == "clients":
        return units.count(row.client_count), inks.text
    if column == "trend":
        return sparkline(row.spark, SPARK_WIDTH), soft(own)
    return moment(row.first_at if column == "first" else row.last_at, scene), inks.label


def moment(at: float, scene: Scene) -> str:
    """A moment in eight cells: the time of day; of a window longer than a day the day and the hour."""
    if scene.window.seconds <= DAY:
        return units.clock(at)
    day, month, time = units.moment(at).split(" ")
    return f"{day}{month} {time[:2]}"[:MOMENT_WIDTH]


def _newest(sheet: Sheet, scene: Scene, row: ErrorRow, height: int, inks: Inks) -> None:
    """The newest requests of a status."""
    width = sheet.size.width
    line = Line(width, inks.ground).skip(1).put("newest", inks.text)
    line.put(f" of {clean(row.status, 8)}{NOISE_WORDS[row.kind]}", inks.label)
    told = "shows all lines as they stand in the log"
    told = told if line.room >= len(told) + 8 else "shows lines"
    rule(line, inks, len(told) + 3).put("l", inks.focus, "screen.page('raw')").skip(1)
    sheet.add(line.put(told, inks.label, "screen.page('raw')"))
    for log, agent in zip(row.lines[: height - 1], row.agents, strict=False):
        sheet.add(request_line(log, scene, width, inks, agent))
