"""The file of settings while the dashboard runs: when it changes, keys, panels, themes and bell follow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from glance.cli.options import check_look
from glance.config import FIELDS, ConfigFile, Settings, read_config
from glance.errors import ConfigError
from glance.screens.settings import ScreenSettings, SettingsRead

if TYPE_CHECKING:
    from pathlib import Path

    from glance.themes import Palette

LIVE = ("theme", "panels", "bell", "keys", "themes")
"""Settings that count at once; the others count from the next start."""

SECONDS = 2.0
"""Between two looks at the file."""

Signature = tuple[int, int, int] | None


def read_anew(screen: ScreenSettings, file: ConfigFile, fixed: frozenset[str]) -> ScreenSettings:
    """What the screen has after its file changed.

    Args:
        screen: what it had.
        file: as it is now.
        fixed: settings that were said by flag or variable, so that the file does not count.

    Raises:
        ConfigError: a key or a theme cannot be.
    """
    said = {key: file.values[key] for key in LIVE if key in file.values and key not in fixed}
    settings = Settings(**{FIELDS[key]: value for key, value in said.items()})  # type: ignore[arg-type]
    check_look(settings, file)
    return replace(
        screen,
        theme=settings.theme if "theme" in said else screen.theme,
        palettes=palettes_in(settings, file),
        panels=settings.panels,
        has_bell=settings.bell if "bell" in said else screen.has_bell,
        keymap=dict(settings.keys),
    )


def palettes_in(settings: Settings, file: ConfigFile) -> tuple[Palette, ...]:
    """The palettes of the themes of the user's own."""
    if not settings.themes:
        return ()
    from glance.cli.own_themes import palettes_of  # rich: only where there are some

    return palettes_of(settings.themes, file)


class ConfigWatch:
    """Looks at the file now and then, in a thread of its own: a folder that hangs stops nobody."""

    def __init__(self, file: ConfigFile, screen: ScreenSettings, fixed: frozenset[str]) -> None:
        """Know what there is at the start.

        Args:
            file: as it was read.
            screen: what was made of it.
            fixed: settings of which the file does not decide.
        """
        self._file = file
        self._screen = screen
        self._fixed = fixed
        self._seen = signature(file.path)
        self._was_missing = not file.exists
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, tell: Callable[[SettingsRead], object]) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, args=(tell,), name="settings", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; a look that hangs is not waited for."""
        self._is_over.set()

    def _run(self, tell: Callable[[SettingsRead], object]) -> None:
        while not self._is_over.wait(SECONDS):
            news = self.look()
            if news is not None:
                tell(news)

    def look(self) -> SettingsRead | None:
        """What there is to tell: the file was read anew, or has a mistake; None where nothing changed."""
        now = signature(self._file.path)
        if now is None and not self._was_missing:
            self._was_missing = True  # an editor may be about to put another one in its place
            return None
        self._was_missing = now is None
        if now == self._seen:
            return None
        self._seen = now
        try:
            file = read_config(self._file.path)
            screen = read_anew(self._screen, file, self._fixed)
        except ConfigError as error:
            return SettingsRead(None, in_short(error, self._file.path))
        late = [key for key in FIELDS if key not in LIVE and file.values.get(key) != self._file.values.get(key)]
        self._file, self._screen = file, screen
        words = f"settings read anew; {', '.join(late)} from the next start on" if late else "settings read anew"
        return SettingsRead(screen, words)


def in_short(error: ConfigError, path: Path) -> str:
    """A mistake in one line, without the way to the file."""
    words = f"{error.what}: {error.why}"
    return words.replace(f"{path}, ", "").replace(str(path), path.name)


def signature(path: Path) -> Signature:
    """What changes when a file does; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
