"""Pieces of pictures: nothing is longer than it may be, whatever the width of its characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from glance.widgets.drawing import (
    Line,
    bar,
    clean,
    fit_left,
    fit_path,
    fit_right,
    fit_words,
    resample,
    sparkline,
    words,
)

PLAIN = Style()


def test_a_path_loses_its_left_side_at_a_slash():
    assert fit_path("/api/v1/users/{id}", 12) == "…/users/{id}"
    assert fit_path("/api", 8) == "/api    "


def test_a_name_loses_its_right_side():
    assert fit_left("Mozilla/5.0 (X11)", 9) == "Mozilla/…"


def test_figures_stand_at_the_right():
    assert fit_right("201k", 6) == "  201k"


def test_a_sentence_is_cut_behind_a_clause_or_a_word_but_not_within_a_number():
    told = "High traffic generated an alert - hits = 46.26, triggered at 2026-11-22T21:37:29Z"
    assert fit_words(told, 66) == "High traffic generated an alert - hits = 46.26…"
    assert fit_words(told, 47) == "High traffic generated an alert - hits…"
    assert fit_words("a word", 6) == "a word"
    assert fit_words("/a/path/without/any/space", 10) == "/a/path/w…"


@given(st.text(), st.integers(0, 30))
def test_a_sentence_has_no_more_than_its_width(text, width):
    assert cell_len(fit_words(clean(text), width)) <= width


@given(st.text(), st.integers(0, 30))
def test_fitted_text_has_exactly_its_width(text, width):
    shown = clean(text)
    assert cell_len(fit_left(shown, width)) == width
    assert cell_len(fit_path(shown, width)) == width


@given(st.lists(st.text()), st.integers(1, 40))
def test_a_line_has_exactly_its_width(texts, width):
    line = Line(width, PLAIN)
    for text in texts:
        line.put(clean(text), PLAIN)
    strip = line.strip()
    assert sum(cell_len(segment.text) for segment in strip) == width == strip.cell_length


def test_blanks_beside_a_figure_are_not_underlined():
    style = Style(underline=True)
    strip = Line(8, PLAIN).put("    12", style).strip()
    assert [segment.text for segment in strip if segment.style and segment.style.underline] == ["12"]
    assert strip.text == "    12  "


def test_a_wide_character_is_not_cut_in_half():
    assert fit_left("日本語", 5) == "日本…"
    assert fit_left("日本語", 4) == "日… "


def test_a_spot_covers_what_was_drawn_with_an_action():
    line = Line(20, PLAIN, y=3).skip(2).put("quit", PLAIN, "app.quit")
    spot = line.spots[0]
    assert (spot.y, spot.start, spot.end, spot.action) == (3, 2, 6, "app.quit")


def test_what_comes_from_outside_cannot_steer_the_terminal():
    shown = clean("\x1b]52;c;QQ==\x07\x9b2J\u202ex\ufe0f\u200b\n")
    assert all(character.isprintable() for character in shown)


def test_a_sparkline_keeps_peaks_and_shows_something_for_anything():
    assert sparkline((0, 1, 100), 3) == " ▁▇"
    assert sparkline((1, 1, 9, 1), 2) == "▁▇"
    assert sparkline((), 4) == "    "


def test_resampling_keeps_the_greatest():
    assert resample([1, 5, 2, 3], 2) == [5, 3]
    assert resample([1, 2], 4) == [1, 1, 2, 2]


def test_a_bar_is_never_empty_for_something():
    assert bar(0.0001, 8).strip()
    assert not bar(0, 8).strip()
    assert bar(1, 4) == "████"


@given(st.text(alphabet="ab ", max_size=80), st.integers(3, 20))
def test_words_fit_their_lines(text, width):
    assert all(cell_len(line) <= width for line in words(text, width))
