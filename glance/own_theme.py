"""Themes of the user's own: a theme that everyone has, with some of its colours changed, and all of them readable."""

from __future__ import annotations

from dataclasses import replace

from rich.color import blend_rgb, parse_rgb_hex
from rich.color_triplet import ColorTriplet

from glance.setting_value import OwnTheme
from glance.themes import COLOUR_BLIND, DARK, LIGHT, Palette

BASES = {"dark": DARK, "light": LIGHT, "cb": COLOUR_BLIND}

LEAST_CONTRAST = {
    "text": 4.5, "label": 3.0, "accent": 3.0, "success": 3.0, "redirect": 3.0, "client_error": 3.0,
    "server_error": 3.0, "latency": 3.0, "bytes": 3.0, "traffic": 3.0, "past": 3.0,
}  # fmt: skip
"""Against the ground, as WCAG 2 counts it: 4.5 for what is read, 3 for what stands beside words."""

_FIELDS = {"accent": "focus", "bytes": "volume"}
"""What a palette calls a colour, where that is not its name."""

FOOT = 0.65
"""How far the foot of the chart's area is on the way to the ground."""
CURSOR = 0.22
"""How far the selected row is from the ground to the accent."""
BAR = 0.08


def own_palette(theme: OwnTheme) -> Palette:
    """The palette of a theme of the user's.

    Raises:
        ValueError: something in it could not be read on its ground.
    """
    name, told = theme
    colours = dict(told)
    base = BASES[colours.pop("base", "dark")]
    changed = {_FIELDS.get(key, key): _whole(value) for key, value in colours.items()}
    palette = replace(base, name=name, title=name.removeprefix("glance-"), **changed)  # type: ignore[arg-type]
    palette = replace(palette, is_dark=brightness(palette.ground) < 0.18, **_derived(palette, changed))  # type: ignore[arg-type]
    _check(palette)
    return palette


def _derived(palette: Palette, changed: dict[str, str]) -> dict[str, str]:
    """Colours that follow from those that were changed."""
    ground, derived = palette.ground, {}
    if "traffic" in changed or "ground" in changed:
        derived["traffic_low"] = _between(palette.traffic, ground, FOOT)
    if "focus" in changed or "ground" in changed:
        derived["cursor"] = f"on {_between(ground, palette.focus, CURSOR)}"
        derived["bar"] = f"on {_between(ground, palette.focus, BAR)}"
        derived["badge"] = f"bold {ground} on {palette.focus}"
    if "focus" in changed:
        derived["edge"] = palette.focus
    if "ground" in changed and "frame" not in changed:
        derived["frame"] = _between(ground, palette.label, 0.3)
    if "past" in changed or "ground" in changed:
        derived["past_badge"] = f"bold {ground} on {palette.past}"
    if "server_error" in changed:
        light = max((DARK.ground, LIGHT.ground), key=lambda ink: contrast(ink, palette.server_error))
        derived["firing"] = f"bold {light} on {palette.server_error}"
    return derived


def _check(palette: Palette) -> None:
    """Refuse what cannot be read.

    Raises:
        ValueError: there is some; the message says how much is missing.
    """
    for key, least in LEAST_CONTRAST.items():
        colour = getattr(palette, _FIELDS.get(key, key))
        found = contrast(colour, palette.ground)
        if found < least:
            raise ValueError(
                f"{key} of {palette.title!r}, {colour}, has a contrast of {found:.1f} on its ground, {palette.ground}; "
                f"{least:g} is the least that can be read"
            )


def _whole(colour: str) -> str:
    """A colour in six digits."""
    digits = colour.removeprefix("#")
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def _triplet(colour: str) -> ColorTriplet:
    return parse_rgb_hex(colour.removeprefix("#"))


def _between(one: str, other: str, part: float) -> str:
    """The colour so far on the way from one to another."""
    return blend_rgb(_triplet(one), _triplet(other), part).hex


def brightness(colour: str) -> float:
    """Relative luminance, 0 to 1."""
    parts = [part / 255 for part in _triplet(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well one colour is told from another, 1 to 21."""
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)
