"""A LogFormat: how the lines of a log are built, compiled to two regexes.

One declaration (fields and the literal text between them) gives

* the **exact** regex: one line, linear time, escaped quotes honoured, odd requests (TLS bytes, `-`,
  spaces in the target) understood;
* the **fast** regex for `findall` over many lines at once. Adjacent text fields are captured
  together as one *token* (`client ident user`, `METHOD path`, `protocol" status`, `referrer" "agent`),
  so that a line costs six captures instead of eleven, and each field is the cheapest run there is
  (`[^"]*+`, one literal). That is looser than the exact regex, so whoever uses it proves the result
  afterwards: as many matches as lines, as many quotes as the format has, every *distinct* token
  valid under its part of the exact regex. What cannot be proved is read again line by line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from glance.domain.logs.record import TEXT_FIELDS, LogRecord
from glance.domain.logs.timestamp import MomentParser, clf_moment

Kind = Literal["text", "time", "size", "latency"]

QUOTED = rb'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+'
"""What stands between double quotes, escapes honoured; linear."""

_REQUEST_HEAD = re.compile(rb"([A-Za-z][A-Za-z_-]{0,31}) +([^?]*)(?:\?.*)?", re.S)
_EXACT_HEAD = rb'((?:(?! [A-Z]{2,10}/[0-9.]{1,5}")(?:[^"\\\n]|\\.))*+)'
_PROTOCOL = rb"[A-Z]{2,10}/[0-9.]{1,5}"

SHAPES: dict[str, bytes] = {
    "status": rb"[0-9]{3}|-",
    "size": rb"[0-9]{1,18}|-",
    "latency": rb"[0-9]{1,12}(?:\.[0-9]{0,9})?|-",
}
"""Exact shapes of the fields that are not plain text."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a line.

    Names: those of TEXT_FIELDS, `request` (method, target and protocol), `time`, `size`, `latency`,
    `ident` and `skip` for what glance does not keep (`ident` is nearly always `-`, so it may share a token).
    """

    name: str
    shape: bytes | None = None
    """Exact regex of the value without groups, None for what the text around it implies."""
    unit_seconds: float = 1.0
    """Of a latency: how long 1 is."""

    @property
    def kind(self) -> Kind | None:
        """What is captured of it, None for nothing."""
        if self.name in TEXT_FIELDS or self.name == "ident":
            return "text"
        if self.name in ("time", "size", "latency"):
            return self.name  # type: ignore[return-value]
        return None


Item = Field | bytes
"""A field, or the literal text between two fields."""


@dataclass(frozen=True, slots=True)
class Group:
    """One capture of the fast regex."""

    kind: Kind
    names: tuple[str, ...]
    """The text fields in it, in order."""
    exact: re.Pattern[bytes]
    """Full match of a valid token, one capture a field."""
    is_head: bool = False
    """It is `METHOD target`."""
    unit_seconds: float = 1.0

    def values(self, token: bytes) -> tuple[bytes, ...] | None:
        """The fields of a token as they stand; None when the token is not valid."""
        found = self.exact.fullmatch(token)
        if found is None:
            return None
        return split_head(token) if self.is_head else found.groups(b"")


def said(value: bytes) -> bytes:
    """What a text field says: `-` says nothing."""
    return b"" if value == b"-" else value


def split_head(head: bytes) -> tuple[bytes, bytes]:
    """Method and path of `METHOD target`, both empty when it is no request (TLS bytes, `-`)."""
    found = _REQUEST_HEAD.fullmatch(head)
    if found is None:
        return b"", b""
    method, path = found[1], found[2]
    if b" " in path and not (path.startswith(b"/") or b"://" in path):
        return b"", b""
    return method, path


class LogFormat:
    """How the lines of one log are built."""

    def __init__(
        self, name: str, items: Sequence[Item], *, moment: MomentParser = clf_moment, words: str = "", prefix: bytes = b""
    ) -> None:
        """Declare a format.

        Args:
            name: what `--format` calls it.
            items: fields and literals in the order of the line. Two fields cannot touch.
            moment: how its time is written.
            words: what the screen calls it, when that is not its name.
            prefix: exact regex (no groups) of what a wrapper puts before the line.

        Raises:
            ValueError: two fields touch, or there is no time.
        """
        self.name = name
        self.words = words or name
        self.items = tuple(items)
        self.moment = moment
        self.prefix = prefix
        plan = _Plan(self.items)
        self.groups = tuple(plan.groups)
        self.fast = re.compile(b"^" + prefix + plan.fast + rb"\r?\n", re.M)
        self.exact = re.compile(prefix + plan.exact, re.S)
        self.quotes = sum(item.count(b'"') for item in self.items if isinstance(item, bytes))
        self.is_provable = b'"' not in prefix and not any(
            isinstance(item, Field) and item.kind is None and item.shape is not None for item in self.items
        )

    def wrapped(self, prefix: bytes, words: str) -> LogFormat:
        """This format behind a wrapper's prefix."""
        return LogFormat(self.name, self.items, moment=self.moment, words=f"{self.words} in {words}", prefix=prefix)

    @cached_property
    def has_latency(self) -> bool:
        """Its lines tell how long a request took."""
        return any(group.kind == "latency" for group in self.groups)

    def parse(self, line: bytes) -> LogRecord | None:
        """The record of one line without its line end, None when it is not of this format."""
        found = self.exact.fullmatch(line)
        if found is None:
            return None
        at_ms: int | None = None
        size, seconds = -1, -1.0
        texts: dict[str, bytes] = {}
        for group, token in zip(self.groups, found.groups(b""), strict=True):
            if group.kind == "text":
                values = split_head(token) if group.is_head else group.values(token)
                if values is None:
                    return None
                texts.update(zip(group.names, map(said, values), strict=True))
            elif group.kind == "time":
                at_ms = self.moment(token)
            elif token != b"-" and token:
                if group.kind == "size":
                    size = int(token)
                elif seconds < 0:
                    seconds = float(token) * group.unit_seconds
        if at_ms is None:
            return None
        return LogRecord(at_ms, size=size, seconds=seconds, **texts)


