"""What the parts of the terminal's side tell each other: news in the past tense, wishes as requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from glance.domain.interval import Interval
from glance.domain.page import PageWish
from glance.domain.raw_line import LinesWish
from glance.domain.scene import Scene
from glance.domain.snapshot_order import OrderKind
from glance.domain.view import RankingName, SortKey, View

if TYPE_CHECKING:  # only on the page of profiles
    from glance.domain.sample_board import SampleSpan


class ScenePublished(Message, bubble=False):
    """The collector has made a new scene."""

    def __init__(self, scene: Scene) -> None:
        """Carry the scene."""
        super().__init__()
        self.scene = scene

    def can_replace(self, message: Message) -> bool:
        """A newer scene makes an unread one worthless."""
        return isinstance(message, ScenePublished)


class ViewRequested(Message):
    """The person wants to look at something else."""

    def __init__(self, view: View) -> None:
        """Carry the whole wish."""
        super().__init__()
        self.view = view


class ChoiceMade(Message):
    """The person chose something that should be the same next time."""

    def __init__(self, key: str, value: str) -> None:
        """Name the choice, such as `window`, `theme` or `sort.paths`."""
        super().__init__()
        self.key = key
        self.value = value


class SearchRequested(Message):
    """The person types what names in a ranking must contain; empty ends the search."""

    def __init__(self, ranking: RankingName, text: str) -> None:
        """Name the ranking and the text."""
        super().__init__()
        self.ranking = ranking
        self.text = text


class SortRequested(Message):
    """The person wants a ranking in another order."""

    def __init__(self, ranking: RankingName, key: SortKey) -> None:
        """Name the ranking and what decides the order."""
        super().__init__()
        self.ranking = ranking
        self.key = key


class ZoomRequested(Message):
    """The person wants one panel on the whole screen."""

    def __init__(self, panel: str) -> None:
        """Name the panel."""
        super().__init__()
        self.panel = panel


class IntervalRequested(Message):
    """The person selects a part of the time axis, or none of it."""

    def __init__(self, interval: Interval | None, *, is_settled: bool = True) -> None:
        """Carry the part.

        Args:
            interval: which.
            is_settled: nobody is drawing it any more.
        """
        super().__init__()
        self.interval = interval
        self.is_settled = is_settled


class SituationChanged(Message):
    """Something changed that decides which keys are valid now."""


class LinesRequested(Message):
    """The page of lines wants other rows, another search, or its lines saved."""

    def __init__(self, wish: LinesWish) -> None:
        """Carry the whole wish."""
        super().__init__()
        self.wish = wish


class PageRequested(Message):
    """A page wants to know something else; only the one that is open still does when this arrives."""

    def __init__(self, wish: PageWish | None, page: str) -> None:
        """Carry the whole wish of the page of that name; None wants nothing."""
        super().__init__()
        self.wish = wish
        self.page = page


class SamplesRequested(Message):
    """The person wants to see when the samples of a profile were taken."""

    def __init__(self, profile: str) -> None:
        """Name the profile."""
        super().__init__()
        self.profile = profile


class SpanRequested(Message):
    """The person wants the flame graph of the samples of some time, or goes back to the one that there was."""

    def __init__(self, span: SampleSpan | None) -> None:
        """Carry the time."""
        super().__init__()
        self.span = span


class MomentRequested(Message):
    """The person wants to look at the time around a moment."""

    def __init__(self, at: float) -> None:
        """Name the moment, epoch seconds: the window is to hold it near its end."""
        super().__init__()
        self.at = at


class FlameRequested(Message):
    """The person wants to see a function in the flame graph."""

    def __init__(self, profile: str, function: str, value: str) -> None:
        """Name the profile, the function, and the type of the value that is counted; empty where there is none."""
        super().__init__()
        self.profile = profile
        self.function = function
        self.value = value


class GrowthRequested(Message):
    """The person wants to see in the flame graph what grew between two polls."""

    def __init__(self, profile: str, polls: tuple[int, int], value: str, function: str) -> None:
        """Name the profile, the first and the last poll, the type of the value, and the function to be selected."""
        super().__init__()
        self.profile = profile
        self.polls = polls
        self.value = value
        self.function = function


class SnapshotOrdered(Message):
    """The person wants something done with a snapshot."""

    def __init__(self, kind: OrderKind, number: str = "", text: str = "") -> None:
        """Carry the wish.

        Args:
            kind: what is to be done.
            number: the id of the snapshot.
            text: the note, or the folder.
        """
        super().__init__()
        self.kind: OrderKind = kind
        self.number = number
        self.text = text


class SnapshotChosen(Message):
    """The person wants to look at a snapshot in place of the logs."""

    def __init__(self, path: str, start: float, end: float) -> None:
        """Name the file, and the window that it is of."""
        super().__init__()
        self.path = path
        self.start = start
        self.end = end


class CopyRequested(Message):
    """The person wants a text in the clipboard."""

    def __init__(self, text: str) -> None:
        """Carry the text, which went through the gate."""
        super().__init__()
        self.text = text


class SourceRequested(Message):
    """The person wants to see a line of a source in an editor."""

    def __init__(self, path: str, number: int) -> None:
        """Name the file and the line, from 1."""
        super().__init__()
        self.path = path
        self.number = number


class EditRequested(Message):
    """The person wants to see a line in its file."""

    def __init__(self, path: str, offset: int) -> None:
        """Name the file, and the byte where the line begins."""
        super().__init__()
        self.path = path
        self.offset = offset
