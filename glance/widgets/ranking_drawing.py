"""How a ranking looks: columns that line up, dropped in a stated order where it is narrow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import Ranking, Row, Scene
from glance.domain.view import RankingName, SortKey
from glance.widgets.change_drawing import CHANGE_WIDTH, figure_of, row_change, row_key
from glance.widgets.drawing import Line, Picture, Spot, clean, fit_left, fit_path, fit_right, sparkline
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks, soft
from glance.widgets.progress import empty_words
from glance.widgets.view_switch import NO_SWITCH, ViewSwitch

CHANGES: tuple[SortKey, ...] = ("risers", "fallers")
"""Orders of a table while there is a comparison: those first that grew, or shrank, by most requests."""
NAME_LEAST = 18
"""Cells that a name keeps before a column is dropped for it."""
LONG_NAMES: dict[RankingName, int] = {"agents": 28, "referrers": 28}
"""The same, where names are long and begin alike."""
SAID_BY_ALL: dict[RankingName, tuple[str, ...]] = {
    "agents": ("Mozilla/5.0 ",),
    "referrers": ("https://www.", "https://", "http://www.", "http://"),
}
"""How most names begin: where there is no room for all of a name, this goes first."""
SPARK_WIDTH = 8
CPU_WIDTH = 8
PATHS = frozenset(("sections", "paths", "routes"))
"""Rankings whose names lose their left side where they are too long."""
NOBODY = {
    "hosts": "the log names no host",
    "upstreams": "the log names no upstream",
    "referrers": "no request came from another page",
    "agents": "the log names no agent",
    "crawlers": "no crawler was here",
    "kinds": "the log names no agent",
}
"""What an empty ranking means where there are requests."""

Figure = Callable[[Row, Inks], tuple[str, Style]]


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of every row."""

    name: str
    width: int
    sort: SortKey | None
    """The order in which this column decides."""
    figure: Figure


def _hits(row: Row, inks: Inks) -> tuple[str, Style]:
    return units.count(row.hits), inks.text


def _share(row: Row, inks: Inks) -> tuple[str, Style]:
    return units.share(row.share), inks.label


def _client_errors(row: Row, inks: Inks) -> tuple[str, Style]:
    return units.count(row.client_errors), inks.client_error if row.client_errors else soft(inks.label)


def _server_errors(row: Row, inks: Inks) -> tuple[str, Style]:
    return units.count(row.server_errors), inks.server_error if row.server_errors else soft(inks.label)


def _bytes(row: Row, inks: Inks) -> tuple[str, Style]:
    return units.size(row.bytes), inks.volume if row.bytes else soft(inks.label)


def _p95(row: Row, inks: Inks) -> tuple[str, Style]:
    return units.duration(row.p95), soft(inks.label) if row.p95 is None else inks.latency


def _cpu(row: Row, inks: Inks) -> tuple[str, Style]:
    if row.cpu is None:
        return units.NOTHING, soft(inks.label)
    return units.duration(row.cpu.seconds), inks.label if row.cpu.is_rough else inks.text


def _spark(row: Row, inks: Inks) -> tuple[str, Style]:
    return sparkline(row.spark, SPARK_WIDTH), soft(inks.traffic)


COLUMNS = (
    Column("hits", units.COUNT_WIDTH, "hits", _hits),
    Column("share", units.SHARE_WIDTH, None, _share),
    Column("4xx", units.COUNT_WIDTH, "errors", _client_errors),
    Column("5xx", units.COUNT_WIDTH, "errors", _server_errors),
    Column("bytes", units.SIZE_WIDTH, "bytes", _bytes),
    Column("p95", units.DURATION_WIDTH, "p95", _p95),
    Column("cpu/req", CPU_WIDTH, "cpu", _cpu),
    Column("trend", SPARK_WIDTH, None, _spark),
)
DROP_ORDER = ("cpu/req", "bytes", "trend", "share", "p95", "4xx", "5xx", "change", "hits")
"""Which column goes first when names need the room."""


@dataclass(frozen=True, slots=True)
class TableState:
    """What a person did to a table."""

    cursor: str | None = None
    """Name of the selected row."""
    top: int = 0
    """Row at the upper edge."""
    search: str = ""
    is_typing: bool = False
    is_focused: bool = False
    most_rows: int = 0
    """Rows to show at most; 0 for as many as fit."""
    switch: ViewSwitch = NO_SWITCH
    """What else the table can rank."""


