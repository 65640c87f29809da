"""What the parts of source code are."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.sources import code_syntax
from glance.sources.code_syntax import BEFORE_CHARACTERS, MOST_WIDTH, spans_of

GO = (
    "package main",
    "",
    "// Serves what is slow.",
    "func handleSlow(w http.ResponseWriter) {",
    "\tfor i := 0; i < 250; i++ {",
    '\t\tregexp.MustCompile("a+b")',
    "\t}",
    "}",
)


def kinds(path, lines, first=1, last=None):
    """What is of a kind in each line."""
    last = len(lines) if last is None else last
    found = spans_of(path, lines, first, last)
    assert len(found) == max(0, last - first + 1)
    return [[(line[a:b], kind) for a, b, kind in spans] for line, spans in zip(lines[first - 1 :], found, strict=False)]


def test_a_line_is_told_by_its_parts():
    found = kinds("/src/main.go", GO)
    assert found[2] == [("// Serves what is slow.", "comment")]
    assert ("func", "keyword") in found[3]
    assert found[4] == [("for", "keyword"), ("0", "number"), ("250", "number")]
    assert "".join(text for text, kind in found[5] if kind == "string") == '"a+b"'


def test_a_passage_begins_in_the_state_that_the_file_is_in_there():
    lines = ['"""', "if this were code, for example", '"""', "if True:", "    pass"]
    found = kinds("x.py", lines, 2, 4)
    assert found == [[(lines[1], "comment")], [('"""', "comment")], [("if", "keyword"), ("True", "keyword")]]


def test_far_down_in_a_file_the_passage_stands_for_itself():
    lines = ["x = 1  # " + "x" * 90] * (BEFORE_CHARACTERS // 90) + ["return 1"]
    assert kinds("x.py", lines, len(lines), len(lines)) == [[("return", "keyword"), ("1", "number")]]


def test_a_string_that_is_longer_than_what_is_shown_ends_where_it_ends():
    lines = ["package x", f'var big = "{"a" * 2 * MOST_WIDTH}"', "func f() {", '\tx := "hello"', "}"]
    found = kinds("x.go", lines)
    assert found[1][-1] == (lines[1][10:MOST_WIDTH], "string")
    assert found[2][0] == ("func", "keyword")
    assert found[3] == [('"hello"', "string")]


@pytest.mark.parametrize("path", ["", "x", "/etc/passwd", "x.unheard-of", "x.", ".go"])
def test_without_a_known_ending_nothing_is_said(path):
    assert spans_of(path, GO, 2, 4) == [(), (), ()]


def test_no_lines_have_no_parts():
    assert spans_of("x.go", (), 1, 0) == []


def test_spans_stand_in_order_within_their_lines_whatever_the_code_is():
    for path in Path(__file__).parents[2].glob("glance/widgets/*.py"):
        lines = path.read_text().split("\n")
        for line, spans in zip(lines, spans_of(str(path), lines, 1, len(lines)), strict=True):
            at = 0
            for begin, end, _ in spans:
                assert at <= begin < end <= len(line)
                at = end


def test_of_a_line_of_a_megabyte_a_screen_is_read():
    spans = spans_of("x.js", ["// " + "y" * 1_000_000], 1, 1)[0]
    assert spans == ((0, MOST_WIDTH, "comment"),)


def test_what_is_not_told_in_time_is_left_plain(monkeypatch):
    monkeypatch.setattr(code_syntax, "MOST_SECONDS", -1.0)
    found = spans_of("x.py", ["return 1"] * 1000, 1, 1000)
    assert len(found) == 1000
    assert not any(found[1:])


ODD = (
    "x = <<A + <<B\nfoo\nA\nbar\nB\nputs 1 # c",
    "{% if x %}<b>\"s\" /* c */</b>{# c #} <?php echo 'a\nb' ?>",
    '/* a\n b */ int x = 12; // z\r\n\x0c\'abc\n\u2028"""q\nw"""',
    "(" * 2000 + "'" * 2001 + "/*" * 2000 + "`${" * 1000,
)


@pytest.mark.parametrize(
    "ending", ["go", "py", "rb", "php", "js", "ts", "html", "pl", "c", "rs", "lua", "hs", "sql", "vue"]
)
@pytest.mark.parametrize("code", ODD, ids=["heredoc", "template", "control", "nested"])
def test_whatever_the_code_is_spans_stay_within_their_lines(ending, code):
    lines = code.split("\n")
    for line, spans in zip(lines, spans_of(f"x.{ending}", lines, 1, len(lines)), strict=True):
        at = 0
        for begin, end, _ in spans:
            assert at <= begin < end <= len(line)
            at = end
