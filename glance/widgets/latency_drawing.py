"""How the page of latency looks: percentiles by name, and below them the spread and the slowest of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.style import Style
from textual.geometry import Size

from glance.domain import units
from glance.domain.latency_board import BYS, LatencyBoard, LatencyBy, LatencyRow, LatencySort, LatencyWish
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_path, fit_right, words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks, soft
from glance.widgets.progress import empty_words
from glance.widgets.request_line import request_line
from glance.widgets.sheet import Sheet, beside, rule
from glance.widgets.spread_drawing import axis_of, small_spread, spread_sheet

BY_NAMES: dict[LatencyBy, str] = {
    "routes": "route", "paths": "path", "sections": "section", "hosts": "vhost", "upstreams": "upstream",
}  # fmt: skip
COLUMNS: tuple[tuple[LatencySort, int], ...] = (
    ("hits", units.COUNT_WIDTH),
    ("p50", units.DURATION_WIDTH),
    ("p90", units.DURATION_WIDTH),
    ("p95", units.DURATION_WIDTH),
    ("p99", units.DURATION_WIDTH),
    ("max", units.DURATION_WIDTH),
)
DROP_ORDER: tuple[LatencySort, ...] = ("p90", "hits", "p50", "max", "p95")
"""Which column goes first when names need the room."""
NAME_LEAST = 22
NAME_WIDE = 44
SPREAD_WIDTHS = (72, 40, 24, 16)
"""Cells of the column with the spread of each row, the greatest that leaves names their room."""
SIDE_BY_SIDE = 100
"""Cells from which on the spread and the slowest requests stand side by side."""
CHOICES_WIDE = 76
"""Cells from which on what no line names is shown among what latencies can be told apart by."""
HEAD_LINES = 2

TEACHING = (
    ("this log does not tell how long requests took; a log that does has one field more:", "text"),
    ("", "label"),
    ("nginx", "focus"),
    ("log_format timed '$remote_addr - $remote_user [$time_local] \"$request\" '", "label"),
    ('\'$status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time\';', "label"),
    ("access_log /var/log/nginx/access.log timed;", "label"),
    ("", "label"),
    ("Apache", "focus"),
    ('LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D" timed', "label"),
    ("CustomLog /var/log/apache2/access.log timed", "label"),
    ("", "label"),
    ("Caddy", "focus"),
    ("its JSON log has it: duration", "label"),
)
"""How to log it; with the ink of each line."""


@dataclass(frozen=True, slots=True)
class LatencyState:
    """What a person did on the page."""

    index: int = 0
    top: int = 0
    wish: LatencyWish = field(default_factory=LatencyWish)
    unnamed: tuple[LatencyBy, ...] = ()
    """What was just asked for, but no line names."""


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """Lines of each part."""

    rows: int
    lower: int
    """The spread, and the slowest requests."""
    is_beside: bool
    """These two stand side by side."""


def plan(inside: Size, many: int) -> LatencyPlan:
    """Share the room among the table and what is below it."""
    room = inside.height - HEAD_LINES
    is_beside = inside.width >= SIDE_BY_SIDE
    least = 5 if is_beside else 9
    rows = min(many, max(3, room * (60 if is_beside else 48) // 100))
    return (
        LatencyPlan(rows, room - rows, is_beside) if room - rows >= least else LatencyPlan(max(1, room), 0, is_beside)
    )


def latency_page(scene: Scene, board: LatencyBoard | None, state: LatencyState, size: Size, inks: Inks) -> Picture:
    """The whole page."""
    inside = Size(size.width - 2, size.height - 2)
    sheet = Sheet(inside)
    notes: list[tuple[str, Style]] = [(f"window {clean(scene.view.window).partition('/')[0]}", inks.label)]
    sheet.add(_choices(scene, board, state.wish, inside.width, inks))
    if board is None or not board.rows:
        _nothing(sheet, scene, board, inks)
    else:
        said = (_unnamed_words(state.unnamed), inks.text) if state.unnamed else (_names_words(board), inks.label)
        notes.append(said)
        _fill(sheet, scene, board, state, inks)
    return framed(size, Frame((), True, tuple(notes), title="latency"), sheet.lines, sheet.spots, inks)


def _names_words(board: LatencyBoard) -> str:
    """How many names there are, and among which the slowest were looked for."""
    wish = board.wish
    assert isinstance(wish, LatencyWish)
    if not board.distinct:
        return f"no {BY_NAMES[wish.by]} is named in these lines"
    name = BY_NAMES[wish.by] + ("" if board.distinct == 1 else "s")
    if wish.sort not in ("hits", "name") and board.looked_at < board.distinct:
        return f"the slowest of the {units.exact(board.looked_at)} busiest of {units.exact(board.distinct)} {name}"
    return f"{units.exact(board.distinct)} {name}"


def _unnamed_words(unnamed: Sequence[LatencyBy]) -> str:
    """That the log names none of what was asked for."""
    return "this log names no " + " and no ".join(BY_NAMES[by] for by in unnamed)


def _choices(scene: Scene, board: LatencyBoard | None, wish: LatencyWish, width: int, inks: Inks) -> Line:
    """By what latencies are told apart, and whether errors count."""
    line = Line(width, inks.ground).skip(1).put("v", inks.focus, "by").put(" by", inks.label, "by")
    for by in BYS:
        if by != wish.by and by in scene.absent and width < CHOICES_WIDE:
            continue
        ink = inks.focus if by == wish.by else soft(inks.label) if by in scene.absent else inks.label
        line.skip(2).put(BY_NAMES[by], ink, f"by_name('{by}')")
    told = "leaves errors out"
    if wish.without_errors:
        told = "counts errors too"
        many = board.left_out if board is not None else 0
        left_out = f"4xx and 5xx left out: {units.counted(many, 'request')}"
        if line.room > len(left_out) + len(told) + 8:
            line.skip(4).put(left_out, inks.client_error)
        elif many:
            told = f"counts {units.count(many)} errors too"
    if line.room >= len(told) + 4:
        line.goto(width - len(told) - 3).put("n", inks.focus, "errors").skip(1).put(told, inks.label, "errors")
    return line


def _nothing(sheet: Sheet, scene: Scene, board: LatencyBoard | None, inks: Inks) -> None:
    """Why there are no rows, and what would change that."""
    sheet.add(Line(sheet.size.width, inks.ground))
    told: Sequence[tuple[str, str]]
    if board is not None and board.left_out and not board.requests:
        told = (("every request of this window was an error, and errors are left out — n counts them", "label"),)
    elif board is None or not scene.totals.hits:
        told = ((empty_words(scene) if board is not None else "reading …", "label"),)
    elif scene.has_latency:
        told = (("none of the requests of this window tells how long it took", "label"),)
    else:
        told = TEACHING
    for text, name in told:
        for part in words(text, sheet.size.width - 2) or [""]:
            sheet.add(Line(sheet.size.width, inks.ground).skip(1).put(part, getattr(inks, name)))


# The table ----------------------------------------------------------------------------------------


def columns_for(width: int, sort: LatencySort) -> list[tuple[LatencySort, int]]:
    """The columns that leave names enough room; that of the order stays."""
    columns = list(COLUMNS)
    for name in DROP_ORDER:
        if _name_room(width, columns) >= NAME_LEAST:
            break
        columns = [column for column in columns if column[0] != name or name == sort]
    return columns


def _name_room(width: int, columns: Sequence[tuple[LatencySort, int]]) -> int:
    return width - 2 - sum(cells + 2 for _, cells in columns)


def _spread_width(width: int, columns: Sequence[tuple[LatencySort, int]]) -> int:
    """Cells of the column with spreads; 0 where there is no room."""
    room = _name_room(width, columns)
    return next((cells for cells in SPREAD_WIDTHS if room - cells - 2 >= max(NAME_WIDE, cells)), 0)


def _fill(sheet: Sheet, scene: Scene, board: LatencyBoard, state: LatencyState, inks: Inks) -> None:
    """The table and what is below it."""
    width = sheet.size.width
    columns = columns_for(width, state.wish.sort)
    spreads = _spread_width(width, columns)
    names = _name_room(width, columns) - (spreads + 2 if spreads else 0)
    axis = axis_of([board.rows[0].spread])
    heading = Line(width, inks.ground).skip(1)
    by_name = state.wish.sort == "name"
    title = BY_NAMES[state.wish.by] + ("▾" if by_name else "")
    heading.put(fit_left(title, names), inks.focus if by_name else inks.label, "sort_by('name')")
    for name, cells in columns:
        is_chosen = name == state.wish.sort
        label = fit_right(name + "▾" if is_chosen else name, cells)
        heading.skip(2).put(label, inks.focus if is_chosen else inks.label, f"sort_by('{name}')")
    if spreads:
        heading.skip(2).put(fit_left("spread", spreads), inks.label)
    sheet.add(heading)
    room = plan(sheet.size, len(board.rows))
    for at in range(state.top, min(len(board.rows), state.top + room.rows)):
        line = Line(width, inks.ground)
        _row(line, board.rows[at], columns, names, inks, is_selected=at == state.index)
        if spreads and axis is not None:
            ink = inks.selected(soft(inks.latency)) if at == state.index else soft(inks.latency)
            line.put("  " + small_spread(board.rows[at].spread, axis, spreads), ink)
        if at == state.index:
            line.put(" " * line.room, inks.selected(inks.ground))
        sheet.add(line)
    if room.lower:
        chosen = board.rows[min(state.index, len(board.rows) - 1)]
        below = _beside if room.is_beside else _below
        sheet.put_below(below(scene, board, chosen, Size(width, room.lower), inks))


def _row(
    line: Line,
    row: LatencyRow,
    columns: Sequence[tuple[LatencySort, int]],
    names: int,
    inks: Inks,
    *,
    is_selected: bool,
) -> None:
    """A name with its figures."""

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_selected else style

    line.put("▌" if is_selected else " ", ink(inks.focus))
    is_all = row.raw is None
    name = "all requests" if is_all else clean(row.name) or "–"
    line.put(fit_path(name, names), ink(inks.focus if is_all else inks.text))
    figures = {"p50": row.p50, "p90": row.p90, "p95": row.p95, "p99": row.p99, "max": row.max}
    for column, cells in columns:
        if column == "hits":
            text, style = units.count(row.hits), inks.text
        else:
            value = figures[column]
            text, style = units.duration(value), soft(inks.label) if value is None else inks.latency
        line.put("  ", ink(inks.ground)).put(fit_right(text, cells), ink(style))


# Below it -----------------------------------------------------------------------------------------


def _beside(scene: Scene, board: LatencyBoard, row: LatencyRow, size: Size, inks: Inks) -> Sheet:
    """The spread of the chosen row, and at its right the slowest requests."""
    width, height = size
    left = max(44, width * 40 // 100)
    one = _spread(row, board, Size(left, height), inks)
    return beside(one, _slowest(scene, board, Size(width - left - 1, height), inks), inks, has_line=True)


def _below(scene: Scene, board: LatencyBoard, row: LatencyRow, size: Size, inks: Inks) -> Sheet:
    """The spread of the chosen row, and below it the slowest requests."""
    width, height = size
    sheet = Sheet(size)
    upper = max(5, height // 2)
    sheet.put_below(_spread(row, board, Size(width, upper), inks))
    sheet.put_below(_slowest(scene, board, Size(width, height - upper), inks))
    return sheet


def _title(row: LatencyRow) -> str:
    """What a row is called."""
    return "all requests" if row.raw is None else clean(row.name) or "–"


def _spread(row: LatencyRow, board: LatencyBoard, size: Size, inks: Inks) -> Sheet:
    """How long the requests of a row took, on the axis of all."""
    axis = axis_of([board.rows[0].spread])
    sheet = Sheet(size)
    line = Line(size.width, inks.ground).skip(1).put("spread", inks.text).put(" of ", inks.label)
    timed = f"  {units.count(row.timed)} timed" + (f" of {units.count(row.hits)}" if row.timed < row.hits else "")
    instant = f", {units.count(row.spread.instant)} in no time" if row.spread.instant else ""
    name = fit_path(_title(row), max(8, min(len(_title(row)), line.room - len(timed) - 4)))
    line.put(name, inks.text).put(timed, inks.label)
    line.put(instant if len(instant) < line.room - 3 else "", inks.label)
    sheet.add(rule(line, inks))
    if axis is None or not row.spread.counts:
        words_of = "none of them took a measurable time" if row.timed else "none of them tells how long it took"
        sheet.add(Line(size.width, inks.ground).skip(1).put(words_of, inks.label))
        return sheet.fill(inks)
    inner = spread_sheet(row, axis, Size(size.width - 1, size.height - 1), inks)
    gap = Sheet(Size(0, size.height - 1))
    sheet.put_below(beside(gap, inner, inks, has_line=False))
    return sheet.fill(inks)


def _slowest(scene: Scene, board: LatencyBoard, size: Size, inks: Inks) -> Sheet:
    """The slowest requests of the row that was answered."""
    sheet = Sheet(size)
    wish = board.wish
    assert isinstance(wish, LatencyWish)
    line = Line(size.width, inks.ground).skip(1).put("slowest", inks.text).put(" of ", inks.label)
    answered = next((row for row in board.rows if row.raw == wish.row), board.rows[0])
    line.put(fit_path(_title(answered), max(4, min(len(_title(answered)), line.room - 4))), inks.text)
    sheet.add(rule(line, inks))
    for log in board.slowest[: size.height - 1]:
        sheet.add(request_line(log, scene, size.width, inks))
    return sheet.fill(inks)
