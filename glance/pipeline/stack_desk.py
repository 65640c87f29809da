"""Answers the pages of goroutines and of growing memory. While neither is open nothing is read, counted or asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from glance.domain.stack_board import FILES, GoroutineWish, StackBoard, StackSource, StackWish

if TYPE_CHECKING:
    from glance.domain.view import View
    from glance.pipeline.frozen_stacks import Frozen
    from glance.pipeline.poll_watch import PollWatch
    from glance.pipeline.profile_desk import ProfileDesk
    from glance.pipeline.stack_history import StackFigures, StackHistory, StackQuestion
    from glance.pipeline.stack_polls import StackPolls
    from glance.pipeline.state_asking import StateAsking
    from glance.sources.source_code import SourceCode

RELOAD_SECONDS = 15.0
"""After which all is looked at anew: polls leave a window that moves, and another glance may poll."""
AROUND = 40
"""Lines of code before and behind the one that is looked at."""


class StackDesk:
    """One wish after the other, in the collector's thread."""

    def __init__(self, told: Callable[[], None], profiles: ProfileDesk) -> None:
        """Answer nothing yet.

        Args:
            told: called from any thread when there is more to be answered than at the last time.
            profiles: has the profiles of files.
        """
        self._told = told
        self._profiles = profiles
        self._watch: PollWatch | None = None
        self._polls: StackPolls | None = None
        self._frozen: Frozen | None = None
        """Of the snapshot that is looked at."""
        self._histories: dict[type[StackWish], StackHistory] = {}
        self._askings: dict[str, StateAsking] = {}
        self._opened: set[str] = set()
        """Targets that were asked for states since the page was opened."""
        self._asks = 0
        self._made: tuple[object, StackBoard] = (None, StackBoard(StackWish()))
        """The last board, and what it was made for."""
        self._given: StackBoard | None = None
        self._loading: asyncio.Task[None] | None = None
        self._loaded: tuple[float, int] = (0.0, -1)
        self._first: tuple[StackWish | None, object] = (None, None)
        self._source: StackSource | None = None
        self._finding: asyncio.Task[None] | None = None
        self._code: SourceCode | None = None

    def attend(self, watch: PollWatch) -> None:
        """Look at what this polls."""
        self._watch = watch

    def lay(self, frozen: Frozen) -> None:
        """Look at these, whatever the window: they are of a snapshot."""
        self._frozen = frozen

    # Answering ----------------------------------------------------------------------------------

    def answer(self, wish: StackWish, view: View, now: float) -> StackBoard:
        """What the page shows now."""
        self._end_what_is_done()
        if self._polls is None and self._watch is not None:
            self._polls = self._watch.stacks()
        self._ask(wish, view)
        key = self._key(wish, view)
        news = self._polls.news if self._polls is not None else 0
        is_due = key != self._made[0] or news != self._loaded[1] or now - self._loaded[0] > RELOAD_SECONDS
        if is_due and self._loading is None:
            self._loaded = (now, news)
            self._loading = asyncio.get_running_loop().create_task(self._load(key, wish, self._span(view, now)))
        self._see_source(wish)
        return self._board(wish, view, is_made=key == self._made[0])

    def _key(self, wish: StackWish, view: View) -> tuple[object, ...]:
        """What a board depends on, but for what time brings."""
        asking = self._asking(wish)
        dump = asking.last if asking is not None else None
        files = tuple(id(profile) for _, profile in self._profiles.of_files())
        span = (view.window, view.end, view.interval)
        return (type(wish), wish.program, wish.is_by_function, span, None if dump is None else dump.at, files)

    def _board(self, wish: StackWish, view: View, *, is_made: bool) -> StackBoard:
        """The last board as it stands now; the same object while nothing changes."""
        made, asking = self._made[1], self._asking(wish)
        if type(made.wish) is not type(wish):
            made = StackBoard(wish)
        if is_made and self._first[0] != wish:
            self._first = (wish, made)
        source = self._source
        has_source = source is not None and (source.file, source.line) == wish.source
        board = replace(
            made, wish=wish, is_working=not is_made, source=source if has_source else None,
            asked=asking.asked if asking is not None and isinstance(wish, GoroutineWish) else None,
            can_ask=asking is not None and view.end is None,
            is_first=is_made and self._first == (wish, made),
        )  # fmt: skip
        given = self._given
        if given is None or any(getattr(board, one) != getattr(given, one) for one in _SHOWN):
            self._given = given = board
        return given

    # Loading ------------------------------------------------------------------------------------

    def _span(self, view: View, now: float) -> tuple[float, float]:
        from glance.pipeline.poll_window import span_of  # on these pages only

        return span_of(view, now)

    async def _load(self, key: object, wish: StackWish, span: tuple[float, float]) -> None:
        """Count what is kept, in the thread that keeps it; of files in another."""
        from glance.pipeline.stack_history import (  # numpy: on these pages only
            StackFigures,
            StackHistory,
            StackQuestion,
            of_files,
            of_snapshot,
        )

        kind = "goroutine" if isinstance(wish, GoroutineWish) else "allocs"
        asking = self._asking(wish)
        dump, first = (asking.last, asking.first) if asking is not None and kind == "goroutine" else (None, None)
        target = "" if wish.program == FILES else wish.program
        question = StackQuestion(kind, target, *span, wish.is_by_function, dump, first if first is not dump else None)
        files = [(note.at, profile) for note, profile in self._profiles.of_files()]
        found = StackFigures()
        if self._frozen is not None:
            found = await asyncio.to_thread(of_snapshot, self._frozen, question)
        if self._polls is not None and wish.program != FILES:
            found = await self._of_polls(question, self._histories.setdefault(type(wish), StackHistory()))
        if files and (wish.program == FILES or not (wish.program or found.table.rows)):
            names = found.targets
            found = await asyncio.to_thread(of_files, files, question, FILES)
            found = replace(found, targets=(*names, FILES))
        elif files:
            found = replace(found, targets=(*found.targets, FILES))
        self._made = (key, replace(board_of(wish, found, self._live), is_frozen=self._frozen is not None))
        self._told()

    async def _of_polls(self, question: StackQuestion, history: StackHistory) -> StackFigures:
        from glance.pipeline.stack_history import StackFigures

        assert self._polls is not None
        target = question.target or next(iter(self._live), "")
        found = await self._polls.keeper.read(lambda table: history.figures(table, replace(question, target=target)))
        if found is not None and not found.table.rows and not question.target:  # the first has none: another may
            found = await self._polls.keeper.read(lambda table: history.figures(table, question))
        return found or StackFigures(target)

    @property
    def _live(self) -> tuple[str, ...]:
        """Targets that are polled now."""
        return tuple(self._polls.connects) if self._polls is not None else ()

    # States -------------------------------------------------------------------------------------

    def _target(self, wish: StackWish) -> str:
        """Whose stacks are shown, or will be."""
        return wish.program or self._made[1].program or next(iter(self._live), "")

    def _asking(self, wish: StackWish) -> StateAsking | None:
        """Who asks the target that is shown; None where it cannot be asked."""
        target = self._target(wish)
        if target not in self._askings and self._polls is not None:
            asking = self._polls.asking(target, self._told)
            if asking is not None:
                self._askings[target] = asking
        return self._askings.get(target)

    def _ask(self, wish: StackWish, view: View) -> None:
        """Ask for states: once when the page opens, of a window that ends now; then by key."""
        if not isinstance(wish, GoroutineWish):
            return
        asking, target = self._asking(wish), self._target(wish)
        by_key, self._asks = wish.asks != self._asks, wish.asks
        if asking is None or view.end is not None or view.interval is not None:
            return
        if by_key:
            asking.ask()
        elif target not in self._opened:
            asking.open()
        self._opened.add(target)

    # Code ---------------------------------------------------------------------------------------

    def _see_source(self, wish: StackWish) -> None:
        """Find the code that is looked at."""
        is_there = self._source is not None and (self._source.file, self._source.line) == wish.source
        if wish.source[0] and not is_there and self._finding is None:
            self._finding = asyncio.get_running_loop().create_task(self._find(*wish.source))

    async def _find(self, file: str, line: int) -> None:
        from glance.sources.source_code import SourceCode  # only where code is looked at

        self._code = self._code or SourceCode()
        self._source = await asyncio.to_thread(source_at, self._code, file, line)
        self._told()

    def _end_what_is_done(self) -> None:
        """A bug in a task is not hidden."""
        for task in (self._loading, self._finding):
            if task is not None and task.done():
                task.result()
        self._loading = None if self._loading is not None and self._loading.done() else self._loading
        self._finding = None if self._finding is not None and self._finding.done() else self._finding
        for asking in self._askings.values():
            asking.end_what_is_done()

    def forget(self) -> None:
        """Nobody looks: keep no counts."""
        if self._given is None:
            return
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None
        self._histories.clear()
        self._opened.clear()
        self._made = (None, StackBoard(StackWish()))
        self._given = self._source = None
        self._first = (None, None)
        self._loaded = (0.0, -1)
        for asking in self._askings.values():
            asking.forget()


_SHOWN = (
    "wish", "rows", "program", "targets", "moments", "totals", "polls", "ends", "since", "asked", "source",
    "is_working", "can_ask", "mistake", "is_first",
)  # fmt: skip
"""What decides whether an answer is another one."""


def board_of(wish: StackWish, found: StackFigures, live: tuple[str, ...]) -> StackBoard:
    """What was found, as the page is handed it."""
    table = found.table
    targets = tuple(dict.fromkeys((*live, *found.targets)))
    return StackBoard(
        wish, found.target, targets, table.rows, table.stacks, found.moments, table.totals, found.polls, found.ends,
        found.since,
        mistake=found.mistake,
    )  # fmt: skip


def source_at(code: SourceCode, file: str, line: int) -> StackSource:
    """Lines of code around one; may take long."""
    from glance.errors import SourceError
    from glance.sources.source_code import read_lines

    try:
        path = code.find(file)
        lines = read_lines(path)
    except SourceError:
        return StackSource(file, line, words="the source is not on this machine")
    if not 0 < line <= len(lines):
        return StackSource(file, line, str(path), words="the source on this machine is another one: it is too short")
    first = max(1, line - AROUND)
    return StackSource(file, line, str(path), first, tuple(lines[first - 1 : line + AROUND]))
