"""Whose function a frame is: one's own, or of a library, a language or its runtime; also where only its name tells."""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

from glance.domain.profiles.flame_colour import FrameKind, frame_colour

_NAMED_PLACE = re.compile(r"(?P<name>.+) \((?P<file>[^()]+?):(?P<line>\d{1,9})\)")
"""As py-spy and others write a frame into folded stacks."""
_GO_SOURCE = re.compile(r"\.(?:go|s)$")
_PYTHON_SOURCE = re.compile(r"\.pyx?$")
_START = re.compile(
    r"(?:^|\.)(?:_start|start_thread|clone3?|__libc_start_main|_start_c|thread_start|_bootstrap(?:_inner)?)$"
    r"|^\[|^<(?:frozen|built-in)|^\((?:root|program|idle|garbage collector|anonymous)\)$|^(?:root|all|unknown)$"
)
"""Frames that belong to nobody."""


class FrameName(NamedTuple):
    """A frame taken apart."""

    function: str
    file: str
    line: int
    """0 where its name does not tell."""

    @property
    def identity(self) -> str:
        """The same for the same function: in Go by its name, elsewhere by its file too, for many are called `get`."""
        return self.function if _GO_SOURCE.search(self.file) else f"{self.function}\0{self.file}"


def frame_name(name: str, file: str) -> FrameName:
    """A frame, whose place may be in its name.

    Args:
        name: as the profile has it.
        file: likewise, often empty.
    """
    if name.endswith(")"):
        found = _NAMED_PLACE.fullmatch(name)
        if found and file in ("", found["file"]):
            return FrameName(found["name"], found["file"], int(found["line"]))
    return FrameName(name, file, 0)


def is_own(frame: FrameName) -> bool:
    """Whether a function is of the program itself, and so one that its owner can change."""
    name, file = frame.function, frame.file
    if not name or name.startswith("0x") or _START.search(name):
        return False
    if _GO_SOURCE.search(file) and "." not in name:  # a piece of Go's own assembly, such as cmpbody
        return False
    if _PYTHON_SOURCE.search(file) and _is_standard_python(file):
        return False
    return frame_colour(name, file).kind is FrameKind.OWN


def _is_standard_python(file: str) -> bool:
    """A path such as `re.py` or `json/decoder.py`, as profilers shorten those of the standard library."""
    first = file.partition("/")[0]
    return first.removesuffix(".py").removesuffix(".pyx") in sys.stdlib_module_names
