"""Typing a query: the caret, lines, words, completion. Any keys leave a text and a caret within it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.sql_board import MOST_QUERY
from glance.widgets.sql_completion import KEYWORDS, sql_completion
from glance.widgets.sql_editor import (
    BREAKS,
    PLACES,
    SqlTyped,
    completed,
    inserted,
    line_of,
    moved_by_line,
    pressed,
    typed_lines,
)
from tests.scenes import scene_at

SCENE = scene_at()
KEYS = st.one_of(
    st.sampled_from([*PLACES, *BREAKS, "backspace", "delete", "ctrl+u", "ctrl+k", "ctrl+w", "alt+d"]),
    st.characters(exclude_categories=["Cs"]),
)


def words(text: str, caret: int | None = None, history: tuple[str, ...] = ()) -> list[str]:
    """What the word at the caret can become."""
    found = sql_completion(text, len(text) if caret is None else caret, SCENE, history)
    return [one.text for one in found.candidates]


@settings(max_examples=60, deadline=None)
@given(st.lists(KEYS, max_size=60), st.integers(8, 30))
def test_any_keys_leave_the_caret_in_the_text_and_every_sign_on_one_line(keys, width):
    typed = SqlTyped()
    for key in keys:
        typed = pressed(typed, key, key if len(key) == 1 else None) or typed
        assert 0 <= typed.caret <= len(typed.text)
    lines = typed_lines(typed.text, width)
    assert [line.start for line in lines] == [0, *(line.end for line in lines)][: len(lines)]
    assert lines[-1].end == len(typed.text)
    for step in (-1, 1):
        moved = moved_by_line(typed, step, width)
        assert moved is None or (
            line_of(lines, moved.caret) == line_of(lines, typed.caret) + step and moved.text == typed.text
        )


def test_words_go_to_the_next_line_whole():
    lines = typed_lines("SELECT path FROM log", 13)
    assert ["".join(line.signs) for line in lines] == ["SELECT path ", "FROM log"]


def test_lines_of_ones_own_stay():
    lines = typed_lines("SELECT path\nFROM log", 40)
    assert ["".join(line.signs) for line in lines] == ["SELECT path ", "FROM log"]


def test_what_is_typed_has_an_end():
    assert len(inserted(SqlTyped(), "x" * 9999).text) == MOST_QUERY


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sel", "SELECT"),
        ("SELECT pa", "path"),
        ("SELECT cou", "count(*)"),
        ("SELECT count(*) fr", "FROM log"),
        ("SELECT perc", "percentile("),
        ("SELECT path FROM log WHERE method = 'G", "'GET'"),
    ],
)
def test_a_word_becomes_a_column_a_function_a_word_of_sql_or_a_value(text, first):
    assert words(text)[0] == first


def test_values_are_those_of_the_screen_and_of_queries_before():
    path = SCENE.ranking("paths").rows[0].name
    assert f"'{path}'" in words("SELECT 1 FROM log WHERE path = ")
    history = ("SELECT 1 FROM log WHERE agent LIKE '%zebra''s%'",)
    assert words("SELECT 1 FROM log WHERE agent LIKE '%z", history=history) == ["'%zebra''s%'"]
    assert "500" in words("SELECT 1 FROM log WHERE status >= 5")


def test_nothing_is_proposed_within_a_text_nor_for_a_whole_word():
    assert words("SELECT 'sel") == []
    assert words("SELECT path") == []


def test_tab_goes_through_the_candidates_and_a_single_one_is_taken():
    typed = SqlTyped("SELECT co", 9)
    options = sql_completion(typed.text, typed.caret, SCENE)
    typed = SqlTyped(typed.text, typed.caret, options)
    texts = []
    for _ in options.candidates:
        typed = completed(typed, typed.picked + 1)
        texts.append(typed.text.removeprefix("SELECT "))
    assert texts == [one.text for one in options.candidates]
    assert len(texts) > 1
    single = SqlTyped("percent", 7, sql_completion("percent", 7, SCENE))
    assert completed(single, 0) == SqlTyped("percentile(", 11)


def test_every_word_of_sql_is_offered():
    assert all(keyword in words(keyword[:-1]) for keyword in KEYWORDS if keyword.isalpha() and len(keyword) > 3)
