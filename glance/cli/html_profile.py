"""A profile as a part of a report in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glance.cli.html_element import Markup, element, figure, joined, outside
from glance.cli.html_table import headings, table
from glance.cli.report_profiles import HEADINGS, cells_of, heading_words
from glance.domain.profiles.function_figures import FunctionFigures


def profile_parts(profiles: Sequence[FunctionFigures]) -> Iterator[tuple[str, str, Markup, str]]:
    """Name, title, content and width of the part of each."""
    for number, one in enumerate(profiles, 1):
        name = one.path.rpartition("/")[2]
        hint = element("p", outside(one.path), " · ", outside(heading_words(one)), class_="hint")
        damages = [element("p", outside(damage), class_="hint") for damage in one.damages]
        yield f"profile-{number}", f"Profile {name}", joined(hint, *damages, function_table(one)), "wide"


def function_table(one: FunctionFigures) -> Markup:
    """The functions of one profile, each with a bar of its flat share."""
    most = max((abs(row.flat) for row in one.rows), default=0) or 1
    rows = []
    for row, (name, cells) in zip(one.rows, cells_of(one), strict=True):
        bar = f"--s:0;--c:0;--t:{abs(row.flat) / most:.4g}"
        heading = element("th", element("span", outside(name), style=bar), scope="row", role="rowheader")
        exact = (row.flat, None, row.cum, None)
        shown = [
            element("td", figure(value, cell) if value is not None else cell, class_="n", role="cell")
            for value, cell in zip(exact, cells, strict=True)
        ]
        rows.append(element("tr", heading, *shown, role="row"))
    return table(headings("Function", *HEADINGS), rows, "top", "Functions of a profile")
