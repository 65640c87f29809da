"""What passes the one gate between text from outside and a terminal."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size
from wcwidth import wcwidth

from glance.domain.safe_text import MAX_COMBINING, decode, safe_text
from tests.end_to_end.byte_oracle import foreign, is_foreign
from tests.end_to_end.hostile import PAYLOADS

ANY = st.one_of(st.text(st.characters(codec=None)), st.binary(), st.sampled_from(sorted(PAYLOADS.values())))


@given(ANY)
def test_nothing_that_a_terminal_obeys_passes(text: str | bytes) -> None:
    shown = safe_text(text)

    assert foreign(shown.encode()) == []


def test_no_single_character_passes_that_is_obeyed_or_invisible() -> None:
    passed = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if any(is_foreign(character) for character in safe_text(chr(code)))
    ]

    assert passed == []


@pytest.mark.parametrize("text", ["/static/app.js", "日本語", "naïve café", "Ünïcödé ☃ 😀", "नमस्ते", "שלום"])
def test_text_of_people_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_a_control_is_shown_as_its_picture() -> None:
    assert safe_text("\x1b[2J\x00\x7f") == "␛[2J␀␡"


def test_a_tower_of_marks_is_cut() -> None:
    shown = safe_text("e" + "\u0301" * 100_000)

    assert sum(unicodedata.combining(character) > 0 for character in shown) == MAX_COMBINING


@pytest.mark.parametrize(
    ("text", "shown"), [("❤\ufe0f ok", "❤ ok"), ("👍\U0001f3fd ok", "👍 ok"), ("\U0001f1e9\U0001f1ea", "DE")]
)
def test_what_terminals_disagree_on_is_shown_in_a_plain_way(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_terminals_agree_on_the_width_of_every_character_that_passes() -> None:
    """Two independent tables of widths say the same, so that nothing moves the columns behind it."""
    disputed = [
        f"U+{code:04X}"
        for code in range(sys.maxunicode + 1)
        if any(get_character_cell_size(character) != wcwidth(character) for character in safe_text(chr(code)))
    ]

    assert disputed == []


@given(st.text(), st.integers(1, 50))
def test_text_is_never_longer_than_asked(text: str, most: int) -> None:
    assert len(safe_text(text, most)) <= most


def test_a_character_cut_off_at_the_end_does_not_turn_the_line_into_another_encoding() -> None:
    assert decode("grüße 日本".encode()[:-1]) == "grüße 日"
    assert decode(b"gr\xfc\xdfe") == "grüße"
