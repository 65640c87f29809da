"""Reads the regular expressions of a filter: Python's syntax without back references and looking around."""

from __future__ import annotations

import re
from collections.abc import Iterable

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_regex import ALL_BYTES, Choice, Mark, Node, Repeat, Sequence, Set

MOST_CHARACTERS = 500
MOST_DEPTH = 20
MOST_REPEATS = 1000
MOST_WIDTH = 8192
"""Bytes that an expression without an open end may need at most."""

_COUNTED = re.compile(r"\{([0-9]{0,6})(,?)([0-9]{0,6})\}")
_HEX = re.compile(r"[0-9a-fA-F]{2}")
_NAME = re.compile(r"P?<[A-Za-z_][A-Za-z0-9_]*>|:")


def _bits(members: Iterable[int]) -> int:
    """A set of bytes as the bits of a number."""
    bits = 0
    for byte in members:
        bits |= 1 << byte
    return bits


_DIGITS = _bits(b"0123456789")
_SPACES = _bits(b" \t\n\r\f\v")
_UPPER, _LOWER = _bits(range(65, 91)), _bits(range(97, 123))
_CLASSES = {"d": _DIGITS, "s": _SPACES, "w": _DIGITS | _UPPER | _LOWER | _bits(b"_")}
_CLASSES |= {name.upper(): ALL_BYTES & ~bits for name, bits in _CLASSES.items()}
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
_MARKS = {"b": b"\\b", "B": b"\\B", "A": b"\\A", "Z": b"\\Z", "z": b"\\Z"}


def parse_regex(text: str) -> Sequence:
    """The tree of an expression.

    Raises:
        Mistake: it is none, or uses what is left out of this dialect.
    """
    if len(text) > MOST_CHARACTERS:
        raise Mistake(f"this expression is longer than {MOST_CHARACTERS} characters", MOST_CHARACTERS)
    parser = _Parser(text)
    tree = parser.choice(0)
    if parser.at < len(text):
        raise Mistake("there is no ( that this ) closes", parser.at, "write \\) for the sign itself")
    if (tree.most_width or tree.least_width) > MOST_WIDTH:
        raise Mistake(f"this expression asks for more than {MOST_WIDTH} bytes")
    return tree if isinstance(tree, Sequence) else Sequence.of([tree])


