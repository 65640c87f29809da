"""What the screen starts with: options, and what was remembered from the last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from glance.domain.scene import Scene
from glance.domain.view import RankingName, SortKey
from glance.domain.window import DEFAULT_WINDOW
from glance.themes import DEFAULT_THEME


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """Options of the screen; all of them have their usual value."""

    theme: str = DEFAULT_THEME
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
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by id of a command."""
    has_bell: bool = True
    """The terminal's bell rings when an alert begins to fire."""
    opening: Scene | None = None
    """What the first frame shows: the last scene of the last time."""
