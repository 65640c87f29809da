"""Reads what a program wrote to its terminal, strictly: glance's own sequences, text that can be seen, nothing else.

Hostile text is made so that nothing of it passes: its sequences are none that glance writes, or name
colours and places that glance never uses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MOST_MARKS = 4
"""Combining marks on one character."""

_COLOUR = r"(?:[349][0-7]|10[0-7]|[34]9|[34]8;5;\d{1,3}|[34]8;2;\d{1,3};\d{1,3};\d{1,3})"
_STYLE = rf"\x1b\[(?:(?:0|[123479]|{_COLOUR})(?:;(?:[123479]|{_COLOUR}))*)?m"
_PLACE = r"\x1b\[(\d{1,4});(\d{1,4})H"
_MODE = r"\x1b\[\?(1049|1000|1003|1004|1006|1015|2004|2026|25|7)([hl])"
_KEYBOARD = r"\x1b\[(?:>25|<)u"
_QUESTION = r"\x1b\[\?(?:2026|2048)\$p"
_NEXT_LINE = r"\r\n(?=\x1b\[\d{1,4};\d{1,4}H)"
_POINTER = r"\x1b\]22;(?:default|pointer|text)\x07"

OWN = re.compile(
    rf"(?P<style>{_STYLE})|(?P<place>{_PLACE})|(?P<mode>{_MODE})"
    rf"|(?P<keyboard>{_KEYBOARD})|(?P<question>{_QUESTION})|(?P<pointer>{_POINTER})"
    rf"|(?P<next>{_NEXT_LINE})"
)
"""Everything that the dashboard may send besides text."""

COPYING = re.compile(rf"{OWN.pattern}|\x1b\]52;c;[A-Za-z0-9+/]*=*\x07")
"""The same with what `y` copies, of which the terminal is told in base64."""

PLAIN = re.compile(rf"(?P<style>{_STYLE})|\n|\r\n")
"""Everything that a report or a message may print besides text."""

TABBED = re.compile(rf"{PLAIN.pattern}|\t")
"""The same with the tabs in the heads of pprof's trees, and in lines of source."""

PROGRESS = re.compile(rf"(?P<style>{_STYLE})|\r?\n|\r|\x1b\[[12]?K|\x1b\[\?25[hl]|\x1b\[1A")
"""The same with a progress bar, which paints over itself."""


def foreign(output: bytes, size: tuple[int, int] = (10_000, 10_000), own: re.Pattern[str] = OWN) -> list[str]:
    """What should not be there, with some of what stands around it; empty when all is well.

    Args:
        output: what the program wrote.
        size: columns and lines of the terminal, beyond which no place lies.
        own: the sequences that are allowed.
    """
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"no UTF-8: {output[max(0, error.start - 30) : error.end + 30]!r}"]
    return [f"{why}: {text[max(0, at - 40) : at + 40]!r}" for at, why in _strangers(text, size, own)]


def _strangers(text: str, size: tuple[int, int], own: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Places in the text where something is wrong, and what."""
    at = 0
    marks = 0
    while at < len(text):
        found = own.match(text, at)
        if found:
            named = found.groupdict()
            if named.get("place"):
                line, column = (int(part) for part in re.findall(r"\d+", named["place"]))
                if column > size[0] or line > size[1]:
                    yield at, "a place outside the screen"
            at, marks = found.end(), 0
            continue
        character = text[at]
        is_mark = unicodedata.category(character) in ("Mn", "Me")
        marks = marks + 1 if is_mark else 0
        if marks > MOST_MARKS:
            yield at, "a tower of marks"
        elif is_foreign(character):
            yield at, f"U+{ord(character):04X}"
        at += 1


def is_foreign(character: str) -> bool:
    """Whether a terminal would obey a character, or show nothing of it."""
    code = ord(character)
    is_selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return not character.isprintable() or is_selector or unicodedata.category(character) == "Co"
