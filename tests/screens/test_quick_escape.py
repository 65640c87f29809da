"""What a terminal sends for esc with a key right behind it."""

from __future__ import annotations

import pytest

from glance.screens.quick_escape import KeyParser, QuickKey


def keys_of(*pieces: str, is_alt: bool = False) -> list[str]:
    """The keys of what comes piece by piece, each in time."""
    parser = KeyParser()
    found = [event for piece in pieces for event in parser.feed(piece)]
    if parser.is_waiting:
        parser._timeout_time = 0.0
        found += parser.tick()
    return [
        key.key for event in found for key in (event.parts(is_alt=is_alt) if isinstance(event, QuickKey) else (event,))
    ]


@pytest.mark.parametrize("pieces", ["one", "two"])
@pytest.mark.parametrize(
    ("sign", "key"),
    [
        ("p", "p"), ("P", "P"), ("f", "f"), ("b", "b"), ("1", "1"), ("-", "minus"), (";", "semicolon"), ("\r", "enter"),
        ("[", "left_square_bracket"), ("]", "right_square_bracket"), ("O", "O"), ("\u00e9", "\u00e9"),
    ],
)  # fmt: skip
def test_it_is_two_keys(sign, key, pieces):
    assert keys_of(*(["\x1b" + sign] if pieces == "one" else ["\x1b", sign])) == ["escape", key]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("\x1b", ["escape"]), ("\x1b\x1b", ["escape", "escape"]), ("\x1b[A", ["up"]), ("\x1bOA", ["up"]), ("p", ["p"]),
        ("\x1b[1;2C", ["shift+right"]), ("\x1b\x7f", ["ctrl+w"]), ("\x1b\t", ["shift+tab"]),
        ("\x1bpq", ["escape", "p", "q"]), ("\x1b[A\x1bp", ["up", "escape", "p"]), ("\x1b[112;3u", ["alt+p"]),
        ("\x1b[27u", ["escape"]), ("\x1b\x1b[A", ["escape", "up"]),
    ],
)  # fmt: skip
def test_all_else_is_what_it_was(sent, keys):
    assert keys_of(sent) == keys


@pytest.mark.parametrize(("sign", "key"), [("b", "alt+b"), ("\r", "alt+enter"), (";", "alt+semicolon")])
def test_where_it_means_something_it_is_alt(sign, key):
    assert keys_of("\x1b" + sign, is_alt=True) == [key]
