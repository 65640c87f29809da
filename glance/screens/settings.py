"""What the screen starts with: options, and what was remembered from the last time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from textual.message import Message

from glance.commands.every import PANELS
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.domain.view import RankingName, SortKey
from glance.domain.window import DEFAULT_WINDOW
from glance.themes import DEFAULT_THEME, Palette


@dataclass(frozen=True, slots=True)
class Exports:
    """What makes files of what is seen; of a form that is named."""

    scene: Callable[[Scene, str], bytes]
    """Of everything on the screen: `json`, `csv`, `markdown` or `html`."""
    table: Callable[[PageTable, str], bytes]
    """Of the table of a page: `json`, `csv` or `markdown`."""


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """Options of the screen; all of them have their usual value."""

    theme: str = DEFAULT_THEME
    palettes: tuple[Palette, ...] = ()
    """Themes of the user's own."""
    refresh_seconds: float = 1.0
    incident_limit: int = 3
    """Alerts in the pane; 0 for all."""
    section_limit: int = 0
    """Sections in the table; 0 for as many as fit."""
    title: str = "glance"
    sources: tuple[str, ...] = ()
    """Names of the logs, for the first frame."""
    window: str = DEFAULT_WINDOW
    sorts: tuple[tuple[RankingName, SortKey], ...] = ()
    tables: tuple[tuple[str, RankingName], ...] = ()
    """What each table ranks, where that is not its first view."""
    is_raw: bool = False
    """Paths are shown as they are, and not as routes."""
    panels: tuple[str, ...] = PANELS
    """The panels of the overview, in their order."""
    panel: str = "paths"
    """The one that has the keys at first."""
    page: str = ""
    """The page that is open at first; empty is none."""
    has_hint: bool = False
    """It is the first time: say what to press first."""
    last_filter: str = ""
    """What was filtered by when the dashboard was left: a key goes back to it."""
    known: Mapping[str, str] = field(default_factory=dict)
    """What was remembered from the last time, by name of the choice; pages look for their own."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by id of a command."""
    has_bell: bool = True
    """The terminal's bell rings when an alert begins to fire."""
    exports: Exports | None = None
    """Without it nothing can be exported."""
    frozen: tuple[float, float] | None = None
    """The window of the snapshot that is looked at, where there are no logs."""
    opening: Scene | None = None
    """What the first frame shows: the last scene of the last time."""

    @property
    def is_alone(self) -> bool:
        """There is no log: a page of profiles is all that there is."""
        return self.known.get("flame.alone") == "on"


class SettingsRead(Message):
    """The file of settings was changed, and read anew."""

    def __init__(self, settings: ScreenSettings | None, words: str) -> None:
        """Carry what the screen has from now on.

        Args:
            settings: None where there is a mistake in the file, and all stays as it was.
            words: of ours; what was read, or what is wrong.
        """
        super().__init__()
        self.settings = settings
        self.words = words