def sort_of(scene: Scene, name: RankingName) -> SortKey:
    """The order in which the scene has a ranking."""
    return dict(scene.view.sorts).get(name, "hits")


def columns_for(
    width: int,
    has_latency: bool,
    sort: SortKey,
    least: int = NAME_LEAST,
    change: Column | None = None,
    *,
    has_cpu: bool = False,
) -> list[Column]:
    """The columns that leave names enough room; the one that decides the order goes last of all."""
    columns = [column for column in COLUMNS if has_latency or column.name != "p95"]
    columns = [column for column in columns if has_cpu or column.name != "cpu/req"]
    if change is not None:
        columns.insert(1, change)
    for name in DROP_ORDER:
        if width - sum(column.width + 1 for column in columns) - 2 >= least:
            break
        columns = [column for column in columns if column.name != name or column.sort == sort]
    return columns


def change_column(scene: Scene, ranking: Ranking) -> Column | None:
    """The column of changes, while there is a comparison that can tell them or soon will."""
    comparison, sort = scene.comparison, sort_of(scene, ranking.name)
    if comparison is None or comparison.condition == "unknown":
        return None
    then = figure_of(comparison, ranking.name, ranking.rows)
    unknown = "…" if comparison.condition == "counting" else units.NOTHING

    def figure(row: Row, inks: Inks) -> tuple[str, Style]:
        """How the row has changed."""
        was = then.get(row_key(row))
        if was is None:
            return unknown, soft(inks.label)
        return row_change(row, was, comparison.scale, sort, inks)

    return Column("change", CHANGE_WIDTH, sort if sort in CHANGES else "risers", figure)


def rows_then(scene: Scene, ranking: Ranking) -> object:
    """What of a comparison a table shows."""
    comparison = scene.comparison
    if comparison is None:
        return None
    return (comparison.condition, comparison.scale, comparison.rows(ranking.name))


def row_room(size: Size, state: TableState) -> int:
    """How many rows a panel of this size shows: without border, heading and the line of the search."""
    room = max(0, size.height - 3 - state.is_typing)
    return min(room, state.most_rows) if state.most_rows else room


def table_picture(
    scene: Scene, name: RankingName, size: Size, inks: Inks, tabs: tuple[Tab, ...], *, state: TableState
) -> Picture:
    """The whole panel of a ranking."""
    ranking = scene.ranking(name)
    inside = Size(size.width - 2, size.height - 2)
    sort = sort_of(scene, name)
    least = LONG_NAMES.get(name, NAME_LEAST)
    has_cpu = any(row.cpu is not None for row in ranking.rows)
    change = change_column(scene, ranking)
    columns = columns_for(inside.width, scene.has_latency, sort, least, change, has_cpu=has_cpu)
    heading, spots = _heading(columns, sort, inside.width, inks)
    lines = [heading]
    lines += _rows(ranking, columns, inside.width, row_room(size, state), inks, state=state)
    if not ranking.rows:
        lines += _nothing(scene, name, state, inside.width, inks)
    if state.is_typing:
        lines = lines[: inside.height - 1]
        lines += [Strip.blank(inside.width, inks.ground)] * (inside.height - 1 - len(lines))
        lines.append(_typing(ranking, state, inside.width, inks))
    frame = Frame(tabs, state.is_focused, _notes(ranking, sort, inks), _below(state, inks), switch=state.switch)
    return framed(size, frame, lines, spots, inks)


def _heading(columns: list[Column], sort: SortKey, width: int, inks: Inks) -> tuple[Strip, list[Spot]]:
    """The names of the columns; the one that decides the order is marked. A click on one sorts by it."""
    line = Line(width, inks.ground)
    line.skip(1)
    names = width - 2 - sum(column.width + 1 for column in columns)
    by_name = sort == "name"
    line.put(fit_left("name ▾" if by_name else "", names), inks.focus if by_name else inks.label, "sort_by('name')")
    for column in columns:
        is_chosen = column.sort == sort
        mark = "▴" if sort == "fallers" else "▾"
        label = column.name + mark if is_chosen else column.name
        action = f"sort_by('{column.sort}')" if column.sort else ""
        line.skip(1).put(fit_right(label, column.width), inks.focus if is_chosen else inks.label, action)
    return line.strip(), line.spots


