"""What is written of a flame graph is exactly what it shows: under every zoom, label, function and direction."""

from __future__ import annotations

import pytest

from glance.domain.profiles.any_profile import read_any
from glance.domain.profiles.flame_export import FlameShown, exported, profile_shown
from glance.domain.profiles.flame_maker import FlameChoice, flame_tree
from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.proto import read
from glance.themes import LIGHT_FRAMES
from tests.domain.profiles.captured import CAPTURES, needs_data
from tests.domain.profiles.test_flame_layout import profile_of

STACKS = {"serve;main.json;encode": 40, "serve;main.slow;parse": 30, "serve;main.slow": 5, "gc": 15, "a;main.slow": 7}


def shown_of(choice, path, profile=None):
    return FlameShown(profile or profile_of(STACKS), choice, path, "x")


@pytest.mark.parametrize(
    ("choice", "path"),
    [
        (FlameChoice(0), ()),
        (FlameChoice(0), ("serve",)),
        (FlameChoice(0), ("serve", "main.slow")),
        (FlameChoice(0), ("serve", "main.slow", "parse")),
        (FlameChoice(0), ("gc",)),
        (FlameChoice(0, "up"), ("main.slow",)),
        (FlameChoice(0, "up"), ("main.slow", "serve")),
        (FlameChoice(0, focus="main.slow"), ()),
        (FlameChoice(0, focus="main.slow"), ("main.slow", "parse")),
        (FlameChoice(0), ("nobody",)),
    ],
)
def test_the_profile_has_the_total_of_what_has_the_width(choice, path):
    tree = flame_tree(profile_of(STACKS), choice)
    node = tree.find(path)
    total = int(profile_shown(shown_of(choice, path)).values[:, 0].sum())
    assert total == (int(tree.totals[node]) if node >= 0 else 0)


def test_every_form_holds_the_same():
    shown = shown_of(FlameChoice(0), ("serve", "main.slow"))
    assert exported(shown, "folded", LIGHT_FRAMES) == b"serve;main.slow 5\nserve;main.slow;parse 30\n"
    again = read(exported(shown, "pprof", LIGHT_FRAMES))
    assert folded(again, 0) == exported(shown, "folded", LIGHT_FRAMES)
    svg = exported(shown, "svg", LIGHT_FRAMES).decode()
    assert "main.slow" in svg
    assert "main.json" not in svg


@needs_data
def test_a_real_profile_by_route_and_zoom():
    profile = read((CAPTURES / "m123.pb.gz").read_bytes())
    label = "route"
    choice = FlameChoice(1, group=label)
    tree = flame_tree(profile, choice)
    for node in tree.children(0):
        found = profile_shown(FlameShown(profile, choice, tree.path(node)))
        assert int(found.values[:, 1].sum()) == int(tree.totals[node])
    assert read_any(exported(FlameShown(profile, choice), "folded", LIGHT_FRAMES)).profile is not None
