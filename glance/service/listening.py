"""Opens the door, and keeps it open: in the present loop, or in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from glance.errors import GlanceError
from glance.service.guests import Guests

SHUTDOWN_SECONDS = 5.0
"""How long answers under way may take to the end."""
KEEP_ALIVE_SECONDS = 75.0
"""How long a connection on which nothing is asked stays open for the next question."""
BACKLOG = 64
"""Who comes while nobody answers yet."""

logger = logging.getLogger("glance.serve")


class Door:
    """A socket that listens already, so that whoever comes early waits."""

    def __init__(self, host: str, port: int, free: str = "--port 0") -> None:
        """Listen.

        Args:
            host: a name or an address of this machine.
            port: 0 is any that is free.
            free: what to say for a port that is free, as a hint.

        Raises:
            GlanceError: it cannot.
        """
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
            self.socket = socket.create_server((host, port), family=family, backlog=BACKLOG)
        except (OSError, OverflowError, UnicodeError) as error:
            raise cannot_listen(host, port, error, free) from error
        self.address, self.port = self.socket.getsockname()[:2]

    @property
    def is_loopback(self) -> bool:
        """Only this machine can come in."""
        return ipaddress.ip_address(self.address.partition("%")[0]).is_loopback

    @property
    def url(self) -> str:
        """Where to look; an address that means all of them is shown as this machine's name for itself."""
        shown = "localhost" if ipaddress.ip_address(self.address.partition("%")[0]).is_unspecified else self.address
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}/"

    def close(self) -> None:
        """Listen no more."""
        self.socket.close()


def cannot_listen(host: str, port: int, error: Exception, free: str) -> GlanceError:
    """The error that says why a port cannot be had."""
    number = getattr(error, "errno", None)
    what = f"cannot listen on {host} port {port}"
    if number == errno.EADDRINUSE:
        return GlanceError(what, f"port {port} is in use by another program", f"name another, or any: {free}")
    if number == errno.EACCES:
        return GlanceError(what, "ports below 1024 are for root", f"name a higher one, or any that is free: {free}")
    if isinstance(error, socket.gaierror) or number == errno.EADDRNOTAVAIL:
        return GlanceError(what, f"{host} is no address of this machine", "127.0.0.1 is, and 0.0.0.0 is all it has")
    return GlanceError(what, getattr(error, "strerror", None) or str(error), "")


@asynccontextmanager
async def open_to(door: Door, application: web.Application) -> AsyncIterator[None]:
    """Answer whoever comes, until the end of the block."""
    guests = Guests()
    application.middlewares.insert(0, guests.notice)
    runner = web.AppRunner(
        application,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=SHUTDOWN_SECONDS,
        keepalive_timeout=KEEP_ALIVE_SECONDS,
        logger=_Journal(logger, {}),
    )
    await runner.setup()
    assert runner.server is not None
    admit = guests.admit_to(runner.server)
    listening = await asyncio.get_running_loop().create_server(admit, sock=door.socket, backlog=BACKLOG)
    try:
        yield
    finally:
        listening.close()
        await runner.cleanup()


class _Journal(logging.LoggerAdapter[logging.Logger]):
    """What goes wrong while answering; what is no HTTP is the fault of who sent it, and fills no journal."""

    def log(self, level: int, msg: object, *args: object, **more: Any) -> None:
        """Note it."""
        if not isinstance(more.get("exc_info"), HttpProcessingError):
            super().log(level, msg, *args, **more)


class Porter:
    """Keeps a door open in a thread of its own: what reads the logs must wait for nobody."""

    def __init__(self, door: Door, make: Callable[[], web.Application]) -> None:
        """Start nothing yet.

        Args:
            door: where.
            make: the application, made in the thread.
        """
        self._door = door
        self._make = make
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._stands = threading.Event()
        self._thread = threading.Thread(target=self._run, name="porter", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._stands.wait(SHUTDOWN_SECONDS)

    def stop(self) -> None:
        """End, and wait until it is ended."""
        if self._loop is not None and self._ending is not None:
            with contextlib.suppress(RuntimeError):  # it was closed just now
                self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(2 * SHUTDOWN_SECONDS)
        self._door.close()

    def _run(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        async with open_to(self._door, self._make()):
            self._stands.set()
            await self._ending.wait()
