"""What goes to the terminal: only the changed cells, and a colour only when it changes."""

from __future__ import annotations

import pyte
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from glance.screens.frugal import PLAIN, FrugalUpdate, change_of, codes_of

RED = Style.parse("#ff0000 on #101010")
BLUE = Style.parse("bold #0000ff on #101010")
CONSOLE = Console(color_system="truecolor", force_terminal=True)


def update_of(strips, spans):
    chops = [{0: strip} for strip in strips]
    return FrugalUpdate(chops, spans, [[strip.cell_length] for strip in strips]).render_segments(CONSOLE)


def test_a_span_begins_where_it_begins():
    sent = update_of([Strip([Segment("abcdefgh", RED)])], [(0, 3, 5)])
    assert sent == "\x1b[1;4H\x1b[38;2;255;0;0;48;2;16;16;16mde\x1b[0m"


def test_a_shared_ground_is_sent_once():
    sent = update_of([Strip([Segment("aa", RED), Segment("bb", RED + Style(color="#00ff00"))])], [(0, 0, 4)])
    assert sent.count("48;2;16;16;16") == 1


def test_attributes_are_taken_back():
    change = change_of(codes_of(BLUE, ColorSystem.TRUECOLOR), codes_of(RED, ColorSystem.TRUECOLOR))
    assert change == "\x1b[0;38;2;255;0;0;48;2;16;16;16m"
    assert change_of(codes_of(BLUE, ColorSystem.TRUECOLOR), PLAIN) == "\x1b[0m"


def test_colours_are_reduced_to_what_the_terminal_has():
    assert codes_of(RED, ColorSystem.EIGHT_BIT)[1] == "38;5;9" or codes_of(RED, ColorSystem.EIGHT_BIT)[1] == "38;5;196"
    assert codes_of(Style.parse("red"), ColorSystem.STANDARD)[1] == "31"
    assert codes_of(RED, None) == PLAIN


def test_pieces_of_neighbours_follow_each_other_without_a_jump():
    left, right = Strip([Segment("ab", RED)]), Strip([Segment("cd", BLUE)])
    sent = FrugalUpdate([{0: left, 2: right}], [(0, 1, 3)], [[2, 4]]).render_segments(CONSOLE)
    assert sent.count("H") == 1


def test_a_terminal_shows_exactly_the_new_cells():
    screen = pyte.Screen(10, 2)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[1;1H..........\x1b[2;1H..........")
    strips = [Strip([Segment("ab日本efgh", RED)]), Strip([Segment("0123456789", BLUE)])]
    stream.feed(update_of(strips, [(0, 2, 6), (1, 8, 10)]))
    assert screen.buffer[0][2].data == "日"
    assert screen.buffer[0][4].data == "本"
    assert screen.buffer[0][1].data == screen.buffer[0][6].data == "."
    assert screen.display[1] == "........89"
