"""How clients look: columns that line up, and below them what is known of the one with the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.client_board import ClientBoard, ClientRow, ClientWish
from glance.domain.safe_text import decode
from glance.domain.scene import Scene
from glance.domain.window import window_words
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_right, words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks, soft
from glance.widgets.progress import empty_words

NAME_LEAST = 18
"""Cells that an address keeps before a column is dropped for it."""
NAME_MOST = 43
"""Cells of the longest network of IPv6."""
KIND_WIDTH = 16
REVERSE_LEAST = 24
"""Cells from which on names of addresses have a column."""
REVERSE_MOST = 40
AGENT_LEAST = 30
"""Cells from which on agents have a column."""
WIDE = 100
"""Cells from which on columns make room for names."""
CLOCK_WIDTH = 8
LOW = 13
"""Lines inside the page below which only the row with the cursor is told of in one line."""

SORT_WORDS = {"hits": "by hits", "errors": "by errors", "bytes": "by bytes", "suspicion": "suspicious first",
              "name": "by address"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClientState:
    """How the page stands."""

    cursor: int = 0
    top: int = 0
    deny: int | None = None
    """Which of the lines that shut out is marked; None while none is shown."""
    denials: tuple[tuple[str, str], ...] = ()
    """Tool and line, of the row with the cursor; empty with a reason in `said`."""
    said: str = ""
    has_names: bool = True
    """Names of addresses are looked up."""


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of every row."""

    name: str
    width: int
    figure: Callable[[ClientRow, Inks], tuple[str, Style]]
    is_left: bool = False


def _dim(value: float, inks: Inks, style: Style) -> Style:
    """Nothing is fainter than something."""
    return style if value else soft(inks.label)


COLUMNS = (
    Column("req/s", units.COUNT_WIDTH, lambda row, inks: (units.rate(row.rate), inks.traffic)),
    Column("hits", units.COUNT_WIDTH, lambda row, inks: (units.count(row.hits), inks.text)),
    Column("share", units.SHARE_WIDTH, lambda row, inks: (units.share(row.share), inks.label)),
    Column("err", units.SHARE_WIDTH, lambda row, inks: (units.share(row.error_share), _error_ink(row, inks))),
    Column("4xx", units.COUNT_WIDTH,
           lambda row, inks: (units.count(row.client_errors), _dim(row.client_errors, inks, inks.client_error))),
    Column("5xx", units.COUNT_WIDTH,
           lambda row, inks: (units.count(row.server_errors), _dim(row.server_errors, inks, inks.server_error))),
    Column("paths", units.COUNT_WIDTH, lambda row, inks: (units.count(row.paths), inks.label)),
    Column("bytes", units.SIZE_WIDTH, lambda row, inks: (units.size(row.sent), _dim(row.sent, inks, inks.volume))),
    Column("addrs", units.COUNT_WIDTH, lambda row, inks: (units.count(row.addresses), inks.label)),
    Column("first", CLOCK_WIDTH, lambda row, inks: (units.clock(row.first_at), soft(inks.label))),
    Column("last", CLOCK_WIDTH, lambda row, inks: (units.clock(row.last_at), inks.label)),
    Column("kind", KIND_WIDTH, lambda row, inks: (_kind(row), inks.label), is_left=True),
)  # fmt: skip
DROP_ORDER = ("first", "share", "bytes", "last", "kind", "4xx", "5xx", "paths", "addrs", "err", "req/s")
"""Which column goes first when addresses need the room; hits stay."""

FOR_NAMES = ("first", "share", "4xx", "5xx")
"""Which columns names of addresses are worth more than, where it is wide."""


def _error_ink(row: ClientRow, inks: Inks) -> Style:
    """That of the class that most errors are of."""
    if row.server_errors > row.client_errors:
        return inks.server_error
    return _dim(row.client_errors, inks, inks.client_error)


def _kind(row: ClientRow) -> str:
    """The name of a crawler, of a tool or of a monitor, or the kind."""
    return clean(row.crawler, KIND_WIDTH * 2) or row.kind


def columns_for(width: int, *, is_network: bool, has_names: bool = False) -> list[Column]:
    """The columns that leave addresses enough room, and their names, where any is known and it is wide."""
    columns = [column for column in COLUMNS if is_network or column.name != "addrs"]
    for name in FOR_NAMES if has_names and width >= WIDE else ():
        if _name_room(width, columns) >= NAME_LEAST + 2 + REVERSE_LEAST:
            break
        columns = [column for column in columns if column.name != name]
    for name in DROP_ORDER:
        if _name_room(width, columns) >= NAME_LEAST:
            break
        columns = [column for column in columns if column.name != name]
    return columns


def _name_room(width: int, columns: Sequence[Column]) -> int:
    """Cells for addresses, beside the cursor and the flag."""
    return width - 4 - sum(column.width + 1 for column in columns)