class _Plan:
    """The regexes and groups of a list of items."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.fast = b""
        self.exact = b""
        self.groups: list[Group] = []
        self._open: list[Item] = []
        self._items = items
        for index, item in enumerate(items):
            self._take(index, item)
        self._close(b"")
        if not any(group.kind == "time" for group in self.groups):
            raise ValueError("a log format needs a time")

    def _after(self, index: int) -> bytes:
        """The literal behind an item, empty at the end of the line."""
        if index + 1 >= len(self._items):
            return b""
        follower = self._items[index + 1]
        if not isinstance(follower, bytes) or not follower:
            raise ValueError("two fields of a log format touch")
        return follower

    def _take(self, index: int, item: Item) -> None:
        if isinstance(item, bytes):
            following = self._items[index + 1] if index + 1 < len(self._items) else None
            if self._open and isinstance(following, Field) and following.kind == "text":
                self._open.append(item)
                return
            self._close(item)
            return
        if item.name == "request":
            self._request(self._after(index))
        elif item.kind == "text":
            self._after(index)
            self._open.append(item)
        else:
            self._single(item, self._after(index))

    def _literal(self, text: bytes) -> None:
        self.fast += re.escape(text)
        self.exact += re.escape(text)

    def _close(self, following: bytes) -> None:
        """End the open group, then write the literal behind it."""
        if not self._open:
            self._literal(following)
            return
        atoms, self._open = self._open, []
        names = tuple(atom.name for atom in atoms if isinstance(atom, Field) and atom.name != "ident")
        inner = b"".join(atom for atom in atoms if isinstance(atom, bytes))
        pad = _pad(following, inner, self._starts_with_tail(atoms))
        captured, outer = following[:pad], following[pad:]
        exact = _exact_atoms(atoms, following)
        self.exact += b"(" + exact[0] + re.escape(captured) + b")" + re.escape(outer)
        self.fast += b"(" + (_run(outer) if pad else _fast_atoms(atoms, following)) + b")" + re.escape(outer)
        self.groups.append(Group("text", names, re.compile(exact[1] + re.escape(captured), re.S)))

    @staticmethod
    def _starts_with_tail(atoms: Sequence[Item]) -> bool:
        return isinstance(atoms[0], Field) and atoms[0] is _TAIL

    def _single(self, item: Field, following: bytes) -> None:
        shape = _shape(item, following)
        if item.kind is None:
            self.fast += _run(following)
            self.exact += b"(?:" + shape + b")"
            return
        self.fast += b"(" + _run(following) + b")"
        self.exact += b"(" + shape + b")"
        self.groups.append(Group(item.kind, (item.name,), re.compile(shape, re.S), unit_seconds=item.unit_seconds))

    def _request(self, following: bytes) -> None:
        """`METHOD target` as one token, the query left out, the protocol opens the next token."""
        if not following.startswith(b'"'):
            raise ValueError("a request must stand between double quotes")
        self._close(b"")
        self.fast += rb"([^ ]++ [^ ?]*+)(?:\?[^ ]*+)?"
        self.exact += _EXACT_HEAD
        head = re.compile(rb'[A-Za-z][A-Za-z_-]{0,31} [^ ?"\n]*+')
        self.groups.append(Group("text", ("method", "path"), head, is_head=True))
        self._open.append(_TAIL)


_TAIL = Field("protocol", _PROTOCOL)
"""What closes a request; with the space before it."""


def _pad(following: bytes, inner: bytes, is_tail: bool) -> int:
    """How many bytes of the literal behind a group are captured with it.

    A group that ends at a byte which none of its inner literals has can be one run up to there.
    """
    if is_tail:
        return 0
    for index, byte in enumerate(following):
        if bytes([byte]) not in inner:
            return index if index else 0
    return 0


def _run(following: bytes) -> bytes:
    """The cheapest run up to the literal behind a field."""
    if not following:
        return rb"[^\r\n]*+"
    return b"[^" + re.escape(following[:1]) + b"]*+"


def _shape(item: Field, following: bytes) -> bytes:
    """The exact regex of a field's value."""
    if item.shape is not None:
        return item.shape
    if item.name in SHAPES:
        return SHAPES[item.name]
    if following.startswith(b'"'):
        return QUOTED
    if following.startswith(b" [") and item.name in ("user", "skip"):
        return rb"[^\[\n]*?"
    if not following:
        return rb"[^\n]*+"
    return b"[^" + re.escape(following[:1]) + rb"\n]*+"


