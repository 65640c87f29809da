"""One target over the wire: what it offers, and its profiles, with errors that say what kind of trouble it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glance.domain.profiles.target import Target
from glance.errors import SourceError
from glance.sources.pprof_index import MOST_BYTES, PprofIndex, index_of
from glance.sources.scrape import Access, RefusedError, fetch, open_session, target_of

if TYPE_CHECKING:
    from aiohttp import ClientSession

NOT_FOUND = (404, 405, 410)
"""Answers that say that there is nothing there."""


class DownError(SourceError):
    """It cannot be reached."""


class AbsentError(SourceError):
    """It answers, and has no such profile."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, and what it cost."""

    data: bytes
    seconds: float


class TargetLink:
    """The way to one target."""

    def __init__(
        self, target: Target, access: Access, timeout_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Connect to nothing yet.

        Args:
            target: where it is.
            access: what it wants to be shown.
            timeout_seconds: for a whole answer, seconds that were asked for not counted.
            monotonic: a clock that never goes back.
        """
        self.target = target
        self._access = access
        self._timeout = timeout_seconds
        self._monotonic = monotonic
        self._open = AsyncExitStack()
        self._session: ClientSession | None = None

    async def index(self) -> PprofIndex | None:
        """What it offers; None where it lists nothing that we know.

        Raises:
            DownError: it cannot be reached.
            SourceError: it refuses, or does not answer in time.
        """
        try:
            return index_of((await self._fetch(self.target.url_of(""), self._timeout, MOST_BYTES)).data)
        except AbsentError:
            return None

    async def profile(
        self, name: str, seconds: int = 0, *, debug: int = 0, timeout_seconds: float | None = None
    ) -> Fetched:
        """One of its profiles.

        Args:
            name: as the target calls it, such as `heap`.
            seconds: how long it is taken; 0 where that is at once.
            debug: as which text; 0 is a profile.
            timeout_seconds: another one than for other answers.

        Raises:
            DownError: it cannot be reached.
            AbsentError: it has no such profile.
            BusyError: someone else takes a CPU profile.
            SourceError: it refuses, or does not answer in time, or with too much.
        """
        asked = {word: value for word, value in (("seconds", seconds), ("debug", debug)) if value}
        url = self.target.url_of(name, **asked)
        patience = self._timeout if timeout_seconds is None else timeout_seconds
        return await self._fetch(url, seconds + patience, self._access.most_bytes)

    async def _fetch(self, url: str, seconds: float, most_bytes: int) -> Fetched:
        """The answer of an address, all of it within so many seconds."""
        import aiohttp  # 120 ms: only where something is polled

        place = target_of(url)
        access = replace(self._access, timeout_seconds=seconds, most_bytes=most_bytes)
        if self._session is None:
            self._session = await self._open.enter_async_context(open_session(access, place.socket))
        begin = self._monotonic()
        try:
            data = await fetch(self._session, place, access)
        except RefusedError as error:
            if error.status in NOT_FOUND:
                raise AbsentError(error.what, error.why, error.hint) from error
            raise
        except SourceError as error:
            if isinstance(error.__cause__, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
                raise DownError(error.what, error.why, error.hint) from error
            raise
        return Fetched(data, self._monotonic() - begin)

    async def close(self) -> None:
        """Let go of the connection: a profile that is being taken there ends with it."""
        self._session = None
        await self._open.aclose()
