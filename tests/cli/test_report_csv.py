"""The report as CSV: one RFC 4180 table that no spreadsheet runs."""

import csv
import io
from collections.abc import Callable

import pytest

from glance.cli.report_csv import COLUMNS, guarded, render
from glance.domain.logs.summary import Summary


def test_it_is_the_golden_table(summary: Summary, matches_golden: Callable[[str, bytes], None]) -> None:
    """Byte for byte."""
    matches_golden("report.csv", render(summary).encode())


def test_every_row_has_every_column(summary: Summary) -> None:
    """A reader of CSV gets the figures back."""
    rows = list(csv.reader(io.StringIO(render(summary), newline=""), strict=True))
    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    found = {(row[0], row[1]): row[2:] for row in rows}
    assert found["total", "all"][:4] == ["8500", "2747282740", "114", "37"]
    assert found["status", "404"][0] == "90"
    assert found["sections", "/api"] == ["4120", "812004120", "90", "31", "0.2104", ""]
    assert found["series", "2015-05-19T10:00:00Z"][0] == "40"
    assert found["total", "clients (approximate)"][-1] == "1753"


def test_rows_end_with_cr_lf_and_hold_no_control(summary: Summary) -> None:
    """What RFC 4180 asks for; escape sequences do not come through."""
    text = render(summary)
    assert text.count("\r\n") == text.count("\n") == text.count("\r")
    assert all(character.isprintable() for character in text.replace("\r\n", ""))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_text(start: str) -> None:
    """A name that a spreadsheet would run begins with an apostrophe."""
    assert guarded(f"{start}1+1").startswith("'")
    assert guarded("/a=b") == "/a=b"


def test_an_empty_log_is_a_table_too(empty_summary: Summary) -> None:
    """Zeros, and no series."""
    rows = list(csv.reader(io.StringIO(render(empty_summary), newline="")))
    assert rows[1][:4] == ["total", "all", "0", "0"]
