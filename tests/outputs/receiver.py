"""A real HTTP receiver on loopback, which can be slow, refuse, drip, redirect, and go away and come back."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Takes what is posted, and answers as it is told to."""

    def __init__(self, port: int = 0) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.release = threading.Event()
        """While it is not set, nothing is answered."""
        self.release.set()
        self.drips = False
        """The answer comes a byte at a time, for ever."""
        self.posted: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.paths: list[str] = []
        self._server = _Server(("127.0.0.1", port), _handler_of(self))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=secret"

    def close(self) -> None:
        self.release.set()
        self.drips = False
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """The other side hung up, as it should."""


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.paths.append(self.path)
            receiver.keys.append(self.headers["Idempotency-Key"] or "")
            with contextlib.suppress(ValueError):
                receiver.posted.append(json.loads(body))
            receiver.release.wait(20)
            if receiver.drips:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while receiver.drips:
                    self.wfile.write(b"X-Slow: 1\r\n")
                    threading.Event().wait(0.02)
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            pass

    return Handler


@contextlib.contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver, for as long as it lasts."""
    receiver = Receiver(port)
    try:
        yield receiver
    finally:
        receiver.close()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
