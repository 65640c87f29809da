"""Regular expressions as pprof takes them: the syntax of Go, turned into Python's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from glance.domain.profiles.profile_error import ProfileError

TOKEN = re.compile(
    r"""(?xs) \\Q(?P<quoted>.*?)(?:\\E|\Z) | (?P<escape>\\.) | (?P<set>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])
      | \(\?(?P<flags>[imsU]+)\) | (?P<open>\() | (?P<close>\)) | (?P<either>\|) | (?P<end>\$) | (?P<other>.)"""
)
POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "word": r"\w",
    "xdigit": "0-9A-Fa-f",
}
NESTED = re.compile(r"\)\s*[*+{]")
"""A group that is repeated: in a file from outside it may take for ever."""
UNBOUNDED = re.compile(r"(?<!\\)[*+{]")
MOST_LOOPS = 3
MOST_STEPS = 300_000_000
LONGEST = 20_000


def compiled(text: str, name: str = "") -> re.Pattern[str]:
    """The expression.

    Args:
        text: as it was written.
        name: the option it belongs to.

    Raises:
        ProfileError: it cannot be understood.
    """
    try:
        return re.compile(translated(text))
    except (re.error, RecursionError, OverflowError) as error:
        where = f"parsing {name} regexp" if name else "parsing a regexp"
        raise ProfileError(f"{where}: {error}: `{text}`", what="cannot understand the expression") from error


def is_harmless(text: str, names: Iterable[str] = ()) -> bool:
    """Whether an expression from a file can be tried on all these names without ever taking long.

    Each `*` or `+` of an alternative may be tried at every character again, whatever else it has.
    """
    if len(text) > LONGEST or NESTED.search(text):
        return False
    loops = [len(UNBOUNDED.findall(part)) for part in text.split("|")]
    if max(loops) > MOST_LOOPS:
        return False
    lengths = Counter(map(len, names))
    steps: int = sum(many * length**each for length, many in lengths.items() for each in loops)
    return steps <= MOST_STEPS


def translated(text: str) -> str:
    """The expression as Python writes it.

    Raises:
        re.error: it has a flag that Python lacks.
    """
    return Translation(text).text()


class Translation:
    """Writes one expression anew, piece by piece."""

    def __init__(self, text: str) -> None:
        """For this expression."""
        self.source = text
        self.pieces: list[str] = []
        self.scopes: list[str] = [""]
        """For each open group the flags that were set within it."""

    def text(self) -> str:
        """All of it."""
        for found in TOKEN.finditer(self.source):
            self.add(found)
        self.pieces.append(")" * bool(self.scopes[0]))
        return "".join(self.pieces)

    def add(self, found: re.Match[str]) -> None:
        """One more piece."""
        kind, piece = found.lastgroup, found.group()
        if kind == "quoted":
            piece = re.escape(found["quoted"])
        elif kind == "escape":
            piece = r"\Z" if piece == r"\z" else piece
        elif kind == "set":
            piece = a_set(piece)
        elif kind == "flags":
            piece = self.with_flags(found["flags"])
        elif kind == "end":
            piece = "$" if any("m" in flags for flags in self.scopes) else r"\Z"
        elif kind == "open":
            self.scopes.append("")
        elif kind == "close" and len(self.scopes) > 1:
            piece = ")" * bool(self.scopes.pop()) + ")"
        elif kind == "either" and self.scopes[-1]:
            piece = f")|(?{self.scopes[-1]}:"
        self.pieces.append(piece)

    def with_flags(self, flags: str) -> str:
        """Flags that hold up to the end of their group, which Python writes as a group of its own."""
        if "U" in flags:
            raise re.error("the flag U is not supported")
        before = self.scopes[-1]
        self.scopes[-1] = "".join(sorted(set(before + flags)))
        return ")" * bool(before) + f"(?{self.scopes[-1]}:"


def a_set(piece: str) -> str:
    """A set of characters: its classes by ranges, and nothing that Python may once read otherwise."""
    inner = piece[1:-1]
    start = "[^" if inner.startswith("^") else "["
    inner = inner.removeprefix("^")
    first = r"\]" if inner.startswith("]") else ""
    inner = inner.removeprefix("]")
    parts = re.split(r"(\[:\^?\w+:\]|\\.)", inner)
    written = [
        a_class(part) if number % 2 else re.sub(r"[\[&|~]", r"\\\g<0>", part) for number, part in enumerate(parts)
    ]
    return f"{start}{first}{''.join(written)}]"


def a_class(part: str) -> str:
    """`[:alpha:]` within a set, or what was escaped there."""
    if not part.startswith("[:"):
        return part
    name = part[2:-2]
    if name not in POSIX:
        raise re.error(f"invalid character class range: `{part}`")
    return POSIX[name]
