"""A LogFormat: how the lines of a log are built, compiled to two regexes.

One declaration (fields and the literal text between them) gives

* the **exact** regex: one line, linear time, escaped quotes honoured, odd requests (TLS bytes, `-`,
  spaces in the target) understood;
* the **fast** regex for `findall` over many lines at once. Adjacent text fields are captured
  together as one *token* (`client ident user`, `METHOD path`, `protocol" status`), so that a line
  costs seven captures instead of eleven, and each field is the cheapest run there is
  (`[^"]*+`, one literal). That is looser than the exact regex, so whoever uses it proves the result
  afterwards: the matches tile the piece, every *distinct* token is valid under its part of the exact
  regex. What cannot be proved is read again line by line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from glance.domain.logs.field import PROTOCOL, Field, Item, Kind, shape_of
from glance.domain.logs.record import LogRecord
from glance.domain.logs.timestamp import MomentParser, clf_moment
from glance.domain.logs.upstream import upstream

__all__ = ["Field", "Group", "Item", "LogFormat", "said", "split_head"]

_REQUEST_HEAD = re.compile(rb"([A-Za-z][A-Za-z_-]{0,31}) +([^?]*)(?:\?.*)?", re.S)
_EXACT_HEAD = rb'((?:[^ "\\\n]++|(?! ' + PROTOCOL + rb'") |\\[^\n])*+)'
_LOOSE_HEAD = rb"((?:[^ \n]++|(?! " + PROTOCOL + rb'" ) )*+)'
_NO_SPACE_MARK = rb"[\x00-\x1f!->@-\xff]"
_NO_SPACE_QUOTE = rb"[\x00-\x09\x0b-\x1f!#-\xff]"
"""`[^ ?]` and `[^ "\\n]` as what they are, not what they are not: then a byte is looked up once."""
_TAIL = Field("protocol", PROTOCOL)
"""What closes a request; with the space before it."""


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
        return None if found is None else found.groups(b"")

    def rows(self, tokens: Sequence[bytes]) -> list[tuple[bytes, ...]] | None:
        """The fields of many tokens; None when one is not valid."""
        found = [match.groups(b"") for match in map(self.exact.fullmatch, tokens) if match is not None]
        return found if len(found) == len(tokens) else None


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
        self,
        name: str,
        items: Sequence[Item],
        *,
        moment: MomentParser = clf_moment,
        words: str = "",
        prefix: bytes = b"",
    ) -> None:
        """Declare a format; its regexes are compiled when they are first needed.

        Args:
            name: what `--format` calls it.
            items: fields and literals in the order of the line. Two fields cannot touch.
            moment: how its time is written; can be pickled.
            words: what the screen calls it, when that is not its name.
            prefix: exact regex (no groups, no quotes) of what a wrapper puts before the line.

        Raises:
            ValueError: two fields touch, there is no time, or a request is not quoted.
        """
        self.name = name
        self.words = words or name
        self.items = tuple(items)
        self.moment = moment
        self.prefix = prefix
        self.is_provable = b'"' not in prefix and not any(isinstance(i, Field) and i.is_loose for i in self.items)
        _check(self.items)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as its declaration."""
        return _declared, (self.name, self.items, self.moment, self.words, self.prefix)

    def __eq__(self, other: object) -> bool:
        """Formats that read lines in the same way are equal."""
        return isinstance(other, LogFormat) and self.__reduce__()[1] == other.__reduce__()[1]

    def __hash__(self) -> int:
        """Agrees with equality."""
        return hash((self.name, self.items, self.words, self.prefix))

    @cached_property
    def _plan(self) -> _Plan:
        return _Plan(self.items)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What the regexes capture, in order."""
        return tuple(self._plan.groups)

    @cached_property
    def fast(self) -> re.Pattern[bytes]:
        """For `findall` over whole lines; looser than `exact`."""
        return re.compile(b"^" + self.prefix + self._plan.fast + rb"\r?\n", re.M)

    @cached_property
    def exact(self) -> re.Pattern[bytes]:
        """For `fullmatch` of one line. A line that was cut off within its last quoted field is still one."""
        exact = self._plan.exact
        return re.compile(self.prefix + exact + (b"?" if exact.endswith(b'"') else b""), re.S)

    def wrapped(self, prefix: bytes, words: str) -> LogFormat:
        """This format behind a wrapper's prefix."""
        return LogFormat(
            self.name, self.items, moment=self.moment, words=f"{self.words} in {words}", prefix=prefix + self.prefix
        )

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
                    seconds = _total(token) * group.unit_seconds
        if at_ms is None:
            return None
        if "upstream" in texts:
            texts["upstream"] = upstream(texts["upstream"])
        return LogRecord(at_ms, size=size, seconds=seconds, **texts)


def _declared(name: str, items: tuple[Item, ...], moment: MomentParser, words: str, prefix: bytes) -> LogFormat:
    """A format again, from its pickled declaration."""
    return LogFormat(name, items, moment=moment, words=words, prefix=prefix)


