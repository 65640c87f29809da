"""What may stand where the caret of a query is: columns, functions, words of SQL, and values that are known. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glance.domain.logs.relation_column import COLUMNS
from glance.domain.scene import Scene
from glance.domain.view import RankingName
from glance.widgets.completion import METHODS

MOST = 12
"""Candidates at most."""

KEYWORDS = (
    "SELECT", "FROM log", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "DESC", "AS", "AND", "OR", "NOT", "IN (", "LIKE",
    "GLOB", "REGEXP", "BETWEEN", "IS NULL", "IS NOT NULL", "HAVING", "DISTINCT", "CASE", "WHEN", "THEN", "ELSE", "END",
    "WITH", "UNION ALL", "JOIN", "USING (", "OVER (", "PARTITION BY", "OFFSET", "VALUES", "EXPLAIN QUERY PLAN", "ASC",
)  # fmt: skip
"""The most frequent first."""

FUNCTIONS: dict[str, str] = {
    "count(*)": "how many records",
    "count(": "how many that are not NULL; count(DISTINCT client) how many different ones",
    "sum(": "the sum",
    "avg(": "the average",
    "min(": "the least",
    "max(": "the greatest",
    "percentile(": "percentile(seconds, 95) is p95",
    "median(": "what half of them do not exceed",
    "total(": "the sum, 0.0 of nothing",
    "group_concat(": "all of them in one text",
    "round(": "round(x, 2): two digits behind the point",
    "substr(": "substr(time, 1, 16): the minute",
    "length(": "characters of a text",
    "lower(": "in small letters",
    "upper(": "in capitals",
    "trim(": "without spaces around it",
    "replace(": "replace(path, 'a', 'b')",
    "instr(": "where a text stands in another, 0 nowhere",
    "coalesce(": "the first that is not NULL",
    "ifnull(": "ifnull(user, '-')",
    "iif(": "iif(status >= 500, 'bad', 'good')",
    "nullif(": "NULL where both are equal",
    "printf(": "printf('%.1f', x)",
    "cast(": "cast(x AS INTEGER)",
    "abs(": "without its sign",
    "date(": "date(time): the day",
    "datetime(": "datetime('now', '-1 hour')",
    "strftime(": "strftime('%H', time): the hour",
    "unixepoch(": "seconds since 1970",
    "row_number()": "the number of a row, with OVER (…)",
    "rank()": "its place, with OVER (…)",
    "lag(": "the value of the row before, with OVER (…)",
    "lead(": "the value of the row behind, with OVER (…)",
}

RANKED: dict[str, RankingName] = {
    "path": "paths", "section": "sections", "client": "clients", "route": "routes", "agent": "agents", "kind": "kinds",
    "crawler": "crawlers", "referrer": "referrers", "host": "hosts", "upstream": "upstreams",
    "method": "methods",
}  # fmt: skip
"""Columns whose values a scene may know."""

ALWAYS = {"method": METHODS, "kind": ("person", "crawler", "tool", "monitor", "unknown")}
"""Values that a column may have whatever is on the screen."""

_NAMES = "|".join(column.name for column in COLUMNS)
_VALUE = re.compile(
    rf"\b({_NAMES})\s*(?:=|==|!=|<>|<|>|<=|>=|LIKE|GLOB|REGEXP|IN\s*\([^)]*)\s*('(?:[^']|'')*|\w*)$", re.I
)
_WORD = re.compile(r"[A-Za-z_][\w]*$")
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_MOST_LITERAL = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a word can become."""

    text: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class SqlCompletion:
    """What a part of a query can become."""

    start: int
    """Where the part begins; it ends at the caret."""
    candidates: tuple[Candidate, ...] = ()


def sql_completion(text: str, caret: int, scene: Scene, history: Sequence[str] = ()) -> SqlCompletion:
    """What the word before the caret can become.

    Args:
        text: the query.
        caret: characters before it.
        scene: knows values.
        history: queries of before, the newest first; they know some, too.
    """
    before = text[:caret]
    value = _VALUE.search(before)
    if value is not None:
        typed = value[2]
        known = dict.fromkeys((*_values(value[1].lower(), scene), *_written(history)))
        low = typed.lower().removeprefix("'")
        found = [one for one in known if one != typed and one.removeprefix("'").lower().startswith(low)]
        if found or typed.startswith("'"):
            return SqlCompletion(caret - len(typed), tuple(map(Candidate, found[:MOST])))
    if _is_within_text(before):
        return SqlCompletion(caret)
    word = _WORD.search(before)
    if word is None:
        return SqlCompletion(caret)
    low = word[0].lower()
    fitting = [one for one in _words() if one.text.lower().startswith(low) and one.text.lower() != low]
    return SqlCompletion(word.start(), tuple(fitting[:MOST]))


def meaning_of(word: str) -> str:
    """What a column holds; empty where the word is none."""
    return next((plain(column.meaning) for column in COLUMNS if column.name == word.lower()), "")


def plain(meaning: str) -> str:
    """The meaning of a column without the marks of code."""
    return meaning.replace("`", "")


def _words() -> Iterator[Candidate]:
    for column in COLUMNS:
        yield Candidate(column.name, plain(column.meaning))
    for name, meaning in FUNCTIONS.items():
        yield Candidate(name, meaning)
    for keyword in KEYWORDS:
        yield Candidate(keyword)


def _values(column: str, scene: Scene) -> Iterator[str]:
    """Values of a column that are on the screen, the most frequent first."""
    if column == "status":
        yield from (str(code) for code, _ in sorted(scene.totals.statuses, key=lambda item: -item[1]))
    elif column in RANKED:
        yield from (quoted(row.name) for row in scene.ranking(RANKED[column]).rows if not row.raw)
    if column in ALWAYS:
        yield from map(quoted, ALWAYS[column])


def _written(history: Sequence[str]) -> Iterator[str]:
    """Texts in quotes that were asked for before."""
    for query in history:
        yield from (one for one in _LITERAL.findall(query) if len(one) <= _MOST_LITERAL)


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _is_within_text(before: str) -> bool:
    """A quote is open."""
    return before.count("'") % 2 == 1
