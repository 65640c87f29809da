"""The line under a flame graph: all about the frame with the cursor, always in the same place."""

from __future__ import annotations

import math

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from glance.domain import units
from glance.domain.profiles.flame_colour import FrameKind
from glance.domain.profiles.flame_layout import CHAIN, FRAME
from glance.domain.profiles.frame_label import label_forms
from glance.widgets.drawing import Line, clean, fit_left
from glance.widgets.flame_graph import cut_left, fitting
from glance.widgets.flame_sight import FlameSight, Spotted
from glance.widgets.flame_state import FlameState
from glance.widgets.flame_tables import share, worth
from glance.widgets.inks import Inks

Piece = tuple[str, str, int]
"""A word that names, a figure, and how soon it goes where there is no room: greater goes first."""
LEAST_NAME = 16


def details_line(sight: FlameSight, state: FlameState, spot: Spotted, selected: int, look: tuple[int, Inks]) -> Strip:
    """All about what is selected; or what is typed, or what is to be said once."""
    width, inks = look
    line = Line(width, inks.ground)
    if state.is_typing:
        line.put(" /", inks.focus).put(clean(state.typed), inks.text).put("▏", inks.focus)
        if not state.typed:
            line.put(" a part of a name, or a regular expression", inks.label)
        return line.strip()
    if state.said:
        return line.put(f" {state.said}", inks.focus).strip()
    if state.function and selected >= 0:
        name, pieces = sight.tree.names[selected], _of_function(sight, state, selected)
    elif spot.kind == FRAME:
        name, pieces = spot.graph.tree.name(spot.node), _of_frame(sight, state, spot)
    else:
        name, pieces = _many_name(spot), _of_many(sight, state, spot)
    if _taken(pieces) > width - LEAST_NAME * 2:
        pieces = _fitting(pieces, width - LEAST_NAME * 2)
    room = max(LEAST_NAME, width - 4 - _taken(pieces))
    line.put(" ▸ ", inks.focus)
    shown = clean(name) if cell_len(clean(name)) <= room else fitting(name, room) if spot.kind == FRAME else name
    line.put(shown if cell_len(shown) <= room else cut_left(shown, room), inks.text)
    for word, figure, _ in pieces:
        line.put("   ", inks.ground)
        if word:
            line.put(f"{word} ", inks.label)
        line.put(figure, _figure_ink(word, figure, inks))
    return line.strip()


def _figure_ink(word: str, figure: str, inks: Inks) -> Style:
    if word == "change" and figure.endswith("may be chance"):
        return inks.label
    if word == "change" and figure.startswith(("+", "new", "×")):
        return inks.server_error
    if word == "change" and figure.startswith(("−", "gone")):
        return inks.traffic
    return inks.text if word else inks.label


def _taken(pieces: list[Piece]) -> int:
    return sum(cell_len(word) + bool(word) + cell_len(figure) + 3 for word, figure, _ in pieces)


def _fitting(pieces: list[Piece], room: int) -> list[Piece]:
    """Those that fit, what matters least left out."""
    pieces = list(pieces)
    while pieces and _taken(pieces) > room:
        worst = max(range(len(pieces)), key=lambda one: (pieces[one][2], one))
        del pieces[worst]
    return pieces


def _of_frame(sight: FlameSight, state: FlameState, spot: Spotted) -> list[Piece]:
    """What is known of one frame."""
    tree, node = spot.graph.tree, spot.node
    total, own = int(tree.totals[node]), sight.own(tree, node)
    all_of_it = sight.total
    name = int(tree.frames[node])
    file, start = tree.places[name]
    pieces: list[Piece] = []
    if file:
        pieces.append(("", _place(file, start), 6))
    if tree.is_difference:
        before = int(tree.olds[node])
        pieces += [
            ("change", sight.change_words(spot.graph.tree, node) or "none", 0),
            ("before", worth(sight, state, before), 1),
            ("after", worth(sight, state, total - before), 1),
        ]
        pieces.append(("", _samples(int(tree.samples[node])), 3))
        return pieces
    pieces.append(("flat", _with_share(sight, state, own, all_of_it), 2))
    zoom = spot.graph.layout.span
    of_zoom = f" ({share(total, zoom)} of zoom)" if zoom != all_of_it else ""
    pieces.append(("cum", f"{worth(sight, state, total)} {share(total, all_of_it)}{of_zoom}", 0))
    pieces.append(("", _samples(int(tree.samples[node])), 3))
    colour = tree.colours[name]
    if colour.kind != FrameKind.GROUP:
        pieces.append(("", "inlined" if tree.inlined[name] else colour.whose, 5))
    return pieces


def _of_function(sight: FlameSight, state: FlameState, name: int) -> list[Piece]:
    """What is known of a function, wherever it is called under the zoom."""
    tree, counts = sight.tree, sight.counts(sight.node_of(state))
    flat, cum, total = int(counts.flat[name]), int(counts.cum[name]), sight.total
    file, start = tree.places[name]
    pieces: list[Piece] = [("", _place(file, start), 6)] if file else []
    if tree.is_difference:
        change = counts.change(name)
        words = change.written if change.is_sure or not change.written else f"{change.written} may be chance"
        pieces.append(("change", words or "none", 0))
        pieces.append(("before", worth(sight, state, change.before), 1))
        pieces.append(("after", worth(sight, state, change.after), 1))
        return [*pieces, ("", _samples(int(counts.samples[name])), 3)]
    pieces.append(("flat", _with_share(sight, state, flat, total), 2))
    of_zoom = f" ({share(cum, counts.total)} of zoom)" if counts.total != total else ""
    pieces.append(("cum", f"{worth(sight, state, cum)} {share(cum, total)}{of_zoom}", 0))
    pieces.append(("", _samples(int(counts.samples[name])), 3))
    return pieces


def _with_share(sight: FlameSight, state: FlameState, value: int, total: int) -> str:
    """A value and its part of the whole."""
    return f"{worth(sight, state, value)} {share(value, total)}" if value else "0"


def _samples(many: int) -> str:
    """How many samples, and how far that may be off by chance."""
    return f"{units.exact(many)} sample{'' if many == 1 else 's'} ±{math.ceil(math.sqrt(many))}"


def _place(file: str, start: int) -> str:
    """File and line, short."""
    parts = clean(file).rsplit("/", 2)
    short = "/".join(parts[-2:])
    return f"{fit_left(short, 40).rstrip()}:{start}" if start else fit_left(short, 40).rstrip()


def _many_name(spot: Spotted) -> str:
    layout, block = spot.graph.layout, spot.block
    count = int(layout.counts[block])
    if spot.kind == CHAIN:
        return f"{count} frames that are alone under each other"
    return f"{count} small ones under {clean(label_forms(spot.graph.tree.name(spot.node))[-1])}"


def _of_many(sight: FlameSight, state: FlameState, spot: Spotted) -> list[Piece]:
    total = int(spot.graph.layout.totals[spot.block])
    words = f"{worth(sight, state, total)} {share(total, sight.total)}"
    return [("together", words, 0), ("", "enter opens them", 1)]