class _Parser:
    """Walks through an expression once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ignores_case = text.startswith("(?i)")
        if self.ignores_case:
            self.at = 4

    def peek(self) -> str:
        """The sign at this place, empty at the end."""
        return self.text[self.at : self.at + 1]

    def choice(self, depth: int) -> Node:
        """Branches between `|`."""
        if depth > MOST_DEPTH:
            raise Mistake("too many parentheses within each other", self.at)
        branches = [self.sequence(depth)]
        while self.peek() == "|":
            self._refuse_empty(branches[-1])
            self.at += 1
            branches.append(self.sequence(depth))
        if len(branches) == 1:
            return branches[0]
        self._refuse_empty(branches[-1])
        return Choice.of(branches)

    def _refuse_empty(self, branch: Sequence) -> None:
        if not branch.items:
            raise Mistake("there is nothing on one side of this |, which matches everything", self.at, "remove the |")

    def sequence(self, depth: int) -> Sequence:
        """Items up to `|`, `)` or the end."""
        items: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            start = self.at
            item = self.item(depth)
            items.append(self.repeated(item, start))
        return Sequence.of(items)

    def item(self, depth: int) -> Node:
        """One item without its repeat."""
        sign = self.text[self.at]
        if sign in "*+?" or self._counted():
            raise Mistake(f"there is nothing that {sign} could repeat", self.at, f"write \\{sign} for the sign itself")
        self.at += 1
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            return Set.of(self._folded(self.set_bits()))
        if sign == ".":
            return Set.of(ALL_BYTES)
        if sign in "^$":
            return Mark.of(b"\\A" if sign == "^" else b"\\Z")
        if sign == "\\":
            if self.peek() and self.peek() in _MARKS:
                self.at += 1
                return Mark.of(_MARKS[self.text[self.at - 1]])
            return Set.of(self._folded(self.escaped()))
        return self._literal(sign)

    def _literal(self, sign: str) -> Node:
        """A character as the bytes that UTF-8 makes of it."""
        sets = [Set.of(self._folded(1 << byte)) for byte in sign.encode("utf-8", "surrogateescape")]
        return sets[0] if len(sets) == 1 else Sequence.of(sets)

    def _folded(self, bits: int) -> int:
        """The set with each letter in both cases, where case is ignored."""
        return bits | (bits & _UPPER) << 32 | (bits & _LOWER) >> 32 if self.ignores_case else bits

    def group(self, depth: int) -> Node:
        """What stands between parentheses; the first of them is behind us."""
        start = self.at - 1
        if self.peek() == "?":
            named = _NAME.match(self.text, self.at + 1)
            if named is None:
                raise Mistake(
                    "filters know no such group",
                    start,
                    "groups are (…) and (?:…); (?i) at the very beginning ignores case",
                )
            self.at = named.end()
        inner = self.choice(depth + 1)
        if self.peek() != ")":
            raise Mistake("nothing closes this (", start, "write \\( for the sign itself")
        self.at += 1
        return inner

    def repeated(self, item: Node, start: int) -> Node:
        """The item with the repeat that follows it, if there is one."""
        place = self.at
        sign = self.peek()
        if sign and sign in "*+?":
            self.at += 1
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        elif counted := self._counted():
            self.at = counted.end()
            least = int(counted[1] or 0)
            most = int(counted[3]) if counted[3] else None if counted[2] else least
        else:
            return item
        if isinstance(item, Mark):
            raise Mistake("a place cannot be repeated", place)
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise Mistake(f"a repeat counts from few to many, up to {MOST_REPEATS}", place)
        is_possessive = self.peek() == "+"
        if self.peek() and self.peek() in "+?":
            self.at += 1
        if (self.peek() and self.peek() in "*+?") or self._counted():
            raise Mistake("a repeat of a repeat", self.at)
        return Repeat.of(item, least, most, is_possessive=is_possessive, at=start)

    def _counted(self) -> re.Match[str] | None:
        """The `{2,3}` at this place; without a number it is a plain text."""
        found = _COUNTED.match(self.text, self.at)
        return found if found and (found[1] or found[3]) else None

    def escaped(self) -> int:
        """The bytes that an escape stands for; its backslash is behind us."""
        sign = self.peek()
        place = self.at - 1
        self.at += 1
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in _CONTROLS:
            return 1 << _CONTROLS[sign]
        if sign == "x" and _HEX.match(self.text, self.at):
            self.at += 2
            return 1 << int(self.text[self.at - 2 : self.at], 16)
        if sign in "123456789" and sign:
            raise Mistake("filters know no back references", place, "they could take very long")
        if not sign or not sign.isascii() or sign.isalnum():
            raise Mistake("this escape means nothing", place, "write \\\\ for a backslash")
        return 1 << ord(sign)

    def set_bits(self) -> int:
        """What stands between brackets; the first of them is behind us."""
        start = self.at - 1
        is_negated = self.peek() == "^"
        self.at += is_negated
        bits, is_first = 0, True
        while self.peek() != "]" or is_first:
            if not self.peek():
                raise Mistake("nothing closes this [", start, "write \\[ for the sign itself")
            is_first = False
            place = self.at
            low = self._member()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self._member()
                if low.bit_count() != 1 or high.bit_count() != 1 or high < low:
                    raise Mistake("this range goes nowhere", place)
                low = _bits(range(low.bit_length() - 1, high.bit_length()))
            bits |= low
        self.at += 1
        bits = self._folded(bits)
        return ALL_BYTES & ~bits if is_negated else bits

    def _member(self) -> int:
        """One sign, or one class, of a set."""
        sign = self.peek()
        if sign == "[" and self.text[self.at + 1 : self.at + 2] == ":":
            raise Mistake("filters know no such class", self.at, "write \\d, \\w or \\s, or a range")
        self.at += 1
        if sign == "\\":
            if self.peek() == "b":
                self.at += 1
                return 1 << 8
            return self.escaped()
        if not sign.isascii():
            raise Mistake("a set holds single bytes only", self.at - 1, "write (?:é|è) for [éè]")
        return 1 << ord(sign)
