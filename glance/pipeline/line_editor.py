"""What opens a log at one of its lines: the person's editor, or `less`."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping

_PIECE_BYTES = 1 << 20
_WITH_COLON = ("code", "codium", "subl", "hx", "helix", "zed")
"""Editors that take `FILE:LINE`."""


def line_number(path: str, offset: int) -> int:
    """The number of the line that begins at a byte of a file, from 1; call it in a thread.

    Raises:
        OSError: the file cannot be read.
    """
    newlines, left = 0, offset
    with open(path, "rb", buffering=0) as file:
        while left > 0 and (piece := file.read(min(left, _PIECE_BYTES))):
            newlines += piece.count(b"\n")
            left -= len(piece)
    return newlines + 1


def editor_command(environment: Mapping[str, str], path: str, number: int) -> list[str] | None:
    """The command that opens a file at a line; None when there is nothing to open it with.

    `VISUAL` goes before `EDITOR`, as everywhere; without them it is `less`.
    """
    chosen = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(chosen)
    except ValueError:  # an unequal quote
        words = chosen.split()
    if not words:
        less = shutil.which("less", path=environment.get("PATH"))
        return [less, "-S", f"+{number}g", path] if less else None
    name = os.path.basename(words[0])
    if name == "less":
        return [*words, f"+{number}g", path]
    if name in _WITH_COLON:
        return [*words, *(["--goto"] if name in ("code", "codium") else []), f"{path}:{number}"]
    return [*words, f"+{number}", path]
