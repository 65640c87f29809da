"""The files that the page of profiles can write: exactly what its graph shows."""

from __future__ import annotations

from glance.domain.page import PageFile
from glance.domain.profiles.flame_export import FlameForm, FlameShown, exported
from glance.domain.profiles.flame_maker import FlameChoice, Way
from glance.themes import LIGHT_FRAMES
from glance.widgets.drawing import clean
from glance.widgets.flame_sight import FlameSight
from glance.widgets.flame_state import FlameState

FORMS: tuple[tuple[str, FlameForm, str, str, str], ...] = (
    ("g", "svg", "Flame SVG", "the graph as a picture, for a browser", "flame.svg"),
    ("k", "folded", "Folded", "its stacks as lines, for other tools", "folded"),
    ("r", "pprof", "Profile", "its samples as pprof, for go tool pprof", "pb.gz"),
)
"""Key, form, name, purpose and ending."""


def files_of(sight: FlameSight, state: FlameState) -> tuple[PageFile, ...]:
    """What can be written of what is shown; of a difference its samples alone.

    Args:
        sight: the picture.
        state: what of it has the whole width.
    """
    picture = sight.picture
    if picture.profile is None:
        return ()
    about = picture.name if not picture.base else f"{picture.name} against {picture.base}"
    shown = FlameShown(
        picture.profile,
        _choice(sight),
        sight.tree.path(sight.node_of(state)),
        clean(f"{about}, {picture.value[0]}", 300),
    )

    def file(key: str, form: FlameForm, name: str, purpose: str, ending: str) -> PageFile:
        return PageFile(key, f"own-{form}", name, purpose, ending, about, lambda: exported(shown, form, LIGHT_FRAMES))

    return tuple(file(*row) for row in FORMS if row[1] == "pprof" or not sight.tree.is_difference)


def _choice(sight: FlameSight) -> FlameChoice:
    """What of the profile is drawn."""
    picture, wish = sight.picture, sight.picture.wish
    index = picture.values.index(picture.value)
    way: Way = "up" if wish.is_up and not wish.focus else "down"
    return FlameChoice(index, way, wish.focus, wish.group, wish.label, wish.is_folded)
