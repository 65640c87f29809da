"""What the parts of the terminal's side tell each other: news in the past tense, wishes as requests."""

from __future__ import annotations

from textual.message import Message

from glance.domain.interval import Interval
from glance.domain.page import PageWish
from glance.domain.raw_line import LinesWish
from glance.domain.scene import Scene
from glance.domain.view import RankingName, SortKey, View


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
    """The open page wants to know something else."""

    def __init__(self, wish: PageWish | None) -> None:
        """Carry the whole wish; None wants nothing."""
        super().__init__()
        self.wish = wish


class CopyRequested(Message):
    """The person wants a text in the clipboard."""

    def __init__(self, text: str) -> None:
        """Carry the text, which went through the gate."""
        super().__init__()
        self.text = text


class EditRequested(Message):
    """The person wants to see a line in its file."""

    def __init__(self, path: str, offset: int) -> None:
        """Name the file, and the byte where the line begins."""
        super().__init__()
        self.path = path
        self.offset = offset
