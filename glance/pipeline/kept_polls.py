"""Profiles that another glance polls, or polled once: shown out of history, without a target of one's own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from glance.domain.profiles.poll import TargetStatus
from glance.domain.view import View
from glance.pipeline.poll_shelf import joint_of
from glance.pipeline.poll_watch import Desk

if TYPE_CHECKING:
    from glance.pipeline.poll_keeper import PollKeeper
    from glance.pipeline.poll_window import PollWindow
    from glance.pipeline.stack_polls import StackPolls


class KeptPolls:
    """Reads the ring while the page of profiles is open; until then nothing is opened, nor imported."""

    def __init__(self, database: Path) -> None:
        """Open nothing yet."""
        self._database = database
        self._desk: Desk | None = None
        self._window: PollWindow | None = None
        self._keeper: PollKeeper | None = None

    def attend(self, desk: Desk) -> None:
        """Hand this desk what was polled in the window that is looked at."""
        self._desk = desk
        desk.shelf.is_fed = True

    def look(self, view: View, now: float) -> tuple[TargetStatus, ...]:
        """Somebody looks at this view; there is no target to tell of."""
        if self._window is None and self._desk is not None and joint_of(view.page) is not None:
            from glance.pipeline.poll_window import PollWindow  # on this page only

            self._window = PollWindow(self._opened(), self._desk, ())
        if self._window is not None:
            self._window.look(view, now)
        return ()

    def stacks(self) -> StackPolls:
        """What was polled, one poll after the other."""
        from glance.pipeline.stack_polls import StackPolls  # on the pages of stacks only

        return StackPolls(self._opened())

    def memory(self) -> PollKeeper | None:
        """All of it is in the database."""
        return None

    def _opened(self) -> PollKeeper:
        """Who reads the ring."""
        if self._keeper is None:
            from glance.domain.profiles.poll_plan import PollPlan
            from glance.pipeline.poll_keeper import PollKeeper

            self._keeper = PollKeeper(PollPlan(), self._database, 0, is_reader=True)
        return self._keeper

    async def run(self) -> None:
        """Wait for the end."""
        try:
            await asyncio.Event().wait()
        finally:
            if self._window is not None:
                await self._window.close()
            if self._keeper is not None:
                await self._keeper.close()
