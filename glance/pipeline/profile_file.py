"""A file with a profile: read in pieces, so that it can be told how far that is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from glance.domain.profiles.limits import LIMITS
from glance.domain.profiles.profile_error import ProfileError
from glance.errors import SourceError

if TYPE_CHECKING:
    from glance.domain.profiles.any_reading import AnyReading

PIECE = 1 << 20
READING, UNDERSTANDING = "reading", "taking it apart"


class ProfileFile:
    """One file. `stage` and `done` may be looked at from any thread."""

    def __init__(self, path: str) -> None:
        """Read nothing yet."""
        self.path = path
        self.stage = ""
        """What is done now, in words."""
        self.done = 0.0
        """How much of that, 0 to 1."""
        self.changed_at = 0.0
        """When it was written, epoch seconds."""

    def read(self, told: Callable[[], None]) -> AnyReading:
        """Read it; in a thread.

        Args:
            told: called whenever `stage` or `done` changed.

        Raises:
            SourceError: it cannot be read.
            ProfileError: it is no profile.
        """
        data = self._bytes(told)
        self.stage, self.done = UNDERSTANDING, 1.0
        told()
        from glance.domain.profiles.any_profile import read_any  # numpy: only where there is a profile

        return read_any(data)

    def _bytes(self, told: Callable[[], None]) -> bytes:
        """All of it."""
        pieces: list[bytes] = []
        try:
            with open(self.path, "rb") as file:
                status = os.fstat(file.fileno())
                self.changed_at = status.st_mtime
                size, read = max(1, status.st_size), 0
                while piece := file.read(PIECE):
                    pieces.append(piece)
                    read += len(piece)
                    if read > LIMITS.unpacked_bytes:
                        raise ProfileError("the file is too large for a profile")
                    self.stage, self.done = READING, min(1.0, read / size)
                    told()
        except OSError as error:
            raise SourceError(f"cannot read {self.path}", error.strerror or str(error), "") from error
        return b"".join(pieces)


def names_of(paths: Sequence[str]) -> list[str]:
    """Short names of files: the last part of each path, with as much before it as tells them apart."""
    parts = [os.path.abspath(path).split(os.sep) for path in paths]
    names: list[str] = []
    for own in parts:
        depth = 1
        while depth < len(own) and sum(other[-depth:] == own[-depth:] for other in parts if other != own):
            depth += 1
        name = os.sep.join(own[-depth:])
        many = sum(one == name or one.startswith(f"{name} (") for one in names)
        names.append(f"{name} ({many + 1})" if many else name)
    return names
