"""A snapshot: a moment kept whole. What its manifest says, and nothing of how it is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, Literal, Self

FORMAT = 1
"""Of the manifest and of what it lists. Older ones stay readable for ever."""

Why = Literal["person", "alert"]
MemberKind = Literal["summary", "bucket", "records", "lines", "profile", "goroutines", "text"]

ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
MEMBER_NAME = re.compile(r"(?:[a-z][a-z0-9_-]{0,31}/){0,2}[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
MOST_NOTE = 2000
"""Characters."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ManifestError(ValueError):
    """What should be a manifest is none."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file within a snapshot."""

    name: str
    kind: MemberKind
    size_bytes: int
    """Unpacked."""
    sha256: str
    """Of the unpacked bytes, hexadecimal."""
    about: str = ""
    """What it is, in words."""


@dataclass(frozen=True, slots=True)
class LogPart:
    """What is kept of one log."""

    path: str
    format: str
    records: int
    """Of the window that the filter leaves; each is kept."""
    lines: int = 0
    """Raw lines that are kept with it."""
    words: str = ""
    """Why there are no raw lines, or not all."""


@dataclass(frozen=True, slots=True)
class RawStretch:
    """Raw lines that follow each other in a log, as they stand there."""

    source: str
    member: str
    generation: int
    offset: int
    """Of the first byte in its generation."""
    lines: int
    start: float
    """Epoch seconds of the earliest record among them."""
    end: float


