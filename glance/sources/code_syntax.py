"""What the parts of source code are: keywords, strings, numbers, comments. Told by Pygments, from the file's name."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from time import monotonic
from typing import TYPE_CHECKING

from glance.domain.code_span import CodeKind, CodeSpan

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

MOST_CHARACTERS = 300_000
"""What is read of a file so that a passage begins in the right state: of a longer one, the passage alone."""
MOST_WIDTH = 400
"""Of a line; a screen shows no more."""
MOST_SECONDS = 0.25
"""What comes later has no parts. Expressions of a lexer can be slow on text that was made to be."""


def spans_of(path: str, lines: Sequence[str], first: int, last: int) -> list[tuple[CodeSpan, ...]]:
    """The parts of some lines; none where the language is not known.

    Args:
        path: whose ending tells the language.
        lines: of the whole file.
        first: the number of the first line that is wanted, from 1.
        last: that of the last.
    """
    wanted = max(0, last - first + 1)
    found: list[list[CodeSpan]] = [[] for _ in range(wanted)]
    lexer = _lexer_of(os.path.splitext(path)[1].lower())
    if lexer is None:
        return [()] * wanted
    texts = [line[:MOST_WIDTH] for line in lines[:last]]
    start = 1 if sum(map(len, texts)) <= MOST_CHARACTERS else first
    for number, begin, end, kind in _parts(lexer, texts[start - 1 :]):
        if start + number >= first:
            found[start + number - first].append((begin, end, kind))
    return [tuple(spans) for spans in found]


def _parts(lexer: Lexer, lines: Sequence[str]) -> Iterator[tuple[int, int, int, CodeKind]]:
    """Line from 0, begin, end and kind of each part that has one."""
    limit = monotonic() + MOST_SECONDS
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    end = number = 0
    for at, token, value in lexer.get_tokens_unprocessed("\n".join(lines)[:MOST_CHARACTERS]):
        kind = _kind_of(token)
        if kind is not None and at >= end:  # the lexers of some languages go back, or leave something out
            end = at + len(value)
            number = bisect_right(starts, at, number) - 1
            column = at - starts[number]
            for place, part in enumerate(value.split("\n"), number):
                if part.strip():
                    yield place, column, column + len(part), kind
                column = 0
        if monotonic() > limit:
            return


@cache
def _lexer_of(ending: str) -> Lexer | None:
    """The lexer of a language; None where there is none."""
    from pygments.lexers import find_lexer_class_for_filename  # 10 ms, when source code is seen first

    found = find_lexer_class_for_filename(f"x{ending}") if ending else None
    return found() if found is not None else None


@cache
def _kind_of(token: _TokenType) -> CodeKind | None:
    """What is made of the many kinds of Pygments."""
    from pygments.token import Comment, Keyword, Number, Operator, String

    kinds: tuple[tuple[_TokenType, CodeKind], ...] = (
        (Comment, "comment"),
        (String.Doc, "comment"),
        (String, "string"),
        (Number, "number"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
    )
    return next((kind for whole, kind in kinds if token in whole), None)
