"""SQL over records in memory: the answers of a plain table of the same rows, reading only, and stopped at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import apsw
import pytest

from glance.cli.sql import ended_by_keyboard
from glance.domain.logs import relation as relation_module
from glance.domain.logs.relation import Relation
from glance.domain.logs.relation_column import COLUMNS
from glance.domain.logs.relation_hint import relation_hint
from glance.domain.logs.series import LogSeries
from glance.errors import GlanceError, QueryError
from glance.store.log_query import LogQuery, bound_memory
from glance.store.log_table import SCHEMA
from tests.store.sql_cases import QUERIES, SQLITE_QUERIES, all_records, last_of_each, relation_of, rows_of

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c, log"


@pytest.fixture(scope="module")
def relation() -> Relation:
    return relation_of(all_records())


@pytest.fixture
def query(relation: Relation) -> Iterator[LogQuery]:
    with closing(LogQuery(relation)) as asked:
        yield asked


@pytest.fixture(scope="module")
def plain() -> Iterator[apsw.Connection]:
    """A table of SQLite's own with the same rows."""
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute(SCHEMA)
        marks = ", ".join("?" * len(COLUMNS))
        connection.executemany(f"INSERT INTO log VALUES ({marks})", rows_of(all_records()))
        yield connection


@pytest.mark.parametrize("sql", [*QUERIES, *SQLITE_QUERIES])
def test_answers_are_those_of_a_plain_table(query: LogQuery, plain: apsw.Connection, sql: str) -> None:
    answer = list(query.run(sql).rows)

    assert answer == list(plain.execute(sql))
    assert answer


def test_columns_have_the_names_of_the_query(query: LogQuery) -> None:
    assert query.run("SELECT path AS p, count(*) FROM log WHERE false GROUP BY path").columns == ("p", "count(*)")
    assert query.run("SELECT * FROM log").columns == tuple(column.name for column in COLUMNS)


def test_a_table_of_nothing_is_empty() -> None:
    with closing(LogQuery(Relation(LogSeries()))) as asked:
        assert list(asked.run("SELECT count(*), max(epoch) FROM log WHERE path = '/'").rows) == [(0, None)]


def test_a_part_of_the_records_can_be_the_table(relation: Relation) -> None:
    part = relation_of(all_records(), choice=last_of_each)
    with closing(LogQuery(part)) as asked:
        (count,) = asked.run("SELECT count(*) FROM log").rows
        (errors,) = asked.run("SELECT count(*) FROM log WHERE status >= 400").rows
        listed = [status for (status,) in asked.run("SELECT status FROM log ORDER BY epoch").rows]

    assert count == (part.records,) == (len(listed),)
    assert 0 < part.records < relation.records
    assert errors == (sum(status is not None and status >= 400 for status in listed),)


def test_what_fails_a_test_is_not_looked_at(relation: Relation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relation_module, "BLOCK_RECORDS", 50)

    def looked_at(column: str, operator: str, value: object) -> int:
        number = next(at for at, each in enumerate(COLUMNS) if each.name == column)
        hint = relation_hint(number, operator, value, is_text=COLUMNS[number].type == "TEXT")
        assert hint is not None
        return sum(len(block.rows) for block in relation.blocks((0,), (hint,)))

    rows = rows_of(all_records())
    assert looked_at("status", "=", 404) == sum(row[9] == 404 for row in rows)
    assert looked_at("path", "like", "/api/i%") == sum("/api/i" in str(row[5]) for row in rows)
    assert looked_at("path", "regexp", "^/s") == sum(str(row[5]).startswith("/s") for row in rows)
    assert looked_at("time", "<", "2023") == looked_at("epoch", ">", 1.8e9) == looked_at("epoch", "=", 5) == 0
    assert looked_at("source", "=", "b.log") == 300


def test_regular_expressions_are_those_of_filters(query: LogQuery) -> None:
    found = query.run("SELECT DISTINCT path FROM log WHERE path REGEXP '^/api/[iu]' ORDER BY path").rows
    assert [path for (path,) in found] == ["/api/items", "/api/users"]

    assert list(query.run("SELECT 'abc' REGEXP 'b', 'abc' REGEXP '^b', NULL REGEXP 'b'").rows) == [(1, 0, None)]


