"""Flame graphs: edges that are whole and absolute, so that nothing drifts, nothing overlaps, and nearly all is seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.flame_cells import NOBODY, Run, Seam, cells_of
from glance.domain.profiles.flame_layout import CHAIN, FRAME, REST, best_edges, edges_of, lay_out
from glance.domain.profiles.flame_maker import FlameChoice, flame_tree
from glance.domain.profiles.flame_tree import nearest_of
from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import read_leniently
from tests.domain.profiles.captured import CAPTURES, DATA, needs_data
from tests.domain.profiles.made import profiles

COUNT = (ValueType("samples", "count"),)


def profile_of(stacks):
    """A profile of stacks as they are written: `a;b;c` and a count."""
    places = {}
    samples = []
    for stack, value in stacks.items():
        names = stack.split(";")
        for name in names:
            places.setdefault(name, Location(lines=(Line(Function(name)),), address=len(places) + 1))
        samples.append(Sample(tuple(places[name] for name in reversed(names)), (value,)))
    return Profile.of(COUNT, samples)


def tree_of(stacks, **choice):
    return flame_tree(profile_of(stacks), FlameChoice(0, **choice))


def painted(layout):
    """The blocks that have a part of some cell."""
    seen = set()
    for row in range(len(layout)):
        blocks = layout.row(row)
        part = slice(blocks.start, blocks.stop)
        for cell in cells_of(blocks, layout.lefts[part].tolist(), layout.rights[part].tolist(), layout.cells):
            seen |= {cell.block} if isinstance(cell, Run) else {cell.left, cell.right}
    return seen - {NOBODY}


@needs_data
@pytest.mark.parametrize(("cells", "least"), [(80, 610), (120, 625), (200, 626)])
def test_nearly_all_frames_of_a_real_profile_are_seen(cells, least):
    profile = read_leniently((CAPTURES / "m123.pb.gz").read_bytes()).profile
    layout = lay_out(flame_tree(profile, FlameChoice(1, is_folded=False)), 0, cells)

    frames = [block for block in painted(layout) if layout.kinds[block] == FRAME]
    error = np.abs((layout.rights - layout.lefts) / 8 - layout.totals * cells / layout.span).max()

    assert int((layout.kinds == FRAME).sum()) == 626  # all there are
    assert len(frames) >= least  # others show 150 to 376 of them at 80 columns
    print(
        f"m123 at {cells} columns: {len(frames)} of 626 frames are seen, the worst width is wrong by {error:.4f} cell"
    )
    assert error <= 0.12


@needs_data
@pytest.mark.parametrize(
    ("file", "index", "at_80", "at_200"),
    [("pprof/parca/alloc_objects.pb.gz", 0, 750, 1430), ("pgo/autopgo/default.pgo", 0, 190, 320)],
)
def test_frames_of_an_eighth_of_a_cell_are_seen_in_large_profiles(file, index, at_80, at_200):
    tree = flame_tree(read_leniently((DATA / file).read_bytes()).profile, FlameChoice(index, is_folded=False))
    for cells, least in ((80, at_80), (200, at_200)):
        layout = lay_out(tree, 0, cells)
        exact = int((tree.totals * cells * 8 >= tree.totals[0]).sum())

        assert int((layout.kinds == FRAME).sum()) == exact >= least
        assert np.abs((layout.rights - layout.lefts) / 8 - layout.totals * cells / layout.span).max() <= 0.12


@settings(max_examples=40)
@given(profiles(), st.integers(1, 120), st.booleans())
def test_blocks_lie_within_their_parents_and_beside_each_other(profile, cells, is_folded):
    tree = flame_tree(profile, FlameChoice(0, is_folded=is_folded))
    for zoom in range(min(len(tree), 6)):
        layout = lay_out(tree, zoom, cells, is_chain_open=True)
        places = {}
        for row in range(len(layout)):
            at = 0
            for block in layout.row(row):
                left, right = int(layout.lefts[block]), int(layout.rights[block])
                assert at <= left < right <= cells * 8
                at = right
                node, kind = int(layout.nodes[block]), int(layout.kinds[block])
                if kind == FRAME:
                    places[node] = (left, right)
                above = node if kind == REST else int(tree.parents[node])
                if row and above in places:
                    assert places[above][0] <= left
                    assert right <= places[above][1]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12), st.integers(1, 30))
def test_the_cells_of_a_row_fill_it_exactly(widths, cells):
    lefts, rights, at = [], [], 0
    for gap, width in widths:
        at += gap
        lefts.append(min(at, cells * 8))
        at += width
        rights.append(min(at, cells * 8))
    found = cells_of(range(len(lefts)), lefts, rights, cells)

    assert [cell.x for cell in found] == list(
        np.cumsum([0, *(cell.width if isinstance(cell, Run) else 1 for cell in found)])[:-1]
    )
    assert sum(cell.width if isinstance(cell, Run) else 1 for cell in found) == cells
    assert all(1 <= cell.eighths <= 7 and cell.left != cell.right for cell in found if isinstance(cell, Seam))


def test_small_siblings_are_one_block_with_their_true_sum():
    stacks = {"a;big": 10_000, **{f"a;small{number:02}": number for number in range(1, 21)}}
    tree = tree_of(stacks)
    layout = lay_out(tree, 0, 20)
    (rest,) = [block for block in range(len(layout.kinds)) if layout.kinds[block] == REST]

    assert (int(layout.counts[rest]), int(layout.totals[rest])) == (20, 210)
    assert int(layout.rights[rest]) == 160  # the right end of its parent

    opened = lay_out(tree, int(layout.nodes[rest]), 20, below=-(-layout.span // 160))

    assert opened.span == 210
    assert [int(layout.kinds[0]), int(opened.kinds[0])] == [FRAME, REST]
    assert {tree.name(int(node)) for node in opened.nodes[1:]} == {"a"} | {f"small{n:02}" for n in range(2, 21)}
    assert int(opened.counts[0]) == 20


def test_siblings_stand_by_name_whatever_they_count():
    layout = lay_out(tree := tree_of({"b": 1, "a": 5, "c": 9}), 0, 60)

    assert [tree.name(int(layout.nodes[block])) for block in layout.row(1)] == ["a", "b", "c"]


def test_frames_alone_under_the_zoom_are_one_row_until_it_is_opened():
    tree = tree_of({"a;b;c;d;e;f": 5, "a;b;c;d;e;g": 5})
    layout = lay_out(tree, 0, 40)

    assert [int(layout.kinds[layout.row(row)[0]]) for row in range(len(layout))] == [FRAME, CHAIN, FRAME, FRAME]
    assert int(layout.counts[1]) == 4
    assert tree.name(int(layout.nodes[2])) == "e"
    assert len(lay_out(tree, 0, 40, is_chain_open=True)) == 7


def test_edges_are_exact_however_large_the_values():
    sums = np.array([0, 1 << 58, 3 << 57, 1 << 59], dtype=np.int64)

    assert edges_of(sums, 1 << 59, 1600).tolist() == [0, 800, 1200, 1600]


@given(st.lists(st.integers(0, 1 << 40), min_size=1, max_size=30), st.integers(1, 1000), st.integers(1, 31))
def test_edges_are_rounded_from_any_place_without_an_error(values, parts, step):
    sums, span = np.cumsum([0, *values]), sum(values)
    exact = [(value * parts * 32 + step * span) // (32 * span) if span else 0 for value in map(int, sums)]

    assert edges_of(sums, span, parts, step).tolist() == exact


@settings(max_examples=60)
@given(st.lists(st.integers(1, 1 << 40), min_size=1, max_size=200), st.integers(1, 300))
def test_no_width_is_wrong_by_more_than_an_eighth_of_a_cell(values, cells):
    sizes = np.array(values, dtype=np.int64)
    starts, span = np.cumsum(sizes) - sizes, int(sizes.sum())
    lefts, rights = best_edges(starts, sizes, span, cells * 8)

    assert (lefts[0], rights[-1]) == (0, cells * 8)
    assert (lefts[1:] == rights[:-1]).all()
    assert np.abs((rights - lefts) - sizes * (cells * 8 / span)).max() < 1 + 1e-9


def test_an_empty_profile_is_one_frame_of_nothing():
    layout = lay_out(flame_tree(Profile.of(COUNT, ()), FlameChoice(0)), 0, 80)

    assert (layout.kinds.tolist(), layout.totals.tolist(), len(layout)) == ([FRAME], [0], 1)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=60))
def test_the_nearest_call_of_the_same_function_is_found(steps):
    frames, depths = [9], [0]
    for frame, up in steps:
        depths.append(max(1, depths[-1] + 1 - up))
        frames.append(frame)
    many = len(frames)
    ends = [next((at for at in range(node + 1, many) if depths[at] <= depths[node]), many) for node in range(many)]
    slow = [
        max((above for above in range(node) if ends[above] > node and frames[above] == frames[node]), default=-1)
        for node in range(many)
    ]

    assert nearest_of(np.array(frames), np.array(ends)).tolist() == slow
