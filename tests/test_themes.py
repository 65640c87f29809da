"""Colours: one for each meaning, all of them readable, and right for what the terminal has."""

from __future__ import annotations

from dataclasses import fields

import pytest
from rich.color import ColorType
from rich.style import Style

from glance.themes import COLOUR_BLIND, DARK, LIGHT, MONOCHROME, PALETTES, nearest_theme, textual_theme, themes_for
from glance.widgets.inks import inks_of, soft

MEANINGS = ("success", "redirect", "client_error", "server_error", "latency", "volume", "traffic", "past")
each_theme = pytest.mark.parametrize("name", list(PALETTES))
shaded = pytest.mark.parametrize("name", [DARK.name, LIGHT.name, COLOUR_BLIND.name])


def brightness(color):
    parts = [part / 255 for part in color.get_truecolor()]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style):
    one, other = sorted((brightness(style.color), brightness(style.bgcolor)))
    return (other + 0.05) / (one + 0.05)


@each_theme
def test_every_ink_paints_its_ground(name):
    inks = inks_of(name)
    for field in fields(inks):
        value = getattr(inks, field.name)
        if isinstance(value, Style) and field.name not in ("cursor", "bar"):
            assert value.bgcolor is not None, field.name


@shaded
def test_every_meaning_has_a_colour_of_its_own(name):
    inks = inks_of(name)
    colours = [getattr(inks, meaning).color for meaning in MEANINGS]
    assert len(set(colours)) == len(colours)


@shaded
def test_figures_can_be_read(name):
    inks = inks_of(name)
    for meaning in (*MEANINGS, "text", "label", "firing", "badge", "past_badge"):
        assert contrast(getattr(inks, meaning)) >= 4.5, meaning


@shaded
def test_there_are_three_levels_of_brightness(name):
    inks = inks_of(name)
    assert contrast(inks.text) > contrast(inks.label) > contrast(soft(inks.label)) > contrast(inks.frame)


@each_theme
def test_textual_has_the_theme_too(name):
    theme = textual_theme(PALETTES[name])
    assert theme.name == name
    assert theme.ansi == PALETTES[name].is_ansi


def test_sixteen_colours_use_only_those_of_the_terminal():
    for name in themes_for("standard", True):
        inks = inks_of(name)
        for meaning in MEANINGS:
            assert getattr(inks, meaning).color.type in (ColorType.STANDARD, ColorType.DEFAULT)


def test_without_colour_there_is_one_theme():
    assert themes_for("truecolor", False) == (MONOCHROME.name,)
    assert themes_for(None, True) == (MONOCHROME.name,)


def test_the_nearest_theme_keeps_light_light():
    assert nearest_theme("glance-light", themes_for("standard", True)) == "glance-ansi-light"
    assert nearest_theme("glance-dark", themes_for("standard", True)) == "glance-ansi-dark"
    assert nearest_theme("no such theme", themes_for("truecolor", True)) == "glance-dark"


def test_256_colours_have_tints_of_their_own():
    inks = inks_of("glance-dark", is_256=True)
    assert inks.ground.bgcolor.type is ColorType.EIGHT_BIT
    assert inks_of("no such theme") == inks_of("glance-dark")
