"""Who answers the open page: some pages have a desk of their own, which works on while others are answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from glance.domain.flame_board import FlameWish
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.page import PageAnswer
from glance.domain.raw_line import LineRows
from glance.domain.sample_board import SampleWish
from glance.domain.snapshot_board import SnapshotWish
from glance.domain.sql_board import SqlWish
from glance.domain.stack_board import StackWish
from glance.domain.suspect_board import SuspectWish
from glance.domain.view import View
from glance.pipeline.line_desk import LineDesk
from glance.pipeline.log_feed import LogFeed
from glance.pipeline.looker import Sight
from glance.pipeline.poll_watch import PollWatch
from glance.pipeline.profile_desk import ProfileDesk
from glance.pipeline.snapshot_desk import SnapshotDesk
from glance.pipeline.sql_desk import SqlDesk
from glance.pipeline.stack_desk import StackDesk
from glance.pipeline.suspect_desk import SuspectDesk


class Desks:
    """The desks of one collector; called in its thread."""

    def __init__(
        self,
        feeds: Callable[[], Sequence[LogFeed]],
        recorded: Callable[[str], Awaitable[Sequence[Checkpoint]]],
        told: Callable[[], None],
        snapshots: SnapshotDesk,
    ) -> None:
        """Answer nothing yet.

        Args:
            feeds: the logs.
            recorded: what is on record of the generations of a log.
            told: called when there is more to be answered than at the last time.
            snapshots: takes and lists them.
        """
        self._lines = LineDesk(feeds, recorded, told)
        self._sql = SqlDesk(told)
        self.profiles = ProfileDesk(told)
        self.stacks = StackDesk(told, self.profiles)
        self.snapshots = snapshots
        self._suspects = SuspectDesk(self.profiles)

    def attend(self, watch: PollWatch) -> None:
        """Look at what this polls."""
        watch.attend(self.profiles)
        self.stacks.attend(watch)
        self.snapshots.attend(watch)

    def lines(self, view: View, sight: Sight, now: float) -> LineRows:
        """The rows of the page of lines."""
        return self._lines.answer(view, sight.series, sight.figures.window, now)

    def page(self, view: View, sight: Sight, now: float) -> PageAnswer | None:
        """What the open page shows; None while none is open."""
        window, maker = sight.figures.window, sight.maker
        if isinstance(view.page, SnapshotWish):
            self._sql.forget()
            return self.snapshots.answer(view.page)
        self.snapshots.forget()
        if isinstance(view.page, SuspectWish):
            self._sql.forget()
            return self._suspects.answer(view)
        self._suspects.forget()
        if isinstance(view.page, StackWish):
            self._sql.forget()
            return self.stacks.answer(view.page, view, now)
        self.stacks.forget()
        if isinstance(view.page, FlameWish):
            self._sql.forget()
            return self.profiles.answer(view.page)
        if isinstance(view.page, SampleWish):
            self._sql.forget()
            return self.profiles.map_of_samples(view.page)
        self.profiles.forget()
        if not isinstance(view.page, SqlWish):
            self._sql.forget()
            return maker.page(view, window, now)
        is_partial = sight.sifting is not None
        return self._sql.answer(view, (sight.series, window), now, maker.chosen(view), is_partial=is_partial)

    def forget(self) -> None:
        """Nobody looks any more."""
        self._lines.forget()
        self._sql.forget()
        self._suspects.forget()
        self.stacks.forget()
        self.profiles.forget()
