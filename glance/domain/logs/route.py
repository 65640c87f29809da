"""The route of a path: what stays of it when ids, hashes, dates and tokens give way to their kind.

`/users/123/orders/550e8400-e29b-41d4-a716-446655440000` becomes `/users/{id}/orders/{uuid}`. Only what
holds a digit is ever replaced, so words stay apart whatever they are. Between two slashes:

- digits alone: `{id}`, with or without an extension (`/tiles/7.png` → `/tiles/{id}.png`);
- a UUID: `{uuid}`; a day or a month (`2024-11-22`, `2024-11-22T10:00Z`, `2024-11`): `{date}`;
- 8 or more hexadecimal digits with a letter and a digit among them: `{hash}`, also after `0x` or `sha256:`;
- 20 or more letters and digits that change between small, large and digit as no words do: `{token}`.

The last three are found as parts of a name too, where other signs part them from the rest of it
(`report-2024-11-22.csv` → `report-{date}.csv`), and so are 5 digits or more (`item-48213` → `item-{id}`);
fewer belong to the name: `jordan-80.png`, `v2`. In the names of scripts, styles and fonts, 6 hexadecimal
digits are a hash: `app.3f9a1c.js` → `app.{hash}.js`.

Own rules come first: the name of the first one whose expression is found in a path is its route.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from glance.domain.logs.filter_pattern import Pattern

OwnRule = tuple[str, str]
"""An expression, in the dialect of filters, and the route of the paths in which it is found."""

PIECE = 65_536
"""Paths that are looked at together."""

LEAST_TOKEN = 20
LONG_HASH = 32
"""From this length on a hash may have small and large letters."""
LEAST_ID = 5
LEAST_HASH = 8
LEAST_FILE_HASH = 6

_END = rb"(?=[/\n;:]|\.[A-Za-z]|\Z)"
_NUMBER = re.compile(rb"/-?[0-9]++" + _END)
_HEX = rb"[0-9A-Fa-f]"
_UUID_FORM = rb"%b{8}-%b{4}-%b{4}-%b{4}-%b{12}" % ((_HEX,) * 5)
_UUID = re.compile(rb"/" + _UUID_FORM + _END)
_ONLY_HASH = re.compile(
    rb"/(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])(?:[0-9a-f]{%d,}+|[0-9A-F]{%d,}+)%b" % (LEAST_HASH, LEAST_HASH, _END)
)
_WITH_DIGIT = re.compile(rb"(?<=/)[^/\n0-9]*+[0-9][^/\n]*+")
_TIME = rb"(?:[T_ ]|%20)[0-9]{2}(?:(?::|%3[Aa])?[0-9]{2}){1,2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_DATE = (
    rb"(?:19|20)[0-9]{2}(?P<sign>[-_.])(?:0[1-9]|1[0-2])(?P=sign)(?:0[1-9]|[12][0-9]|3[01])"
    rb"(?:%b)?(?![0-9A-Za-z])" % _TIME
)
_WHOLES = rb"(?P<uuid>%b)(?![0-9A-Za-z])|(?P<date>%b)" % (_UUID_FORM, _DATE)
_PART = re.compile(rb"(?<![0-9A-Za-z])(?:%b|(?=[A-Za-z]*+[0-9])[0-9A-Za-z]++)" % _WHOLES)
_ESCAPED_PART = re.compile(rb"(?P<escape>%%%b{2})|%b|[0-9A-Za-z]++" % (_HEX, _WHOLES))
"""A name with `%2F` in it is walked through whole, so that `2F` is not taken for a part of what follows."""
_MONTH = re.compile(rb"((?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2]))(\.[A-Za-z]\w*)?")
_WEB_TOKEN = re.compile(rb"eyJ[\w-]{10,}+(?:\.[\w-]*+)*+")
_SAFE_TOKEN = re.compile(rb"([a-z]{2,12}[-_])?([\w-]{%d,}+)(?:=|%%3[Dd]){0,2}" % LEAST_TOKEN)
_BUNDLE = re.compile(rb"\.(?:[cm]?js|css|map|wasm|woff2?)\Z")
_HASH = re.compile(rb"(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])(?:[0-9a-f]+|[0-9A-F]+)")
_LONG_HASH = re.compile(rb"(?:0x)?[0-9A-Fa-f]{%d,}+" % LONG_HASH)
_MARKED_HASH = re.compile(rb"0x[0-9a-fA-F]{%d,}+" % LEAST_HASH)
_CHANGE = re.compile(rb"(?<=[a-z])[A-Z0-9]|(?<=[A-Z])[0-9]|(?<=[0-9])[A-Za-z]")
_HAS_ALL = re.compile(rb"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])")
_VITE_LENGTH = 8


class Routes:
    """The rules by which paths become routes."""

    def __init__(self, own: Sequence[OwnRule] = ()) -> None:
        """Own rules come before those that are built in.

        Raises:
            ValueError: an expression is none; says which and why.
        """
        self.own: Final = tuple(own)
        self._own = tuple((_compiled(text), name.encode("utf-8", "surrogateescape")) for text, name in own)

    def of(self, path: bytes) -> bytes:
        """The route of a path."""
        for pattern, name in self._own:
            if pattern.holds(path):
                return name
        return _general(path)

    def all_of(self, paths: Sequence[bytes]) -> list[bytes]:
        """The routes of many paths, in their order."""
        found: list[bytes] = []
        for start in range(0, len(paths), PIECE):
            found += _many(paths[start : start + PIECE])
        if self._own:
            for place, path in enumerate(paths):
                name = next((name for pattern, name in self._own if pattern.holds(path)), None)
                found[place] = found[place] if name is None else name
        return found


def _compiled(text: str) -> Pattern:
    from glance.domain.logs.filter_mistake import Mistake  # few have rules of their own, and starting is measured
    from glance.domain.logs.filter_pattern import compile_pattern

    try:
        return compile_pattern(text)
    except Mistake as mistake:
        raise ValueError(f"{text!r} must be a regular expression: {mistake.why}") from mistake


def _many(paths: Sequence[bytes]) -> list[bytes]:
    """The routes of some paths, as one text: most of the work is done outside of Python."""
    text = b"\n".join(paths)
    if text.count(b"\n") != len(paths) - 1:
        return [_general(path) for path in paths]
    found = _general(text).split(b"\n")
    return [path if path == route else route for path, route in zip(paths, found, strict=True)]  # one copy in memory


def _general(text: bytes) -> bytes:
    """The route by the built-in rules, of a path or of each of many on lines of their own."""
    text = _NUMBER.sub(b"/{id}", text)
    text = _UUID.sub(b"/{uuid}", text)
    text = _ONLY_HASH.sub(b"/{hash}", text)
    return _WITH_DIGIT.sub(_replaced, text)


def _replaced(found: re.Match[bytes]) -> bytes:
    return _segment(found[0])


@lru_cache(maxsize=16_384)
def _segment(name: bytes) -> bytes:
    """What stands between two slashes, when it is neither a number nor a UUID by itself."""
    if name.startswith((b"19", b"20")) and (month := _MONTH.fullmatch(name)):
        return b"{date}" + (month[2] or b"")
    if len(name) >= LEAST_TOKEN:
        if name.startswith(b"eyJ") and _WEB_TOKEN.fullmatch(name):
            return b"{token}"
        token = _SAFE_TOKEN.fullmatch(name)
        if token and _HAS_ALL.match(token[2]) and _is_token(token[2]) and not _LONG_HASH.fullmatch(name):
            return (token[1] or b"") + b"{token}"
    parts = _ESCAPED_PART if b"%" in name else _PART
    return parts.sub(_bundle_part if _BUNDLE.search(name, max(0, len(name) - 6)) else _part, name)


def _bundle_part(found: re.Match[bytes]) -> bytes:
    """A part of the name of a script, a style or a font."""
    return _part(found, LEAST_FILE_HASH)


def _part(found: re.Match[bytes], least_hash: int = LEAST_HASH) -> bytes:
    """A part of a name that is all letters and digits, or a whole date or UUID."""
    word = found[0]
    if found.lastgroup is not None:
        return {"escape": word, "uuid": b"{uuid}"}.get(found.lastgroup, b"{date}")
    is_bundle = least_hash < LEAST_HASH
    if word.isdigit():
        if is_bundle and len(word) >= least_hash:
            return b"{hash}"
        return b"{id}" if len(word) >= LEAST_ID else word
    if len(word) < least_hash or word.isalpha():
        return word
    if _HASH.fullmatch(word) or _LONG_HASH.fullmatch(word) or _MARKED_HASH.fullmatch(word):
        return b"{hash}"
    if is_bundle and len(word) == _VITE_LENGTH and _HAS_ALL.match(word):
        return b"{hash}"
    return b"{token}" if _is_token(word) else word


def _is_token(word: bytes) -> bool:
    """It is long, and its letters and digits change as often as those of no words.

    From a large letter to a small one is no change: words begin so.
    """
    return len(word) >= LEAST_TOKEN and len(_CHANGE.findall(word)) * 4 >= len(word)


BUILT_IN: Final = Routes()


def routes_of(own: Sequence[OwnRule]) -> Routes:
    """The rules with these before them.

    Raises:
        ValueError: an expression is none; says which and why.
    """
    return Routes(own) if own else BUILT_IN


def route(path: bytes) -> bytes:
    """The route of a path by the built-in rules."""
    return BUILT_IN.of(path)
