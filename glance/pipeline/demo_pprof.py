"""Serves the profiles of this process over HTTP as programs of Go do, for the service of the demo."""

from __future__ import annotations

import shutil
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from glance.pipeline.demo_memory import Kept
from glance.pipeline.demo_profiler import Profiler, TakenError

DIRECTORY_PREFIX = "glance-demo-"
"""How the name of a demo's own directory begins."""
ROOT = "/debug/pprof/"
DEFAULT_SECONDS = 30
MOST_SECONDS = 300
INDEX = """<html><head><title>/debug/pprof/</title></head><body>
<table><tr><td>Count<td>Profile</tr>
<tr><td>{threads}</td><td><a href='goroutine?debug=0'>goroutine</a></td></tr>
<tr><td>0</td><td><a href='heap?debug=0'>heap</a></td></tr>
<tr><td>0</td><td><a href='profile?seconds=5'>profile</a></td></tr>
</table></body></html>
"""
BUSY = b"Could not enable CPU profiling: cpu profiling already in use\n"


class PprofHandler(BaseHTTPRequestHandler):
    """Answers one request."""

    profiler: ClassVar[Profiler]
    kept: ClassVar[Kept]
    protocol_version = "HTTP/1.1"
    timeout = 60
    """Seconds after which a connection that says nothing is closed."""

    def do_GET(self) -> None:
        """A profile, or what there is."""
        url = urlsplit(self.path)
        name = url.path.removeprefix(ROOT) if url.path.startswith(ROOT) else None
        if name == "":
            self._send(INDEX.format(threads=threading.active_count()).encode(), "text/html; charset=utf-8")
        elif name == "profile":
            asked = parse_qs(url.query).get("seconds", [""])[0]
            seconds = min(MOST_SECONDS, int(asked)) if asked.isdecimal() and asked.strip("0") else DEFAULT_SECONDS
            try:
                self._send(self.profiler.cpu(seconds))
            except TakenError:
                self._send(BUSY, "text/plain", 500)
        elif name == "goroutine":
            is_text = parse_qs(url.query).get("debug") == ["2"]
            self._send(self.profiler.thread_text() if is_text else self.profiler.threads())
        elif name == "heap":
            self._send(self.kept.profile())
        else:
            self._send(b"404 page not found\n", "text/plain", 404)

    def _send(self, body: bytes, kind: str = "application/octet-stream", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 500:
            self.send_header("X-Go-Pprof", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_args: object) -> None:  # noqa: A002 - its name in the library
        """Nothing is logged."""


class PprofServer(ThreadingHTTPServer):
    """Serves on a socket that somebody else opened."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, handler: type[PprofHandler]) -> None:
        """Take it over."""
        super().__init__(("127.0.0.1", 0), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_address = listening.getsockname()

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked went away in the middle: that is theirs to tell."""


def serve_profiles(profiler: Profiler, kept: Kept, fd: int) -> None:
    """Serve in a thread of its own, as long as the program runs.

    Args:
        profiler: takes the profiles.
        kept: the memory that is told of.
        fd: a socket that listens.
    """
    handler = type("Handler", (PprofHandler,), {"profiler": profiler, "kept": kept})
    server = PprofServer(socket.socket(fileno=fd), handler)
    threading.Thread(target=server.serve_forever, name="pprof", daemon=True).start()


def remove_what_is_left(directory: Path) -> None:
    """Remove the demo's directory: a demo that was killed could not do it itself."""
    if directory.name.startswith(DIRECTORY_PREFIX):
        shutil.rmtree(directory, ignore_errors=True)