@dataclass(frozen=True, slots=True)
class ProfilePart:
    """A profile that is kept."""

    target: str
    kind: str
    """`cpu`, `heap`, `allocs`, `goroutine`, `mutex`, `block`, or `goroutines` for the text of debug=2."""
    member: str
    origin: Literal["fetched", "polled"]
    """Fetched for this snapshot, or polled during its window."""
    start: float
    end: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class ProfileFailure:
    """A profile that was wanted and is not there."""

    target: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Build:
    """Which build of a program ran."""

    target: str
    program: str
    """The path of its main binary, as its profiles have it."""
    build_id: str = ""
    pgo: bool | None = None
    """Whether it was built with a profile; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself."""

    id: str
    made_at: float
    """Epoch seconds."""
    start: float
    """The window is [start, end)."""
    end: float
    why: Why = "person"
    alert: str = ""
    """The rule that asked for it, and what it said."""
    note: str = ""
    filter: str = ""
    """Of the records; raw lines are kept whatever the filter."""
    records: int = 0
    summary: str = "summary.json"
    made_by: str = ""
    logs: tuple[LogPart, ...] = ()
    raw: tuple[RawStretch, ...] = ()
    profiles: tuple[ProfilePart, ...] = ()
    failures: tuple[ProfileFailure, ...] = ()
    builds: tuple[Build, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader should know, in words."""
    members: tuple[Member, ...] = ()
    format: int = FORMAT

    def member(self, name: str) -> Member | None:
        """The member of this name."""
        return next((one for one in self.members if one.name == name), None)

    def of_kind(self, *kinds: MemberKind) -> tuple[Member, ...]:
        """The members of some kinds, in their order."""
        return tuple(one for one in self.members if one.kind in kinds)

    @property
    def is_dear(self) -> bool:
        """A person took it or wrote a note to it: it is let go after those that nobody looked at."""
        return self.why == "person" or bool(self.note)

    def as_document(self) -> dict[str, Any]:
        """It as plain values, as JSON has them."""
        document = asdict(self)
        return {"format": document.pop("format"), **document}

    @classmethod
    def of_document(cls, document: object) -> Self:
        """A manifest from plain values; what a newer glance added is left out.

        Raises:
            ManifestError: it is none.
        """
        if not isinstance(document, dict):
            raise ManifestError("the manifest is no object")
        form = document.get("format")
        if type(form) is not int or form < 1:
            raise ManifestError("the manifest does not say its format")
        if form > FORMAT:
            raise ManifestError(f"format {form} is of a newer glance; this one knows {FORMAT}")
        values = {name: document[name] for name in _names(cls) if name in document}
        for name, kind in _PARTS.items():
            parts = values.get(name, [])
            if not isinstance(parts, list | tuple):
                raise ManifestError(f"{name} is no list")
            values[name] = tuple(_part(kind, name, part) for part in parts)
        notes = values.get("notes", [])
        if not isinstance(notes, list | tuple) or not all(isinstance(note, str) for note in notes):
            raise ManifestError("notes is no list of texts")
        found: Self = _checked(cls, "manifest", values | {"notes": tuple(notes)})
        if not ID.fullmatch(found.id):
            raise ManifestError("the id is none")
        if not 0 <= found.start < found.end or found.made_at < 0:
            raise ManifestError("its window is none")
        for member in found.members:
            if not is_member_name(member.name) or not _SHA256.fullmatch(member.sha256) or member.size_bytes < 0:
                raise ManifestError(f"{member.name!r} is no member")
        return found


_PARTS: dict[str, type[Any]] = {
    "logs": LogPart,
    "raw": RawStretch,
    "profiles": ProfilePart,
    "failures": ProfileFailure,
    "builds": Build,
    "members": Member,
}
_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool | None": (bool, type(None)),
    "Why": (str,),
    "MemberKind": (str,),
}
_LATEST = 253_402_000_000.0
"""Epoch seconds of the last moment that has a date."""


def is_member_name(name: str) -> bool:
    """Whether a member may be called so: letters, digits, at most two folders, and no way out of them."""
    return MEMBER_NAME.fullmatch(name) is not None and ".." not in name


def _names(kind: type[Any]) -> list[str]:
    return [one.name for one in fields(kind)]


def _part(kind: type[Any], name: str, values: object) -> Any:
    if not isinstance(values, dict):
        raise ManifestError(f"{name} has something that is no object")
    return _checked(kind, name, {key: values[key] for key in _names(kind) if key in values})


def _checked(kind: type[Any], name: str, values: Mapping[str, Any]) -> Any:
    """An object whose values are of the types that its fields have."""
    for one in fields(kind):
        has_default = one.default is not MISSING or one.default_factory is not MISSING
        if one.name not in values:
            if not has_default:
                raise ManifestError(f"{name} lacks {one.name}")
            continue
        value, written = values[one.name], str(one.type)
        allowed = _KINDS.get(written) or ((str,) if written.startswith("Literal") else None)
        if allowed is not None and not _is(value, *allowed):
            raise ManifestError(f"{one.name} of {name} is not what it should be")
    return kind(**values)


def _is(value: object, *kinds: type) -> bool:
    """A value of one of these types; truth is no number, and what may be a time lies in years of four digits."""
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int | float) and float in kinds:
        return -_LATEST < value < _LATEST
    if isinstance(value, int):
        return int in kinds and abs(value) < 1 << 64
    return isinstance(value, kinds)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much is kept of snapshots."""

    most_bytes: int = 1 << 30
    most_age_seconds: float = 366 * 86400.0
    most_count: int = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot that lies on the shelf, as far as letting it go is concerned."""

    id: str
    made_at: float
    size_bytes: int
    is_dear: bool = field(default=False)


def to_let_go(kept: list[Kept], now: float, allowance: Allowance, newest: str = "") -> list[str]:
    """Which snapshots go: those that are too old, then for room those of alerts, and the oldest first.

    Args:
        kept: all of them.
        now: epoch seconds.
        allowance: how much is kept.
        newest: the one that was just made, which stays.
    """
    gone = [one for one in kept if now - one.made_at > allowance.most_age_seconds and one.id != newest]
    left = sorted(
        (one for one in kept if one not in gone and one.id != newest),
        key=lambda one: (one.is_dear, one.made_at, one.id),
    )
    size, many = sum(one.size_bytes for one in kept if one not in gone), len(kept) - len(gone)
    for one in left:
        if size <= allowance.most_bytes and many <= allowance.most_count:
            break
        gone.append(one)
        size, many = size - one.size_bytes, many - 1
    return [one.id for one in gone]
