"""Who is connected: so many at a time, and who asks nothing gives way when others come."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

MOST_CONNECTIONS = 128
"""Each takes a descriptor, of which the logs need some too. Where many come at one moment, it may be some more."""
PATIENCE_SECONDS = 20.0
"""How long one who asks nothing, or does not take the answer, is sure of a place that others want."""
SHOWN = "/ws"
"""A dashboard, which lasts; how many there may be is bounded elsewhere."""

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nServer: glance\r\nRetry-After: 5\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


class Guests:
    """Lets connections in, as many as there is room for."""

    def __init__(self, monotonic: Callable[[], float] | None = None) -> None:
        """Nobody has come yet.

        Args:
            monotonic: tells seconds that never go back; the loop's when it is not given.
        """
        self._monotonic = monotonic or asyncio.get_running_loop().time
        self._server: web.Server | None = None
        self._asked_at: dict[asyncio.BaseProtocol, float] = {}
        """When each came, or asked for something the last time."""

    def admit_to(self, server: web.Server) -> Callable[[], asyncio.BaseProtocol]:
        """What makes a protocol for each who comes to this server."""
        self._server = server
        return self._admit

    def _admit(self) -> asyncio.BaseProtocol:
        server = self._server
        assert server is not None
        here, now = server.connections, self._monotonic()
        self._asked_at = {one: self._asked_at.get(one, now) for one in here}
        if len(here) >= MOST_CONNECTIONS:
            idle = [one.transport for one in here if now - self._asked_at[one] >= PATIENCE_SECONDS]
            if not idle:
                return _Refusal()
            for transport in idle:
                if transport is not None:
                    transport.abort()  # not closed: that waits for who does not read
        made = server()
        self._asked_at[made] = now
        return made

    @web.middleware
    async def notice(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Somebody asks for something."""
        guest = request.protocol
        self._asked_at[guest] = math.inf if request.path == SHOWN else self._monotonic()
        try:
            return await handler(request)
        finally:
            self._asked_at[guest] = self._monotonic()


class _Refusal(asyncio.Protocol):
    """Says that there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(_FULL)
        transport.close()
