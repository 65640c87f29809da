"""What a command is, and what decides whether it makes sense now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TABLES = ("sections", "paths", "clients")


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which commands make sense now."""

    panel: str = ""
    """Name of the panel that has the keys."""
    is_zoomed: bool = False
    is_typing: bool = False
    """A search is being typed."""
    has_search: bool = False
    """The panel shows only names that match a search."""
    is_paused: bool = False
    is_past: bool = False
    """The window ends in the past, because the person went there."""
    can_open: bool = False
    """The page has a row that can be zoomed."""
    can_filter: bool = False
    """The panel has rows of which one can be filtered by."""
    has_filter: bool = False
    """Only what matches a filter is shown."""
    has_other_filter: bool = False
    """There was another filter before."""
    has_interval: bool = False
    """A part of the time axis is selected."""
    is_time_zoomed: bool = False
    """The window was zoomed into."""
    is_in_snapshot: bool = False
    """A snapshot is looked at in place of the logs."""
    has_polls: bool = False
    """The page shows a profile of polls, of which some can be chosen."""
    has_others: bool = False
    """The page shows one of several profiles, or polls of one."""
    is_alone: bool = False
    """There is no log: profiles are all that is looked at."""

    @property
    def is_table(self) -> bool:
        """The keys go to a table of names."""
        return self.panel in TABLES

    @property
    def is_on_interval(self) -> bool:
        """The keys go to the chart, and an interval of it is selected."""
        return self.panel == "traffic" and self.has_interval and not self.is_typing

    @property
    def can_go_back(self) -> bool:
        """There is something that `esc` would undo."""
        is_narrowed = self.has_filter or self.has_interval or self.is_time_zoomed or self.is_in_snapshot
        return self.is_zoomed or self.is_typing or self.has_search or is_narrowed


def _always(_: Situation) -> bool:
    """Valid in every situation."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do, by key, by click, or from the palette."""

    id: str
    keys: str
    """Default keys as Textual names them, with commas."""
    action: str
    label: str
    """One or two words, for the footer."""
    tooltip: str
    """What it does, for help and palette."""
    group: str
    is_valid: Callable[[Situation], bool] = _always
    is_in_footer: bool = True
    is_in_palette: bool = True
    is_of_app: bool = False
    """Bound on the application, so that it works on every page."""
    rank: int = 5
    """When the footer is too narrow, greater ranks go first."""

    @property
    def title(self) -> str:
        """What the palette calls it: `Panel paths`, `Window longer`, `Pause`."""
        return self.id.replace(".", " ").capitalize()
