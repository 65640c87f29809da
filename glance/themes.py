"""Every colour of the program: one for each meaning, in each theme.

Widgets know meanings, never colours: a theme is a `Palette`, of which `glance.widgets.inks` makes the
styles they draw with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rich.color import Color, ColorSystem
from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, as Rich writes styles."""

    name: str
    title: str
    """For people: in the palette of commands."""
    is_dark: bool
    ground: str
    text: str
    """First level of brightness: the figures one came for."""
    label: str
    """Second level: what names a figure."""
    frame: str
    """Third level: what holds it."""
    edge: str
    """The frame one works in."""
    focus: str
    """Keys one can press, and where one is."""
    success: str
    redirect: str
    client_error: str
    server_error: str
    latency: str
    volume: str
    """Bytes."""
    traffic: str
    """Requests."""
    traffic_low: str
    """The foot of the area of requests."""
    cursor: str
    """The selected row, with `on`."""
    bar: str
    """The tint behind a name that shows its share, with `on`; empty for none."""
    firing: str
    """The block of a firing alert, with `on`."""
    badge: str
    """The block of a state that is not the usual one: paused, ended."""
    past: str
    """What says that a window is of the past."""
    past_badge: str
    """Its block, with `on`."""
    is_ansi: bool = False
    """Uses the sixteen colours of the terminal instead of its own."""
    shades: tuple[str, ...] = ()
    """The area of requests from its foot to its top, where it is not blended from the two above."""


DARK = Palette(
    name="glance-dark",
    title="dark",
    is_dark=True,
    ground="#0f1218",
    text="#e4e8ef",
    label="#8b95a5",
    frame="#333b49",
    edge="#7c8aa6",
    focus="#c3cce0",
    success="#74c991",
    redirect="#8fa5c2",
    client_error="#e3b261",
    server_error="#f4686f",
    latency="#b795f7",
    volume="#5bc6d3",
    traffic="#7fb0f5",
    traffic_low="#27426b",
    cursor="on #2c3a55",
    bar="on #1a2230",
    firing="bold #ffffff on #c92a3a",
    badge="bold #0f1218 on #c3cce0",
    past="#ec9dc7",
    past_badge="bold #0f1218 on #ec9dc7",
)

LIGHT = Palette(
    name="glance-light",
    title="light",
    is_dark=False,
    ground="#fbfbfa",
    text="#15191f",
    label="#636b76",
    frame="#c9ced6",
    edge="#6a7688",
    focus="#2c3440",
    success="#1a7f3c",
    redirect="#4c6585",
    client_error="#a35c00",
    server_error="#cc1f2f",
    latency="#7b3fc9",
    volume="#0a7486",
    traffic="#2463bd",
    traffic_low="#a9c5ec",
    cursor="on #cfdef5",
    bar="on #edf1f6",
    firing="bold #ffffff on #cc1f2f",
    badge="bold #fbfbfa on #2c3440",
    past="#a8257a",
    past_badge="bold #ffffff on #a8257a",
)

# Okabe and Ito's set, told apart by brightness too: yellow is a client's mistake, vermilion ours.
COLOUR_BLIND = replace(
    DARK,
    name="glance-cb",
    title="colour-blind-safe",
    success="#009e73",
    redirect="#9aa7b8",
    client_error="#f0e442",
    server_error="#f0702a",
    latency="#cc79a7",
    volume="#56b4e9",
    traffic="#c4cad4",
    traffic_low="#4d5665",
    firing="bold #000000 on #f0702a",
    past="#e69f00",
    past_badge="bold #000000 on #e69f00",
)

ANSI_DARK = Palette(
    name="glance-ansi-dark",
    title="the terminal's colours, on dark",
    is_dark=True,
    ground="default",
    text="bold default",
    label="default",
    frame="bright_black",
    edge="default",
    focus="bold default",
    success="green",
    redirect="blue",
    client_error="yellow",
    server_error="bright_red",
    latency="magenta",
    volume="cyan",
    traffic="bright_blue",
    traffic_low="blue",
    cursor="reverse",
    bar="",
    firing="bold bright_white on red",
    badge="reverse",
    past="bold bright_magenta",
    past_badge="bold reverse bright_magenta",
    is_ansi=True,
)

ANSI_LIGHT = replace(
    ANSI_DARK,
    name="glance-ansi-light",
    title="the terminal's colours, on light",
    is_dark=False,
    frame="white",
    server_error="red",
    traffic="blue",
    traffic_low="bright_blue",
    past="bold magenta",
    past_badge="bold reverse magenta",
)

MONOCHROME = replace(
    ANSI_DARK,
    name="glance-mono",
    title="no colours",
    frame="dim default",
    success="default",
    redirect="default",
    client_error="bold default",
    server_error="bold underline default",
    latency="default",
    volume="default",
    traffic="default",
    traffic_low="dim default",
    firing="bold reverse",
    past="bold default",
    past_badge="bold reverse",
)

# A terminal of 256 colours turns dark tints into loud ones, so these are chosen from its cube and greys.
IN_256 = {
    DARK.name: {
        "ground": "color(233)",
        "firing": "bold color(231) on color(160)",
        "frame": "color(239)",
        "cursor": "on color(238)",
        "bar": "on color(235)",
        "shades": ("color(24)", "color(25)", "color(32)", "color(68)", "color(75)"),
    },
    LIGHT.name: {
        "ground": "color(231)",
        "focus": "color(236)",
        "frame": "color(251)",
        "cursor": "on color(153)",
        "bar": "on color(255)",
        "shades": ("color(153)", "color(111)", "color(75)", "color(68)", "color(26)"),
    },
    COLOUR_BLIND.name: {
        "ground": "color(233)",
        "frame": "color(239)",
        "cursor": "on color(238)",
        "bar": "on color(235)",
        "shades": ("color(239)", "color(242)", "color(245)", "color(248)", "color(251)"),
    },
}

