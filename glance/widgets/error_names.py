"""The routes and the clients that are behind a status, as lists of which one can have the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rich.style import Style
from textual.geometry import Size

from glance.domain import units
from glance.domain.error_board import ErrorName, ErrorRow
from glance.widgets.drawing import Line, clean, fit_left, fit_path, fit_right
from glance.widgets.inks import Inks
from glance.widgets.sheet import Sheet, beside, rule

Part = Literal["statuses", "targets", "clients"]
PARTS: tuple[Part, ...] = ("statuses", "targets", "clients")
"""What can have the cursor, in the order in which `tab` goes through it."""

HEADS = 12
"""Cells of the names of the columns of a list, and of the margin behind them."""
NOISE_WORDS = {"error": "", "probe": " · probe paths", "storm": " · storm of 404s"}


@dataclass(frozen=True, slots=True)
class ErrorState:
    """What a person did on the page."""

    part: Part = "statuses"
    row: tuple[str, str] | None = None
    """The chosen status and its kind."""
    name: bytes | None = None
    """The chosen route or client, where one of these lists has the cursor."""
    hides_noise: bool = False
    top: int = 0
    """The first line of the statuses that is shown."""


def names_of(row: ErrorRow, part: Part) -> tuple[ErrorName, ...]:
    """The routes or the clients of a status."""
    return {"statuses": (), "targets": row.targets, "clients": row.clients}[part]


def error_lists(row: ErrorRow | None, state: ErrorState, size: Size, inks: Inks, *, is_two: bool) -> Sheet:
    """Its routes and its clients, side by side or below each other."""
    width, height = size
    if row is None:
        return Sheet(size).fill(inks)
    if is_two:
        left = width * 58 // 100
        one = _list(row, "targets", state, Size(left, height), inks)
        return beside(one, _list(row, "clients", state, Size(width - left - 1, height), inks), inks, has_line=False)
    sheet, upper = Sheet(size), max(min(len(row.targets) + 2, height - 4), height - len(row.clients) - 1, height // 3)
    sheet.put_below(_list(row, "targets", state, Size(width, upper), inks))
    sheet.put_below(_list(row, "clients", state, Size(width, height - upper), inks))
    return sheet


def _list(row: ErrorRow, part: Part, state: ErrorState, size: Size, inks: Inks) -> Sheet:
    """The routes or the clients of a status."""
    sheet = Sheet(size)
    if size.height < 2:
        return sheet.fill(inks)
    names, many = names_of(row, part), row.target_count if part == "targets" else row.client_count
    has_keys = state.part == part
    title = ("paths" if row.are_paths else "routes") if part == "targets" else "clients"
    line = Line(size.width, inks.ground)
    line.skip(1).put(title, inks.focus if has_keys else inks.text, f"part('{part}')")
    of, count = f" of {clean(row.status, 8)}{NOISE_WORDS[row.kind]}", f"  {units.exact(many)}"
    room = size.width - HEADS - 2 - line.x
    line.put(next((text for text in (of + count, count) if len(text) <= room), ""), inks.label)
    rule(line, inks, HEADS).put(fit_right("hits", 4) + fit_right("share", 7), inks.label)
    sheet.add(line)
    room = size.height - 1
    chosen = next((at for at, name in enumerate(names) if name.raw == state.name), 0) if has_keys else -1
    top = max(0, chosen - room + 1)
    for at, name in list(enumerate(names))[top : top + room]:
        sheet.add(_name(name, row, at, size.width, inks, is_selected=at == chosen, part=part))
    return sheet.fill(inks)


def _name(name: ErrorName, row: ErrorRow, at: int, width: int, inks: Inks, *, is_selected: bool, part: Part) -> Line:
    """A route or a client with its part of the errors."""

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_selected else style

    action = f"name('{part}', {at})"
    line = Line(width, inks.ground)
    line.put("▌" if is_selected else " ", ink(inks.focus), action)
    room = max(4, width - 1 - 14)
    text = clean(name.name) or "–"
    shown = fit_path(text, room) if part == "targets" else fit_left(text, room)
    most = max(row.targets[0].hits if part == "targets" else row.clients[0].hits, 1)
    tint = round(room * name.hits / most) if shown.isascii() and not is_selected else 0
    line.put(shown[:tint], ink(inks.text + inks.bar), action).put(shown[tint:], ink(inks.text), action)
    line.put(fit_right(units.count(name.hits), 6), ink(inks.text), action)
    line.put(fit_right(units.share(name.share), 7), ink(inks.label), action).put(" ", ink(inks.ground), action)
    return line
