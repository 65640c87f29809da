"""How a change looks: an arrow and a number, grey where it is no more than chance, coloured where errors rose."""

from __future__ import annotations

from rich.style import Style

from glance.domain import units
from glance.domain.comparison import Comparison, Figures, differs, has_slowed
from glance.domain.scene import Row
from glance.domain.view import SortKey
from glance.widgets.inks import Inks, soft

CHANGE_WIDTH = 7
"""Cells of the widest change, `▲ 899%`, and of its heading with the mark of the order."""


def change_words(now: float, then: float) -> str:
    """How far a figure is from what it was: `▲ 34%`, `▼ 5%`, `=`, `new`, `gone`."""
    if not then:
        return "new" if now else "="
    if isinstance(now, int) and now == round(then):
        return "="  # so near that whole requests could not be nearer
    return units.change(now, then) if now else "gone"


def row_change(row: Row, then: Figures, scale: float, sort: SortKey, inks: Inks) -> tuple[str, Style]:
    """The change of what a table is ordered by: of errors or p95 where that decides, else of the hits."""
    if sort == "errors":
        errors = row.client_errors + row.server_errors
        bad = inks.server_error if row.server_errors else inks.client_error
        return _counted(errors, then.errors, scale, bad, inks)
    if sort == "p95":
        if row.p95 is None or not then.p95:
            return units.NOTHING, soft(inks.label)
        is_told = has_slowed(row.p95, then.p95, (row.hits, then.hits))
        return change_words(row.p95, then.p95), inks.latency if is_told else soft(inks.label)
    return _counted(row.hits, then.hits, scale, inks.text, inks)


def _counted(now: int, then: int, scale: float, rising: Style, inks: Inks) -> tuple[str, Style]:
    """The change of a count; grey where chance alone would change it as much."""
    if not differs(now, then, scale):
        return change_words(now, then * scale), soft(inks.label)
    return change_words(now, then * scale), rising if now > then * scale else inks.text


def count_change(now: int, then: int, scale: float, rising: Style, inks: Inks) -> tuple[str, Style]:
    """The change of a total, for a tile."""
    return _counted(now, then, scale, rising, inks)


def share_change(
    now: tuple[int, int], then: tuple[int, int], scale: float, bad: Style, inks: Inks
) -> tuple[str, Style]:
    """How far a share of errors is from what it was, in points.

    Args:
        now: errors, and requests.
        then: the same.
        scale: by which counts of then are multiplied.
        bad: the ink of these errors, for when there are more.
        inks: of the theme.
    """
    if not now[1] or not then[1]:
        return "", inks.label
    share, former = now[0] / now[1], then[0] / then[1]
    words = units.change_of_share(share, former)
    expected = then[0] * scale * (now[1] / (then[1] * scale))  # as many as there would be among as many requests
    if not differs(now[0], expected):
        return words, soft(inks.label)
    return words, bad if share > former else inks.text


def figure_of(comparison: Comparison, ranking: str, rows: tuple[Row, ...]) -> dict[str, Figures]:
    """What each row of a ranking was, by the name that is its own."""
    return {row_key(row): then for row, then in zip(rows, comparison.rows(ranking), strict=False)}


def row_key(row: Row) -> str:
    """What tells a row from all others of its ranking."""
    return row.raw.hex() if row.raw else row.name
