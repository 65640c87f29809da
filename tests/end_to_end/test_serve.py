"""The service as a real process: a dashboard for each visitor, and an end in order, in a real browser too."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from glance.browser import NOT_HERE
from glance.paths import daemon_file
from glance.pipeline.control import ask
from tests.domain.exposition import read
from tests.end_to_end.terminal import children_of, environment, is_running
from tests.end_to_end.traffic import append, numbered
from tests.service.browser import BROWSER, Tab, opened

GLANCE = (sys.executable, "-m", "glance")
BROWSER_SECONDS = 45
"""How long a browser may take for a picture on a busy machine: it draws with the processor."""

FIRST_BYTES = 2000
"""A dashboard that is drawn is more than that."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of 300 requests."""
    path = tmp_path / "access.log"
    path.write_bytes(numbered(0, 300))
    return path


class Service:
    """One that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.url = ""
        self.said: list[str] = []

    async def listens(self) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(20):
            while not any("ctrl+c" in line for line in self.said):
                line = (await self.process.stdout.readline()).decode()
                assert line, self.said
                self.said.append(line)
        self.url = next(line.split()[1] for line in self.said if line.lstrip().startswith("dashboard"))

    async def ends(self, number: signal.Signals) -> int:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        async with asyncio.timeout(20):
            return await self.process.wait()


@asynccontextmanager
async def serving(*words: object) -> AsyncIterator[Service]:
    """`glance serve` with these words."""
    process = await asyncio.create_subprocess_exec(
        *GLANCE, "serve", "--port=0", "--no-history", *map(str, words), env=environment(TERM="dumb"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    service = Service(process)
    try:
        await service.listens()
        yield service
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def drawn(connection: aiohttp.ClientWebSocketResponse) -> bytes:
    """What a dashboard draws first."""
    seen = b""
    async with asyncio.timeout(20):
        while len(seen) < FIRST_BYTES:
            seen += await connection.receive_bytes()
    return seen


@pytest.mark.slow
@pytest.mark.parametrize(("number", "many"), [(signal.SIGTERM, 2), (signal.SIGINT, 1)])
async def test_it_ends_in_order_with_visitors(log: Path, number: signal.Signals, many: int) -> None:
    async with serving(log) as service, aiohttp.ClientSession() as session:
        visits = [await session.ws_connect(f"{service.url}ws?width=120&height=40") for _ in range(many)]
        for visit in visits:
            assert b"access.log" in await drawn(visit)
        visitors = children_of(service.process.pid)
        assert len(visitors) == many

        ending = asyncio.create_task(service.ends(number))
        for visit in visits:
            async for _ in visit:
                pass
            assert visit.close_code == aiohttp.WSCloseCode.GOING_AWAY
        assert await ending == 0
        assert not [pid for pid in visitors if is_running(pid)]


@pytest.mark.slow
async def test_a_visitor_who_leaves_takes_the_dashboard_along(log: Path) -> None:
    async with serving(log) as service, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:  # another page
            await session.ws_connect(f"{service.url}ws", headers={"Origin": "http://evil.example"})
        assert refused.value.status == 403
        assert not children_of(service.process.pid)

        visit = await session.ws_connect(f"{service.url}ws?width=-1&height=999999999")
        await drawn(visit)
        for strange in (
            "no json",
            "[]",
            '["stdin"]',
            '["stdin", 5]',
            '["resize", {"width": "x"}]',
            '["resize", {}]',
            "5",
        ):
            await visit.send_str(strange)
        await visit.send_bytes(b"\xff")
        await visit.send_str('["ping", "7"]')
        async with asyncio.timeout(20):
            while (message := await visit.receive()).type is not aiohttp.WSMsgType.TEXT:
                pass
        assert message.json() == ["pong", "7"]
        assert len(children_of(service.process.pid)) == 1
        await visit.close()
        async with asyncio.timeout(20):
            while children_of(service.process.pid):  # noqa: ASYNC110 - a process that ends tells nobody else
                await asyncio.sleep(0.05)

        visit = await session.ws_connect(f"{service.url}ws")
        await drawn(visit)
        await visit.send_str('["stdin", "q"]')  # it leaves by itself
        async with asyncio.timeout(20):
            async for _ in visit:
                pass
        assert await service.ends(signal.SIGTERM) == 0


async def test_for_others_a_token_is_made_and_told_once(log: Path) -> None:
    async with serving("--host=0.0.0.0", log) as service, aiohttp.ClientSession() as session:
        url, _, token = service.url.partition("?token=")
        assert len(token) >= 32
        assert sum(token in line for line in service.said) == 1
        for path in ("", "metrics", "ws", "static/textual.js"):
            async with session.get(url + path) as answer:
                assert answer.status == 401
        async with session.get(f"{url}metrics", headers={"Authorization": f"Bearer {token}"}) as answer:
            read(await answer.text())


async def look(tab: Tab, url: str) -> None:
    """Open the dashboard, and wait until it is drawn."""
    await tab.do("Page.navigate", url=url)
    await tab.until("document.body && document.body.classList.contains('-first-byte')")
    await tab.until("document.querySelector('canvas') !== null")


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
async def test_the_dashboard_is_shown_in_a_browser(log: Path, tmp_path: Path) -> None:
    async with serving("--token=a-token-of-24-characters", log) as service, opened(tmp_path / "browser") as tab:
        await look(tab, f"{service.url}?token=a-token-of-24-characters")
        assert await tab.value("location.search") == ""
        assert await tab.value("document.cookie") == ""
        async with asyncio.timeout(BROWSER_SECONDS):  # a page without a dashboard is a third of that
            while len(await tab.picture(tmp_path / "dashboard.png")) < 25_000:
                pass
        assert b"access.log" in tab.drawn
        tab.drawn = b""
        await tab.type("l")  # nobody has clicked on it
        async with asyncio.timeout(BROWSER_SECONDS):
            while b"/n/299" not in tab.drawn:
                await tab.value("1")
        tab.drawn = b""
        await tab.type("s")
        async with asyncio.timeout(BROWSER_SECONDS):
            while NOT_HERE[:20].encode() not in tab.drawn:
                await tab.value("1")
        assert await tab.value("document.fonts.check('16px \"Roboto Mono\"')")
        here = service.url.partition("://")[2]
        assert [url for url in tab.asked if url.partition("://")[2].partition("/")[0] != here.rstrip("/")] == []
        assert [text for text in tab.said if "WebGL" not in text] == []
        assert await service.ends(signal.SIGTERM) == 0
        await tab.until("document.body.classList.contains('-closed')")
        assert await tab.value("getComputedStyle(document.getElementById('ended')).display") == "flex"


def get(url: str) -> tuple[int, str]:
    """Status and text."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.slow