def details_height(inside: Size, state: ClientState) -> int:
    """Lines below the list."""
    if inside.height < LOW:
        return 1 if state.deny is None else 3
    return 6


def row_room(inside: Size, state: ClientState) -> int:
    """How many rows fit."""
    return max(1, inside.height - 1 - details_height(inside, state))


def client_picture(scene: Scene, board: ClientBoard | None, state: ClientState, size: Size, inks: Inks) -> Picture:
    """The whole page."""
    inside = Size(size.width - 2, size.height - 2)
    wish = board.wish if board is not None and isinstance(board.wish, ClientWish) else ClientWish()
    is_network = wish.grouping == "network"
    frame = Frame((), True, _notes(scene, board, wish, inks), _below(state, is_network, inks), _title(wish))
    if board is None or not board.rows:
        text = "reading …" if board is None else empty_words(scene)
        return framed(size, frame, [Line(inside.width, inks.ground).skip(1).put(text, inks.label).strip()], (), inks)
    has_names = any(row.name for row in board.rows)
    columns = columns_for(inside.width, is_network=is_network, has_names=has_names)
    lines = [_heading(board, columns, inside.width, inks, is_network=is_network)]
    room = row_room(inside, state)
    for at, row in enumerate(board.rows[state.top : state.top + room], state.top):
        lines.append(_row(board, row, columns, inside.width, inks, is_selected=at == state.cursor))
    lines += [Strip.blank(inside.width, inks.ground)] * (1 + room - len(lines))
    cursor = min(state.cursor, len(board.rows) - 1)
    lines += _details(board.rows[cursor], state, Size(inside.width, details_height(inside, state)), inks, is_network)
    return framed(size, frame, lines, (), inks)


def _title(wish: ClientWish) -> str:
    """What the rows are."""
    return "clients · networks /24 and /64" if wish.grouping == "network" else "clients · addresses"


def _notes(scene: Scene, board: ClientBoard | None, wish: ClientWish, inks: Inks) -> tuple[tuple[str, Style], ...]:
    """How many there are, and in which order."""
    notes = [(f"window {window_words(scene.view.window)}", inks.label), (SORT_WORDS[wish.sort], inks.label)]
    if board is not None and board.rows:
        many, shown = board.distinct, len(board.rows)
        about = "~" if board.is_approximate else ""
        text = f"{about}{units.exact(many)}" if shown >= many else f"{shown} of {about}{units.exact(many)}"
        notes.append((text, inks.label))
    return tuple(notes)


