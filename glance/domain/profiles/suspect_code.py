"""The seam by which source code is found for a suspect: files of this machine today, a code search another day.

Whoever finds code has one method, `find`. It is asked for one place at a time and always answers: where there is
no code, the passage has no lines and its note says why (not found, another version, the engine is down), so that
one engine that fails takes nothing with it. `pipeline.suspecting.LocalCode` is the one for files. One that asks a
service must bring its own time limit and remember its answers, and may take `function` for its question where
`file` is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines of source code."""

    path: str = ""
    """Where they were found: a path or an address. Empty where there are none."""
    first: int = 0
    """The number of the first of them."""
    lines: tuple[str, ...] = ()
    line: int = 0
    """The number of the one that was asked for."""
    note: str = ""
    """Why there are none."""


class CodeFinder(Protocol):
    """Finds source code."""

    def find(self, function: str, file: str, line: int) -> Passage:
        """The lines around one.

        Args:
            function: as the profile names it.
            file: likewise; may be empty, a path of another machine, or one that begins with a module.
            line: 0 where nobody knows it.
        """
        ...
