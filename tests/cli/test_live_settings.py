"""The file of settings while the dashboard runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.cli.live_settings import ConfigWatch
from glance.config import read_config
from glance.screens.settings import ScreenSettings, SettingsRead


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that gives one key."""
    path = tmp_path / "config.toml"
    path.write_text('[keys]\npause = "p"\n')
    return path


def watch_of(path: Path, *fixed: str) -> ConfigWatch:
    """A watch on it."""
    screen = ScreenSettings(theme="glance-cb", keymap={"pause": "p"})
    return ConfigWatch(read_config(path), screen, frozenset(fixed))


def settings(news: SettingsRead | None) -> ScreenSettings:
    """What was read."""
    assert news is not None
    assert news.settings is not None
    return news.settings


def test_what_does_not_change_is_no_news(path: Path) -> None:
    watch = watch_of(path)

    assert (watch.look(), watch.look()) == (None, None)


def test_what_is_live_follows_and_what_is_not_is_named(path: Path) -> None:
    watch = watch_of(path)
    path.write_text(
        'theme = "mine"\npanels = ["lines", "paths"]\nbell = false\nmemory = 512\n[themes.mine]\nbytes = "#fff"'
    )
    news = watch.look()

    assert news is not None
    assert news.words == "settings read anew; memory from the next start on"
    read = settings(news)
    assert (read.theme, read.panels, read.has_bell, dict(read.keymap)) == ("glance-mine", ("lines", "paths"), False, {})
    assert [palette.volume for palette in read.palettes] == ["#ffffff"]
    assert watch.look() is None


def test_what_was_said_by_hand_stays(path: Path) -> None:
    watch = watch_of(path, "theme")
    path.write_text('theme = "light"\n')

    assert settings(watch.look()).theme == "glance-cb"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'panels = ["trafic"]',
            "bad value for `panels` in line 1: there is no panel 'trafic'; there are traffic, sections",
        ),
        ('[keys]\npause = "q"', "two commands on the key `q` in [keys] of config.toml: `pause` was given it"),
        ('[themes.mine]\ntext = "#222"', "text of 'mine', #222222, has a contrast of"),
        ("theme =", "is not TOML"),
        ('theme = "mine"', "expected one of dark, light"),
    ],
)
def test_a_mistake_is_told_and_put_right(path: Path, text: str, words: str) -> None:
    watch = watch_of(path)
    path.write_text(text)
    news = watch.look()

    assert news is not None
    assert news.settings is None
    assert words in news.words
    path.write_text("bell = true\n")
    assert settings(watch.look()).has_bell


def test_a_file_that_goes_is_waited_for_then_all_is_as_without(path: Path) -> None:
    watch = watch_of(path)
    path.unlink()

    assert watch.look() is None
    assert dict(settings(watch.look()).keymap) == {}
    assert watch.look() is None
    path.write_text('[keys]\npause = "Z"\n')
    assert dict(settings(watch.look()).keymap) == {"pause": "Z"}


def test_it_ends_when_it_is_told() -> None:
    watch = watch_of(Path("/nonexistent/config.toml"))
    told: list[SettingsRead] = []
    watch.start(told.append)
    watch.stop()
    watch.stop()

    assert watch._thread is not None
    watch._thread.join(5)
    assert (watch._thread.is_alive(), told) == (False, [])
