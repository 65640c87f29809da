"""Writes a log live at a steady rate: `python -m tests.bench.writer LOG RATE SECONDS`, a process of its own.

At its end, or at SIGTERM, it prints how many lines it has written.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

from tests.bench.synthetic import Site, combined_lines, stamps_of

STEP_SECONDS = 0.02
POOL_LINES = 20_000
"""So many lines are made beforehand and written again and again, with the time of the moment."""


def pool() -> list[bytes]:
    """Lines in the format combined + request time, all with the time 0."""
    site = Site(seed=5)
    drawn = site.drawn(POOL_LINES)
    return [line.encode() for line in combined_lines(site, drawn, [0.0] * POOL_LINES, is_timed=True)]


def write_live(path: Path, rate: float, seconds: float, stop: threading.Event) -> int:
    """Write until the time is up or somebody says stop; returns the number of lines."""
    lines = pool()
    blank = stamps_of([0.0])[0].encode()
    written = 0
    with path.open("ab", buffering=0) as sink:
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds and not stop.is_set():
            due = int(passed * rate) - written
            while due > 0:
                start = written % POOL_LINES
                part = lines[start : start + due]
                sink.write(b"".join(part).replace(blank, stamps_of([time.time()])[0].encode()))
                written += len(part)
                due -= len(part)
            stop.wait(STEP_SECONDS)
    return written


def main() -> None:
    """Write as the command line says."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    path, rate, seconds = sys.argv[1:4]
    print(write_live(Path(path), float(rate), float(seconds), stop), flush=True)


if __name__ == "__main__":
    main()
