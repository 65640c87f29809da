"""What is decoded of JSON lines: a struct that names only what a layout asks for, and what gets each column of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

from glance.domain.logs.keyed import Key, KeyedLayout

Getter = Callable[[list[Any]], list[object]]

NUMBERS = {"time": float, "latency": float, "size": int}
"""Types of what the quickest way to decode wants to be numbers."""

_OF_REQUEST = ("method", "path", "protocol")
"""The fields that a request line tells."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One way to decode the lines of a layout."""

    decoder: msgspec.json.Decoder[Any]
    keys: tuple[Key, ...]
    getters: tuple[Getter, ...]
    """What gets the values of each of `keys`: of a list the first, of a path what stands before its query."""
    left_out: frozenset[str] = frozenset()
    """Fields that some keys tell which are not decoded: each line must tell them without those."""
    is_typed: bool = False
    """Every line has its numbers: time and latency as floats, size as an integer."""


def fields_of(key: Key) -> tuple[str, ...]:
    """The fields that a key tells."""
    return _OF_REQUEST if key.field == "request" else (key.field,)


@cache
def schemas(layout: KeyedLayout) -> tuple[Schema, ...]:
    """How lines of a layout are decoded, the quickest way first; none when one key is both a value and an object.

    The quick ways are for lines that are as most are: the first key for a field says something, a list
    holds one element, and, the quickest, numbers are there as such. Other lines they refuse; what they
    read, they read as the last one does.
    """
    whole = _schema(layout.keys, frozenset())
    if whole is None:
        return ()
    told: set[str] = set()
    kept: list[Key] = []
    for key in layout.keys:
        if not told.issuperset(fields_of(key)):
            kept.append(key)
        told.update(fields_of(key))
    left_out = frozenset(name for key in layout.keys if key not in kept for name in fields_of(key))
    typed = _schema(tuple(kept), left_out, is_strict=True, is_typed=True)
    quick = _schema(tuple(kept), left_out, is_strict=True)
    return (whole,) if typed is None or quick is None else (typed, quick, whole)


def _schema(
    keys: tuple[Key, ...], left_out: frozenset[str], *, is_strict: bool = False, is_typed: bool = False
) -> Schema | None:
    root = _Level(is_strict)
    for key in keys:
        level = root
        for name in key.path[:-1]:
            level = level.levels.setdefault(name, _Level(is_strict))
            if name in root.leaves:
                return None
        level.leaves[key.path[-1]] = list if key.is_list else NUMBERS.get(key.field, Any) if is_typed else Any
    pending = [root]
    while pending:
        level = pending.pop()
        if level.leaves.keys() & level.levels.keys():
            return None
        pending += level.levels.values()
    getters = tuple(_getter(root.attribute(key.path), key, is_strict=is_strict) for key in keys)
    return Schema(msgspec.json.Decoder(root.struct()), keys, getters, left_out, is_typed)


@dataclass(slots=True)
class _Level:
    """One object of the schema that is decoded."""

    is_strict: bool
    leaves: dict[str, Any] = field(default_factory=dict)
    """Their types."""
    levels: dict[str, _Level] = field(default_factory=dict)

    def struct(self) -> type[msgspec.Struct]:
        """A struct that decodes what is wanted of the object and steps over the rest."""
        fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
        names: dict[str, str] = {}
        for name, kind in self.leaves.items():
            names[f"f{len(fields)}"] = name
            fields.append((f"f{len(fields)}", *self._typed(kind)))
        for name, level in self.levels.items():
            names[f"f{len(fields)}"] = name
            struct = level.struct()
            fields.append((f"f{len(fields)}", struct, msgspec.field(default_factory=struct)))
        return msgspec.defstruct("Line", fields, rename=names, gc=False, kw_only=True)

    def _typed(self, kind: Any) -> tuple[Any, ...]:
        """Type and default of a leaf, a number without default; a tuple of one takes less time than a list."""
        if kind is list:
            return (tuple[Any], (None,)) if self.is_strict else (list[Any], msgspec.field(default_factory=list))
        return (Any, None) if kind is Any else (kind,)

    def attribute(self, path: tuple[str, ...]) -> str:
        """The dotted attribute of that struct that stands for a path."""
        if len(path) == 1:
            return f"f{list(self.leaves).index(path[0])}"
        index = len(self.leaves) + list(self.levels).index(path[0])
        return f"f{index}.{self.levels[path[0]].attribute(path[1:])}"


def _getter(attribute: str, key: Key, *, is_strict: bool) -> Getter:
    """What gets the values of a key of many rows: a comprehension is twice as fast as `attrgetter` on each.

    Raises, where it is strict and what should be a path is none: TypeError or AttributeError.
    """
    if key.is_list:
        told = f"row.{attribute}[0]" if is_strict else f"(told[0] if (told := row.{attribute}) else None)"
    else:
        told = f"row.{attribute}"
    if key.field == "path":
        is_query = "'?' in (path := {})" if is_strict else "type(path := {}) is str and '?' in path"
        told = f"(path.partition('?')[0] if {is_query.format(told)} else path)"
    getter: Getter = eval(f"lambda rows: [{told} for row in rows]")  # noqa: S307 - names of our own making
    return getter
