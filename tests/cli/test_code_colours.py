"""Source code on a terminal."""

from __future__ import annotations

import re

import pytest

from glance.cli import terminal
from glance.cli.code_colours import in_colours, listed_in_colours
from glance.cli.suspect_output import code_of
from glance.cli.terminal import has_colours
from glance.domain.profiles.report_list import CountedLine, Listing, code_text
from glance.domain.profiles.suspect_code import Passage

LINES = ("package main", "", "func f() {", '\treturn "a\x1b[31m", 25 // \u202ewhy', "}")
OURS = re.compile(r"\x1b\[(?:34|32|35|90|39)m")


def test_colours_are_all_that_is_added():
    for plain, coloured in zip(LINES, in_colours("x.go", LINES), strict=True):
        assert OURS.sub("", coloured) == code_text(plain)


def test_each_part_has_its_colour_and_what_is_bold_around_it_stays_so():
    (line,) = in_colours("x.go", LINES[3:4])
    assert line.startswith("\t\x1b[34mreturn\x1b[39m ")
    assert "\x1b[35m25\x1b[39m" in line
    assert "\x1b[90m// " in line
    assert "\x1b[0m" not in line


def test_lines_of_a_listing_are_those_of_their_file():
    counted = tuple(CountedLine(number, 0, 1, LINES[number - 1]) for number in (3, 4))
    printed = list(listed_in_colours(Listing("f", "x.go", 0, 1, counted)))
    assert printed == list(in_colours("x.go", LINES[2:4]))
    assert list(listed_in_colours(Listing("f", "x.go", 0, 1, trouble="not found"))) == []


def test_the_passage_of_a_suspect_is_the_same_but_for_its_colours():
    passage = Passage("x.go", 3, LINES[2:], 4)
    coloured = list(code_of(passage, is_coloured=True))
    assert [OURS.sub("", line) for line in coloured] == list(code_of(passage))
    assert coloured != list(code_of(passage))


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}, {}])
def test_a_person_may_want_none(environment, monkeypatch):
    monkeypatch.setattr(terminal.sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(terminal.os, "environ", environment)
    assert not has_colours()


def test_a_terminal_has_colours_and_a_pipe_has_none(monkeypatch):
    monkeypatch.setattr(terminal.os, "environ", {"TERM": "xterm"})
    for is_terminal in (True, False):
        monkeypatch.setattr(terminal.sys.stdout, "isatty", lambda: is_terminal)  # noqa: B023 - asked at once
        assert has_colours() == is_terminal
