"""Themes of the user's own, as the settings have them, made into palettes."""

from __future__ import annotations

from glance.config import ConfigFile
from glance.errors import ConfigError
from glance.own_theme import own_palette
from glance.setting_value import OwnTheme
from glance.themes import Palette


def palettes_of(themes: tuple[OwnTheme, ...], file: ConfigFile) -> tuple[Palette, ...]:
    """The palettes.

    Raises:
        ConfigError: something in one of them cannot be read.
    """
    made = []
    for theme in themes:
        try:
            made.append(own_palette(theme))
        except ValueError as error:
            short = theme[0].removeprefix("glance-")
            raise ConfigError(
                f"the theme in [themes.{short}] of {file.path} cannot be read",
                str(error),
                "choose a colour farther from the ground",
            ) from error
    return tuple(made)
