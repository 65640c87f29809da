"""The table `log` of SQL: records in memory, behind SQLite's interface of virtual tables.

Nothing is copied into SQLite. What a query restricts is tested once for each distinct value of a column,
or by the bounds of a bucket, before any record is looked at; SQLite tests again what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from glance.domain.logs.relation import Block, Relation
from glance.domain.logs.relation_column import COLUMNS
from glance.domain.logs.relation_hint import Cell, Operator, RelationHint, relation_hint
from glance.domain.logs.relation_order import RelationOrder

TABLE = "log"

_OPERATORS: dict[int, Operator] = {
    apsw.SQLITE_INDEX_CONSTRAINT_EQ: "=",
    apsw.SQLITE_INDEX_CONSTRAINT_IS: "=",
    apsw.SQLITE_INDEX_CONSTRAINT_NE: "!=",
    apsw.SQLITE_INDEX_CONSTRAINT_LT: "<",
    apsw.SQLITE_INDEX_CONSTRAINT_LE: "<=",
    apsw.SQLITE_INDEX_CONSTRAINT_GT: ">",
    apsw.SQLITE_INDEX_CONSTRAINT_GE: ">=",
    apsw.SQLITE_INDEX_CONSTRAINT_LIKE: "like",
    apsw.SQLITE_INDEX_CONSTRAINT_GLOB: "glob",
    apsw.SQLITE_INDEX_CONSTRAINT_REGEXP: "regexp",
    apsw.SQLITE_INDEX_CONSTRAINT_ISNULL: "null",
    apsw.SQLITE_INDEX_CONSTRAINT_ISNOTNULL: "not null",
}
_GROUPINGS = (1, 2)
"""What SQLite calls an order of which it wants only that equal ones stand together: for GROUP BY and DISTINCT."""

MOST_ORDERED = 4_000_000
"""Records that are put in order in memory; SQLite sorts more of them, with a file."""

_SHARES: dict[Operator, float] = {"=": 0.02, "in": 0.05, "like": 0.2, "glob": 0.2, "regexp": 0.2, "null": 0.2}
"""Of the records, what SQLite's planner is told to expect; a half of them for any other restriction."""

SCHEMA = f"CREATE TABLE {TABLE} ({', '.join(f'{column.name} {column.type}' for column in COLUMNS)})"


@dataclass(frozen=True, slots=True)
class _Plan:
    """How SQLite means to read the table."""

    wanted: tuple[int, ...]
    """Columns of which it needs the cells."""
    restrictions: tuple[tuple[int, Operator, bool], ...]
    """Column, operator, and whether it was `IS`, for each value that a reading is given."""
    order: RelationOrder | None = None
    """In which order the records are to come."""

    @property
    def words(self) -> str:
        """As `EXPLAIN QUERY PLAN` shows it."""
        words = [f"{COLUMNS[column].name} {operator}" for column, operator, _ in self.restrictions]
        for column, is_descending in self.order.terms if self.order is not None else ():
            words.append(f"in order of {COLUMNS[column].name}{' desc' if is_descending else ''}")
        return ", ".join(words)


class LogModule:
    """Makes the table, which is there under its name without being created."""

    def __init__(self, relation: Relation) -> None:
        """A table of these records."""
        self._relation = relation

    def Connect(self, connection: apsw.Connection, *names: str) -> tuple[str, _LogTable]:  # noqa: N802 - apsw's name
        """Called by SQLite: the columns, and the table."""
        return SCHEMA, _LogTable(self._relation)

    Create = Connect


class _LogTable:
    def __init__(self, relation: Relation) -> None:
        self._relation = relation
        self._plans: list[_Plan] = []

    def BestIndexObject(self, info: apsw.IndexInfo) -> bool:  # noqa: N802 - apsw's name
        """Take every restriction that can be tested on distinct values."""
        restrictions: list[tuple[int, Operator, bool]] = []
        share = 1.0
        for number in range(info.nConstraint):
            found = _restriction(info, number)
            if found is None:
                continue
            restrictions.append(found)
            info.set_aConstraintUsage_argvIndex(number, len(restrictions))
            share *= _SHARES.get(found[1], 0.5)
        order = _order(info) if self._relation.records <= MOST_ORDERED else None
        info.orderByConsumed = order is not None
        plan = _Plan(tuple(sorted(info.colUsed & set(range(len(COLUMNS))))), tuple(restrictions), order)
        if plan not in self._plans:
            self._plans.append(plan)
        records = self._relation.records
        info.idxNum = self._plans.index(plan)
        info.idxStr = plan.words
        info.estimatedRows = max(1, int(records * share))
        info.estimatedCost = records * 0.05 + records * share
        return True

    def Open(self) -> _LogCursor:  # noqa: N802 - apsw's name
        """A reading, not begun."""
        return _LogCursor(self._relation, self._plans)

    def Disconnect(self) -> None:  # noqa: N802 - apsw's name
        """Nothing is held."""

    Destroy = Disconnect


