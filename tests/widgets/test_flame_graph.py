"""Flame graphs as strips: every row exactly as wide as it should be, whatever the names are."""

from __future__ import annotations

import time

import numpy as np
import pytest
from rich.cells import cell_len
from rich.color import ColorType
from textual.geometry import Size

from glance.domain.flame_board import FlameAnswer, FlameWish
from glance.domain.profiles.proto import read_leniently
from glance.pipeline.flame_picture import picture_of
from glance.themes import PALETTES
from glance.widgets import flame_moves as moves
from glance.widgets.flame_drawing import flame_picture
from glance.widgets.flame_graph import FlameGraph, Marks, fitting
from glance.widgets.flame_sight import FlameSight
from glance.widgets.flame_state import PARTS, WHOLE, FlameState
from glance.widgets.flame_words import waiting_picture
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
