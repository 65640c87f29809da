"""The colours of heat maps: what is selected stands out in every theme that has shades."""

from __future__ import annotations

import pytest

from glance.themes import COLOUR_BLIND, DARK, LIGHT
from glance.widgets.heat_drawing import LEAST_APART, brush_of
from glance.widgets.inks import inks_of


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name, COLOUR_BLIND.name])
@pytest.mark.parametrize("hue", ["traffic", "server_error", "latency", "success"])
def test_a_selected_cell_has_another_hue_than_the_map(theme, hue):
    inks = inks_of(theme)
    brush = brush_of(getattr(inks, hue), inks)
    plain, marked = (shades[-1].color.get_truecolor() for shades in (brush.shades, brush.marked))
    assert max(abs(one - other) for one, other in zip(plain, marked, strict=True)) >= LEAST_APART
