"""The styles of the frames of a flame graph: a ground for each meaning, and text that can be read on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rich.color import Color, ColorSystem, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.style import Style

from glance.domain.profiles.flame_colour import FrameColour, FrameKind
from glance.themes import frame_palette
from glance.widgets.inks import Inks

ALTERNATION = 0.14
"""How much every other frame of a row differs from its neighbours."""
STANDARD_TINT = 0.20
"""How much of the hue of its package a frame of the standard library has."""
DIMMED = 0.72
"""How far what a search did not find is on its way to the ground."""
FADED = 0.5
"""How far its text is on its way to that; it can still be read."""
NAMESAKE = 0.30
"""How far frames of the selected function are on their way to the text."""
BRIGHT = 0.185
"""Grounds brighter than this are written on in black: there both can be read equally well."""
LEAST_CHANGE = 0.30
"""How much of its colour the smallest change that counts has."""


@dataclass(frozen=True, slots=True)
class Shade:
    """Why a frame looks as it does, besides its colour."""

    is_odd: bool = False
    is_dimmed: bool = False
    """A search did not find it."""
    is_hit: bool = False
    is_namesake: bool = False
    """Of the function that is selected."""


def _triplet(text: str) -> ColorTriplet:
    return Color.parse(text).get_truecolor()


def luma(colour: ColorTriplet) -> float:
    """How bright a colour is to the eye, 0 to 1."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def ground_of(theme: str, colour: FrameColour) -> ColorTriplet:
    """The ground of a frame."""
    frames = frame_palette(theme)
    match colour.kind:
        case FrameKind.OWN:
            return _triplet(frames.own[colour.hue % len(frames.own)])
        case FrameKind.LIBRARY:
            return _triplet(frames.hues[colour.hue % len(frames.hues)])
        case FrameKind.STANDARD:
            hue = _triplet(frames.hues[colour.hue % len(frames.hues)])
            return blend_rgb(_triplet(frames.standard), hue, STANDARD_TINT)
        case FrameKind.RUNTIME:
            return _triplet(frames.runtime)
        case FrameKind.KERNEL:
            return _triplet(frames.kernel)
    return _triplet(frames.group)


@cache
def rest_ground(theme: str) -> ColorTriplet:
    """The ground of blocks that stand for several frames."""
    return _triplet(frame_palette(theme).rest)


@cache
def change_ground(theme: str, steps: int) -> ColorTriplet:
    """The ground of a frame of a difference, by its change in twentieths: 20 is new, -20 is gone, 0 says nothing."""
    frames = frame_palette(theme)
    same = _triplet(frames.same)
    if not steps:
        return same
    part = LEAST_CHANGE + (1 - LEAST_CHANGE) * abs(steps) / 20
    return blend_rgb(same, _triplet(frames.grown if steps > 0 else frames.shrunk), part)


@cache
def frame_ink(inks: Inks, ground: ColorTriplet, shade: Shade) -> Style:
    """The style of a frame on a ground of its own."""
    base = _ground_of(inks)
    text = ColorTriplet(0xFF, 0xFF, 0xFF) if luma(base) < 0.5 else ColorTriplet(0, 0, 0)
    if shade.is_odd:
        ground = blend_rgb(ground, base, ALTERNATION)
    if shade.is_namesake:
        ground = blend_rgb(ground, text, NAMESAKE)
    if shade.is_dimmed:
        ground = blend_rgb(ground, base, DIMMED)
    is_bright = luma(ground) > BRIGHT
    ink = ColorTriplet(0x12, 0x14, 0x18) if is_bright else ColorTriplet(0xF4, 0xF6, 0xFA)
    if shade.is_dimmed:
        ink = blend_rgb(ink, ground, FADED)
    return Style(
        color=Color.from_triplet(ink),
        bgcolor=_shown(ground, is_256=inks.is_256, is_odd=shade.is_odd),
        bold=True if shade.is_hit else None,
    )


def _shown(ground: ColorTriplet, *, is_256: bool, is_odd: bool) -> Color:
    """A ground as the terminal has it; of 256 colours neighbours must be two."""
    colour = Color.from_triplet(ground)
    if not is_256:
        return colour
    own = colour.downgrade(ColorSystem.EIGHT_BIT)
    if not is_odd:
        return own
    for part in (0.12, 0.2, 0.3):
        other = Color.from_triplet(blend_rgb(ground, ColorTriplet(128, 128, 128), part))
        other = other.downgrade(ColorSystem.EIGHT_BIT)
        if other.number != own.number:
            return other
    return own


def selected_ink(inks: Inks) -> Style:
    """The style of the frame with the cursor: the text's colour is its ground."""
    if inks.is_ansi:
        return inks.ground + Style(reverse=True, bold=True)
    return Style(color=inks.ground.bgcolor, bgcolor=inks.text.color, bold=True)


def _ground_of(inks: Inks) -> ColorTriplet:
    colour = inks.ground.bgcolor
    assert colour is not None
    return colour.get_truecolor()


KIND_INKS = {
    FrameKind.OWN: "client_error",
    FrameKind.LIBRARY: "volume",
    FrameKind.STANDARD: "label",
    FrameKind.RUNTIME: "redirect",
    FrameKind.KERNEL: "latency",
    FrameKind.GROUP: "focus",
}
"""With sixteen colours: what is written in which ink."""


@cache
def name_ink(inks: Inks, colour: FrameColour) -> Style:
    """The ink of a function's name beside the graph: whose code it is; of a library in the hue of its frames."""
    style: Style = getattr(inks, KIND_INKS[colour.kind])
    if inks.is_ansi or colour.kind != FrameKind.LIBRARY or inks.text.color is None:
        return style
    text, part = inks.text.color.get_truecolor(), 0.5 if luma(_ground_of(inks)) < 0.5 else 0.65
    return style + Style(color=Color.from_triplet(blend_rgb(ground_of(inks.theme, colour), text, part)))


def plain_ink(inks: Inks, colour: FrameColour | None, change: int, shade: Shade) -> Style:
    """The style of a frame where there are no shades: its text has the colour.

    Args:
        inks: of the theme.
        colour: of the frame; None for a block of several.
        change: of a difference, more than 0 for what grew, less for what shrank.
        shade: how it differs from others of its colour.
    """
    style: Style = inks.label if colour is None else getattr(inks, KIND_INKS[colour.kind])
    if change:
        style = inks.server_error if change > 0 else inks.traffic
    if shade.is_hit:
        style += Style(bold=True, underline=True)
    elif shade.is_dimmed:
        style = inks.frame
    elif shade.is_namesake:
        style += Style(bold=True)
    return style
