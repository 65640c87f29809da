"""The demo's service, seen from the demo: a process of its own that does the work of the log's requests.

Its program is put beside the log, so that its functions are those of a program of one's own and their lines open. It
gets the lines of the log through a pipe, and ends when that does, however the demo ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import glance

PROGRAM = "shop.py"
MOST_WAITING_BYTES = 1 << 16
"""Of lines that the service has not taken yet; more are not handed on."""
PATIENCE_SECONDS = 2.0


class DemoService:
    """The process, and where its profiles are."""

    def __init__(self, directory: Path) -> None:
        """Start it. Nobody waits until it is up: who asks it meanwhile is answered then.

        Args:
            directory: where its program is put.

        Raises:
            OSError: it cannot be started.
        """
        program = directory / PROGRAM
        shutil.copyfile(Path(__file__).with_name("demo_shop.py"), program)
        self._waiting = b""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(8)
            self.port: int = listening.getsockname()[1]
            where = os.pathsep.join(filter(None, (str(Path(glance.__file__).parents[1]), os.environ.get("PYTHONPATH"))))
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-B", str(program), str(listening.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(listening.fileno(),),
                env={**os.environ, "PYTHONPATH": where},
                start_new_session=True,  # ctrl+c is for the dashboard
            )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin
        os.set_blocking(self._pipe.fileno(), False)

    @property
    def url(self) -> str:
        """Where its profiles are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def take(self, lines: Sequence[bytes]) -> None:
        """Have it do the work of these requests; what it has no time for is left out."""
        if self._pipe.closed:
            return
        if len(self._waiting) < MOST_WAITING_BYTES:
            self._waiting += b"".join(lines)
        with contextlib.suppress(OSError):  # it is full, or gone
            self._waiting = self._waiting[os.write(self._pipe.fileno(), self._waiting) :]

    def close(self) -> None:
        """End it."""
        self._waiting = b""
        with contextlib.suppress(OSError):
            self._pipe.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        """The service itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.close()