def test_a_daemon_answers_too(log: Path) -> None:
    def glance(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*GLANCE, *map(str, words)], capture_output=True, text=True, timeout=50, env=environment(), check=False
        )

    started = glance("daemon", "start", "--listen=127.0.0.1:0", log)
    try:
        assert started.returncode == 0, started.stderr
        reply = ask(daemon_file("sock"), "status")
        assert reply is not None
        url = reply.values["url"]
        assert f"answers at {url}metrics" in started.stdout
        assert f"answers   {url}" in glance("daemon", "status").stdout
        append(log, numbered(300, 5))
        while (status := ask(daemon_file("sock"), "status")) and status.values["lines"] < 305:
            pass
        assert read(get(f"{url}metrics")[1])["glance_requests_total"].value(status="200") == 5
        found = json.loads(get(f"{url}api/v1/report?where=path:/n/30")[1])
        assert (found["lines"], found["hits"]) == (305, 6)
        assert get(f"{url}healthz") == (200, '{"status": "ok"}')
        assert json.loads(get(f"{url}api/v1/openapi.json")[1])["openapi"] == "3.1.0"
        assert get(url)[0] == get(f"{url}ws")[0] == 404
    finally:
        assert glance("daemon", "stop").returncode == 0
    assert glance("daemon", "start", f"--listen={'0.0.0.0'}:0", log).returncode == 2
