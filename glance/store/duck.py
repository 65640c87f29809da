"""Asks records in memory with SQL, by DuckDB where it is installed: the same table `log` as SQLite's.

DuckDB reads the arrays of the buckets in place. A text is the number that the bucket keeps, joined
with a table of the bucket's distinct values.
"""

from __future__ import annotations

import atexit
import gc
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from glance.domain.logs.histogram import BINS
from glance.domain.logs.record import TEXT_FIELDS
from glance.domain.logs.relation import Relation
from glance.domain.logs.relation_column import COLUMNS, LATENCIES, RelationColumn, source_cell
from glance.errors import GlanceError, QueryError
from glance.store.log_query import EXAMPLE, Found, Value, check_text
from glance.store.log_table import TABLE

if TYPE_CHECKING:
    from glance.domain.logs.held import HeldBucket

ROWS_AT_ONCE = 4096
_READING = ("SELECT", "EXPLAIN")
_SETTINGS = (
    "python_enable_replacements = false",  # no variable of this program is a table
    "default_null_order = 'nulls_first_on_asc_last_on_desc'",  # as in SQLite
    "integer_division = true",  # as in SQLite
)
_PLACE = re.compile(r"(?m)^LINE (\d+): (.*)\n( *)\^")
_NOT_TOLD = -1


class DuckQuery:
    """The table `log` in a DuckDB of its own. One query at a time, in one thread at a time."""

    def __init__(self, relation: Relation, *, memory_mb: int = 256) -> None:
        """Ask these records.

        Raises:
            GlanceError: DuckDB is not installed.
        """
        try:
            import duckdb  # an extra
        except ImportError as error:
            raise GlanceError(
                "DuckDB is not installed",
                "it is an extra of glance",
                "pip install 'glance-tui[sql]' (in a clone: .venv/bin/pip install -e '.[sql]'), or --engine sqlite",
            ) from error
        self.is_busy = False
        """DuckDB is at work."""
        atexit.register(_let_collect)
        self._duckdb: Any = duckdb
        self._connection: Any = duckdb.connect(
            ":memory:", config={"memory_limit": f"{memory_mb}MB", "enable_external_access": "false"}
        )
        for setting in _SETTINGS:
            self._connection.execute(f"SET {setting}")
        for name, columns in _tables(relation).items():
            self._connection.register(name, columns)
        self._connection.execute(_view(relation))
        self._connection.execute("SET lock_configuration = true")

    def run(self, sql: str) -> Found:
        """Answer a query.

        Args:
            sql: one statement that reads.

        Raises:
            QueryError: it is wrong; also while the rows are asked for.
        """
        check_text(sql)
        try:
            statements = self._connection.extract_statements(sql)
            if len(statements) != 1:
                why = "there is more than one statement" if statements else "there is nothing that gives rows"
                raise QueryError(why, EXAMPLE)
            if statements[0].type.name not in _READING:
                raise QueryError("only reading is allowed", "begin with SELECT, WITH, VALUES or EXPLAIN")
            self._step(lambda: self._connection.execute(sql))
        except self._duckdb.Error as error:
            raise _told(error, sql) from error
        return Found(tuple(str(column[0]) for column in self._connection.description), self._rows(sql))

    def _rows(self, sql: str) -> Iterator[tuple[Value, ...]]:
        try:
            while rows := self._step(lambda: self._connection.fetchmany(ROWS_AT_ONCE)):
                for row in rows:
                    yield tuple(map(_plain, row))
        except self._duckdb.Error as error:
            raise _told(error, sql) from error

    def _step(self, work: Callable[[], Any]) -> Any:
        """Let DuckDB work."""
        self.is_busy = True
        try:
            return work()
        finally:
            self.is_busy = False

    def stop(self) -> None:
        """End the query that is being answered, from any thread: it raises `QueryError`."""
        self._connection.interrupt()

    def close(self) -> None:
        """Let go of everything."""
        self._connection.close()


def _let_collect() -> None:
    """At the end of the process, when DuckDB's binding complains on standard error of all that nobody collected."""
    atexit.unregister(gc.freeze)
    gc.unfreeze()


# ------------------------------------------------------------------------------------------- the table


def _tables(relation: Relation) -> dict[str, dict[str, Any]]:
    """A table of numbers for each bucket, and of values for each text field."""
    tables: dict[str, dict[str, Any]] = {}
    for number, bucket in enumerate(relation.buckets):
        columns: dict[str, Any] = {"delta": bucket.times.deltas, "size": bucket.sizes}
        if bucket.latencies is not None:
            columns["bin"] = bucket.latencies
        columns |= {f"{name}_id": bucket.texts[name].ids for name in TEXT_FIELDS if not _is_constant(bucket, name)}
        rows = relation.kept[number]
        tables[f"bucket_{number}"] = {
            name: _readable(array) if rows is None else array[rows] for name, array in columns.items()
        }
    for name in TEXT_FIELDS:
        tables[f"{name}_values"] = _values(relation, name)
    told = np.arange(BINS, dtype=np.int32)
    tables["bins"] = {"bin": told, "seconds": LATENCIES}
    return tables


def _readable(array: Any) -> Any:
    """The array itself, but for one that stands for many equal numbers and takes no memory."""
    return array if array.strides[0] == array.itemsize else np.ascontiguousarray(array)


