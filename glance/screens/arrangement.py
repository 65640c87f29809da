"""Where every panel stands, for any size of the terminal: pure, and the same for drawing and for asking.

| size            | what                                                                          |
|-----------------|-------------------------------------------------------------------------------|
| ≥ 160 wide      | tiles, traffic, three columns: sections paths clients, status alerts lines    |
| ≥ 110 wide      | tiles, traffic, two columns: sections paths, clients lines, status alerts     |
| below, or < 30  | tiles in one line, traffic, one box whose tabs are the other panels           |
| < 80 or < 20    | the same without traffic, which becomes a tab too                             |
| < 40 or < 10    | a sentence                                                                    |

These are the panels that everyone has at first. Who chose some of them, or another order, gets them in that
order, traffic as a row of its own and the others side by side, as many as there are columns.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.geometry import Region, Size

from glance.commands.every import PANELS
from glance.widgets.notice import LEAST

LOW = 16
"""Lines from which on there is room for more than one above the panels."""

TYPED_LINES = 2
"""A filter that is typed, and what is to say about it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the arrangement depends on besides the size."""

    shown: str = "paths"
    """The panel in the box of tabs."""
    zoomed: str = ""
    """The panel or page that has the whole screen; empty for none."""
    troubles: int = 0
    """Lines of trouble above everything."""
    is_firing: bool = False
    """An alert fires: it is told above everything, too."""
    has_filter: bool = False
    """Something is filtered by, which is said under the header."""
    is_filter_typed: bool = False
    """A filter is typed, above the keys."""
    panels: tuple[str, ...] = PANELS
    """The panels of the overview, in their order; at least one."""
    has_hint: bool = False
    """What to press first is said, above the keys."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The regions of what is on the screen, by name of the widget."""

    places: dict[str, Region]
    tabs: tuple[str, ...] = ()
    """The panels that share a box; empty where each has its own."""

    def tabs_of(self, panel: str) -> tuple[str, ...]:
        """What stands in the border of a panel."""
        return self.tabs if panel in self.tabs else (panel,)


def arrange(size: Size, wish: Wish) -> Arrangement:
    """Place everything."""
    width, height = size
    if width < LEAST.width or height < LEAST.height:
        return Arrangement({"too-small": Region(0, 0, width, height)})
    places = {"header": Region(0, 0, width, 1), "keys": Region(0, height - 1, width, 1)}
    top = _above(places, size, wish)
    bottom = height - 1
    if wish.is_filter_typed:
        bottom -= TYPED_LINES
        places["filter-bar"] = Region(0, bottom, width, TYPED_LINES)
    elif wish.has_hint and not wish.zoomed and height >= LOW:
        bottom -= 1
        places["hint"] = Region(0, bottom, width, 1)
    body = Region(0, top, width, bottom - top)
    if wish.zoomed:
        places[wish.zoomed] = body
        return Arrangement(places)
    if width < 110 or height < 30:
        return _in_tabs(places, body, wish)
    if wish.panels != PANELS:
        return _in_rows(places, body, wish.panels)
    return _in_columns(places, body)


def _above(places: dict[str, Region], size: Size, wish: Wish) -> int:
    """What stands between the header and the panels: trouble, then what fires; one line where it is low."""
    width, height = size
    most = 1 if height < LOW else 3
    top = 1
    if wish.has_filter:
        places["filter-line"] = Region(0, 1, width, 1)
        top += 1
        most += 1
    if wish.troubles and top <= most:
        many = min(most + 1 - top, wish.troubles)
        places["banner"] = Region(0, top, width, many)
        top += many
    if wish.is_firing and top <= most and wish.zoomed != "alerts":  # that page says the same, and more
        places["alert-line"] = Region(0, top, width, 1)
        top += 1
    return top


