"""Takes the text of a rule apart into words with their places, heeding quotes and parentheses."""

from __future__ import annotations

import re
from typing import NamedTuple

from glance.errors import RuleError

KEYWORDS = (
    *("over", "after", "for", "keep", "clear", "min", "severity", "repeat", "snapshot"),
    *("group", "source", "by", "where"),
)
"""Words that begin a clause, in the order of the normal form."""

COMPARISONS = (">=", "<=", "==", "!=", ">", "<", "=")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+~^$*,-]+")


class Word(NamedTuple):
    """A piece of the text."""

    text: str
    at: int


class Clauses(NamedTuple):
    """A rule taken apart."""

    metric: Word
    comparator: Word
    value: Word
    rest: tuple[tuple[Word, Word], ...]
    """Keyword and what follows it."""


def take_apart(text: str) -> Clauses:
    """The parts of a rule.

    Raises:
        RuleError: a part is missing.
    """
    at = _skip(text, 0)
    end = _metric_end(text, at)
    metric = Word(text[at:end], at)
    if not metric.text:
        raise RuleError("a rule begins with a metric", "for example: rate > 10 over 2m", text=text, at=at)
    comparator = _comparator(text, _skip(text, end))
    at = _skip(text, comparator.at + len(comparator.text))
    value = Word(text[at : _word_end(text, at)], at)
    if not value.text or value.text in KEYWORDS:
        raise RuleError("expected a value to compare with", "for example: rate > 10 over 2m", text=text, at=at)
    return Clauses(metric, comparator, value, tuple(_clauses(text, at + len(value.text))))


def unquoted(word: Word) -> str:
    """A value without its quotes."""
    text = word.text
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def quoted(text: str) -> str:
    """A value as a rule writes it."""
    if _PLAIN.fullmatch(text) and text not in KEYWORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _metric_end(text: str, at: int) -> int:
    """After the name of a statistic, and what stands in parentheses after it."""
    while at < len(text) and (text[at].isalnum() or text[at] == "_"):
        at += 1
    opened = _skip(text, at)
    return _closing(text, opened) if text[opened : opened + 1] == "(" else at


def _closing(text: str, at: int) -> int:
    """After the parenthesis that closes the one here."""
    depth, start = 0, at
    while at < len(text):
        if text[at] == '"':
            at = _quote_end(text, at)
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
        if not depth:
            return at
    raise RuleError("this parenthesis is never closed", "add ) behind what it holds", text=text, at=start)


def _quote_end(text: str, at: int) -> int:
    """After the quote that ends the one here; the end of the text when there is none."""
    start = at
    at += 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == '"':
            return at + 1
        else:
            at += 1
    raise RuleError("this quote is never ended", 'add " behind what it holds', text=text, at=start)


def _comparator(text: str, at: int) -> Word:
    for sign in COMPARISONS:
        if text.startswith(sign, at):
            return Word(sign, at)
    raise RuleError("expected a comparison", "one of > >= < <= == !=", text=text, at=at)


def _word_end(text: str, at: int) -> int:
    """After a word; spaces within quotes are part of it."""
    while at < len(text) and not text[at].isspace():
        at = _quote_end(text, at) if text[at] == '"' else at + 1
    return at


def _clauses(text: str, at: int) -> list[tuple[Word, Word]]:
    """Keyword and content of every clause; a content goes up to the next keyword."""
    found: list[tuple[Word, Word]] = []
    at = _skip(text, at)
    while at < len(text):
        keyword = Word(text[at : _word_end(text, at)], at)
        if keyword.text not in KEYWORDS:
            raise RuleError(
                f"unknown word {keyword.text!r}", f"expected one of {', '.join(KEYWORDS)}", text=text, at=at
            )
        start = _skip(text, at + len(keyword.text))
        end = at = start
        while at < len(text):
            last = _word_end(text, at)
            if text[at:last] in KEYWORDS:
                break
            end, at = last, _skip(text, last)
        if start == end:
            where = min(start, len(text))
            raise RuleError(f"nothing stands after `{keyword.text}`", _example(keyword.text), text=text, at=where)
        found.append((keyword, Word(text[start:end], start)))
    return found


def _example(keyword: str) -> str:
    examples = {
        "over": "over 5m",
        "after": "after 60 in 1h",
        "for": "for 1m",
        "keep": "keep 5m",
        "clear": "clear 8",
        "min": "min 20",
        "severity": "severity critical",
        "repeat": "repeat 5m",
        "group": "group shop",
        "source": "source /var/log/nginx/access.log",
        "by": "by section",
        "where": "where path~^/api",
    }
    return f"for example: {examples[keyword]}"
