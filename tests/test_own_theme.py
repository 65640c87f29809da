"""Themes of the user's own: made from another, and readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.config import parse_setting, read_config
from glance.errors import ConfigError
from glance.own_theme import LEAST_CONTRAST, contrast, own_palette
from glance.setting_value import BASES, COLOURS, check_theme
from glance.themes import DARK, LIGHT, PALETTES, nearest_theme, set_own, textual_theme, themes_for
from glance.widgets.inks import inks_of


def made(**colours: str):
    """A palette with these colours."""
    (theme,) = parse_setting("themes", {"mine": colours})  # type: ignore[misc]
    return own_palette(theme)


def test_what_is_not_named_is_that_of_its_base():
    own = made(base="light", accent="#00f", bytes="#123456")
    assert (own.name, own.title, own.is_dark) == ("glance-mine", "mine", False)
    assert (own.focus, own.volume, own.text, own.success) == ("#0000ff", "#123456", LIGHT.text, LIGHT.success)
    assert made().text == DARK.text


def test_another_ground_takes_tints_and_frames_with_it():
    dark_inks = dict.fromkeys(set(COLOURS) - {"ground", "frame", "label"}, "#402040")
    own = made(base="dark", ground="#ffffff", label="#555", **dark_inks)
    assert not own.is_dark
    assert contrast(own.cursor.removeprefix("on "), own.ground) < 3 < contrast(own.text, own.ground)
    assert contrast(own.frame, own.ground) < contrast(own.label, own.ground)


@pytest.mark.parametrize("base", BASES)
def test_every_base_can_be_read(base):
    own = made(base=base)
    for key in LEAST_CONTRAST:
        assert contrast(made(base=base).text, own.ground) >= 4.5, key


@pytest.mark.parametrize(
    ("colours", "words"),
    [
        ({"text": "#333"}, "text of 'mine', #333333, has a contrast of 1.5 on its ground, #0f1218; 4.5 is the least"),
        ({"ground": "#7fb0f5"}, "has a contrast of"),
        ({"bytes": "#111111"}, "bytes of 'mine'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_contrast(colours, words):
    with pytest.raises(ValueError, match="contrast") as caught:
        made(**colours)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("themes", "words"),
    [
        ({"mine": {"base": "ansi"}}, "the base of 'mine' can be dark, light, cb, not 'ansi'"),
        ({"mine": {"colour": "#fff"}}, "'mine' has no 'colour'; it can have base, ground, text"),
        ({"mine": {"text": "white"}}, "text of 'mine' must be a colour written \"#rrggbb\", not 'white'"),
        ({"mine": {"text": 7}}, "must be a colour"),
        ({"dark": {}}, "there is a theme 'dark' already"),
        ({"my theme": {}}, "the name of a theme is small letters"),
        ({"mine": "dark"}, "expected tables such as [themes.mine]"),
        ("dark", "expected tables"),
    ],
)
def test_mistakes_name_the_key_the_value_and_the_choices(themes, words):
    with pytest.raises(ValueError, match=r".") as caught:
        parse_setting("themes", themes)
    assert words in str(caught.value)


def test_it_stands_beside_the_others_and_goes():
    own = made(accent="#ffcc00")
    set_own((own,))
    try:
        assert themes_for("truecolor", True)[-1] == own.name
        assert own.name not in themes_for("standard", True)
        assert nearest_theme(own.name, themes_for("standard", True)) == "glance-ansi-dark"
        assert textual_theme(own).accent == "#ffcc00"
        assert inks_of(own.name).focus.color.triplet.hex == "#ffcc00"
    finally:
        set_own(())
        inks_of.cache_clear()
    assert own.name not in PALETTES


def test_the_theme_of_a_file_may_be_one_that_it_makes(tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text('theme = "mine"\n[themes.mine]\naccent = "#ff0"\n')
    assert read_config(path).values["theme"] == "glance-mine"
    path.write_text('\ntheme = "yours"\n[themes.mine]\naccent = "#ff0"\n')
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert caught.value.what == f"bad value for `theme` in {path}, line 2"
    assert "dark, light, cb, ansi-dark, ansi-light, mono, mine, not 'yours'" in caught.value.why


def test_a_theme_is_checked_against_all_there_are():
    check_theme("glance-dark", ())
    with pytest.raises(ValueError, match="expected one of"):
        check_theme("glance-mine", ())


def test_every_colour_has_a_place_in_a_palette():
    for colour in COLOURS:
        assert made(**{colour: "#ffffff"} if colour not in ("ground", "frame") else {}) is not None