PALETTES = {palette.name: palette for palette in (DARK, LIGHT, COLOUR_BLIND, ANSI_DARK, ANSI_LIGHT, MONOCHROME)}
DEFAULT_THEME = DARK.name
_BUILT_IN = tuple(PALETTES)


def set_own(palettes: Iterable[Palette]) -> None:
    """Have these beside those that everyone has, in place of what was there of the user's own."""
    for name in [name for name in PALETTES if name not in _BUILT_IN]:
        del PALETTES[name]
    PALETTES.update((palette.name, palette) for palette in palettes)


def palette_of(theme: str, *, is_256: bool = False) -> Palette:
    """The palette with this name, the default one when there is none; with 256 colours where there are no more."""
    palette = PALETTES.get(theme, PALETTES[DEFAULT_THEME])
    if is_256 and palette.name in IN_256:
        return replace(palette, **IN_256[palette.name])  # type: ignore[arg-type]
    return palette


def themes_for(color_system: ColorSystem | str | None, has_colour: bool) -> tuple[str, ...]:
    """The themes that look right on a terminal, best first.

    Args:
        color_system: what Rich found: `truecolor`, `256`, `standard` (sixteen), or nothing.
        has_colour: False when the person set `NO_COLOR`.
    """
    if not has_colour or color_system is None:
        return (MONOCHROME.name,)
    if color_system == "standard":
        return (ANSI_DARK.name, ANSI_LIGHT.name, MONOCHROME.name)
    return tuple(PALETTES)


def nearest_theme(wanted: str, available: tuple[str, ...]) -> str:
    """The theme that was wanted, or the one nearest to it that the terminal can show."""
    if wanted in available:
        return wanted
    is_dark = PALETTES[wanted].is_dark if wanted in PALETTES else True
    for name in available:
        if PALETTES[name].is_dark == is_dark:
            return name
    return available[0]


def textual_theme(palette: Palette) -> Theme:
    """The palette as Textual wants it, for the dialogs that Textual draws itself."""

    def colour(text: str, is_ground: bool = False) -> str:
        style = Style.parse(text)
        chosen = style.bgcolor if is_ground else style.color
        return _textual_colour(chosen)

    ground = _textual_colour(Color.parse(palette.ground))
    return Theme(
        name=palette.name,
        dark=palette.is_dark,
        ansi=palette.is_ansi,
        primary=colour(palette.traffic),
        secondary=colour(palette.redirect),
        accent=colour(palette.focus),
        warning=colour(palette.client_error),
        error=colour(palette.server_error),
        success=colour(palette.success),
        foreground=colour(palette.text),
        background=ground,
        surface=ground,
        panel=ground if palette.is_ansi else colour(palette.bar, True),
        boost=ground if palette.is_ansi else None,
        variables=_variables(palette),
    )


def _variables(palette: Palette) -> dict[str, str]:
    """The names that Textual's own style sheets use beside the colours of a theme."""
    if palette.is_ansi:
        return dict(BUILTIN_THEMES["ansi-dark" if palette.is_dark else "ansi-light"].variables)
    return {
        "border": _textual_colour(Style.parse(palette.frame).color),
        "block-cursor-foreground": _textual_colour(Style.parse(palette.text).color),
        "block-cursor-background": _textual_colour(Style.parse(palette.cursor).bgcolor),
        "block-cursor-text-style": "none",
    }


def _textual_colour(color: Color | None) -> str:
    """A Rich colour in the words of Textual."""
    if color is None or color.is_default:
        return "ansi_default"
    return color.name if color.name.startswith("#") else f"ansi_{color.name}"


@dataclass(frozen=True, slots=True)
class FramePalette:
    """The grounds of the frames of a flame graph; what is written on them is light or dark, by their brightness."""

    hues: tuple[str, ...]
    """Of libraries, one by package."""
    own: tuple[str, ...]
    """Of the program itself."""
    standard: str
    runtime: str
    kernel: str
    group: str
    rest: str
    grown: str
    shrunk: str
    same: str


DARK_FRAMES = FramePalette(
    ("#6f6424", "#586c33", "#427044", "#2a7257", "#0d736a", "#02717a", "#1c6d88", "#4b6294", "#5e5c92", "#6f568a",
     "#7e517a", "#894e66"),
    ("#ed914c", "#e29936", "#d3a329"),
    "#484e54", "#2c3e57", "#623265", "#2d333d", "#26292e", "#c43a3a", "#2468a8", "#3b3d41",
)  # fmt: skip
LIGHT_FRAMES = FramePalette(
    ("#d2c990", "#bcd09b", "#a9d5aa", "#99d7bb", "#8ed8ce", "#8bd6de", "#91d2ec", "#b0c7f9", "#c2c1f7", "#d2bcef",
     "#e4b6df", "#f0b4ca"),
    ("#fea668", "#f3ae58", "#e4b750"),
    "#d5dbe3", "#bbcce5", "#dfb3e1", "#cdd1d8", "#e5e8ec", "#f3625d", "#5aa3ec", "#dfe1e5",
)  # fmt: skip


def frame_palette(theme: str) -> FramePalette:
    """The grounds of frames in the theme with this name."""
    if theme == COLOUR_BLIND.name:
        return replace(DARK_FRAMES, grown=COLOUR_BLIND.past, shrunk=COLOUR_BLIND.volume)
    return DARK_FRAMES if palette_of(theme).is_dark else LIGHT_FRAMES
