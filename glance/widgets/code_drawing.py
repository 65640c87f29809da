"""A line of source code, its parts in their colours."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from glance.domain.code_span import CodeKind
from glance.domain.flame_board import SourceRow
from glance.widgets.drawing import Line, clean
from glance.widgets.inks import Inks, faded

MOST = 400
"""Characters of a line; no screen shows more."""
TAB = 4
FAINT = 0.35
"""How far a line that counts for nothing is on its way to the ground."""


def indent_of(rows: Sequence[SourceRow]) -> int:
    """How many cells all lines begin with that have nothing in them."""
    texts = [row.text.expandtabs(TAB) for row in rows]
    return min((len(text) - len(text.lstrip()) for text in texts if text.strip()), default=0)


def hottest(rows: Sequence[SourceRow]) -> int:
    """The place of the line that counts most; 0 where none does."""
    return max(range(len(rows)), key=lambda at: (rows[at].flat or rows[at].cum, rows[at].cum, -at), default=0)


def first_shown(rows: Sequence[SourceRow], first: int | None, room: int) -> int:
    """The place of the line that is shown first.

    Args:
        rows: all lines.
        first: where it was scrolled to; None is where the line that counts most is seen.
        room: how many fit.
    """
    if first is None:
        place = hottest(rows)
        first = place - room // 2 if place >= room else 0
    return max(0, min(first, len(rows) - room))


def put_code(line: Line, row: SourceRow, indent: int, inks: Inks, *, cursor: bool = False) -> None:
    """Draw the code of a line: what counts for something, or has the cursor, as it is; the rest faint.

    Args:
        line: where it is drawn.
        row: whose code.
        indent: cells that are left out at its beginning.
        inks: how it looks.
        cursor: it is the selected row.
    """
    is_bright = bool(row.cum) or cursor
    parts, column = _parts(row), 0
    for number, (text, kind) in enumerate(parts, 1):
        shown = clean((" " * (column % TAB) + text).expandtabs(TAB)[column % TAB :], MOST)
        column += len(shown)
        cut = min(indent, len(shown))
        indent -= cut
        ink = _ink(kind, inks, is_bright=is_bright)
        is_full = cell_len(shown[cut:]) == line.room and cell_len("".join(part for part, _ in parts[number:])) > 0
        shown = shown[cut:] + " " * is_full  # one cell too many, so that it is seen to be cut
        line.put(shown, inks.selected(ink) if cursor else ink)


def _parts(row: SourceRow) -> list[tuple[str, CodeKind | None]]:
    """The pieces of the code with their kinds, those between them too."""
    text, at = row.text.rstrip()[:MOST], 0
    parts: list[tuple[str, CodeKind | None]] = []
    for begin, end, kind in row.spans:
        parts += (text[at:begin], None), (text[begin:end], kind)
        at = end
    return [part for part in (*parts, (text[at:], None)) if part[0]]


def _ink(kind: CodeKind | None, inks: Inks, *, is_bright: bool) -> Style:
    """How a part looks. With few colours only the lines that count for something have any."""
    if not is_bright and inks.is_ansi:
        return inks.label
    plain = inks.text if is_bright else inks.label
    inked = {"keyword": inks.volume, "string": inks.success, "number": inks.latency, "comment": inks.label}
    ink = plain if kind is None or inks.is_plain else inked[kind]
    return ink if is_bright else faded(ink, FAINT if ink is not inks.label else 0.2)
