"""Bounds how many logs are held open at a time: the ones that were quiet longest are closed first.

A closed log loses nothing: when its name shows that it has changed it is opened again, and goes on
only where the bytes prove to be the same.
"""

from __future__ import annotations

import resource
from typing import Protocol

_SHARE = 0.5
"""Of the files that the process may have open."""

_LEAST, _MOST = 16, 65_536


class Sleeper(Protocol):
    """Something that holds a file open and can do without for a while."""

    async def doze(self) -> bool:
        """Close the file until there is something to read; False when that is not possible now."""


class FileSlots:
    """The open files of many sources."""

    def __init__(self, most: int | None = None) -> None:
        """Allow `most` open files; half of what the process may have, unless given."""
        self._most = most
        self._awake: dict[Sleeper, None] = {}

    @property
    def most(self) -> int:
        """How many files may be open."""
        if self._most is not None:
            return self._most
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return _MOST if soft == resource.RLIM_INFINITY else max(_LEAST, int(soft * _SHARE))

    async def hold(self, sleeper: Sleeper) -> None:
        """It holds a file and was active just now; others may have to give way."""
        is_new = sleeper not in self._awake
        self._awake.pop(sleeper, None)
        self._awake[sleeper] = None
        if is_new and len(self._awake) > self.most:
            for quiet in tuple(self._awake)[:-1]:
                if await quiet.doze():
                    self._awake.pop(quiet, None)
                    return

    def release(self, sleeper: Sleeper) -> None:
        """It holds no file any more."""
        self._awake.pop(sleeper, None)


PROCESS_SLOTS = FileSlots()
"""Those of this process."""
