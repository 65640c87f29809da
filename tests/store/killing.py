"""Processes that write a history and are killed: at a named place, or at any moment.

Run as a program: `PATH` writes the log from where the history stands, telling each batch that was
committed; `PATH random COUNT SEED` starts such writers again and again and kills each at a random
moment, then holds the history to be exactly a beginning of the log, at least up to what was told.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from glance.store.history import History
from tests.store.log import LINE_BYTES, SOURCE, batches, lines_of

LINES = 4000


def write(path: Path, out: int, seed: int = 1) -> None:
    """Commit the rest of the log, batch by batch; now and then make room, and copy the log of writes."""
    history = History.open(path, clock=lambda: 0.0)
    checkpoints = history.checkpoints(SOURCE)
    start = checkpoints[-1].offset // LINE_BYTES if checkpoints else 0
    for number, batch in enumerate(batches(LINES, seed, most=80, start=start)):
        history.commit(batch)
        os.write(out, b"%d\n" % (batch.checkpoints[0].offset // LINE_BYTES))
        if number % 7 == 3:
            history.copy_wal()
    history.close()


def make_room(path: Path) -> None:
    """Let every bucket go."""
    history = History.open(path, clock=lambda: 0.0)
    while history.retain(2e9, most_bytes=1, most_age_seconds=1e12).is_more:
        pass
    history.close()


def kill_at_random(path: Path, count: int, seed: int) -> int:
    """Kill writers until there were so many; gives how many of them were still writing."""
    rng = random.Random(seed)
    told = killed = 0
    for number in range(count):
        read_end, write_end = os.pipe()
        child = os.fork()
        if not child:
            os.close(read_end)
            write(path, write_end, seed + number)
            os._exit(0)
        os.close(write_end)
        select.select([read_end], [], [], 10)  # it has begun
        time.sleep(rng.random() * 0.03)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        words = b"".join(iter(lambda: os.read(read_end, 1 << 16), b"")).split(b"\n")[:-1]  # noqa: B023 - used at once
        os.close(read_end)
        told = max([told, *map(int, words)])
        history = History.open(path)
        held = lines_of(history)
        assert held >= told, f"told {told}, held {held}"
        assert history.warning == ""
        history.close()
        if held == LINES:
            for file in path.parent.glob(path.name + "*"):
                file.unlink()
            told = 0
    return killed


if __name__ == "__main__":
    if sys.argv[2:3] == ["random"]:
        print(kill_at_random(Path(sys.argv[1]), int(sys.argv[3]), int(sys.argv[4])))
    elif sys.argv[2:3] == ["room"]:
        make_room(Path(sys.argv[1]))
    else:
        write(Path(sys.argv[1]), 1)
