"""Places where a process can be made to die at once, so that tests can prove what is left behind.

Nothing happens unless the environment variable `GLANCE_CRASH_AT` names the place; `NAME:3` means the
third time it is passed. Every place is listed here, and a test holds each of them to have its test.
"""

from __future__ import annotations

import os

VARIABLE = "GLANCE_CRASH_AT"
KILLED = 137
"""Exit code of a process that was killed at once."""

CRASH_POINTS = frozenset(
    {
        "commit-begun",
        "commit-buckets-written",
        "commit-checkpoints-written",
        "commit-before-commit",
        "commit-after-commit",
        "migration-begun",
        "migration-step-written",
        "migration-before-commit",
        "migration-after-commit",
        "retain-rolled-up",
        "retain-deleted",
        "retain-before-commit",
        "retain-after-commit",
        "checkpoint-before-truncate",
    }
)

_passed: dict[str, int] = {}


def crash_here(point: str) -> None:
    """Die here, as by kill -9, when the environment asks for it."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    name, _, turn = wanted.partition(":")
    if name != point:
        return
    _passed[point] = _passed.get(point, 0) + 1
    if _passed[point] >= int(turn or 1):
        os._exit(KILLED)
