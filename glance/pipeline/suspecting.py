"""What suspects need of the world: lines of source code, and the requests of the time that a profile is of."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from glance.domain.profiles.suspect_code import Passage
from glance.errors import SourceError
from glance.sources.source_code import CODE, SourceCode, read_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glance.domain.logs.bucket import LogBucket
    from glance.domain.profiles.profile import Profile

CONTEXT = 2
"""Lines that are shown before and behind the one in question."""
MODULE = re.compile(r"^\s*module\s+\"?([^\s\"]+)", re.MULTILINE)
MOST_PARENTS = 16
OPTIONS = "--source-root DIR, or --map OLD=NEW"
"""Of the command line; the dashboard has none of them."""


class LocalCode:
    """Finds code in files of this machine: as the profile says, in folders, where Go keeps it, and by go.mod."""

    def __init__(self, source_root: str = "", maps: Mapping[str, str] | None = None, hint: str = OPTIONS) -> None:
        """Where to look.

        Args:
            source_root: folders, parted by colons; the current one when it is empty.
            maps: beginnings of paths, and what to put in their place.
            hint: what a person can do where nothing is found.
        """
        self._hint = hint
        folders = source_root.split(":") if source_root else [os.getcwd()]
        self.code = SourceCode(source_root, maps={**(maps or {}), **modules_of(folders)})

    def find(self, function: str, file: str, line: int) -> Passage:
        """The lines around one."""
        del function
        if not file or line <= 0:
            return Passage(note="the profile does not tell its place")
        if not CODE.search(file):
            return Passage(note="its file is not known to be source code")
        try:
            path = self.code.find(file)
            lines = read_lines(path)
        except SourceError:
            return Passage(note=f"its source was not found: {self._hint}")
        if line > len(lines):
            return Passage(note=f"{path} is another version: it has {len(lines):,} lines")
        first = max(1, line - CONTEXT)
        return Passage(str(path), first, lines[first - 1 : line + CONTEXT], line)


def modules_of(folders: Sequence[str]) -> dict[str, str]:
    """The modules of Go that these folders are in, and where: builds with -trimpath name files by module."""
    found: dict[str, str] = {}
    for folder in folders:
        place = Path(os.path.abspath(folder))
        for parent in (place, *list(place.parents)[:MOST_PARENTS]):
            try:
                text = "\n".join(read_lines(parent / "go.mod"))
            except SourceError:
                continue
            name = MODULE.search(text)
            if name:
                found.setdefault(f"{name[1]}/", f"{parent}/")
            break
    return found


@dataclass(frozen=True, slots=True)
class During:
    """Chooses the records of some stretches of time, each [start, end) in milliseconds."""

    stretches: tuple[tuple[int, int], ...]

    def select(self, bucket: LogBucket) -> NDArray[np.bool_]:
        """Whether each record is in one of them."""
        at_ms = bucket.times.milliseconds()
        found = np.zeros(len(at_ms), dtype=np.bool_)
        for start, end in self.stretches:
            found |= (at_ms >= start) & (at_ms < end)
        return found


def times_of(profiles: Sequence[Profile]) -> During | None:
    """The time that profiles are of; None when one of them does not tell."""
    if not profiles or not all(each.time_nanos > 0 and each.duration_nanos > 0 for each in profiles):
        return None
    return During(tuple((one.time_nanos // 10**6, (one.time_nanos + one.duration_nanos) // 10**6) for one in profiles))
