"""A short text that is typed on one line, without a caret: letters are added and taken away at its end."""

from __future__ import annotations


def pressed_text(text: str, key: str, character: str | None, most: int) -> str | None:
    """The text after a key; None when the key means nothing to a text.

    Args:
        text: what was typed.
        key: its name.
        character: what it writes.
        most: characters that may be typed.
    """
    if key == "backspace":
        return text[:-1]
    if key == "ctrl+u":
        return ""
    if key == "ctrl+w":
        return text.rstrip().rpartition(" ")[0]
    if character is not None and len(character) == 1 and character.isprintable():
        return (text + character)[:most]
    return None
