"""However many come and ask nothing, the logs keep their descriptors and who asks is answered."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest

from glance.service import guests
from tests.service.asking import Told, served

HALF = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
WHOLE = HALF + b"\r\n"
LONG = b"a" * 9000


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "MOST_CONNECTIONS", 4)


async def come(stack: AsyncExitStack, url: str, said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One more connection, on which so much was said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    stack.callback(writer.close)
    writer.write(said)
    for _ in range(20):  # the other side, in this same loop, takes it in
        await asyncio.sleep(0)
    return reader, writer


async def test_who_asks_nothing_gives_way_to_who_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "PATIENCE_SECONDS", 0.0)
    async with asyncio.timeout(20), AsyncExitStack() as stack:
        _, url = await stack.enter_async_context(served(Told()))
        idle = [await come(stack, url, said) for said in (HALF, b"", HALF[:7], HALF)]
        reader, _ = await come(stack, url, WHOLE)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        for waiting, _ in idle:
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await waiting.readexactly(1)


async def test_who_does_not_take_the_answer_gives_way_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "PATIENCE_SECONDS", 0.0)
    told = Told(lambda _asked: {"names": "n" * 20_000_000})
    async with asyncio.timeout(20), AsyncExitStack() as stack:
        _, url = await stack.enter_async_context(served(told))
        for _ in range(4):
            reader, _ = await come(stack, url, WHOLE.replace(b"/metrics", b"/api/v1/report"))
            await reader.readline()  # it is answered, and nobody reads on
        reader, _ = await come(stack, url, WHOLE)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")


async def test_while_all_are_busy_the_next_is_told_to_come_again() -> None:
    async with asyncio.timeout(20), AsyncExitStack() as stack:
        _, url = await stack.enter_async_context(served(Told()))
        idle = [await come(stack, url, HALF) for _ in range(4)]
        reader, _ = await come(stack, url, b"")
        refused = await reader.read()
        assert refused.startswith(b"HTTP/1.1 503")
        assert b"Retry-After" in refused
        for waiting, writer in idle:  # whoever was here before is answered
            writer.write(b"\r\n")
            assert (await waiting.readline()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("said", [b"GET /" + LONG, HALF + b"X: " + LONG + b"\r\n\r\n", b"\x16\x03\x01\r\n\r\n"])
async def test_what_is_no_http_fills_no_journal(said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with asyncio.timeout(20), AsyncExitStack() as stack:
        _, url = await stack.enter_async_context(served(Told()))
        reader, _ = await come(stack, url, said)
        assert (await reader.readline()).startswith(b"HTTP/1.")
    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


async def test_a_bug_does(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_asked: object) -> dict[str, str]:
        raise LookupError("a bug")

    async with served(Told(fails)) as (session, url), session.get(f"{url}/api/v1/report") as answer:
        assert answer.status == 500
    assert any(record.exc_info for record in caplog.records)