def _rows(
    ranking: Ranking, columns: list[Column], width: int, room: int, inks: Inks, *, state: TableState
) -> list[Strip]:
    """The rows from the upper edge on."""
    most = max((row.hits for row in ranking.rows), default=0)
    cursor = state.cursor if state.is_focused else None
    return [
        _row(row, columns, width, most, inks, is_selected=row.name == cursor, ranking=ranking.name)
        for row in ranking.rows[state.top : state.top + room]
    ]


def _row(
    row: Row,
    columns: list[Column],
    width: int,
    most: int,
    inks: Inks,
    *,
    is_selected: bool,
    ranking: RankingName,
) -> Strip:
    """A name on the tint of its share, and its figures."""
    line = Line(width, inks.ground)
    line.put("▌" if is_selected else " ", inks.focus)
    names = width - 2 - sum(column.width + 1 for column in columns)
    name = fitted(clean(row.name), names, ranking)
    tinted = round(names * row.hits / most) if most and len(name) == names else 0  # every character is a cell
    line.put(name[:tinted], inks.text + inks.bar).put(name[tinted:], inks.text)
    for column in columns:
        text, style = column.figure(row, inks)
        line.skip(1).put(fit_right(text, column.width), style)
    strip = line.strip()
    if not is_selected:
        return strip
    return Strip([Segment(text, inks.selected(style or inks.ground)) for text, style, _ in strip], width)


def fitted(name: str, width: int, ranking: RankingName) -> str:
    """A name in exactly so many cells: a path loses its left side, others what all have, then their right side."""
    if ranking in PATHS:
        return fit_path(name, width)
    if cell_len(name) > width:
        head = next((head for head in SAID_BY_ALL.get(ranking, ()) if name.startswith(head)), "")
        name = name[len(head) :]
    return fit_left(name, width)


def nothing_words(scene: Scene, name: RankingName) -> str:
    """Why a ranking is empty: it is being counted, the log has none of it, or there is no request at all."""
    if not scene.totals.hits:
        return empty_words(scene)
    if all(ranking.name != name for ranking in scene.rankings):
        return "counting …"
    sort = sort_of(scene, name)
    if sort in CHANGES:
        return f"there are no {sort}: nothing has {'risen' if sort == 'risers' else 'fallen'}"
    return NOBODY.get(name, "no request has any")


def _nothing(scene: Scene, name: RankingName, state: TableState, width: int, inks: Inks) -> list[Strip]:
    """Why there are no rows."""
    text = "nothing matches, esc clears" if state.search else nothing_words(scene, name)
    return [Line(width, inks.ground).skip(1).put(text, inks.label).strip()]


def _typing(ranking: Ranking, state: TableState, width: int, inks: Inks) -> Strip:
    """The line in which a search is typed."""
    line = Line(width, inks.ground)
    found = f"{units.exact(ranking.distinct)} found"
    line.skip(1).put("/", inks.focus).skip(1)
    room = max(4, line.room - len(found) - 4)
    text = clean(state.search)
    line.put(fit_path(text, room).rstrip() if len(text) >= room else text, inks.text).put("▏", inks.focus)
    return line.goto(width - len(found) - 1).put(found, inks.label).strip()


def _notes(ranking: Ranking, sort: SortKey, inks: Inks) -> tuple[tuple[str, Style], ...]:
    """How many names there are, and in which order."""
    if not ranking.rows:
        return ()
    about = "~" if ranking.is_approximate else ""
    names = "name" if ranking.distinct == 1 else "names"
    return ((f"{about}{units.exact(ranking.distinct)} {names}", inks.label), (f"by {sort}", inks.label))


def _below(state: TableState, inks: Inks) -> tuple[tuple[str, Style, str], ...]:
    """The search that is on, in the lower border."""
    if state.is_typing or not state.search:
        return ()
    return ((f"/{clean(state.search, 40)}", inks.text, ""), ("esc clears", inks.focus, "screen.back"))
