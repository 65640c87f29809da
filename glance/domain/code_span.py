"""A part of a line of source code that is of a kind."""

from __future__ import annotations

from typing import Literal

CodeKind = Literal["keyword", "string", "number", "comment"]
CodeSpan = tuple[int, int, CodeKind]
"""Where in the line it begins and ends, in characters, and what it is."""
