"""The one gate between text from outside and the terminal.

Textual and Rich pass escape sequences, C1 controls and bidi marks straight to the terminal
(measured on Textual 8.2.8), so every log line, path, agent, file name and label goes through
`safe_text` before it becomes a `Content`, a `Text` or a `Segment`.
"""

from __future__ import annotations

import unicodedata

MAX_COMBINING = 4
"""Combining marks kept on one character; more is an attack on the renderer, not a language."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_ORNAMENTS = "\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
"""Change the look of an emoji before them; terminals disagree on the width that makes, so they go."""

_FLAGS = range(0x1F1E6, 0x1F200)
"""Letters of which two make a flag, for which the same holds: they become letters."""

_INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164), (0xFE00, 0xFE0D),
        (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
"""Characters that Unicode calls ignorable though Python calls them printable: names that look alike, hidden text."""


def decode(raw: bytes) -> str:
    """Bytes of a log as text: UTF-8 where it is, but for a character cut off at the end, else latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return raw[: error.start].decode("utf-8")
        return raw.decode("latin-1")


def safe_text(text: str | bytes, most: int = 4096) -> str:
    """Text that a terminal shows and does not obey.

    Controls become their pictures (`\\x1b` → `␛`), C1, bidi, zero-width, tag and private
    characters become `�`, runs of combining marks are capped, ornaments of emoji go.

    Args:
        text: what came from outside.
        most: characters kept; the rest is cut and an ellipsis says so.
    """
    if isinstance(text, bytes):
        text = decode(text[: most * 4])
    if len(text) > most:
        text = text[: most - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return "".join(_safe_characters(text))


def _safe_characters(text: str) -> list[str]:
    """Each character as it may be shown."""
    out: list[str] = []
    combining = 0
    for character in text:
        code = ord(character)
        if code < 0x20:
            out.append(chr(0x2400 + code))
            combining = 0
        elif code < 0x7F:
            out.append(character)
            combining = 0
        elif code == 0x7F:
            out.append("\N{SYMBOL FOR DELETE}")
        elif character in _ORNAMENTS:
            continue
        elif code in _FLAGS:
            out.append(chr(ord("A") + code - _FLAGS.start))
        elif character in _INVISIBLE:
            out.append(REPLACEMENT)
        elif unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
            combining += 1
            if combining <= MAX_COMBINING:
                out.append(character)
        elif character.isprintable() and unicodedata.category(character) != "Co":
            out.append(character)
            combining = 0
        elif character.isspace():
            out.append(" ")
        else:
            out.append(REPLACEMENT)
    return out
