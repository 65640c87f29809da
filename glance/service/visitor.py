"""One visitor: a process of its own that draws the dashboard for one browser, and ends with its connection."""

from __future__ import annotations

import asyncio
import contextlib
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence

from aiohttp import WSCloseCode, WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from glance.browser import DRIVER, VARIABLE
from glance.service.page import Page
from glance.service.problem import Problem

MOST_VISITORS = 16
"""Each is a process that reads the logs."""
PATIENCE_SECONDS = 3.0
"""How long a dashboard may take to end when it is asked to."""
MOST_CELLS = 1000
"""Columns or rows that a browser may ask for."""
MOST_MESSAGE_BYTES = 1 << 20
"""What a browser sends at once: a key, or what was pasted."""
HEARTBEAT_SECONDS = 15.0
UNTOLD = ("GLANCE_TOKEN", "GLANCE_LISTEN_TOKEN", "NO_COLOR", "TERM")
"""What a visitor's process has no use for."""


class Dashboard(AppService):
    """The program behind one connection; without a shell, and never left behind."""

    def __init__(self, words: Sequence[str], connection: web.WebSocketResponse) -> None:
        """Start nothing yet."""
        super().__init__(
            " ".join(words),
            write_bytes=connection.send_bytes,
            write_str=connection.send_str,
            close=lambda: _close(connection),
            download_manager=DownloadManager(),
        )
        self._words = words

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        kept = {name: value for name, value in super()._build_environment(width, height).items() if name not in UNTOLD}
        return kept | {VARIABLE: DRIVER, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LINES": str(height)}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,  # ctrl+c in our terminal is for us; we end it in order
        )
        self._stdin = process.stdin
        return process

    async def wait(self) -> None:
        """Until it has ended."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Ask it to end, and see to it that it does."""
        process, task = self._process, self._task
        self._task = None
        if process is None or task is None:
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self.send_meta({"type": "quit"})
        for end in (process.terminate, process.kill, None):
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await process.wait()
                break
            except TimeoutError:
                if end is not None and process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        end()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Visitors:
    """All that are here."""

    def __init__(self, words: Sequence[str], page: Page) -> None:
        """Nobody is here yet.

        Args:
            words: the command that draws the dashboard.
            page: on which it is shown.
        """
        self._words = tuple(words)
        self._page = page
        self._here: set[web.WebSocketResponse] = set()

    def add_to(self, application: web.Application) -> None:
        """Give an application the page, its parts, and the connection behind it."""
        application.router.add_get("/", self._page.index)
        application.router.add_get("/static/{name}", self._page.part)
        application.router.add_get("/ws", self.meet)
        application.on_shutdown.append(self.bid_farewell)

    async def meet(self, request: web.Request) -> web.WebSocketResponse:
        """Show one the dashboard until it leaves."""
        if len(self._here) >= MOST_VISITORS:
            raise Problem(503, "too many look at it", f"{MOST_VISITORS} dashboards are open", "close one of them")
        connection = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_MESSAGE_BYTES)
        self._here.add(connection)
        try:
            await connection.prepare(request)
            await self._show(connection, _cells(request.query, "width", 80), _cells(request.query, "height", 24))
        finally:
            self._here.discard(connection)
            if not connection.closed and connection.prepared:
                await connection.close()
        return connection

    async def _show(self, connection: web.WebSocketResponse, width: int, height: int) -> None:
        dashboard = Dashboard(self._words, connection)
        await dashboard.start(width, height)
        hearing = asyncio.create_task(_hear(connection, dashboard))
        ending = asyncio.create_task(dashboard.wait())
        try:
            await asyncio.wait((hearing, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            hearing.cancel()
            ending.cancel()
            await asyncio.gather(hearing, ending, return_exceptions=True)
            await asyncio.shield(dashboard.stop())

    async def bid_farewell(self, _application: web.Application) -> None:
        """Everybody leaves: the end has come."""
        await asyncio.gather(
            *(one.close(code=WSCloseCode.GOING_AWAY) for one in list(self._here)), return_exceptions=True
        )


async def _close(connection: web.WebSocketResponse) -> None:
    await connection.close()


async def _hear(connection: web.WebSocketResponse, dashboard: Dashboard) -> None:
    """Pass on what a browser sends; what it cannot send is left out."""
    async for message in connection:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            envelope = json.loads(message.data)
        except ValueError:
            continue
        match envelope:
            case ["stdin", str(keys)]:
                await dashboard.send_bytes(keys.encode(errors="replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await dashboard.set_terminal_size(min(max(width, 1), MOST_CELLS), min(max(height, 1), MOST_CELLS))
            case ["ping", sent]:
                await connection.send_json(["pong", sent])
            case ["blur", *_]:
                await dashboard.blur()
            case ["focus", *_]:
                await dashboard.focus()
            case _:
                continue


def _cells(given: Mapping[str, str], name: str, otherwise: int) -> int:
    text = given.get(name, "")
    return min(max(int(text), 1), MOST_CELLS) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise
