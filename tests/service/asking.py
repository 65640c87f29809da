"""Made-up answers behind the real face on a real port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from glance.service.answers import Asked
from glance.service.face import Face
from glance.service.gate import Gate
from glance.service.listening import Door, open_to

NOW = 1_700_000_000.0


class Told:
    """Answers what it is told to."""

    def __init__(self, report: Callable[[Asked], Mapping[str, Any]] = lambda _asked: {}) -> None:
        self.asked: list[Asked] = []
        self.standing = "ok"
        self._report = report

    def state(self) -> str:
        return self.standing

    def metrics(self) -> str:
        return "# HELP a b\n# TYPE a gauge\na 1\n"

    def report(self, asked: Asked) -> Mapping[str, Any]:
        self.asked.append(asked)
        return self._report(asked)


@asynccontextmanager
async def served(
    told: Told, token: str = "", *, is_loopback: bool = True, hosts: tuple[str, ...] = ()
) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Somebody who asks, and where."""
    door = Door("127.0.0.1", 0)
    try:
        gate = Gate(token, is_loopback=is_loopback, hosts=hosts, port=door.port)
        async with (
            open_to(door, Face(told, lambda: NOW).application(gate)),
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
        ):
            yield session, door.url.rstrip("/")
    finally:
        door.close()
