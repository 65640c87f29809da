"""One query over records in memory: asked in a thread of its own, to be stopped, within bounds of time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

from glance.domain.logs.relation import Relation
from glance.domain.sql_board import About, SqlMistake, SqlResult, Value
from glance.errors import GlanceError, MarkedError

if TYPE_CHECKING:
    from glance.store.log_query import LogQuery

MOST_ROWS = 10_000
"""Rows of an answer that are held."""

MOST_RESULT_BYTES = 32 << 20
"""Of an answer that is held."""

MOST_VALUE = 65_536
"""Characters, or bytes, of one value that are held."""

MOST_SECONDS = 60.0
"""After which a query is ended."""

MOST_MEMORY_BYTES = 256 << 20
"""What a query may take while it is answered."""

WATCH_SECONDS = 0.05
"""How often it is looked at."""

STOPPED = SqlMistake("it was stopped")


class SqlRun:
    """A query that is asked once."""

    def __init__(
        self,
        text: str,
        relation: Relation,
        at: float,
        about: About = ("", None, ""),
        *,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        """Ask nothing yet.

        Args:
            text: the query.
            relation: the records; nothing that is added to their series later is among them.
            at: epoch seconds of now.
            about: what the records are.
            most_seconds: how long it may take.
        """
        self.text = text
        self.at = at
        self._about = about
        self.seconds = 0.0
        self.result: SqlResult | None = None
        self.mistake: SqlMistake | None = None
        """Why there is no result."""
        self._relation: Relation | None = relation
        self._most_seconds = most_seconds
        self._asked: LogQuery | None = None
        self._stopped: SqlMistake | None = None
        self._lock = threading.Lock()

    def stop(self, why: SqlMistake = STOPPED) -> None:
        """End soon."""
        with self._lock:
            self._stopped = self._stopped or why
            if self._asked is not None:
                self._asked.stop()

    async def run(self) -> None:
        """Ask, and see to the bounds meanwhile. Afterwards there is a result or a mistake."""
        from glance.store.log_query import memory_used  # apsw: only when somebody asks

        began, memory = time.monotonic(), memory_used()
        work = self._in_thread(began)
        try:
            while not (await asyncio.wait({work}, timeout=WATCH_SECONDS))[0]:
                if time.monotonic() - began > self._most_seconds:
                    self.stop(_too_long(self._most_seconds))
                elif memory_used() - memory > MOST_MEMORY_BYTES:
                    self.stop(SqlMistake(f"it needs more than {MOST_MEMORY_BYTES >> 20} MB", _LESS))
        finally:
            self.stop()
        await work

    def _in_thread(self, began: float) -> asyncio.Future[None]:
        """Begin to ask. A thread that nobody waits for: one step of SQLite, within a huge text, may take for ever."""
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[None] = loop.create_future()

        def work() -> None:
            bug: BaseException | None = None
            try:
                self._ask(began)
            except BaseException as error:
                bug = error
                raise
            finally:
                with contextlib.suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(_settle, asked, bug)

        threading.Thread(target=work, name="sql", daemon=True).start()
        return asked

    def _ask(self, began: float) -> None:
        """Ask; in a thread of its own."""
        from glance.store.log_query import LogQuery

        relation, self._relation = self._relation, None  # what was let go of memory meanwhile is not held any longer
        assert relation is not None
        try:
            with closing(LogQuery(relation)) as asked:
                self.result = self._answer(asked, relation.records, began)
        except MarkedError as error:
            self.mistake = self._stopped or SqlMistake(error.reason, _hint(error.hint), error.at)
        except GlanceError as error:
            self.mistake = SqlMistake(": ".join(filter(None, (error.what, error.why))), error.hint)
        finally:
            with self._lock:
                self._asked = None
            self.seconds = time.monotonic() - began

    def _answer(self, asked: LogQuery, records: int, began: float) -> SqlResult:
        """The rows, as many as may be held."""
        found = asked.run(self.text)
        with self._lock:
            self._asked = asked
            if self._stopped is not None:  # before it could be heard
                asked.stop()
        rows: list[tuple[Value, ...]] = []
        room, is_all, is_cut = MOST_RESULT_BYTES, True, False
        for row in found.rows:
            if len(rows) >= MOST_ROWS or room < 0:
                is_all = False
                break
            kept = tuple(map(_kept, row))
            is_cut = is_cut or any(one is not other for one, other in zip(kept, row, strict=True))
            room -= sum(map(sys.getsizeof, kept)) + sys.getsizeof(kept)
            rows.append(kept)
        seconds = time.monotonic() - began
        return SqlResult(self.text, found.columns, tuple(rows), is_all, is_cut, seconds, records, self.at, self._about)


def _settle(asked: asyncio.Future[None], bug: BaseException | None) -> None:
    """The thread has ended: tell who waits, where somebody does."""
    if asked.cancelled():
        return
    if bug is None:
        asked.set_result(None)
    else:
        asked.set_exception(bug)


_LESS = "ask for less: a shorter window, a filter, fewer groups"


def _too_long(seconds: float) -> SqlMistake:
    return SqlMistake(f"it took more than {seconds:g} s, and was stopped", f"{_LESS}; glance sql has no bound of time")


def _hint(hint: str) -> str:
    """A hint that holds on a screen, where there is no option to be given."""
    return _LESS if "--memory" in hint else hint


def _kept(value: Value) -> Value:
    """What is held of a value; the same object where that is all."""
    return value[:MOST_VALUE] if isinstance(value, str | bytes) and len(value) > MOST_VALUE else value
