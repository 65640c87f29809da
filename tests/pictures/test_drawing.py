"""A screen becomes a picture: its words as text, its frames and blocks as shapes, its colours as they are."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pyte
import pytest

from tests.pictures.drawing import CELL_WIDTH, MARGIN, picture, words_of
from tests.pictures.program import clock_from

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str, columns: int = 12, rows: int = 2) -> ET.Element:
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(text)
    return ET.fromstring(picture(screen, "a <title>"))


def test_words_are_text_at_their_place_and_of_their_width() -> None:
    word = drawn("  ab c").find(f".//{SVG}text")

    assert word is not None
    assert word.text == "ab c"
    assert float(word.attrib["x"]) == 2 * CELL_WIDTH
    assert float(word.attrib["textLength"]) == 4 * CELL_WIDTH


def test_colours_are_those_of_the_screen() -> None:
    root = drawn("\x1b[38;2;1;2;3mink\x1b[48;2;4;5;6m█▁")

    word = root.find(f".//{SVG}text")
    assert word is not None
    assert word.attrib["fill"] == "#010203"
    assert {path.attrib["fill"] for path in root.iter(f"{SVG}path")} == {"#010203", "#040506"}


def test_frames_are_lines_and_no_text() -> None:
    root = drawn("╭──╮\r\n╰──╯")

    assert root.find(f".//{SVG}text") is None
    assert len([path for path in root.iter(f"{SVG}path") if path.attrib.get("stroke")]) == 1


def test_what_a_log_says_is_escaped() -> None:
    root = drawn("<b>&x")

    assert root.find(f".//{SVG}text").text == "<b>&x"  # type: ignore[union-attr]
    assert root.find(f"{SVG}title").text == "a <title>"  # type: ignore[union-attr]
    assert float(root.attrib["width"]) == pytest.approx(12 * CELL_WIDTH + 2 * MARGIN)


def test_words_far_apart_are_runs_of_their_own() -> None:
    assert list(words_of("  one two   three ")) == [(2, "one two"), (12, "three")]


def test_the_clock_begins_at_its_moment() -> None:
    now = clock_from(1_000.0)

    assert now() == 1_000.0
    assert now() >= 1_000.0
