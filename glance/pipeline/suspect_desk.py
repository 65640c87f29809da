"""Answers the page of suspects: what stands out in the polls of the time that is pointed at, else in files."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glance.domain.flame_board import SourceView
from glance.domain.suspect_board import Standing, SuspectBoard, SuspectKey, SuspectRow, SuspectWish
from glance.domain.view import View
from glance.pipeline.poll_shelf import asked_of

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile
    from glance.pipeline.profile_desk import ProfileDesk
    from glance.pipeline.suspect_ranking import Ranked, Side
    from glance.pipeline.suspecting import LocalCode


START_THERE = "start glance in the folder of the code"


@dataclass(frozen=True, slots=True)
class _Made:
    """What the rules said, and of which profiles."""

    key: tuple[object, ...]
    ranked: Ranked | None
    mistake: str = ""


class SuspectDesk:
    """Answers one wish after the other, in the collector's thread; the rules look in another. No page, no work."""

    def __init__(self, profiles: ProfileDesk) -> None:
        """Know of nothing yet.

        Args:
            profiles: has what was polled, and files.
        """
        self._profiles = profiles
        self._made: _Made | None = None
        self._working: asyncio.Task[None] | None = None
        self._finding: asyncio.Task[None] | None = None
        self._sources: dict[SuspectKey, SourceView] = {}
        self._code: LocalCode | None = None

    def answer(self, view: View) -> SuspectBoard:
        """What the page shows now."""
        wish = view.page
        assert isinstance(wish, SuspectWish)
        self._end_what_is_done()
        shelf, held = self._profiles.shelf, self._profiles.held
        if shelf.is_fed and shelf.asked != asked_of(view):
            return self._board(wish, is_working=True)
        if self._profiles.is_reading:
            return self._board(wish, is_working=True)
        names = tuple(row.name for row in shelf.rows.values()) or tuple(held)
        key = (wish.joint.route, *((name, id(held.get(name)), id(self._quiet(name))) for name in names))
        if self._made is not None and self._made.key == key:
            self._see_source(wish)
            return self._board(wish)
        if self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._make(key, wish, self._targets()))
        return self._board(wish, is_working=True)

    def _quiet(self, name: str) -> Profile | None:
        row = self._profiles.shelf.named(name)
        return None if row is None else row.quiet

    def _targets(self) -> dict[str, list[Side]]:
        """The profiles of each program: polls of the time that is pointed at; without any, files."""
        from glance.pipeline.suspect_ranking import Side  # numpy behind it all: on this page only

        found: dict[str, list[Side]] = {}
        for (target, _), row in self._profiles.shelf.rows.items():
            found.setdefault(target, []).append(Side(row.name, row.profile, row.quiet, row.polls))
        if not found:
            sides = [Side(name, profile, None, 0) for name, profile in self._profiles.held.items()]
            return {"": sides} if sides else {}
        return found

    def _board(self, wish: SuspectWish, *, is_working: bool = False) -> SuspectBoard:
        """The answer, as far as it is known."""
        made, shelf = self._made, self._profiles.shelf
        if made is None:
            return SuspectBoard(wish, is_working=True)
        span = shelf.span if shelf.asked else None
        quiet = shelf.quiet if made.ranked is not None and made.ranked.has_quiet else None
        board = SuspectBoard(wish, span=span, quiet=quiet, is_working=is_working, mistake=made.mistake)
        if made.ranked is None:
            return replace(board, standing="clean" if made.mistake else "empty" if shelf.is_known else "nothing")
        found = made.ranked
        standing: Standing = "found" if found.rows else "clean" if found.total else "empty"
        source = self._sources.get(wish.source) if wish.source is not None else None
        return replace(board, standing=standing, rows=found.rows, looked=found.looked, notes=found.notes, source=source)

    async def _make(self, key: tuple[object, ...], wish: SuspectWish, targets: dict[str, list[Side]]) -> None:
        """Let the rules look, in a thread."""
        from glance.domain.profiles.profile_error import ProfileError
        from glance.pipeline.suspect_ranking import ranked

        found, mistake = None, ""
        if targets or self._profiles.shelf.rows:
            try:
                found = await asyncio.to_thread(ranked, targets, wish.joint.route)
            except ProfileError as error:
                mistake = ": ".join(filter(None, (error.what, error.why)))
        self._made = _Made(key, found, mistake)
        self._sources.clear()
        self._profiles.told()

    def _see_source(self, wish: SuspectWish) -> None:
        """Find the source of the suspect that has the cursor."""
        found = self._made.ranked if self._made is not None else None
        if wish.source is None or found is None or wish.source in self._sources or self._finding is not None:
            return
        row = next((one for one in found.rows if one.key == wish.source), None)
        if row is not None:
            self._finding = asyncio.get_running_loop().create_task(self._find(row, found.samples.get(row.profile)))

    async def _find(self, row: SuspectRow, profile: Profile | None) -> None:
        """Find the source of a suspect in a thread."""
        from glance.pipeline.suspect_source import suspect_source
        from glance.pipeline.suspecting import LocalCode

        self._code = self._code or LocalCode(hint=START_THERE)
        self._sources[row.key] = await asyncio.to_thread(suspect_source, row, profile, self._code)
        self._profiles.told()

    def _end_what_is_done(self) -> None:
        """A bug in a task is not hidden."""
        for task in (self._working, self._finding):
            if task is not None and task.done():
                task.result()
        self._working = None if self._working is not None and self._working.done() else self._working
        self._finding = None if self._finding is not None and self._finding.done() else self._finding

    def forget(self) -> None:
        """Nobody looks: remember nothing."""
        self._made = None
        self._sources.clear()
