"""From "p99 of /slow rises" to the line of code that makes it slow: three keys, with a real Go server and its log."""

from __future__ import annotations

import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.terminal import environment, glance
from tests.go_target import HERE, GoServer, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # at the first time Go is fetched, and the server built

SOURCE = (HERE / "main.go").read_text().splitlines()
LINE = next(number for number, text in enumerate(SOURCE, 1) if "regexp.MustCompile" in text)
SETTINGS = """
[pprof]
cpu_seconds = 1
every = 5
kinds = ["cpu"]
"""


@contextmanager
def traffic(server: GoServer, log: Path) -> Iterator[None]:
    """Meanwhile requests are made, one after the other; by the log /slow takes longer and longer."""
    is_over = threading.Event()

    def go_on() -> None:
        with log.open("a", buffering=1) as out:
            for number in range(1_000_000):
                if is_over.is_set():
                    return
                path = ("/slow", "/hash", "/slow", "/lock")[number % 4]
                begun = time.monotonic()
                with urllib.request.urlopen(f"{server.url}{path}", timeout=30) as reply:
                    size = len(reply.read())
                seconds = time.monotonic() - begun + (number * 1e-4 if path == "/slow" else 0.0)
                at = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
                out.write(f'10.0.0.7 - - [{at}] "GET {path} HTTP/1.1" 200 {size} "-" "test" {seconds:.6f}\n')

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def is_source(text: str) -> bool:
    """The place of the slow line, the line itself, and no list any more: its source has the page."""
    return (
        f"main.go:{LINE}" in text
        and SOURCE[LINE - 1].strip() in text
        and "route /slow" in text
        and not re.search(r"takes +share", text)
    )


KEYS = (
    ("d", lambda text: re.search(r"/slow .*\n(.*\n)*.*slowest of /slow", text)),
    ("P", lambda text: "suspects of" in text and "route /slow" in text),
    ("enter", is_source),
)
"""The page of latency, where the slowest route has the cursor; the suspects of that route; the source."""


def test_the_slow_line_is_three_keys_away(tmp_path, go_program):
    config = tmp_path / ".config" / "glance" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(SETTINGS)
    log = tmp_path / "access.log"
    log.touch()
    with serving(go_program) as server, traffic(server, log):
        words = (str(log), "--pprof", f"api={server.url}")
        env = environment(HOME=str(tmp_path), XDG_CONFIG_HOME=None, XDG_STATE_HOME=None, XDG_DATA_HOME=None)
        with glance(*words, size=(120, 35), env=env, cwd=HERE) as terminal:
            terminal.shows(lambda text: "LIVE" in text and "/slow" in text)
            for key, is_there in KEYS:
                terminal.press(key)
                terminal.shows(is_there, seconds=40)
            assert len(KEYS) == 3
            terminal.press("q")
            assert terminal.ends() == 0