def _check(items: Sequence[Item]) -> None:
    """Refuse what cannot be read."""
    if not any(isinstance(item, Field) and item.name == "time" for item in items):
        raise ValueError("a log format needs a time")
    for item, follower in zip(items, [*items[1:], b""], strict=True):
        if isinstance(item, bytes):
            continue
        if isinstance(follower, Field):
            raise ValueError("two fields of a log format touch")
        if item.name == "request" and not follower.startswith(b'"'):
            raise ValueError("a request must stand between double quotes")


def _total(token: bytes) -> float:
    """A latency, or the sum of a list of them: `0.1, 0.2 : -`; negative when there is none."""
    if b"," not in token and b":" not in token:
        return float(token)
    told = [float(part) for part in token.replace(b":", b",").split(b",") if part.strip() not in (b"", b"-")]
    return sum(told) if told else -1.0


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

    def _after(self, index: int) -> bytes:
        """The literal behind an item, empty at the end of the line."""
        if index + 1 >= len(self._items):
            return b""
        follower = self._items[index + 1]
        return follower if isinstance(follower, bytes) else b""

    def _take(self, index: int, item: Item) -> None:
        if isinstance(item, bytes):
            following = self._items[index + 1] if index + 1 < len(self._items) else None
            if self._open and isinstance(following, Field) and following.kind == "text" and self._joins(item):
                self._open.append(item)
                return
            self._close(item)
            return
        if item.name == "request":
            self._request(item)
        elif item.name == "target":
            self._target(item, self._after(index))
        elif item.kind == "text":
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

    def _joins(self, literal: bytes) -> bool:
        """The fields on both sides share a token: two that are quoted would make too many different ones."""
        return not literal.startswith(b'"') or _TAIL in self._open

    @staticmethod
    def _starts_with_tail(atoms: Sequence[Item]) -> bool:
        return isinstance(atoms[0], Field) and atoms[0] is _TAIL

    def _single(self, item: Field, following: bytes) -> None:
        shape = shape_of(item, following)
        if item.kind is None:  # nobody looks at it afterwards, so it is exact here too
            self.fast += b"(?:" + shape + b")" + item.rest
            self.exact += b"(?:" + shape + b")" + item.rest
            return
        self.fast += b"(" + (_run(following) if item.shape is None else shape) + b")" + item.rest
        self.exact += b"(" + shape + b")" + item.rest
        self.groups.append(Group(item.kind, (item.name,), re.compile(shape, re.S), unit_seconds=item.unit_seconds))

    def _target(self, item: Field, following: bytes) -> None:
        """A path up to its query."""
        self._close(b"")
        stop = re.escape(following[:1])
        shape = item.shape or b"[^?" + stop + rb"\n]*+"
        self.fast += b"([^?" + (stop or rb"\r\n") + rb"]*+)(?:\?[^" + (stop or rb"\r") + rb"\n]*+)?"
        self.exact += b"(" + shape + rb")(?:\?[^" + stop + rb"\n]*+)?"
        self.groups.append(Group("text", ("path",), re.compile(b"(" + shape + b")", re.S)))

    def _request(self, item: Field) -> None:
        """`METHOD target` as one token, the query left out, the protocol opens the next token."""
        self._close(b"")
        self.fast += rb"([^ ]++ " + _NO_SPACE_MARK + rb"*+)(?:\?" + _NO_SPACE_QUOTE + rb"*+)?"
        self.exact += _LOOSE_HEAD if item.is_loose else _EXACT_HEAD
        head = re.compile(rb'([A-Za-z][A-Za-z_-]{0,31}) ([^ ?"\n]*+)')  # the plain ones, of which split_head says this
        self.groups.append(Group("text", ("method", "path"), head, is_head=True))
        self._open.append(_TAIL)


def _pad(following: bytes, inner: bytes, is_tail: bool) -> int:
    """How many bytes of the literal behind a group are captured with it.

    A group that ends at a byte which none of its inner literals has can be one run up to there.
    """
    if is_tail:
        return 0
    for index, byte in enumerate(following):
        if bytes([byte]) not in inner:
            return index
    return 0


def _run(following: bytes) -> bytes:
    """The cheapest run up to the literal behind a field."""
    if not following:
        return rb"[^\r\n]*+"
    return b"[^" + re.escape(following[:1]) + b"]*+"


def _fast_atoms(atoms: Sequence[Item], following: bytes) -> bytes:
    """One run a field, the inner literals between."""
    out = b""
    for index, atom in enumerate(atoms):
        if isinstance(atom, bytes):
            out += re.escape(atom)
            continue
        behind = atoms[index + 1] if index + 1 < len(atoms) else following
        run = _run(behind if isinstance(behind, bytes) else b"")
        if atom.name == "upstream" and run != _run(b""):  # a list has spaces
            run = shape_of(atom, behind if isinstance(behind, bytes) else b"")
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
            plain += b"(?: " + PROTOCOL + b")?"
            captured += b"(?: (" + PROTOCOL + b"))?"
            continue
        shape = shape_of(atom, behind if isinstance(behind, bytes) else b"")
        plain += b"(?:" + shape + b")" + atom.rest
        captured += (b"(?:" if atom.name == "ident" else b"(") + shape + b")" + atom.rest
    return plain, captured
