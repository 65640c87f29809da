"""Reads a filter: terms side by side are joined by `and`, which binds closer than `or`; `not` binds closest."""

from __future__ import annotations

import difflib

from glance.domain.logs.filter_field import FIELD_NAMES, FIELDS, OPERATORS, field_name
from glance.domain.logs.filter_lexer import Token, tokens
from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_tree import All, Some, Tree, joined, negated
from glance.domain.logs.filter_value import make_term
from glance.domain.logs.route import BUILT_IN, Routes
from glance.errors import FilterError

MOST_DEPTH = 30
"""Parentheses and negations within each other."""


def parse_tree(text: str, routes: Routes = BUILT_IN) -> Tree:
    """The tree of a filter.

    Args:
        text: the filter.
        routes: by which rules paths become routes.

    Raises:
        FilterError: it cannot be understood; says where and why.
    """
    try:
        return _Parser(tokens(text), len(text), routes).whole()
    except Mistake as mistake:
        raise FilterError(mistake.why, mistake.hint, text=text, at=mistake.at) from mistake


class _Parser:
    """Walks through the parts of a filter once."""

    def __init__(self, parts: list[Token], end: int, routes: Routes) -> None:
        self.parts = parts
        self.place = 0
        self.end = end
        self.routes = routes

    def peek(self) -> str:
        """The kind of the next part, empty at the end."""
        return self.parts[self.place].kind if self.place < len(self.parts) else ""

    def at(self) -> int:
        """Where the next part begins."""
        return self.parts[self.place].at if self.place < len(self.parts) else self.end

    def whole(self) -> Tree:
        """The filter; an empty one chooses everything."""
        if not self.parts:
            return All(())
        tree = self.some(0)
        if self.peek():
            raise Mistake("there is no ( that this ) closes", self.at(), 'put it in quotes: ")"')
        return tree

    def some(self, depth: int) -> Tree:
        """Parts between `or`."""
        parts = [self.all(depth)]
        while self.peek() == "or":
            self.place += 1
            parts.append(self.all(depth))
        return joined(Some, parts)

    def all(self, depth: int) -> Tree:
        """Parts side by side."""
        parts = [self.one(depth)]
        while self.peek() not in ("", ")", "or"):
            self.place += self.peek() == "and"
            parts.append(self.one(depth))
        return joined(All, parts)

    def one(self, depth: int) -> Tree:
        """A term, a negation, or what stands in parentheses."""
        if depth > MOST_DEPTH:
            raise Mistake("too many parentheses within each other", self.at())
        kind = self.peek()
        if kind == "not":
            self.place += 1
            return negated(self.one(depth + 1))
        if kind == "(":
            start = self.at()
            self.place += 1
            tree = self.some(depth + 1)
            if self.peek() != ")":
                raise Mistake("nothing closes this (", start, "add a ) where it ends")
            self.place += 1
            return tree
        if kind != "term":
            raise Mistake("a term must stand here", self.at(), "such as status>=500 or path:/api")
        self.place += 1
        return _term(self.parts[self.place - 1], self.routes)


def _term(token: Token, routes: Routes) -> Tree:
    """The question that a term asks."""
    name = field_name(token.field) if token.field else "path"
    if name is None:
        raise Mistake(f"there is no field {token.field}", token.at, _near(token.field))
    is_negated = token.operator.startswith("!")
    operator = token.operator.removeprefix("!")
    if token.operator not in OPERATORS[FIELDS[name]]:
        known = " ".join(OPERATORS[FIELDS[name]])
        raise Mistake(f"{name} cannot be compared with {operator}", token.at + len(token.field), f"it knows {known}")
    try:
        term = make_term(name, operator, token.value, is_quoted=token.is_quoted, routes=routes)
    except Mistake as mistake:
        raise Mistake(mistake.why, token.value_at + mistake.at, mistake.hint) from mistake
    return negated(term) if is_negated else term


def _near(name: str) -> str:
    """What may have been meant by an unknown field."""
    near = difflib.get_close_matches(name.lower(), FIELD_NAMES, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}? in quotes it is a part of the path"
    return f"the fields are {', '.join(FIELDS)}; in quotes it is a part of the path"
