"""Cuts the text of a filter into terms, joints and parentheses.

What an operator is decides how the value behind it is read: in a regular expression, parentheses,
brackets and a `|` within the word belong to it; in other values only parentheses that are closed again do.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from glance.domain.logs.filter_mistake import Mistake

MOST_CHARACTERS = 4000
MOST_TOKENS = 500

_SPACES = re.compile(r"\s*")
_OPERATOR = r"!=|!~|!:|==|=~|>=|<=|=|~|>|<|:"
_HEAD = re.compile(rf"([A-Za-z_][A-Za-z0-9_]*)({_OPERATOR})")
_LOOSE_HEAD = re.compile(rf"([A-Za-z_]+)\s+({_OPERATOR})\s*")
_WORD = re.compile(r"(and|or|not)(?=[\s()]|$)", re.I)
_SAME_OPERATORS = {"==": "=", "=~": "~"}


class Token(NamedTuple):
    """A part of a filter."""

    kind: str
    """`(`, `)`, `or`, `and`, `not` or `term`."""
    at: int
    """Where it begins."""
    field: str = ""
    """Of a term, the name of its field as it was written; empty for a word by itself."""
    operator: str = ""
    value: str = ""
    value_at: int = 0
    is_quoted: bool = False


def tokens(text: str) -> list[Token]:
    """The parts of a filter.

    Raises:
        Mistake: it cannot be cut; `at` counts from the beginning of the text.
    """
    if len(text) > MOST_CHARACTERS:
        raise Mistake(f"a filter has at most {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    found: list[Token] = []
    at = _skip(text, 0)
    while at < len(text):
        token, at = _next(text, at)
        found.append(token)
        if len(found) > MOST_TOKENS:
            raise Mistake(f"a filter has at most {MOST_TOKENS} parts", token.at)
        at = _skip(text, at)
    return found


def _skip(text: str, at: int) -> int:
    """The next place that is no space."""
    found = _SPACES.match(text, at)
    return found.end() if found else at


def _next(text: str, at: int) -> tuple[Token, int]:
    """The part that begins here, and where it ends."""
    sign = text[at]
    if sign in "()":
        return Token(sign, at), at + 1
    if sign in "-!":
        return Token("not", at), at + 1
    if sign == "|":
        return Token("or", at), at + (2 if text.startswith("||", at) else 1)
    if word := _WORD.match(text, at):
        return Token(word[1].lower(), at), word.end()
    head = _HEAD.match(text, at)
    head = head or _LOOSE_HEAD.match(text, at)  # of an unknown field too, so that `statu = 5` is no three words
    if head is None:
        value, end, is_quoted = _value(text, at, is_pattern=False)
        return Token("term", at, "", ":", value, at + is_quoted, is_quoted), end
    operator = _SAME_OPERATORS.get(head[2], head[2])
    value, end, is_quoted = _value(text, head.end(), is_pattern=operator in ("~", "!~"))
    if not value and not is_quoted:
        raise Mistake("a value must follow here", head.end(), f'write {head[1]}{operator}"" for an empty one')
    return Token("term", at, head[1], operator, value, head.end() + is_quoted, is_quoted), end


def _value(text: str, at: int, *, is_pattern: bool) -> tuple[str, int, bool]:
    """The value that begins here, where it ends, and whether it stands in quotes."""
    if text[at : at + 1] in ("'", '"'):
        return (*_quoted(text, at, is_pattern=is_pattern), True)
    end = _pattern_end(text, at) if is_pattern else _word_end(text, at)
    return text[at:end], end, False


def _quoted(text: str, at: int, *, is_pattern: bool) -> tuple[str, int]:
    """What stands in these quotes, and where they end.

    A backslash gives a quote its plain meaning; of other signs it is a part, but that two of them are one
    outside of regular expressions.
    """
    quote = text[at]
    made: list[str] = []
    place = at + 1
    while place < len(text):
        sign = text[place]
        if sign == quote:
            return "".join(made), place + 1
        follower = text[place + 1 : place + 2] if sign == "\\" else ""
        if follower == quote or (follower == "\\" and not is_pattern):
            sign = follower
            place += 1
        elif follower == "\\":
            sign = "\\\\"
            place += 1
        made.append(sign)
        place += 1
    raise Mistake("nothing closes this quote", at, "add the quote, or write a backslash before it")


def _word_end(text: str, at: int) -> int:
    """Where a plain value ends: at a space, a `|`, or a `)` that it did not open."""
    depth = 0
    for place in range(at, len(text)):
        sign = text[place]
        if sign.isspace() or sign == "|" or (sign == ")" and not depth):
            return place
        depth += (sign == "(") - (sign == ")")
    return len(text)


def _pattern_end(text: str, at: int) -> int:
    """Where a regular expression ends: at a space, or a `)` that it did not open."""
    depth = 0
    place = at
    while place < len(text):
        sign = text[place]
        if sign.isspace() or (sign == ")" and not depth):
            return place
        if sign == "\\":
            place += 1
        elif sign == "[":
            place = _set_end(text, place)
            continue
        depth += (sign == "(") - (sign == ")")
        place += 1
    return min(place, len(text))


def _set_end(text: str, at: int) -> int:
    """Where the set that begins here ends; one that is not closed ends with its word."""
    place = at + 2 if text.startswith("[^", at) else at + 1
    is_first = True
    while place < len(text) and not text[place].isspace():
        if text[place] == "]" and not is_first:
            return place + 1
        place += 2 if text[place] == "\\" else 1
        is_first = False
    return min(place, len(text))


def quoted(value: str, operator: str, *, is_free: bool = True) -> str:
    """The value as it must be written to be read as this value again: in quotes where it is not free of them."""
    is_pattern = operator == "~"
    if is_free and _is_plain(value, operator):
        return value
    if is_pattern:
        return '"' + re.sub(r'\\.|"', lambda found: '\\"' if found[0] == '"' else found[0], value, flags=re.S) + '"'
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(value: str, operator: str) -> bool:
    """The value reads the same without quotes, whatever stands around it."""
    if not value or value[0] in "'\"":
        return False
    head = _HEAD.match(f"field{operator}{value}")
    read = _value(f"{value})", 0, is_pattern=operator == "~")
    return head is not None and head[2] == operator and read == (value, len(value), False)
