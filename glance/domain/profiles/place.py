"""Places of a program that count as one: functions, files, lines or addresses, as the granularity says."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from glance.domain.profiles.profile import Profile
from glance.domain.profiles.stack_edit import line_owners, with_lines
from glance.domain.profiles.tables import Ints, starts_of
from glance.domain.safe_text import safe_text

GRANULARITIES = ("functions", "filefunctions", "files", "lines", "addresses")
PROC = ("/proc/self/cwd/./", "/proc/self/cwd/")


class Place(NamedTuple):
    """What stays of a line when the granularity has taken the rest; the order of the fields is pprof's."""

    name: str = ""
    address: int = 0
    file: str = ""
    start_line: int = 0
    line: int = 0
    object: str = ""
    """The file of the program; only where there is no name, or where it is asked for."""

    @property
    def shown(self) -> str:
        """As reports print it: address, name, file and line, as far as there are any."""
        return safe_text(" ".join(self.words))

    @property
    def words(self) -> list[str]:
        """The parts of what is printed."""
        words = [f"{self.address:016x}"] if self.address else []
        if self.name:
            words.append(self.name)
        if self.line:
            words.append(f"{self.file}:{self.line}")
        elif self.file:
            words.append(self.file)
        elif not self.name:
            words.append(f"[{posixpath.basename(self.object)}]" if self.object else "<unknown>")
        return words


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The places of a profile, and where its lines are."""

    places: tuple[Place, ...]
    of_lines: Ints
    """For each line a row of the places. A location without a line has one of its own here."""
    line_starts: Ints
    """Where the lines of each location begin."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How lines become places."""

    granularity: str = "functions"
    keeps_objects: bool = False
    """Places in different files of the program stay apart, and know where their function begins."""
    trim_path: str = ""
    source_path: str = ""
    is_trimmed: bool = True
    """Paths lose prefixes that are of no interest."""


def places_of(profile: Profile, naming: Naming) -> Places:
    """All places of a profile."""
    tables = profile.tables
    locations = tables.locations
    counts = np.diff(locations.line_starts)
    owners = line_owners(profile)
    functions, numbers = locations.line_functions, locations.line_numbers
    if not counts.all():
        bare = np.flatnonzero(counts == 0)
        at = locations.line_starts[bare]
        owners, functions = np.insert(owners, at, bare), np.insert(functions, at, -1)
        numbers = np.insert(numbers, at, 0)
    known = functions_of(profile, naming)
    has_lines = naming.granularity in {"lines", "addresses"}
    columns = np.zeros((len(owners), 4), dtype=np.int64)
    columns[:, 0] = functions
    columns[:, 1] = numbers * (has_lines & (functions >= 0))
    if naming.granularity == "addresses":
        columns[:, 2] = locations.addresses.view(np.int64)[owners]
    needs_object = np.array([*(not one.name or naming.keeps_objects for one in known), True], dtype=np.bool_)
    columns[:, 3] = np.where(needs_object[functions], locations.mappings[owners], -1)
    objects = [*(posixpath.basename(each.file) for each in tables.mappings), ""]
    found: dict[Place, int] = {}
    distinct, inverse = distinct_rows(columns)
    rows = np.empty(len(distinct), dtype=np.int64)
    for row, (function, line, address, mapping) in enumerate(distinct.tolist()):
        place = known[function] if function >= 0 else Place()
        place = place._replace(line=line, address=address % (1 << 64), object=objects[mapping])
        rows[row] = found.setdefault(place, len(found))
    return Places(tuple(found), rows[inverse], starts_of(np.maximum(counts, 1)))


def distinct_rows(columns: Ints) -> tuple[Ints, Ints]:
    """Each row once, and which of these every row is."""
    order = np.lexsort(columns.T)
    ordered = columns[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.cumsum(is_new) - 1
    return ordered[is_new], inverse


def functions_of(profile: Profile, naming: Naming) -> list[Place]:
    """The place of each function, without a line yet."""
    has_names, has_files = naming.granularity != "files", naming.granularity != "functions"
    rows, strings = profile.tables.functions, profile.strings
    paths: dict[int, str] = {}
    found: list[Place] = []
    for name_row, file_row, start in zip(
        rows.names.tolist(), rows.filenames.tolist(), rows.start_lines.tolist(), strict=True
    ):
        file = ""
        if has_files:
            if file_row not in paths:
                paths[file_row] = clean_path(strings[file_row], naming)
            file = paths[file_row]
        name = strings[name_row] if has_names else ""
        found.append(Place(name, file=file, start_line=start if naming.keeps_objects or not name else 0))
    return found


def clean_path(path: str, naming: Naming) -> str:
    """The path of a source file as reports have it."""
    if naming.is_trimmed:
        path = trimmed_path(path, naming.trim_path, naming.source_path)
    if not path:
        return ""
    clean = posixpath.normpath(path)
    return clean[1:] if clean.startswith("//") else clean


def trimmed_path(path: str, trim_path: str = "", source_path: str = "") -> str:
    """A path without what is asked to be cut off, or without what stands before the name of a source folder."""
    if not trim_path:
        for folder in filter(None, source_path.split(":")):
            wanted = f"/{posixpath.basename(folder.rstrip('/'))}/"
            at = path.find(wanted)
            if at >= 0:
                return path[at + len(wanted) :]
    for prefix in (*filter(None, trim_path.split(":")), *PROC):
        prefix = prefix if prefix.endswith("/") else prefix + "/"  # noqa: PLW2901
        if path.startswith(prefix):
            return path[len(prefix) :]
    return path


def without_inlines(profile: Profile) -> Profile:
    """Of each location only the function that is really there, without the calls that were inlined into it.

    As in pprof, columns of the source go with them.
    """
    locations = profile.tables.locations
    ends = locations.line_starts[1:] - 1
    found = with_lines(profile, np.arange(len(locations.line_functions)) == ends[line_owners(profile)])
    plain = replace(found.tables.locations, line_columns=np.zeros_like(found.tables.locations.line_columns))
    mappings = tuple(replace(each, has_inline_frames=False) for each in found.mappings)
    return replace(found, tables=replace(found.tables, locations=plain, mappings=mappings))
