"""Chooses what a report reads: all that was named and can be read, and what is to be said about the rest."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from glance.errors import SourceError
from glance.sources.discovery import (
    FoundSource,
    directory_files,
    discover,
    each_file_once,
    examine,
    without_second_names,
)


@dataclass(slots=True)
class Selection:
    """What was found behind some arguments."""

    sources: list[FoundSource] = field(default_factory=list)
    refused: list[SourceError] = field(default_factory=list)
    """Why others cannot be read."""
    missed: list[SourceError] = field(default_factory=list)
    """Those of them that were named one by one: nobody may believe that they were read."""
    left_out: list[str] = field(default_factory=list)
    """Rotated logs beside those of a directory."""

    def add(self, argument: str) -> None:
        """Add what an argument means: `-`, a directory, a pattern, or a file."""
        path = os.path.expanduser(argument)
        if argument != "-" and os.path.isdir(path):
            self._add_directory(path)
        elif glob.has_magic(path) and not os.path.lexists(path):
            self._add_matches(path)
        else:
            self._add_whole(argument)

    def _add_whole(self, argument: str) -> None:
        """As the dashboard finds it."""
        try:
            self.sources += discover([argument]).sources
        except SourceError as error:
            self.refused.append(error)
            self.missed.append(error)

    def _add_directory(self, path: str) -> None:
        """The live logs; rotated ones are only told of."""
        before = len(self.sources)
        try:
            live, rotated = directory_files(path)
        except SourceError as error:
            self.refused.append(error)
            return
        self._add_files(live)
        if len(self.sources) > before:
            self.left_out += rotated
        elif not live:
            self._add_whole(path)  # which says why there is none

    def _add_matches(self, pattern: str) -> None:
        """Everything that matches, rotated and compressed logs included."""
        files = [path for path in sorted(glob.glob(pattern, recursive=True)) if os.path.isfile(path)]
        if files:
            self._add_files(without_second_names(files))
        else:
            self._add_whole(pattern)

    def _add_files(self, paths: Sequence[str]) -> None:
        """Those of these files that can be read."""
        for path in paths:
            try:
                self.sources.append(examine(path))
            except SourceError as error:
                self.refused.append(error)


def select(arguments: Sequence[str]) -> Selection:
    """What these arguments mean for a report, each file once, in the order they were named."""
    selection = Selection()
    for argument in arguments:
        selection.add(argument)
    read = {source.path for source in selection.sources}
    selection.left_out = [path for path in dict.fromkeys(selection.left_out) if path not in read]
    selection.sources = each_file_once(selection.sources)
    return selection
