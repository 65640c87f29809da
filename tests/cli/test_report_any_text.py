"""Whatever stands in a log, every form of the report stays whole: a law, not an example."""

import csv
import dataclasses
import io
import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from glance.cli import report_csv, report_json, report_markdown, report_text
from glance.domain.logs.summary import FileFigures, Summary, TopList, TopRow, UnparsedLine

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=120)
"""Text with controls, surrogates, marks and unassigned characters in it."""


def report_with(summary: Summary, text: str) -> Summary:
    """The report with this text in every place that the log or its name can fill."""
    return dataclasses.replace(
        summary,
        files=(FileFigures(text, text, 5, 5, 0),),
        methods=((text, 5),),
        protocols=((text, 5),),
        tops=tuple(TopList(top.name, (TopRow(text, 5, 5, 5, 5, None),)) for top in summary.tops),
        unparsed_samples=(UnparsedLine(text, 1, text),),
        notes=(text,),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=ANYTHING)
def test_every_form_stays_whole(summary: Summary, text: str) -> None:
    report = report_with(summary, text)

    printed = report_json.render(report)
    assert printed.isascii()
    assert all(byte >= 0x20 or byte == 0x0A for byte in printed)
    json.loads(printed)

    table = report_csv.render(report)
    assert {len(row) for row in csv.reader(io.StringIO(table, newline=""), strict=True)} == {8}
    assert is_harmless(table.replace("\r\n", ""))

    page = report_markdown.render(report)
    assert is_harmless(page.replace("\n", ""))
    for block in re.findall(r"(?:^\|.*\n)+", page, re.M):
        assert len({cells(row) for row in block.splitlines()}) == 1

    plain = report_text.render(report, 80)
    assert is_harmless(plain.replace("\n", ""))
    assert max(cell_len(line) for line in plain.split("\n")) <= 80
    usual = report_text.render(report_with(summary, "x"), 80).count("\n")
    assert plain.count("\n") - usual in (0, 1)  # a long name of a file has a line of its own


def cells(row: str) -> int:
    """Cells of a row of a Markdown table: pipes that no backslash escapes."""
    return len(re.findall(r"\|", re.sub(r"\\.", "", row)))


def is_harmless(text: str) -> bool:
    """No character of it moves, colours or reverses anything on a terminal."""
    return not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
