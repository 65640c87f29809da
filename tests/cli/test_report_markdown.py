"""The report as Markdown: nothing of the log is markup."""

import re
from collections.abc import Callable

import pytest

from glance.cli.report_markdown import escaped, render
from glance.domain.logs.summary import Summary


def test_it_is_the_golden_page(summary: Summary, matches_golden: Callable[[str, bytes], None]) -> None:
    """Byte for byte."""
    matches_golden("report.md", render(summary).encode())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", r"a\|b"),
        ("`x`", r"\`x\`"),
        ("<script>", "&lt;script&gt;"),
        ("&lt;", "&amp;lt;"),
        ("[x](javascript:1)", r"\[x\](javascript:1)"),
        ("a\\|b", r"a\\\|b"),
        ("_a_ **b**", r"\_a\_ \*\*b\*\*"),
        ("https://www.example.com/", r"https:\//www\.example.com/"),
        ("a\nb", "a␊b"),
        ("\x1b[31m", r"␛\[31m"),
    ],
)
def test_markup_is_shown(text: str, shown: str) -> None:
    """Pipes, code, HTML, links, emphasis, line ends and escape sequences are text."""
    assert escaped(text) == shown


def test_every_table_keeps_its_columns(summary: Summary) -> None:
    """No name of the log adds or ends a cell."""
    for block in re.findall(r"(?:^\|.*\n)+", render(summary), re.M):
        cells = {len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}
        assert len(cells) == 1


def test_no_control_comes_through(summary: Summary) -> None:
    """It is as safe in a terminal as in a page."""
    text = render(summary)
    assert all(character.isprintable() for character in text.replace("\n", ""))
    assert "<script" not in text


def test_an_empty_log_has_a_page(empty_summary: Summary) -> None:
    """Totals of zero, without a division by it."""
    assert "| Total Hits | 0 |  |" in render(empty_summary)
