"""Asks records in memory with SQL, by SQLite: reading only, to be stopped at any time, within bounds of memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeVar

import apsw
import apsw.bestpractice
import apsw.ext

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_pattern import Pattern, compile_pattern
from glance.domain.logs.relation import Relation
from glance.domain.logs.relation_column import COLUMNS
from glance.errors import GlanceError, QueryError
from glance.store.log_table import TABLE, LogModule

T = TypeVar("T")
Value = None | int | float | str | bytes

CHECK_STEPS = 500
"""Steps of SQLite's machine after which it is heard whether to stop; each may be a costly function."""

CACHE_KIB = 32 << 10
"""Memory of a sort before it goes on in a temporary file."""

LONGEST_VALUE = 64 << 20

EXAMPLE = f"for example: SELECT count(*) FROM {TABLE}"  # noqa: S608 - it is shown, not run

_ALLOWED = (apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_RECURSIVE)
_PRAGMAS = ("table_info", "table_xinfo", "function_list")
_REFUSED_FUNCTIONS = ("load_extension",)
_NOTHING_MORE = re.compile(r"(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$))*", re.S)
_NAME_MISSING = re.compile(r"no such (column|table|function): (.*)")


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, whose rows come while they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]


class LogQuery:
    """The table `log` in a database of its own, in memory. One query at a time, in one thread at a time."""

    def __init__(self, relation: Relation) -> None:
        """Ask these records."""
        self._connection = connection = apsw.Connection(":memory:")
        apsw.bestpractice.connection_dqs(connection)
        module: Any = LogModule(relation)  # apsw's own types want methods for tables that are written
        connection.create_module(
            TABLE, module, use_bestindex_object=True, eponymous=True, eponymous_only=True, read_only=True
        )
        connection.create_scalar_function("regexp", _regexp, 2, deterministic=True)
        connection.pragma("temp_store", 1)  # a file, private and nameless: memory has a bound
        connection.pragma("cache_size", -CACHE_KIB)
        connection.pragma("query_only", 1)
        connection.limit(apsw.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        connection.authorizer = _allows
        self.is_busy = False
        """SQLite is at work. Nothing may be raised in its callbacks then: not all of them can hand it on."""
        self._is_stopped = False
        connection.set_progress_handler(self._wants_end, CHECK_STEPS)

    def run(self, sql: str) -> Found:
        """Begin to answer a query.

        Args:
            sql: one statement that reads.

        Raises:
            QueryError: it is wrong; also while the rows are asked for.
        """
        self._is_stopped = False
        check_text(sql)
        try:
            details = apsw.ext.query_info(self._connection, sql)
        except apsw.Error as error:
            raise told(error, sql) from error
        if details.query_remaining and not _NOTHING_MORE.fullmatch(details.query_remaining):
            at = len(details.first_query)
            raise QueryError("there is more than one statement", "ask one at a time", text=sql, at=at)
        if not details.description:
            raise QueryError("there is nothing that gives rows", EXAMPLE)
        return Found(tuple(name for name, _ in details.description), self._rows(sql))

    def _rows(self, sql: str) -> Iterator[tuple[Value, ...]]:
        try:
            rows = self._step(lambda: self._connection.execute(sql))
            while (row := self._step(lambda: next(rows, None))) is not None:
                yield row
        except apsw.InterruptError as error:
            raise QueryError("it was stopped") from error
        except apsw.Error as error:
            raise told(error, sql) from error
        except Mistake as mistake:
            raise QueryError(f"a regular expression: {mistake.why}", mistake.hint) from mistake

    def _step(self, work: Callable[[], T]) -> T:
        """Let SQLite work, unless it was told to stop meanwhile.

        Raises:
            apsw.InterruptError: it was.
        """
        self.is_busy = True
        try:
            done = work()
        finally:
            self.is_busy = False
        if self._is_stopped:
            raise apsw.InterruptError
        return done

    def stop(self) -> None:
        """End the query that is being answered, from any thread: it raises `QueryError`."""
        self._is_stopped = True

    def _wants_end(self) -> bool:
        """Called by SQLite again and again."""
        return self._is_stopped

    def close(self) -> None:
        """Let go of everything."""
        self._connection.close(True)


def check_text(sql: str) -> None:
    """A query is text.

    Raises:
        QueryError: it has bytes that are none.
    """
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise QueryError("it is not UTF-8", "other bytes than those of texts are written as x'c3a9'") from error


def bound_memory(most_bytes: int) -> int:
    """Bound the memory of all SQLite of this process, 0 for none; returns what bounded it before."""
    return apsw.hard_heap_limit(most_bytes)


def memory_used() -> int:
    """Bytes that all SQLite of this process has taken."""
    return apsw.memory_used()


def told(error: apsw.Error, sql: str) -> GlanceError:
    """What SQLite complains of, in our words where we have any."""
    if isinstance(error, apsw.FullError | apsw.IOError | apsw.CantOpenError):
        return GlanceError(
            "there is no room for the query", f"temporary files: {error}", "SQLITE_TMPDIR=DIR names a larger disk"
        )
    if isinstance(error, apsw.NoMemError):
        return QueryError("it needs more memory than it may have", "ask for less, or raise --memory MB")
    if isinstance(error, apsw.AuthError | apsw.ReadOnlyError) or "may not be modified" in str(error):
        return QueryError("only reading is allowed", "begin with SELECT, WITH, VALUES or EXPLAIN")
    offset = getattr(error, "error_offset", -1)
    at = len(sql.encode()[:offset].decode(errors="ignore")) if offset >= 0 else -1
    return QueryError(str(error), _hint(str(error)), text=sql, at=at)


def _hint(reason: str) -> str:
    """What may have been meant."""
    missing = _NAME_MISSING.match(reason)
    if missing is None:
        return ""
    kind, name = missing.groups()
    if kind == "table":
        return f"the table is called {TABLE}"
    if kind == "column":
        names = [column.name for column in COLUMNS]
        near = get_close_matches(name.lower(), names, 1)
        return f"did you mean {near[0]}?" if near else f"{TABLE} has {', '.join(names)}; texts stand in 'single quotes'"
    return ""


def _allows(action: int, first: str | None, second: str | None, _schema: str | None, _trigger: str | None) -> int:
    """Whether a statement may do something, asked while it is prepared."""
    if action in _ALLOWED:
        return apsw.SQLITE_OK
    if action == apsw.SQLITE_FUNCTION and str(second).lower() not in _REFUSED_FUNCTIONS:
        return apsw.SQLITE_OK
    if action == apsw.SQLITE_PRAGMA and str(first).lower() in _PRAGMAS:
        return apsw.SQLITE_OK
    return apsw.SQLITE_DENY


@lru_cache(64)
def _pattern(text: str) -> Pattern:
    return compile_pattern(text)


def _regexp(*given: Value) -> bool | None:
    """`value REGEXP pattern`, found anywhere in it."""
    pattern, value = given
    if pattern is None or value is None:
        return None
    return _pattern(str(pattern)).holds(value if isinstance(value, bytes) else str(value).encode())
