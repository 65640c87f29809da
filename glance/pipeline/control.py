"""The daemon's control socket: one question a connection, one line of JSON each way.

Only who may enter the folder, which is its owner, can ask; the other side is looked at all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glance.errors import GlanceError

Answer = Callable[[str], Mapping[str, Any]]
"""Answers a question: `status`, `stop` or `reload`. Raises KeyError for any other."""

PATIENCE_SECONDS = 5.0
_MOST_QUESTION = 4096
_MOST_ANSWER = 64 << 20
_MOST_PATH = 100
"""A Unix socket's address holds little more than that."""


class Control:
    """The daemon's side."""

    def __init__(self, path: Path, answer: Answer) -> None:
        """Listen nowhere yet.

        Args:
            path: of the socket.
            answer: called in the loop for each question.
        """
        self._path = path
        self._answer = answer
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. What a killed daemon left is removed: whoever calls this holds the lock."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._path.unlink(missing_ok=True)
            before = os.umask(0o177)
            try:
                with _address(self._path) as address:
                    listener.bind(address)
            finally:
                os.umask(before)
            self._server = await asyncio.start_unix_server(self._serve, sock=listener, limit=_MOST_QUESTION)
        except OSError as error:
            listener.close()
            raise GlanceError(f"cannot listen on {self._path}", error.strerror or str(error)) from error

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if _peer(writer.get_extra_info("socket"))[1] in (os.geteuid(), 0, None):
                    writer.write(self._reply(await reader.readline()))
                    await writer.drain()
        except (OSError, ValueError, TimeoutError):
            return  # whoever asked has gone, is too slow, or does not know how
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _reply(self, question: bytes) -> bytes:
        try:
            answer = self._answer(json.loads(question)["ask"])
        except (ValueError, KeyError, TypeError):
            answer = {"error": "ask for status, stop or reload"}
        return json.dumps(answer).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a daemon answered."""

    values: dict[str, Any]
    pid: int
    """Of the process that listens, as the kernel says; 0 where it does not."""


def ask(path: Path, question: str, seconds: float = PATIENCE_SECONDS) -> Reply | None:
    """Ask the daemon that listens there; None when none does.

    Raises:
        GlanceError: it listens and does not answer.
    """
    data = bytearray()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(seconds)
        try:
            with _address(path) as address:
                client.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise _silent(error.strerror or str(error)) from error
        pid, user = _peer(client)
        if user not in (os.geteuid(), 0, None):
            raise _silent("the socket belongs to somebody else")
        try:
            client.sendall(json.dumps({"ask": question}).encode() + b"\n")
            while (piece := client.recv(1 << 16)) and len(data) < _MOST_ANSWER:
                data += piece
            values = json.loads(data)
        except (ConnectionError, ValueError):
            return None  # it is ending
        except OSError as error:
            raise _silent("it took too long" if isinstance(error, TimeoutError) else str(error)) from error
    return Reply(values, pid or int(values.get("pid", 0)))


def _silent(why: str) -> GlanceError:
    return GlanceError("the daemon does not answer", why, "see what it says: glance daemon logs")


def _peer(connection: socket.socket) -> tuple[int, int | None]:
    """Process and user on the other side, as the kernel knows them: of who connected, or of who listens."""
    if sys.platform != "linux":
        return 0, None
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, user, _ = struct.unpack("3i", raw)
    return pid, user


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """The path, or where it is too long for an address, a short way there."""
    if len(os.fsencode(path)) <= _MOST_PATH or not os.path.isdir("/proc/self/fd"):
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
