"""DuckDB over the same columns gives the same answers as SQLite, and may do as little."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from glance.domain.logs.relation import Relation
from glance.domain.logs.relation_column import COLUMNS
from glance.domain.logs.series import LogSeries
from glance.errors import QueryError
from glance.store.duck import DuckQuery
from glance.store.log_query import LogQuery
from tests.store.sql_cases import QUERIES, all_records, last_of_each, relation_of

pytest.importorskip("duckdb", reason="DuckDB, the extra [sql], is not installed")


@pytest.fixture(scope="module")
def relation() -> Relation:
    return relation_of(all_records())


@pytest.fixture(scope="module")
def duck(relation: Relation) -> Iterator[DuckQuery]:
    with closing(DuckQuery(relation)) as asked:
        yield asked


@pytest.fixture(scope="module")
def lite(relation: Relation) -> Iterator[LogQuery]:
    with closing(LogQuery(relation)) as asked:
        yield asked


@pytest.mark.parametrize("sql", QUERIES[:5])
def test_answers_about_a_part_are_those_of_sqlite(sql: str) -> None:
    part = relation_of(all_records(), choice=last_of_each)
    with closing(DuckQuery(part)) as ours, closing(LogQuery(part)) as theirs:
        assert list(ours.run(sql).rows) == list(theirs.run(sql).rows)


@pytest.mark.parametrize("sql", QUERIES)
def test_answers_are_those_of_sqlite(duck: DuckQuery, lite: LogQuery, sql: str) -> None:
    assert list(duck.run(sql).rows) == list(lite.run(sql).rows)


def test_columns_are_the_same(duck: DuckQuery) -> None:
    assert duck.run("SELECT * FROM log").columns == tuple(column.name for column in COLUMNS)


def test_a_table_of_nothing_is_empty() -> None:
    with closing(DuckQuery(Relation(LogSeries()))) as asked:
        assert list(asked.run("SELECT count(*), max(epoch) FROM log WHERE path = '/'").rows) == [(0, None)]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '/tmp/x.csv'", "ATTACH '/tmp/x.db'", "CREATE TABLE x AS SELECT 1", "DROP VIEW log",
        "INSTALL httpfs", "SET threads = 1", "PRAGMA threads = 1", "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'", "SELECT * FROM glob('/*')", "SELECT 1; SELECT 2", "", "CHECKPOINT",
        "SELECT * FROM all_records", "SELECT '\udcff'",
    ],
)  # fmt: skip
def test_nothing_but_reading_the_log_is_allowed(duck: DuckQuery, sql: str) -> None:
    with pytest.raises(QueryError):
        list(duck.run(sql).rows)

    assert list(duck.run("SELECT count(*) FROM log").rows) == [(704,)]


def test_a_mistake_is_told_with_its_place(duck: DuckQuery) -> None:
    with pytest.raises(QueryError) as caught:
        duck.run("SELECT\n pth FROM log")

    assert caught.value.reason == 'Referenced column "pth" not found in FROM clause!'
    assert caught.value.at == 8


def test_kinds_of_value_are_those_of_sqlite(duck: DuckQuery) -> None:
    (row,) = duck.run("SELECT 1.5, true, DATE '2026-11-22', [1, 2], 'a'::BLOB, sum(size) FROM log").rows

    assert row[:5] == (1.5, 1, "2026-11-22", "[1, 2]", b"a")
    assert isinstance(row[5], int)


def test_a_query_is_stopped_from_another_thread(duck: DuckQuery) -> None:
    stopper = threading.Timer(0.2, duck.stop)
    stopper.start()
    with pytest.raises(QueryError) as caught:
        list(
            duck.run(
                "SELECT count(*) FROM log a, log b, log c, log d WHERE a.epoch + b.epoch > c.epoch + d.epoch + 1e12"
            ).rows
        )
    stopper.join()

    assert caught.value.why == "it was stopped"