@pytest.mark.parametrize("sql", ["SELECT 1 FROM log WHERE path REGEXP '(a'", "SELECT 'a' REGEXP '(a'"])
def test_a_regular_expression_that_is_none_is_told(query: LogQuery, sql: str) -> None:
    with pytest.raises(QueryError, match="cannot answer") as caught:
        list(query.run(sql).rows)

    assert caught.value.why == "a regular expression: nothing closes this ("


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO log(path) VALUES ('x')", "DELETE FROM log", "UPDATE log SET path = ''", "DROP TABLE log",
        "CREATE TABLE x(a)", "CREATE TEMP TABLE x AS SELECT 1", "CREATE VIEW x AS SELECT 1", "ATTACH '/tmp/x' AS y",
        "PRAGMA query_only = 0", "PRAGMA journal_mode = wal", "PRAGMA temp_store_directory = '/'", "BEGIN",
        "SAVEPOINT x", "VACUUM INTO '/tmp/x'", "SELECT * FROM pragma_database_list", "SELECT load_extension('x')",
        "REINDEX", "ANALYZE", "DETACH main",
        "SELECT 1; DROP TABLE log", "EXPLAIN DELETE FROM log", "WITH a AS (SELECT 1) DELETE FROM log",
    ],
)  # fmt: skip
def test_nothing_but_reading_is_allowed(query: LogQuery, sql: str) -> None:
    with pytest.raises(QueryError):
        list(query.run(sql).rows)

    assert list(query.run("SELECT count(*) FROM log").rows) == [(704,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1;",
        "SELECT 1 ; -- it",
        "/* it */ SELECT 1;\n\n",
        "VALUES (1)",
        "WITH a(x) AS (VALUES (1)) SELECT x FROM a",
    ],
)
def test_one_statement_may_end_as_people_end_it(query: LogQuery, sql: str) -> None:
    assert list(query.run(sql).rows) == [(1,)]


def test_the_table_can_be_looked_up(query: LogQuery) -> None:
    rows = list(query.run("PRAGMA table_info(log)").rows)

    assert [(row[1], row[2]) for row in rows] == [(column.name, column.type) for column in COLUMNS]
    (plan,) = query.run("EXPLAIN QUERY PLAN SELECT 1 FROM log WHERE status >= 500 AND path LIKE '/a%'").rows
    assert "status >=, path like" in str(plan[3])


@pytest.mark.parametrize(
    ("sql", "reason", "at", "hint"),
    [
        ("SELECT * FRM log", 'near "FRM": syntax error', 9, ""),
        ("SELECT 'é€', pth FROM log", "no such column: pth", 13, "did you mean path?"),
        ("SELECT path FROM logs", "no such table: logs", -1, "the table is called log"),
        ("SELECT p99(seconds) FROM log", "no such function: p99", 7, ""),
        ("SELECT path FROM", "incomplete input", -1, ""),
        ("SELECT 1; SELECT 2", "there is more than one statement", 10, "ask one at a time"),
        ("", "there is nothing that gives rows", -1, "for example: SELECT count(*) FROM log"),
        ("-- nothing", "there is nothing that gives rows", -1, "for example: SELECT count(*) FROM log"),
        ("SELECT '\udcff'", "it is not UTF-8", -1, "other bytes than those of texts are written as x'c3a9'"),
        ("SELECT abs(-9223372036854775808)", "integer overflow", -1, ""),
    ],
)
def test_a_mistake_is_told_with_its_place(query: LogQuery, sql: str, reason: str, at: int, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        list(query.run(sql).rows)

    told = caught.value
    assert (told.reason, told.at, told.hint, told.exit_code) == (reason, at, hint, 2)
    if at >= 0:
        assert told.why.splitlines()[2] == " " * (at) + "^"


def test_a_query_is_stopped_from_another_thread(query: LogQuery) -> None:
    stopper = threading.Timer(0.05, query.stop)
    stopper.start()
    began = time.monotonic()
    with pytest.raises(QueryError, match="cannot answer") as caught:
        list(query.run(ENDLESS).rows)
    stopper.join()

    assert caught.value.why == "it was stopped"
    assert time.monotonic() - began < 2
    assert list(query.run("SELECT 1").rows) == [(1,)]


def test_the_keyboard_stops_a_query(query: LogQuery) -> None:
    stopper = threading.Timer(0.05, signal.raise_signal, [signal.SIGINT])
    before = signal.getsignal(signal.SIGINT)
    stopper.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), ended_by_keyboard(query):
        list(query.run(ENDLESS).rows)
    stopper.join()

    assert signal.getsignal(signal.SIGINT) is before

    assert time.monotonic() - began < 2


def test_memory_has_a_bound(query: LogQuery) -> None:
    before = bound_memory(24 << 20)
    try:
        with pytest.raises(GlanceError, match="cannot answer") as caught:
            list(
                query.run(
                    f"SELECT percentile(c.x, 50) FROM ({ENDLESS.replace('count(*)', 'x')} LIMIT 9000000) AS c"
                ).rows
            )
    finally:
        bound_memory(before)

    assert caught.value.why == "it needs more memory than it may have"
    assert list(query.run("SELECT 1").rows) == [(1,)]
