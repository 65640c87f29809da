"""Profiles that are JSON: read them, and take what they should have out of them."""

from __future__ import annotations

import json
from typing import Any

from glance.domain.profiles.limits import Limits
from glance.domain.profiles.plain_text import plain_text
from glance.domain.profiles.profile_error import ProfileError

MOST_DIGITS = 400
MOST = 1 << 63


def json_object(data: bytes, limits: Limits) -> dict[str, Any]:
    """The object that a file is.

    Raises:
        ProfileError: it is none, or too large: objects need many times the bytes they are written in.
    """
    if len(data) > limits.packed_bytes:
        raise ProfileError(f"the JSON has {len(data):,} bytes, more than the {limits.packed_bytes:,} that are read")
    try:
        found = json.loads(plain_text(data), parse_int=whole_number)
    except RecursionError as error:
        raise ProfileError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise ProfileError(f"it is not JSON: {str(error)[:80]}") from error
    if not isinstance(found, dict):
        raise ProfileError("the JSON is no object")
    return found


def whole_number(text: str) -> int:
    """A number of JSON, which would take long to read if it had very many digits."""
    if len(text) > MOST_DIGITS:
        raise ProfileError("the JSON has a number of too many digits")
    return int(text)


def list_in(owner: dict[str, Any], key: str) -> list[Any]:
    """A list; empty where it is missing.

    Raises:
        ProfileError: it is something else.
    """
    found = owner.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ProfileError(f'"{key}" is no list')
    return found


def object_in(owner: dict[str, Any], key: str) -> dict[str, Any]:
    """An object; empty where it is missing.

    Raises:
        ProfileError: it is something else.
    """
    found = owner.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ProfileError(f'"{key}" is no object')
    return found


def text_in(owner: dict[str, Any], key: str) -> str:
    """A text; empty where it is missing or something else."""
    found = owner.get(key)
    return found if isinstance(found, str) else ""


def row_in(owner: dict[str, Any], key: str) -> int:
    """A line or column; 0 where it is missing or none."""
    found = owner.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return 0
    return int(found) if 0 <= found < 1 << 31 else 0


def number(found: object, what: str) -> int | float:
    """A number.

    Raises:
        ProfileError: it is none, or does not fit into 64 bits.
    """
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ProfileError(f"{what} is no number")
    if not -MOST < found < MOST:
        raise ProfileError(f"{what} does not fit into 64 bits")
    return found
