"""A real browser without a window, driven over its own protocol."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip


class Tab:
    """A page of the browser."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._number = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.asked: list[str] = []
        """Addresses that the page asked for."""
        self.said: list[str] = []
        """What was written to the console, and what was refused."""
        self.drawn = b""
        """What came over the connection of the dashboard."""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._connection:
            found = message.json()
            if "id" in found:
                self._answers.pop(found["id"]).set_result(found)
            elif found["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                self.asked.append(found["params"].get("url") or found["params"]["request"]["url"])
            elif found["method"] == "Network.webSocketFrameReceived" and found["params"]["response"]["opcode"] == 2:
                self.drawn += base64.b64decode(found["params"]["response"]["payloadData"])
            elif found["method"] == "Log.entryAdded":
                self.said.append(found["params"]["entry"]["text"])
            elif found["method"] == "Runtime.exceptionThrown":
                self.said.append(str(found["params"]["exceptionDetails"]))

    async def do(self, method: str, **told: Any) -> dict[str, Any]:
        self._number += 1
        self._answers[self._number] = asyncio.get_running_loop().create_future()
        await self._connection.send_json({"id": self._number, "method": method, "params": told})
        answer = await self._answers.get(self._number, asyncio.get_running_loop().create_future())
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    async def value(self, script: str) -> Any:
        found = await self.do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    async def until(self, script: str, seconds: float = 25) -> Any:
        async with asyncio.timeout(seconds):
            while not (found := await self.value(script)):  # noqa: ASYNC110 - a browser tells nobody
                await asyncio.sleep(0.1)
        return found

    async def picture(self, path: Path) -> bytes:
        found = await self.do("Page.captureScreenshot", format="png")
        path.write_bytes(picture := base64.b64decode(found["data"]))
        return picture

    async def type(self, text: str) -> None:
        await self.do("Input.dispatchKeyEvent", type="keyDown", text=text, key=text)
        await self.do("Input.dispatchKeyEvent", type="keyUp", key=text)

    async def close(self) -> None:
        self._reading.cancel()
        await self._connection.close()


@asynccontextmanager
async def opened(home: Path, width: int = 1400, height: int = 900) -> AsyncIterator[Tab]:
    """A browser with one empty page."""
    assert BROWSER is not None
    process = await asyncio.create_subprocess_exec(
        BROWSER, *QUIET, f"--user-data-dir={home}", f"--window-size={width},{height}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        port = ""
        while not port:
            line = (await process.stderr.readline()).decode()
            assert line, "the browser ended"
            if "DevTools listening on" in line:
                port = line.split("ws://127.0.0.1:")[1].split("/")[0]
        draining = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                page = next(one for one in await answer.json() if one["type"] == "page")
            tab = Tab(await session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=1 << 26))
            for domain in ("Page", "Runtime", "Network", "Log"):
                await tab.do(f"{domain}.enable")
            yield tab
            await tab.close()
        draining.cancel()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