def _fast_atoms(atoms: Sequence[Item], following: bytes) -> bytes:
    """One run a field, the inner literals between."""
    out = b""
    for index, atom in enumerate(atoms):
        if isinstance(atom, bytes):
            out += re.escape(atom)
            continue
        behind = atoms[index + 1] if index + 1 < len(atoms) else following
        run = _run(behind if isinstance(behind, bytes) else b"")
        out += (b" " + run) if atom is _TAIL else run
    return out


def _exact_atoms(atoms: Sequence[Item], following: bytes) -> tuple[bytes, bytes]:
    """Exact regex of a group's content: without captures, and with one a field."""
    plain = captured = b""
    for index, atom in enumerate(atoms):
        if isinstance(atom, bytes):
            plain += re.escape(atom)
            captured += re.escape(atom)
            continue
        behind = atoms[index + 1] if index + 1 < len(atoms) else following
        if atom is _TAIL:
            plain += b"(?: " + _PROTOCOL + b")?"
            captured += b"(?: (" + _PROTOCOL + b"))?"
            continue
        shape = _shape(atom, behind if isinstance(behind, bytes) else b"")
        plain += b"(?:" + shape + b")"
        captured += (b"(?:" if atom.name == "ident" else b"(") + shape + b")"
    return plain, captured