def _below(state: ClientState, is_network: bool, inks: Inks) -> tuple[tuple[str, Style, str], ...]:
    """Keys in the lower border."""
    keys = [("N names off" if state.has_names else "N names on", "names")] if not is_network else []
    keys += [("n addresses" if is_network else "n networks", "group"), ("s sort", "sort"), ("b deny line", "deny")]
    return tuple((text, inks.focus, action) for text, action in keys)


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells of what has no fixed width; 0 where there is no room for it."""

    own_width: int
    name_width: int = 0
    """Names of addresses; 0 where none is known."""
    agent_width: int = 0


def _widths(board: ClientBoard, columns: Sequence[Column], width: int) -> Widths:
    """Who shares the room: the address first, then its name, then its agent."""
    room = _name_room(width, columns)
    longest = max((len(row.raw) for row in board.rows), default=0)
    own = max(NAME_LEAST, min(longest, NAME_MOST))
    rest, reverse = room - own, 0
    if any(row.name for row in board.rows) and rest - 2 >= REVERSE_LEAST:
        reverse = min(rest - 2, REVERSE_MOST if rest >= REVERSE_MOST + AGENT_LEAST + 4 else rest)
        rest -= reverse + 2
    agent = rest - 2 if rest - 2 >= AGENT_LEAST else 0
    return Widths(room - (reverse + 2 if reverse else 0) - (agent + 2 if agent else 0), reverse, agent)


def _heading(board: ClientBoard, columns: Sequence[Column], width: int, inks: Inks, *, is_network: bool) -> Strip:
    """The names of the columns."""
    widths = _widths(board, columns, width)
    line = Line(width, inks.ground).skip(3)
    line.put(fit_left("network" if is_network else "client", widths.own_width), inks.label)
    if widths.name_width:
        line.skip(2).put(fit_left("name", widths.name_width), inks.label)
    for column in columns:
        fit = fit_left if column.is_left else fit_right
        line.skip(1).put(fit(column.name, column.width), inks.label)
    if widths.agent_width:
        line.skip(2).put("agent", inks.label)
    return line.strip()


def _row(
    board: ClientBoard, row: ClientRow, columns: Sequence[Column], width: int, inks: Inks, *, is_selected: bool
) -> Strip:
    """One client on the tint of its share, its flag, and its figures."""
    widths = _widths(board, columns, width)
    line = Line(width, inks.ground)
    line.put("▌" if is_selected else " ", inks.focus)
    line.put("!" if row.reasons else " ", inks.server_error if row.reasons else inks.ground).skip(1)
    most = max((one.hits for one in board.rows), default=0)
    name = fit_left(clean(decode(row.raw)), widths.own_width)
    tinted = round(widths.own_width * row.hits / most) if most and name.isascii() else 0
    line.put(name[:tinted], inks.text + inks.bar).put(name[tinted:], inks.text)
    if widths.name_width:
        line.skip(2).put(_fit_host(clean(row.name), widths.name_width), soft(inks.text))
    for column in columns:
        text, style = column.figure(row, inks)
        fit = fit_left if column.is_left else fit_right
        line.skip(1).put(fit(text, column.width), style)
    if widths.agent_width:
        line.skip(2).put(fit_left(clean(decode(row.agent), 300), widths.agent_width), soft(inks.label))
    strip = line.strip()
    if not is_selected:
        return strip
    return Strip([Segment(text, inks.selected(style or inks.ground)) for text, style, _ in strip], width)


def _fit_host(name: str, width: int) -> str:
    """A host name; what is too long loses its left side, for its domain says more."""
    if cell_len(name) <= width:
        return fit_left(name, width)
    return "…" + name[len(name) - width + 1 :]


def _details(row: ClientRow, state: ClientState, size: Size, inks: Inks, is_network: bool) -> list[Strip]:
    """What is known of the row with the cursor, or the lines that shut it out."""
    width = size.width
    lines: list[Strip] = []
    if size.height > 3:
        lines.append(Line(width, inks.ground).skip(1).put("─" * (width - 2), inks.frame).strip())
    if state.deny is not None:
        lines += _denials(state, width, inks)
    elif size.height == 1:
        text = f"! {row.reasons[0]}" if row.reasons else _agent(row)
        ink = inks.server_error if row.reasons else inks.label
        lines.append(Line(width, inks.ground).skip(1).put(state.said or text, ink).strip())
    else:
        lines += _told(row, state, width, inks, is_network)
    lines += [Strip.blank(width, inks.ground)] * (size.height - len(lines))
    return lines[: size.height]


def _told(row: ClientRow, state: ClientState, width: int, inks: Inks, is_network: bool) -> list[Strip]:
    """Who it is, when it came, what it calls itself, and why it is suspicious."""
    line = Line(width, inks.ground).skip(1).put(clean(decode(row.raw)), inks.focus)
    if row.name:
        line.skip(2).put(clean(row.name), inks.text)
    if is_network:
        line.skip(2).put(f"{units.exact(row.addresses)} addresses", inks.label)
    line.skip(2).put(f"{units.moment(row.first_at)} – {units.clock(row.last_at)}", inks.label)
    agent = Line(width, inks.ground).skip(1).put(fit_left(_agent(row), width - 2), inks.label)
    lines = [line.strip(), agent.strip()]
    if state.said:
        return [*lines, Line(width, inks.ground).skip(1).put(clean(state.said), inks.text).strip()]
    if not row.reasons:
        return [*lines, Line(width, inks.ground).skip(1).put("nothing suspicious about it", inks.label).strip()]
    reasons = words("; ".join(clean(reason) for reason in row.reasons), max(10, width - 16))
    for number, text in enumerate(reasons[:3]):
        line = Line(width, inks.ground).skip(1)
        line.put(fit_left("suspicious" if not number else "", 12), inks.server_error)
        lines.append(line.put(text, inks.text).strip())
    return lines


def _agent(row: ClientRow) -> str:
    """What it calls itself."""
    if not row.agent:
        return "no agent"
    more = f"  and {units.exact(row.agents - 1)} other agents" if row.agents > 1 else ""
    return f"{row.kind}  {clean(decode(row.agent), 300)}{more}"


def _denials(state: ClientState, width: int, inks: Inks) -> list[Strip]:
    """The lines that shut it out; nothing runs them."""
    if not state.denials:
        return [
            Line(width, inks.ground).skip(1).put(text, inks.client_error).strip()
            for text in words(clean(state.said), width - 2)
        ]
    lines = []
    for number, (tool, text) in enumerate(state.denials):
        is_marked = number == state.deny
        line = Line(width, inks.ground).put("▌" if is_marked else " ", inks.focus)
        line.put(fit_left(tool, 7), inks.label).put(clean(text), inks.focus if is_marked else inks.text)
        lines.append(line.strip())
    last = Line(width, inks.ground).skip(1)
    if state.said:
        return [*lines, last.put(clean(state.said), inks.text).strip()]
    for key, does in (("y", "copies"), ("b", "next line"), ("esc", "closes")):
        last.put(key, inks.focus).put(f" {does}  ", inks.label)
    return [*lines, last.put("shown only: nothing is run", inks.label).strip()]
