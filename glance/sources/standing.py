"""How it stands with a name: whether it leads anywhere, what happened to it, when to try again."""

from __future__ import annotations

import logging
from collections.abc import Callable

from glance.sources.regular_file import reason_in_words

logger = logging.getLogger(__name__)

_NOTE_SECONDS = 60.0
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 1.0, 30.0


class Standing:
    """What is to be said of one name."""

    def __init__(self, path: str, now: Callable[[], float]) -> None:
        """Nothing is known of `path` yet; `now` never goes back, in seconds."""
        self.trouble = ""
        """Why it cannot be read at present."""
        self.is_missing = False
        """The trouble is that nothing has this name."""
        self._path = path
        self._now = now
        self._note = ""
        self._note_until = 0.0
        self._retry_at, self._retry_seconds = 0.0, _FIRST_RETRY_SECONDS

    @property
    def words(self) -> str:
        """What a person should know now."""
        return self.trouble or (self._note if self._now() < self._note_until else "")

    @property
    def may_try(self) -> bool:
        """Whether it is time to try again what failed."""
        return self._now() >= self._retry_at

    def say(self, note: str) -> None:
        """Something happened that a person should know for a minute."""
        logger.info("%s %s", self._path, note)
        self._note, self._note_until = note, self._now() + _NOTE_SECONDS

    def is_well(self) -> None:
        """It could be opened."""
        self.trouble = ""
        self._retry_at, self._retry_seconds = 0.0, _FIRST_RETRY_SECONDS

    def is_absent(self, error: OSError, after: str) -> None:
        """It leads nowhere; `after` says how that came."""
        self.is_missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
        self.trouble = after if self.is_missing else reason_in_words(error)

    def back_off(self, why: str) -> None:
        """It cannot be opened or read: say why, and try again later and later."""
        if why != self.trouble:
            logger.warning("%s: %s", self._path, why)
        self.is_missing = False
        self.trouble = why
        self._retry_at = self._now() + self._retry_seconds
        self._retry_seconds = min(self._retry_seconds * 2, _LONGEST_RETRY_SECONDS)
