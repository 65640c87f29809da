"""A hint never lets go of what SQL would keep."""

from __future__ import annotations

import string
from collections.abc import Iterator
from contextlib import closing

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.relation_hint import Operator, relation_hint

TEXTS = st.text(alphabet="aAbÉé%_*?[.\n\0" + string.punctuation, max_size=8)
NUMBERS = st.one_of(st.integers(-5, 700), st.floats(-5, 700), st.sampled_from(["404", "4e2", " 7", "x", None, b"5"]))
COMPARISONS: list[Operator] = ["=", "!=", "<", "<=", ">", ">="]


@pytest.fixture(scope="module")
def sqlite() -> Iterator[apsw.Connection]:
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute("CREATE TABLE one (text TEXT, number INTEGER)")
        yield connection


@pytest.mark.parametrize("operator", ["like", "glob"])
@given(pattern=TEXTS, text=TEXTS)
def test_patterns_are_those_of_sqlite(sqlite: apsw.Connection, operator: Operator, pattern: str, text: str) -> None:
    hint = relation_hint(0, operator, pattern, is_text=True)
    (true,) = sqlite.execute(f"SELECT ? {operator} ?", (text, pattern)).fetchone() or (None,)

    if hint is not None and "\0" not in text:
        assert hint.matcher(text) == bool(true)
        assert not hint.matcher(None)
    if hint is not None and true:
        assert hint.matcher(text)


@pytest.mark.parametrize("operator", COMPARISONS)
@given(value=TEXTS | NUMBERS, text=TEXTS)
def test_texts_are_compared_as_by_sqlite(sqlite: apsw.Connection, operator: Operator, value: object, text: str) -> None:
    compared(sqlite, "text", operator, value, text)


@pytest.mark.parametrize("operator", COMPARISONS)
@given(value=NUMBERS, number=st.integers(-5, 700))
def test_numbers_are_compared_as_by_sqlite(
    sqlite: apsw.Connection, operator: Operator, value: object, number: int
) -> None:
    compared(sqlite, "number", operator, value, number)


def compared(sqlite: apsw.Connection, column: str, operator: Operator, value: object, cell: str | int) -> None:
    """Hold a hint against a column of SQLite's own."""
    sqlite.execute("DELETE FROM one")
    sqlite.execute(f"INSERT INTO one({column}) VALUES (?)", (cell,))
    found = sqlite.execute(f"SELECT 1 FROM one WHERE {column} {operator} ?", (value,)).fetchone()
    hint = relation_hint(0, operator, value, is_text=column == "text")

    if hint is not None:
        assert hint.matcher(cell) == (found is not None)


def test_a_pattern_of_many_wildcards_is_quick() -> None:
    hint = relation_hint(0, "like", "%a" * 60 + "b", is_text=True)

    assert hint is not None
    assert not hint.matcher("a" * 4000)


@pytest.mark.parametrize(
    ("operator", "value", "told"),
    [
        ("=", 5, None), ("=", 11, False), ("<", 1, False), ("<=", 1, None), ("<", 11, True), (">", 0, True),
        (">=", 10, None), (">", 10, False), ("!=", 5, None), ("in", {0, 11}, False), ("in", {0, 3}, None),
        ("null", None, False), ("not null", None, True),
    ],
)  # fmt: skip
def test_bounds_tell_what_they_can(operator: Operator, value: object, told: bool | None) -> None:
    hint = relation_hint(0, operator, value, is_text=False)

    assert hint is not None
    assert hint.outlook(1, 10) is told
