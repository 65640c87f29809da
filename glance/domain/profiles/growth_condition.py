"""A condition on how functions changed, such as `growth > 2% and share > 10%`, for checks."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from glance.domain.profiles.growth import Change, Growth
from glance.errors import ConditionError

COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
}
TOKEN = re.compile(
    r"(?x)\s*(?: (?P<word>[a-zA-Z_]+) | (?P<number>-?(?:\d+\.?\d*|\.\d+)\s*%?) | (?P<sign>[<>=!]=?|&&|\|\|) )"
)
EXAMPLE = "for example: growth > 2% and share > 10%"


def counted(change: Change) -> float:
    """What was added to a share; none where that may be chance."""
    return 0.0 if change.is_significant is False else change.growth


FIGURES: Mapping[str, Callable[[Growth], float]] = {
    "growth": lambda one: counted(one.flat),
    "cum_growth": lambda one: counted(one.cum),
    "share": lambda one: one.flat.share,
    "cum_share": lambda one: one.cum.share,
    "share_before": lambda one: one.flat.share_before,
    "cum_share_before": lambda one: one.cum.share_before,
}
"""Everything that can be compared; all of them are shares."""


class Token(NamedTuple):
    """A word, number or sign, and where it stands."""

    kind: str
    text: str
    at: int


class Clause(NamedTuple):
    """One comparison of a figure with a share."""

    figure: str
    sign: str
    share: float


@dataclass(frozen=True, slots=True)
class GrowthCondition:
    """When a check fails: one of the alternatives holds, each with all its clauses."""

    text: str
    alternatives: tuple[tuple[Clause, ...], ...]

    def is_met(self, one: Growth) -> bool:
        """Whether this function is why."""
        return any(
            all(COMPARE[clause.sign](FIGURES[clause.figure](one), clause.share) for clause in clauses)
            for clauses in self.alternatives
        )

    def reason(self, one: Growth) -> str:
        """The figures of this function that decided it."""
        names = dict.fromkeys(clause.figure for clauses in self.alternatives for clause in clauses)
        return ", ".join(f"{name} is {FIGURES[name](one):.2%}" for name in names)


def parse_condition(text: str) -> GrowthCondition:
    """The condition that a text says.

    Raises:
        ConditionError: it says none; the reason shows where it goes wrong.
    """
    tokens = tokens_of(text)
    alternatives: list[list[Clause]] = [[]]
    place = 0
    while True:
        alternatives[-1].append(clause_at(text, tokens, place))
        word = tokens[place + 3]
        place += 4
        if word.kind == "end":
            return GrowthCondition(text.strip(), tuple(map(tuple, alternatives)))
        if word.text.lower() in {"or", "||"}:
            alternatives.append([])
        elif word.text.lower() not in {"and", "&&"}:
            raise ConditionError("expected `and`, `or` or the end here", EXAMPLE, text=text, at=word.at)


def tokens_of(text: str) -> list[Token]:
    """The words, numbers and signs of a text, and its end."""
    tokens: list[Token] = []
    at = 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            begin = at + len(text[at:]) - len(text[at:].lstrip())
            raise ConditionError("this is no name, number or comparison", EXAMPLE, text=text, at=begin)
        tokens.append(Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
        at = found.end()
    return [*tokens, *[Token("end", "", len(text))] * 4]


def clause_at(text: str, tokens: list[Token], place: int) -> Clause:
    """The comparison that begins here.

    Raises:
        ConditionError: there is none.
    """
    name, sign, number = tokens[place : place + 3]
    if name.kind != "word" or name.text.lower() not in FIGURES:
        why = f"there is no figure `{name.text}`" if name.kind == "word" else "expected a name here"
        raise ConditionError(why, f"names are {', '.join(FIGURES)}", text=text, at=name.at)
    if sign.text not in COMPARE:
        raise ConditionError("expected a comparison here, one of > >= < <= = !=", EXAMPLE, text=text, at=sign.at)
    if number.kind != "number":
        raise ConditionError("expected a share here", EXAMPLE, text=text, at=number.at)
    is_percent = number.text.endswith("%")
    share = float(number.text.rstrip("% ")) / (100 if is_percent else 1)
    if not is_percent and abs(share) >= 1:
        raise ConditionError(
            f"{name.text} is a share from 0 to 1", f"did you mean {number.text}%?", text=text, at=number.at
        )
    return Clause(name.text.lower(), sign.text, share)