def _is_constant(bucket: HeldBucket, name: str) -> bool:
    return len(bucket.texts[name].keys) == 1


def _values(relation: Relation, name: str) -> dict[str, Any]:
    """The cells of the buckets' values of a field, one bucket after the other."""
    parts = [bucket.texts[name].keys for bucket in relation.buckets]
    keys = np.concatenate(parts) if parts else np.zeros(0, np.uint32)
    table: dict[str, Any] = {"id": np.arange(len(keys), dtype=np.uint32)}
    for column in COLUMNS:
        if column.field != name:
            continue
        values = relation.values(column)
        if column.kind == "status":
            numbers = np.array([_NOT_TOLD if value is None else value for value in values] or [0], np.int64)
            table[column.name] = numbers[keys]
        else:
            texts = np.empty(max(1, len(values)), object)
            texts[: len(values)] = values
            table[column.name] = texts[keys]
    return table


def _view(relation: Relation) -> str:
    """The statement that makes `log` of the tables."""
    if not relation.buckets:
        nothing = ", ".join(f"CAST(NULL AS {_TYPES[column.type]}) AS {column.name}" for column in COLUMNS)
        return f"CREATE VIEW {TABLE} AS SELECT {nothing} WHERE false"
    starts = dict.fromkeys(TEXT_FIELDS, 0)
    parts = []
    for number, bucket in enumerate(relation.buckets):
        parts.append(_part(number, bucket, starts))
        for name in TEXT_FIELDS:
            starts[name] += len(bucket.texts[name].keys)
    joins = " ".join(f"JOIN {name}_values ON {name}_values.id = records.{name}_id" for name in TEXT_FIELDS)
    columns = ", ".join(f"{_expression(column)} AS {column.name}" for column in COLUMNS)
    return (
        f"CREATE VIEW {TABLE} AS SELECT {columns} FROM ({' UNION ALL '.join(parts)}) AS records "  # noqa: S608 - made of our own names
        f"{joins} LEFT JOIN bins ON bins.bin = records.bin"
    )


_TYPES = {"TEXT": "VARCHAR", "INTEGER": "BIGINT", "REAL": "DOUBLE"}


def _part(number: int, bucket: HeldBucket, starts: dict[str, int]) -> str:
    """The records of one bucket as numbers."""
    times = bucket.times
    ids = ", ".join(
        f"{starts[name] if _is_constant(bucket, name) else f'{name}_id::UINTEGER + {starts[name]}'} AS {name}_id"
        for name in TEXT_FIELDS
    )
    latency = "0" if bucket.latencies is None else "bin::INTEGER"
    source = str(source_cell(bucket.source)).replace("'", "''")
    return (
        f"SELECT {times.base_ms} + delta::BIGINT * {times.step_ms} AS ms, size::BIGINT AS size, {latency} AS bin, "  # noqa: S608 - numbers, and one quoted text
        f"'{source}' AS source, {ids} FROM bucket_{number}"
    )


def _expression(column: RelationColumn) -> str:
    if column.kind == "epoch":
        return "records.ms / 1000.0::DOUBLE"
    if column.kind == "time":
        return "strftime(make_timestamp(records.ms * 1000), '%Y-%m-%d %H:%M:%S')"
    if column.kind == "size":
        return f"nullif(records.size, {_NOT_TOLD})"
    if column.kind == "seconds":
        return "CASE WHEN records.bin > 0 THEN bins.seconds END"
    if column.kind == "source":
        return "records.source"
    told = f"{column.field}_values.{column.name}"
    return f"nullif({told}, {_NOT_TOLD})" if column.kind == "status" else told


# ------------------------------------------------------------------------------------------ the answer


def _plain(value: Any) -> Value:
    """A value of DuckDB as one of the kinds that SQLite has."""
    if value is None or isinstance(value, int | float | str | bytes):
        return int(value) if isinstance(value, bool) else value
    kind = type(value).__name__
    return float(value) if kind == "Decimal" else str(value)


def _told(error: Exception, sql: str) -> QueryError:
    """What DuckDB complains of, and where."""
    text = str(error)
    kind = type(error).__name__
    if kind == "InterruptException":
        return QueryError("it was stopped")
    if kind == "OutOfMemoryException":
        return QueryError("it needs more memory than it may have", "ask for less, or raise --memory MB")
    if kind == "PermissionException":
        return QueryError("only reading the log is allowed", "files and settings are out of reach")
    reason, *more = text.split("\n")
    hint = next((line.strip() for line in more if line.startswith(("Candidate", "Did you mean"))), "")
    return QueryError(reason.partition(" Error: ")[2] or reason, hint, text=sql, at=_place(text, sql))


def _place(text: str, sql: str) -> int:
    """The character of the query below which DuckDB puts its mark, -1 where it puts none."""
    found = _PLACE.search(text)
    if found is None:
        return -1
    number, shown, before = int(found[1]), found[2], found[3]
    lines: Sequence[str] = sql.split("\n")
    if number > len(lines) or lines[number - 1] != shown:  # a long line is cut
        return -1
    start = sum(len(line) + 1 for line in lines[: number - 1])
    return start + max(0, len(before) - len(f"LINE {number}: "))
