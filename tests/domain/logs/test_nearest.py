"""Where a line stops to fit a format."""

from __future__ import annotations

import pytest

from glance.domain.logs.catalogue import format_named, named_formats
from glance.domain.logs.family import MEMBERS
from glance.domain.logs.nearest import Nearest, nearest, reach
from tests.domain.logs.test_catalogue import LINES

LINE = LINES["combined"]
COMBINED = MEMBERS[0].layout()


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_fits_is_reached_to_its_end(name: str) -> None:
    layouts = [named.layout for named in named_formats() if named.name == name] or [format_named(name)]
    ends = [reach(layout, LINES[name])[0] for layout in layouts if layout is not None]
    assert max(ends) == len(LINES[name])


@pytest.mark.parametrize(
    ("line", "at", "expected"),
    [
        (LINE.replace(b"10/Feb", b"10/Foo"), b"10/Foo", "a time in brackets"),
        (LINE.replace(b" 200 ", b" 20 "), b"20 1", "a status"),
        (LINE.replace(b" 200 1 ", b" 200 x "), b'x "', "a size"),
        (LINE.replace(b'"GET', b"GET"), b"] GET", '`] "`'),
    ],
)
def test_what_is_missing_is_named(line: bytes, at: bytes, expected: str) -> None:
    assert reach(COMBINED, line) == (line.index(at), expected)


def test_the_format_that_reads_most_is_nearest() -> None:
    line = LINE.replace(b'"http://r/"', b"http://r/")
    found = nearest([member.layout() for member in MEMBERS], line)
    assert found is not None
    assert (found.words, found.line) == ("combined", line) or found == Nearest(
        "common", line, found.column, found.expected
    )
    assert nearest([COMBINED], b"") is None
