"""Names of Rust functions that a tool took for C++ and demangled only in part."""

from __future__ import annotations

import re

HASH = re.compile(r"::h[0-9a-f]{16}$")
ESCAPE = re.compile(r"\$(SP|BP|RF|LT|GT|LP|RP|C|u[0-9a-f]{2})\$")
MEANINGS = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}


def rust_name(name: str) -> str:
    """The name as it was written, without the hash that every such name ends with; other names stay as they are."""
    if HASH.search(name) is None:
        return name
    name = name[: -len("::h0123456789abcdef")]
    return ESCAPE.sub(meaning, name).replace("..", "::")


def meaning(match: re.Match[str]) -> str:
    """The character that an escape stands for."""
    return MEANINGS.get(match[1]) or chr(int(match[1][1:], 16))
