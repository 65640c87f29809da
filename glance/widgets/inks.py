"""The styles that widgets draw with: one for each meaning, each with its ground.

The line interface of a widget paints every cell itself, so no ink is without a ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rich.color import Color, ColorType, blend_rgb
from rich.style import Style

from glance.themes import MONOCHROME, Palette, palette_of

SHADES = 7
SOFTNESS = 0.38
"""How far a soft ink is on the way to its ground."""
FOOT = 0.6
"""How far the foot of an area is."""


@dataclass(frozen=True, slots=True)
class Inks:
    """The styles that widgets draw with; each paints its ground."""

    ground: Style
    text: Style
    label: Style
    frame: Style
    edge: Style
    focus: Style
    success: Style
    redirect: Style
    client_error: Style
    server_error: Style
    latency: Style
    volume: Style
    traffic: Style
    ramp: tuple[Style, ...]
    """The area of requests from its foot to its top."""
    cursor: Style
    """To be added to another: the selected row."""
    bar: Style
    """To be added to another: the tint that shows a share."""
    firing: Style
    badge: Style
    past: Style
    past_badge: Style
    is_ansi: bool = False
    is_plain: bool = False
    """There are no colours to tell things apart by."""
    theme: str = ""
    """The name of the theme."""
    is_256: bool = False
    """The terminal has 256 colours and no more."""

    def selected(self, style: Style) -> Style:
        """A style in the selected row; with sixteen colours the whole row is inverse, and one colour."""
        return self.ground + self.cursor if self.is_ansi else style + self.cursor

    def status(self, status: int | None) -> Style:
        """The ink of a status code by its class."""
        if status is None:
            return self.label
        classes = {2: self.success, 3: self.redirect, 4: self.client_error, 5: self.server_error}
        return classes.get(status // 100, self.label)


@cache
def inks_of(theme: str, *, is_256: bool = False) -> Inks:
    """The inks of the theme with this name; of the default one when there is none.

    Args:
        theme: its name.
        is_256: the terminal has 256 colours and no more.
    """
    palette = palette_of(theme, is_256=is_256)
    ground = Style(color="default", bgcolor=palette.ground)

    def ink(text: str) -> Style:
        return ground + Style.parse(text)

    return Inks(
        ground=ground,
        text=ink(palette.text),
        label=ink(palette.label),
        frame=ink(palette.frame),
        edge=ink(palette.edge),
        focus=ink(f"bold {palette.focus}"),
        success=ink(palette.success),
        redirect=ink(palette.redirect),
        client_error=ink(palette.client_error),
        server_error=ink(palette.server_error),
        latency=ink(palette.latency),
        volume=ink(palette.volume),
        traffic=ink(palette.traffic),
        ramp=_ramp(palette, ground),
        cursor=Style.parse(palette.cursor),
        bar=Style.parse(palette.bar) if palette.bar else Style.null(),
        firing=ink(palette.firing),
        badge=ink(palette.badge),
        past=ink(palette.past),
        past_badge=ink(palette.past_badge),
        is_ansi=palette.is_ansi,
        is_plain=palette.name == MONOCHROME.name,
        theme=palette.name,
        is_256=is_256,
    )


def _ramp(palette: Palette, ground: Style) -> tuple[Style, ...]:
    """Shades from the foot of the area to its top; one where the terminal has its own colours."""
    if palette.shades:
        return tuple(ground + Style.parse(shade) for shade in palette.shades)
    low, high = (Style.parse(text).color for text in (palette.traffic_low, palette.traffic))
    if palette.is_ansi or low is None or high is None or low.triplet is None or high.triplet is None:
        return (ground + Style.parse(palette.traffic_low),)
    shades = [blend_rgb(low.triplet, high.triplet, step / (SHADES - 1)) for step in range(SHADES)]
    return tuple(ground + Style(color=Color.from_triplet(shade)) for shade in shades)


@cache
def faded(ink: Style, part: float) -> Style:
    """An ink so far on its way to its ground, 0 to 1; the same where there are no shades."""
    colours = (ink.color, ink.bgcolor)
    if any(colour is None or colour.type in (ColorType.DEFAULT, ColorType.STANDARD) for colour in colours):
        return ink
    front, ground = (colour.get_truecolor() for colour in colours if colour is not None)
    return ink + Style(color=Color.from_triplet(blend_rgb(front, ground, part)))


def soft(ink: Style) -> Style:
    """An ink nearer to its ground, for what accompanies a figure."""
    return faded(ink, SOFTNESS)


@cache
def shades(ink: Style) -> tuple[Style, ...]:
    """The shades of an area, from its foot to its top."""
    return tuple(faded(ink, FOOT * (1 - step / (SHADES - 1))) for step in range(SHADES))


@cache
def over(ink: Style, under: Style) -> Style:
    """The colour of one ink painted over that of another."""
    return Style(color=ink.color, bgcolor=under.color, bold=ink.bold, dim=ink.dim, underline=ink.underline)
