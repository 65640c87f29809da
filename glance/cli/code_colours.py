"""Source code in the sixteen colours of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from glance.domain.code_span import CodeKind, CodeSpan
from glance.domain.profiles.report_list import Listing, code_text
from glance.sources.code_syntax import spans_of

COLOURS: dict[CodeKind, str] = {"keyword": "blue", "string": "green", "number": "magenta", "comment": "bright_black"}


def in_colours(path: str, lines: Sequence[str]) -> Iterator[str]:
    """A passage of a file, the parts of each line in their colours. What is bold around them stays so.

    Args:
        path: whose ending tells the language.
        lines: of the passage alone: to read all that is before it would take long for the last function of many.
    """
    for line, spans in zip(lines, spans_of(path, lines, 1, len(lines)), strict=True):
        yield "".join(_parts(line, spans))


def listed_in_colours(one: Listing) -> Iterator[str]:
    """The code of the lines of a listing."""
    return in_colours(one.file, [line.code for line in one.lines])


def _parts(line: str, spans: Sequence[CodeSpan]) -> Iterator[str]:
    """The pieces of a line, as they are printed."""
    at = 0
    for begin, end, kind in spans:
        yield code_text(line[at:begin])
        yield click.style(code_text(line[begin:end]), fg=COLOURS[kind], reset=False)
        yield click.style("", fg="reset", reset=False)
        at = end
    yield code_text(line[at:])
