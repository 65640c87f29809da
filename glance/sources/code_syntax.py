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

LANGUAGES = {
    "go": "go", "python": "py", "cython": "pyx", "rust": "rs", "c": "c", "cpp": "h cc cpp cxx hh hpp", "cuda": "cu",
    "objective-c": "m", "objective-c++": "mm", "gas": "s", "d": "d", "zig": "zig", "nim": "nim", "crystal": "cr",
    "java": "java", "kotlin": "kt kts", "scala": "scala", "groovy": "groovy", "clojure": "clj cljc",
    "clojurescript": "cljs", "csharp": "cs", "fsharp": "fs", "vbnet": "vb", "swift": "swift", "dart": "dart",
    "javascript": "js cjs mjs jsx", "typescript": "ts cts mts", "tsx": "tsx ctsx mtsx", "html": "html svelte vue",
    "php": "php", "ruby": "rb", "perl": "pl pm", "lua": "lua", "jinja": "j2 jinja", "sql": "sql", "elixir": "ex exs",
    "erlang": "erl", "elm": "elm", "haskell": "hs", "ocaml": "ml mli", "julia": "jl", "splus": "r", "fortran": "f90",
}  # fmt: skip
"""Lexers of Pygments, and the endings of the files that they are for."""
_LEXERS = {ending: name for name, endings in LANGUAGES.items() for ending in endings.split()}

BEFORE_CHARACTERS = 40_000
"""Of a file that has no more before a passage, all is read, so that it begins in the right state (50 ms)."""
MOST_CHARACTERS = 300_000
"""Of a passage; what comes later has no parts."""
MOST_WIDTH = 400
"""Of a line; a screen shows no more."""
MOST_SECONDS = 0.25
"""What comes later has no parts. Expressions of a lexer can be slow on text that was made to be."""


def spans_of(path: str, lines: Sequence[str], first: int, last: int) -> list[tuple[CodeSpan, ...]]:
    """The parts of some lines; none where the language is not known.

    Args:
        path: whose ending tells the language.
        lines: of the whole file, or from its beginning to the last that is wanted.
        first: the number of the first line that is wanted, from 1.
        last: that of the last.
    """
    found: list[list[CodeSpan]] = [[] for _ in range(first, last + 1)]
    lexer = _lexer_of(os.path.splitext(path)[1].lower())
    if lexer is None:
        return [()] * len(found)
    start = 1 if sum(map(len, lines[: first - 1])) <= BEFORE_CHARACTERS else first
    for number, begin, end, kind in _parts(lexer, lines[start - 1 : last]):
        if start + number >= first and begin < MOST_WIDTH:
            found[start + number - first].append((begin, min(end, MOST_WIDTH), kind))
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
    name = _LEXERS.get(ending.removeprefix("."))
    if name is None:
        return None
    from pygments.lexers import get_lexer_by_name  # 10 ms, when source code is seen first

    return get_lexer_by_name(name)


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
