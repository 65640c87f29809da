"""The control socket: answers its owner, survives whoever asks nonsense, and what a killed daemon left."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from glance.errors import GlanceError
from glance.pipeline.control import Control, ask
from glance.pipeline.supervisor import Supervisor


def answer(question: str) -> dict[str, Any]:
    return {"status": {"pid": os.getpid(), "note": "é" * 100_000}}[question]


@asynccontextmanager
async def listening(path: Path) -> AsyncIterator[Control]:
    control = Control(path, answer)
    await control.open()
    try:
        yield control
    finally:
        await control.close()


async def test_a_question_is_answered_by_a_known_process(tmp_path: Path) -> None:
    path = tmp_path / "daemon.sock"
    async with listening(path):
        assert path.stat().st_mode & 0o777 == 0o600
        reply = await asyncio.to_thread(ask, path, "status")
    assert reply is not None
    assert reply.pid == reply.values["pid"] == os.getpid()
    assert len(reply.values["note"]) == 100_000
    assert not path.exists()
    assert ask(path, "status") is None


async def test_what_a_killed_daemon_left_is_no_daemon(tmp_path: Path) -> None:
    path = tmp_path / "daemon.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    assert ask(path, "status") is None
    async with listening(path):
        assert await asyncio.to_thread(ask, path, "status") is not None


async def test_a_path_too_long_for_an_address_works(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    async with listening(folder / "daemon.sock"):
        assert await asyncio.to_thread(ask, folder / "daemon.sock", "status") is not None


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"nonsense\n", b"[]\n", b'{"ask": 3}\n', b'{"ask": "x"}\n', b"x" * 10_000]
)
async def test_nonsense_harms_nobody(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "daemon.sock"
    async with listening(path):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(data)
        writer.write_eof()
        said = await reader.read()
        writer.close()
        assert said == b"" or b"error" in said
        assert await asyncio.to_thread(ask, path, "status") is not None


async def test_one_that_listens_and_does_not_answer_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "daemon.sock"
    with socket.socket(socket.AF_UNIX) as stuck:
        stuck.bind(str(path))
        stuck.listen()
        with pytest.raises(GlanceError) as caught:
            ask(path, "status", seconds=0.1)
    assert caught.value.why == "it took too long"


def told(received: socket.socket) -> list[str]:
    return received.recv(4096).decode().splitlines()


@pytest.mark.parametrize("is_abstract", [False, True])
def test_a_supervisor_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_abstract: bool) -> None:
    name = f"@glance-test-{os.getpid()}" if is_abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as received:
        received.bind("\0" + name[1:] if is_abstract else name)
        received.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        monkeypatch.setenv("WATCHDOG_USEC", "3000000")
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        supervisor = Supervisor()

        assert supervisor.watchdog_seconds == 3.0
        assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & set(os.environ)
        supervisor.ready("reads a.log")
        assert told(received) == ["READY=1", "STATUS=reads a.log"]
        supervisor.reloading()
        assert told(received)[0] == "RELOADING=1"
        supervisor.alive()
        assert told(received) == ["WATCHDOG=1"]
        supervisor.stopping()
        assert told(received) == ["STOPPING=1"]


def test_without_a_supervisor_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setenv("WATCHDOG_USEC", "nonsense")
    supervisor = Supervisor()
    supervisor.ready("x")
    assert supervisor.watchdog_seconds == 0.0


def test_a_supervisor_that_is_gone_harms_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    Supervisor().ready("x")
