"""Lines of source code as they are drawn."""

from __future__ import annotations

import pytest

from glance.domain.flame_board import SourceRow
from glance.sources.code_syntax import spans_of
from glance.widgets.code_drawing import first_shown, hottest, indent_of, put_code
from glance.widgets.drawing import Line
from glance.widgets.inks import inks_of

DARK = inks_of("glance-dark")
CODE = '\treturn run("slow", 250) // why'


def row(text=CODE, cum=1):
    return SourceRow(1, text, 0, cum, spans_of("x.go", [text], 1, 1)[0])


def drawn(one, *, width=60, indent=0, inks=DARK, cursor=False):
    line = Line(width, inks.ground)
    put_code(line, one, indent, inks, cursor=cursor)
    return line.strip()


def ink_of(strip, text):
    return next(segment.style for segment in strip if text in segment.text)


def test_each_part_has_the_ink_of_its_kind():
    strip = drawn(row())
    for text, ink in (
        ("return", DARK.volume),
        ('"slow"', DARK.success),
        ("250", DARK.latency),
        ("// why", DARK.label),
    ):
        assert ink_of(strip, text) == ink
    assert ink_of(strip, "run") == DARK.text


def test_what_counts_for_nothing_is_faint_unless_it_has_the_cursor():
    assert ink_of(drawn(row(cum=0)), "return").color != DARK.volume.color
    assert ink_of(drawn(row(cum=0), cursor=True), "return").color == DARK.volume.color


def test_with_sixteen_colours_only_what_counts_has_any():
    inks = inks_of("glance-ansi-dark")
    assert ink_of(drawn(row(), inks=inks), "return") == inks.volume
    assert {segment.style for segment in drawn(row(cum=0), inks=inks) if segment.text.strip()} == {inks.label}


def test_without_colours_nothing_is_told_by_them():
    inks = inks_of("glance-mono")
    assert inks.is_plain
    assert {segment.style for segment in drawn(row(), inks=inks) if segment.text.strip()} == {inks.text}


@pytest.mark.parametrize("width", range(1, 40))
def test_what_is_cut_is_seen_to_be_cut_wherever_a_part_ends(width):
    whole = CODE.replace("\t", "    ")
    shown = drawn(row(), width=width).text
    assert shown.rstrip() == whole if width >= len(whole) else shown == whole[: width - 1] + "…"


def test_a_common_indent_is_left_out():
    rows = [row("\t\tif x {"), row("\t\t\treturn 1"), row("")]
    assert indent_of(rows) == 8
    assert [drawn(one, indent=8).text.rstrip() for one in rows] == ["if x {", "    return 1", ""]


def test_an_attack_in_the_code_is_shown_as_text():
    shown = drawn(row('x = "\x1b[31m\u202e" // \x07'), width=80).text
    assert not {c for c in shown if ord(c) < 0x20 or c == "\u202e"}


@pytest.mark.parametrize(
    ("many", "hot", "scrolled", "room", "first"),
    [
        (50, 3, None, 10, 0),  # it is seen from the top
        (50, 30, None, 10, 25),
        (50, 49, None, 10, 40),
        (5, 4, None, 10, 0),
        (50, 30, 0, 10, 0),
        (50, 30, 1 << 40, 10, 40),
        (50, 30, -9, 10, 0),
        (0, 0, None, 10, 0),
    ],
)
def test_what_counts_most_is_seen_until_it_is_scrolled(many, hot, scrolled, room, first):
    rows = [SourceRow(number, "x", 0, 9 if number == hot else number % 3) for number in range(many)]
    assert first_shown(rows, scrolled, room) == first


def test_what_counts_most_is_the_line_that_does_the_work_itself():
    rows = [SourceRow(1, "a"), SourceRow(2, "b", 1, 30), SourceRow(3, "c", 20, 20)]
    assert hottest(rows) == 2
    assert hottest([]) == 0