def _in_tabs(places: dict[str, Region], body: Region, wish: Wish) -> Arrangement:
    """One column: a box that shows one panel at a time."""
    is_compact = body.width < 80 or body.height < 17
    places["tiles"], body = _cut(body, 3 if body.height >= 24 and body.width >= 100 else 1)
    tabs = wish.panels
    if not is_compact and "traffic" in tabs and len(tabs) > 1:
        places["traffic"], body = _cut(body, max(6, body.height * 3 // 10))
        tabs = tuple(panel for panel in tabs if panel != "traffic")
    usual = "paths" if "paths" in tabs else tabs[0]
    shown = wish.shown if wish.shown in tabs else usual
    if body.height >= 12 and shown != "alerts" and not wish.is_firing:  # the panel, or the line above, says the same
        body, places["alert-line"] = body._replace(height=body.height - 1), Region(0, body.bottom - 1, body.width, 1)
    places[shown] = body
    return Arrangement(places, tabs)


def _in_columns(places: dict[str, Region], body: Region) -> Arrangement:
    """Everything at once, in two or three columns."""
    places["tiles"], body = _cut(body, 4 if body.height >= 36 else 3)
    share = 34 if body.width >= 160 else 28
    places["traffic"], body = _cut(body, max(8, min(18, body.height * share // 100)))
    if body.width >= 160:
        lower = max(8, min(16, body.height * 36 // 100))
        upper, body = _cut(body, body.height - lower)
        _row(places, upper, (("sections", 25), ("paths", 50), ("clients", 25)))
        _row(places, body, (("status", 25), ("alerts", 30), ("lines", 45)))
        return Arrangement(places)
    upper, body = _cut(body, (body.height + 2) * 2 // 5)
    middle, lower_row = _cut(body, (body.height + 1) // 2)
    _row(places, upper, (("sections", 42), ("paths", 58)))
    _row(places, middle, (("clients", 42), ("lines", 58)))
    _row(places, lower_row, (("status", 42), ("alerts", 58)))
    return Arrangement(places)


PARTS = {"sections": 25, "paths": 50, "clients": 25, "status": 25, "alerts": 30, "lines": 45}
"""What a panel is wide, against those beside it."""


def _in_rows(places: dict[str, Region], body: Region, panels: tuple[str, ...]) -> Arrangement:
    """Chosen panels in their order, row by row: traffic has a row of its own, the last row may have fewer."""
    columns = 3 if body.width >= 160 else 2
    places["tiles"], body = _cut(body, 4 if body.height >= 36 else 3)
    rows: list[list[str]] = []
    for panel in panels:
        is_full = not rows or len(rows[-1]) == columns or "traffic" in (panel, rows[-1][0])
        if is_full:
            rows.append([panel])
        else:
            rows[-1].append(panel)
    share = 34 if body.width >= 160 else 28
    chart = body.height if len(rows) == 1 else max(8, min(18, body.height * share // 100))
    others = sum(row != ["traffic"] for row in rows)
    rest = body.height - (chart if others < len(rows) else 0)
    for row in rows:
        if row == ["traffic"]:
            region, body = _cut(body, chart)
        else:
            height = -(-rest // others)
            region, body = _cut(body, height)
            rest, others = rest - height, others - 1
        whole = sum(PARTS.get(panel, 100) for panel in row)
        _row(places, region, tuple((panel, PARTS.get(panel, 100)) for panel in row), whole)
    return Arrangement(places)


def _cut(region: Region, height: int) -> tuple[Region, Region]:
    """The upper lines of a region, and the rest."""
    x, y, width, whole = region
    return Region(x, y, width, height), Region(x, y + height, width, whole - height)


def _row(places: dict[str, Region], region: Region, parts: tuple[tuple[str, int], ...], whole: int = 100) -> None:
    """Panels side by side, their widths in parts of the whole."""
    start = parted = 0
    for name, part in parts:
        parted += part
        end = region.width * parted // whole
        places[name] = Region(region.x + start, region.y, end - start, region.height)
        start = end
