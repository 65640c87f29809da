"""An Expectation: a condition on the figures of a report, such as `error_rate > 1% or p99 > 200ms`.

Logic has three values. What a log does not tell (no latencies, no requests) is neither true nor false,
and a check that hangs on it cannot be said to hold.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from glance.domain.logs.named_figures import ALIASES, KINDS, UNITS, Figures, Kind, in_words
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
_AND, _OR, _NOT = ("and", "&&"), ("or", "||"), ("not", "!")
_DEEPEST = 40
_TOKEN = re.compile(
    r"""(?x) (?P<word> [a-zA-Z_]\w* | [45]xx\b )
      | (?P<number> (?:\d+(?:\.\d*)?|\.\d+) (?P<unit> % | /?[a-zA-Zµ]+ )? (?![\w.]) )
      | (?P<sign> >= | <= | == | != | && | \|\| | [<>=()!] )"""
)


class Token(NamedTuple):
    """A word, number or sign of an expression, and where it stands."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison."""

    text: str
    name: str = ""
    """Empty for a number."""
    number: float = 0.0
    kind: Kind | None = None
    """What it is counted in; None for a bare number, which takes the other side's."""

    def value(self, figures: Figures) -> float | None:
        """How much it is."""
        return figures[self.name] if self.name else self.number


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left OP right`."""

    left: Operand
    sign: str
    right: Operand

    def test(self, figures: Figures) -> bool | None:
        """Whether it is so; None when the log does not tell."""
        left, right = self.left.value(figures), self.right.value(figures)
        return None if left is None or right is None else COMPARE[self.sign](left, right)

    def leaves(self) -> Iterator[Comparison]:
        """Itself."""
        yield self


@dataclass(frozen=True, slots=True)
class Joined:
    """`left and right`, or `left or right`."""

    left: Condition
    right: Condition
    is_and: bool

    def test(self, figures: Figures) -> bool | None:
        """One false side decides an `and`, one true side an `or`; else what is unknown stays so."""
        sides = (self.left.test(figures), self.right.test(figures))
        if (not self.is_and) in sides:
            return not self.is_and
        return None if None in sides else self.is_and

    def leaves(self) -> Iterator[Comparison]:
        """All comparisons in it."""
        yield from self.left.leaves()
        yield from self.right.leaves()


@dataclass(frozen=True, slots=True)
class Negated:
    """`not inner`."""

    inner: Condition

    def test(self, figures: Figures) -> bool | None:
        """The opposite."""
        found = self.inner.test(figures)
        return None if found is None else not found

    def leaves(self) -> Iterator[Comparison]:
        """All comparisons in it."""
        yield from self.inner.leaves()


Condition = Comparison | Joined | Negated


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one condition under which a check fails."""

    expression: str
    is_met: bool | None
    """None when the log does not tell."""
    reason: str
    """The figures that decided it, in words."""
    figures: Figures
    """Value of each name that it looks at."""

    @property
    def has_failed(self) -> bool:
        """The check does not hold, or cannot be said to."""
        return self.is_met is not False


@dataclass(frozen=True, slots=True)
class Expectation:
    """A condition under which a check fails."""

    text: str
    condition: Condition

    def judge(self, figures: Figures) -> Verdict:
        """Whether these figures meet it."""
        names = dict.fromkeys(
            side.name for leaf in self.condition.leaves() for side in (leaf.left, leaf.right) if side.name
        )
        looked_at = {name: figures[name] for name in names}
        is_met = self.condition.test(figures)
        if is_met is None:
            unknown = [name for name, value in looked_at.items() if value is None]
            reason = f"{' and '.join(unknown)} cannot be told: {_why_unknown(figures)}"
        else:
            reason = ", ".join(f"{name} is {in_words(KINDS[name], value)}" for name, value in looked_at.items())
        return Verdict(self.text, is_met, reason, looked_at)


def _why_unknown(figures: Figures) -> str:
    return "no request in the log has a latency" if figures["hits"] else "there are no requests"


def parse_expectation(text: str) -> Expectation:
    """The condition that a text says.

    Raises:
        ConditionError: it says none; the reason shows where it goes wrong.
    """
    return Expectation(text.strip(), _Parser(text).parse())


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip())
        if at >= len(text):
            return [*tokens, Token("end", "", len(text))]
        found = _TOKEN.match(text, at)
        if found is None:
            raise _mistake_at(text, at, "this is no name, number or comparison")
        kind = "number" if found["number"] else "word" if found["word"] else "sign"
        tokens.append(Token(kind, found.group(), at))
        at = found.end()


def _mistake_at(text: str, at: int, why: str, hint: str = "") -> ConditionError:
    """The error that shows where an expression goes wrong."""
    return ConditionError(why, hint or "for example: error_rate > 1% or p99 > 200ms", text=text, at=at)


class _Parser:
    """Reads one expression, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0

    def parse(self) -> Condition:
        """All of it."""
        found = self._either(0)
        if self._token.kind != "end":
            raise self._mistake("expected `and`, `or` or the end here")
        return found

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._token
        self._at += 1
        return token

    def _takes(self, words: tuple[str, ...]) -> bool:
        """Whether one of these comes next; then it is taken."""
        if self._token.text.lower() not in words:
            return False
        self._at += 1
        return True

    def _mistake(self, why: str, hint: str = "") -> ConditionError:
        return _mistake_at(self._text, self._token.at, why, hint)

    def _either(self, depth: int) -> Condition:
        left = self._both(depth)
        while self._takes(_OR):
            left = Joined(left, self._both(depth), is_and=False)
        return left

    def _both(self, depth: int) -> Condition:
        left = self._one(depth)
        while self._takes(_AND):
            left = Joined(left, self._one(depth), is_and=True)
        return left

    def _one(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise self._mistake("this is nested too deeply")
        if self._takes(_NOT):
            return Negated(self._one(depth + 1))
        if self._takes(("(",)):
            inner = self._either(depth + 1)
            if not self._takes((")",)):
                raise self._mistake("expected `)` here")
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        start = self._token
        left = self._operand()
        if self._token.text not in COMPARE:
            raise self._mistake("expected a comparison here, one of > >= < <= = !=")
        sign = self._take().text
        middle = self._token
        right = self._operand()
        if not left.name and not right.name:
            raise _mistake_at(self._text, start.at, "this compares two numbers", f"names are {', '.join(KINDS)}")
        named, other, at = (left, right, middle.at) if left.name else (right, left, start.at)
        assert named.kind is not None
        if other.kind is not None and other.kind != named.kind:
            raise _mistake_at(
                self._text, at, f"{named.text} is a {named.kind}, this is a {other.kind}".replace("seconds", "time")
            )
        if named.kind == "share" and not other.name and other.kind is None and other.number >= 1:
            raise _mistake_at(self._text, at, f"{named.text} is a share from 0 to 1", f"did you mean {other.text}%?")
        return Comparison(left, sign, right)

    def _operand(self) -> Operand:
        token = self._token
        if token.kind == "word":
            name = ALIASES.get(token.text.lower(), token.text.lower())
            if name not in KINDS:
                raise self._mistake(f"there is no figure `{token.text}`", _meant(name))
            self._at += 1
            return Operand(token.text, name, kind=KINDS[name])
        if token.kind != "number":
            raise self._mistake("expected a name or a number here")
        found = _TOKEN.match(token.text)
        assert found is not None
        unit = found["unit"] or ""
        number = float(token.text.removesuffix(unit)) if unit else float(token.text)
        if not unit:
            self._at += 1
            return Operand(token.text, number=number)
        if unit.lower() not in UNITS:
            raise self._mistake(f"there is no unit `{unit}`", f"units are {' '.join(UNITS)}")
        kind, factor = UNITS[unit.lower()]
        self._at += 1
        return Operand(token.text, number=number * factor, kind=kind)


def _meant(name: str) -> str:
    """What may have been meant by an unknown name."""
    import difflib  # only on the way to an error

    near = difflib.get_close_matches(name, KINDS, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"names are {', '.join(KINDS)}"
