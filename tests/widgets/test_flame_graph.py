"""Flame graphs as strips: every row exactly as wide as it should be, whatever the names are."""

from __future__ import annotations

import time

import numpy as np
import pytest
from rich.cells import cell_len
from rich.color import ColorType
from textual.geometry import Size

from glance.domain.flame_board import FlameAnswer, FlameWish
from glance.domain.profiles.flame_colour import HUES, FrameColour, FrameKind, frame_colour
from glance.domain.profiles.flame_layout import FlameZoom
from glance.domain.profiles.proto import read_leniently
from glance.pipeline.flame_picture import picture_of
from glance.themes import PALETTES
from glance.widgets import flame_moves as moves
from glance.widgets.flame_drawing import _legend, flame_picture
from glance.widgets.flame_graph import FlameGraph, Marks, fitting
from glance.widgets.flame_sight import FlameSight
from glance.widgets.flame_state import PARTS, WHOLE, FlameState
from glance.widgets.flame_tables import Room, call_strips
from glance.widgets.flame_words import waiting_picture
from glance.widgets.frame_inks import Shade, frame_ink, ground_of, name_ink
from glance.widgets.inks import inks_of
from tests.domain.profiles.captured import CAPTURES, DATA, needs_data
from tests.domain.profiles.test_flame_layout import profile_of, tree_of
from tests.test_themes import contrast

HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[31mred\u202e\x9b2J"
WIDE = tree_of({"日本語/パス.関数;größe;e\u0301\u0301x": 30, f"日本語/パス.関数;{HOSTILE}": 21, "x;y": 3, "z": 1})
SIZES = [(80, 24), (120, 35), (200, 55), (40, 10)]
EMPTY = FlameAnswer(FlameWish())


def sight_of(*profiles, **wish):
    shown, base = profiles[0], profiles[1] if len(profiles) > 1 else None
    picture = picture_of(FlameWish(**wish), ("x", shown), ("y" if base else "", base), (0.0, 0.0))
    return FlameSight(picture)


@pytest.mark.parametrize("theme", list(PALETTES))
@pytest.mark.parametrize("cells", [1, 7, 33, 80, 201])
def test_every_row_is_exactly_as_wide_as_the_graph(theme, cells):
    graph = FlameGraph(WIDE, WHOLE, cells)
    marks = Marks(inks_of(theme), 2, 0, np.array(["x" in name for name in WIDE.names]))
    for row in range(len(graph)):
        strip = graph.strip(row, marks)
        assert sum(cell_len(segment.text) for segment in strip) == cells
        assert not any(sign in strip.text for sign in "\x1b\x07\x9b\u202e")


@pytest.mark.parametrize("state", [FlameState(), FlameState(chosen=("main.a",)), FlameState(part="top")])
def test_a_tree_of_nothing_has_a_place_for_the_cursor(state):
    sight = sight_of(profile_of({"main.a": 0}))
    assert (sight.spotted(state, 80).node, sight.function(state, 80)) == (0, -1)
    assert moves.moved(sight, state, 1, 80).chosen in ((), state.chosen)
    assert moves.beside(sight, state, 1, 80).chosen == ()
    assert moves.zoomed(sight, state, 80).zooms == ()
    assert moves.to_end(sight, state, 80, is_first=False).chosen == ()
    for size in SIZES:
        flame_picture(sight, EMPTY, state, Size(*size), (inks_of("glance-dark"), True))


def texts_of(sight, state, size=(160, 45), theme="glance-dark"):
    """The page as lines."""
    return [strip.text for strip in flame_picture(sight, EMPTY, state, Size(*size), (inks_of(theme), True)).strips]


def test_from_the_leaves_up_a_function_has_the_flat_and_the_callees_it_always_has():
    profile = profile_of({"main.a;main.b;main.c": 5, "main.a;main.b": 3, "main.a;main.c": 2, "main.d": 1})
    down, leaves = sight_of(profile), sight_of(profile, is_up=True)
    names = {name: row for row, name in enumerate(leaves.tree.names)}
    for name, row in list(down.index.items())[:-1]:
        assert int(leaves.counts().flat[names[name]]) == int(down.counts().flat[row])
        here = {leaves.tree.names[one.name] for is_caller, one in leaves.calls(names[name]) if not is_caller}
        assert here == {down.tree.names[one.name] for is_caller, one in down.calls(row) if not is_caller}
    zoom = leaves.tree.find(("main.c", "main.b"))
    assert [int(leaves.counts(zoom).flat[names[name]]) for name in ("main.a", "main.b", "main.c")] == [0, 0, 5]
    assert (leaves.own(leaves.tree, zoom), leaves.own(leaves.tree, leaves.tree.find(("main.b",)))) == (0, 3)


def test_the_first_function_is_called_by_nobody():
    sight = sight_of(profile_of({"main.a;main.b": 5}))
    lines = texts_of(sight, FlameState(part="calls", function="main.a"))
    (line,) = [line for line in lines if "called by" in line]
    assert "called by nobody" in line


def test_what_is_above_the_zoom_is_not_called_nobody():
    sight = sight_of(profile_of({"main.a;main.b": 5}))
    inks = inks_of("glance-dark")
    state = FlameState(zooms=(FlameZoom(("main.a", "main.b")),))
    strips = call_strips(sight, state, sight.index["main.b"], Room(60, 9, inks, has_keys=True))
    assert strips[0].text.strip() == "called by what is above the zoom"


@pytest.mark.parametrize("width", [40, 60, 80])
def test_callers_and_callees_stand_in_one_column_with_the_function(width):
    sight = sight_of(profile_of({"main.top;main.mid;main.low": 5}))
    inks = inks_of("glance-dark")
    strips = call_strips(sight, FlameState(), sight.index["main.mid"], Room(width, 9, inks, has_keys=True))
    lines = [strip.text for strip in strips]
    assert [line.strip() for line in (lines[0], lines[3])] == ["called by", "calls"]
    assert len({lines[row].index("main.") for row in (1, 2, 4)}) == 1


def test_around_a_function_the_legend_has_its_callers_too():
    sight = sight_of(profile_of({"main.a;net/http.serve;runtime.park": 9}), focus="runtime.park")
    assert {words.strip() for words, _, _ in _legend(sight, inks_of("glance-dark"))} == {"own", "standard", "runtime"}


@pytest.mark.parametrize("theme", ["glance-dark", "glance-light", "glance-cb"])
def test_what_a_search_did_not_find_can_still_be_read(theme):
    inks = inks_of(theme)
    for name in ("main.a", "net/http.b", "github.com/x/y.c", "runtime.d", "0xff"):
        style = frame_ink(inks, ground_of(theme, frame_colour(name)), Shade(is_dimmed=True))
        assert contrast(style) > 2.5


@pytest.mark.parametrize("theme", ["glance-dark", "glance-light", "glance-cb"])
def test_names_of_libraries_in_the_tables_can_be_read(theme):
    for hue in range(HUES):
        assert contrast(name_ink(inks_of(theme), FrameColour(FrameKind.LIBRARY, hue))) > 4.5


def test_the_legend_has_the_colours_of_the_bars():
    for name in ("alpha::work", "beta::work", "gamma::work"):
        sight = sight_of(profile_of({name: 9}))
        inks = inks_of("glance-dark")
        (colour,) = [one for row, one in enumerate(sight.tree.colours) if sight.tree.names[row] == name]
        ((words, style, _),) = _legend(sight, inks)
        assert (words, style.bgcolor) == (" own ", frame_ink(inks, ground_of("glance-dark", colour), Shade()).bgcolor)


@pytest.mark.parametrize("theme", ["glance-dark", "glance-light", "glance-cb"])
def test_names_can_be_read_on_their_frames(theme):
    profile = profile_of({"main.a;net/http.b;github.com/x/y.c;runtime.d;0xff;k8s.io/e/f.g": 9, "github.com/q/z.h": 5})
    for sight in (sight_of(profile), sight_of(profile, profile_of({"main.a": 100}))):
        graph = FlameGraph(sight.tree, WHOLE, 120)
        for row in range(len(graph)):
            for segment in graph.strip(row, Marks(inks_of(theme))):
                if segment.text.strip() and not set(segment.text) & set("▏▎▍▌▋▊▉"):
                    assert contrast(segment.style) >= 4.4, segment


def test_a_terminal_of_256_colours_gets_those_and_neighbours_differ():
    graph = FlameGraph(tree_of({"main.a": 5, "main.b": 5}), WHOLE, 40)
    one, other = [s for s in graph.strip(1, Marks(inks_of("glance-dark", is_256=True))) if s.text.strip()][:2]

    assert one.style.bgcolor.type == ColorType.EIGHT_BIT
    assert one.style.bgcolor != other.style.bgcolor


@pytest.mark.parametrize("theme", ["glance-ansi-dark", "glance-mono"])
def test_without_shades_frames_are_boxes(theme):
    graph = FlameGraph(tree_of({"a;left": 5, "a;right": 5}), WHOLE, 20)

    assert [graph.strip(row, Marks(inks_of(theme))).text for row in range(3)] == [
        "|all               |", "|a                 |", "|left     |right   |",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "room", "text"),
    [
        ("github.com/a/b.(*T).Method", 99, "github.com/a/b.(*T).Method"),
        ("github.com/a/b.(*T).Method", 12, "(*T).Method"),
        ("github.com/a/b.(*T).Method", 6, "Method"),
        ("github.com/a/b.(*T).Method", 5, "Meth…"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日… "),
        ("/srv/app/main", 6, "main"),
    ],
)
def test_names_are_cut_on_the_side_that_says_less(name, room, text):
    assert fitting(name, room) == text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("part", PARTS)
def test_the_page_fills_its_size(size, part):
    sight = sight_of(profile_of({"a;b;c": 30, f"a;{HOSTILE}": 20, "x;y": 3}))
    picture = flame_picture(
        sight, EMPTY, FlameState(part=part, chosen=("a", "b")), Size(*size), (inks_of("glance-dark"), True)
    )

    assert [strip.cell_length for strip in picture.strips] == [size[0]] * size[1]
    assert "\x1b" not in "".join(strip.text for strip in picture.strips)


@pytest.mark.parametrize("size", SIZES)
def test_words_say_how_to_get_a_profile(size):
    picture = waiting_picture(EMPTY, Size(*size), inks_of("glance-dark"), has_focus=True)
    text = " ".join(" ".join(strip.text.strip("│ ") for strip in picture.strips).split())

    assert [strip.cell_length for strip in picture.strips] == [size[0]] * size[1]
    if size[0] >= 80:
        assert "glance --profile cpu.pb.gz" in text
        assert "/debug/pprof/profile?seconds=5" in text


@needs_data
def test_nine_thousand_frames_are_drawn_at_once():
    profile = read_leniently((DATA / "pprof" / "parca" / "alloc_objects.pb.gz").read_bytes()).profile
    sight, size = sight_of(profile, value="alloc_objects", is_folded=False), Size(200, 55)
    state, look = FlameState(), (inks_of("glance-dark"), True)
    flame_picture(sight, EMPTY, state, size, look)
    steps = [
        lambda state: moves.moved(sight, state, 1, 198),
        lambda state: moves.moved(sight, state, 1, 198),
        lambda state: moves.beside(sight, state, 1, 198),
        lambda state: moves.zoomed(sight, state, 198),
    ]
    taken = []
    for step in steps:
        began = time.process_time()
        state = step(state)
        flame_picture(sight, EMPTY, state, size, look)
        taken.append(time.process_time() - began)

    assert sorted(taken)[1] < 0.05  # measured: 3 to 15 ms; the machine may be busy


@needs_data
def test_a_difference_says_what_changed_and_what_may_be_chance():
    before, after = (read_leniently((CAPTURES / f"{name}.pb.gz").read_bytes()).profile for name in ("cpu1", "cpu3"))
    sight = sight_of(after, before)
    picture = flame_picture(sight, EMPTY, FlameState(sort="change"), Size(200, 55), (inks_of("glance-dark"), True))
    text = "\n".join(strip.text for strip in picture.strips)

    assert "same size" in text
    assert all(word in text for word in ("before", "after", "change", "grew", "shrank", "may be chance"))