def _order(info: apsw.IndexInfo) -> RelationOrder | None:
    """The order that is asked for; None where there is none, or only SQLite knows it."""
    terms = tuple((info.get_aOrderBy_iColumn(at), info.get_aOrderBy_desc(at)) for at in range(info.nOrderBy))
    if not terms or any(column < 0 for column, _ in terms):
        return None
    return RelationOrder(terms, is_grouping=info.distinct in _GROUPINGS)


def _restriction(info: apsw.IndexInfo, number: int) -> tuple[int, Operator, bool] | None:
    """What a constraint asks of a column, where that can be tested before SQLite does."""
    column = info.get_aConstraint_iColumn(number)
    sign = info.get_aConstraint_op(number)
    operator = _OPERATORS.get(sign)
    is_not_null = sign == apsw.SQLITE_INDEX_CONSTRAINT_ISNOT
    if operator is None or is_not_null or column < 0 or not info.get_aConstraint_usable(number):
        return None
    if info.get_aConstraint_collation(number) != "BINARY":
        return None
    if operator == "=" and info.get_aConstraintUsage_in(number):
        info.set_aConstraintUsage_in(number, True)
        operator = "in"
    return column, operator, sign == apsw.SQLITE_INDEX_CONSTRAINT_IS


class _LogCursor:
    """One reading. Its methods are called for every record: they are short."""

    __slots__ = ("_at", "_blocks", "_cells", "_end", "_plans", "_relation", "_rows")

    def __init__(self, relation: Relation, plans: Sequence[_Plan]) -> None:
        self._relation = relation
        self._plans = plans
        self._blocks: Iterator[Block] = iter(())
        self._at = self._end = 0
        self._rows: Sequence[int] = ()
        self._cells: Sequence[Sequence[Cell]] = ()

    def Filter(self, number: int, _words: str, values: Sequence[Any]) -> None:  # noqa: N802 - apsw's name
        """Begin to read."""
        plan = self._plans[number]
        asked = zip(plan.restrictions, values, strict=True)
        hints = [_hint(column, operator, value, is_is) for (column, operator, is_is), value in asked]
        self._blocks = self._relation.blocks(plan.wanted, [hint for hint in hints if hint is not None], plan.order)
        self._next_block()

    def _next_block(self) -> None:
        block = next(self._blocks, None)
        self._at = 0
        if block is None:
            self._end = 0
            return
        self._rows, self._cells = block.rows, block.cells
        self._end = len(block.rows)

    def Next(self) -> None:  # noqa: N802 - apsw's name
        """Go to the next record."""
        self._at += 1
        if self._at >= self._end:
            self._next_block()

    def Eof(self) -> bool:  # noqa: N802 - apsw's name
        """There is no record."""
        return self._at >= self._end

    def Column(self, number: int) -> Cell:  # noqa: N802 - apsw's name
        """A cell of the record; -1 is its number."""
        return self._cells[number][self._at] if number >= 0 else self.Rowid()

    def Rowid(self) -> int:  # noqa: N802 - apsw's name
        """The number of the record, by which SQLite knows one that it met before."""
        return self._rows[self._at]

    def Close(self) -> None:  # noqa: N802 - apsw's name
        """Let go of the blocks."""
        self._blocks = iter(())


def _hint(column: int, operator: Operator, value: object, is_is: bool) -> RelationHint | None:
    """The test of a restriction; None where it is left to SQLite."""
    if value is None and operator not in ("null", "not null"):
        return relation_hint(column, "null", None, is_text=False) if is_is else None
    return relation_hint(column, operator, value, is_text=COLUMNS[column].type == "TEXT")
