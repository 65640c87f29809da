"""Opens a profile beside a thread that only wants to wake up: `python -m tests.bench.flame_watch FILE`.

That thread stands for the screen. How long it had to wait is told in JSON, by the clock and by the processor time
that this program took meanwhile: on a busy machine the clock also counts what others did.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from typing import Self

from glance.domain.flame_board import FlameAnswer, FlameWish
from glance.pipeline.profile_desk import ProfileDesk

STEP_SECONDS = 0.002


class Watch:
    """Wakes up all the time, and remembers the longest it could not."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.longest = self.longest_busy = 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        at, busy = time.perf_counter(), time.process_time()
        while not self._is_over.wait(STEP_SECONDS):
            now, spent = time.perf_counter(), time.process_time()
            self.longest, self.longest_busy = (
                max(self.longest, now - at),
                max(self.longest_busy, min(spent - busy, now - at)),
            )
            at, busy = now, spent

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """It is over."""
        self._is_over.set()
        self._thread.join()


async def opened(path: str, stages: set[str]) -> FlameAnswer:
    """Wait until there is a picture, then have another value counted, and let go of everything."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()

    def tell() -> None:
        loop.call_soon_threadsafe(told.set)

    desk = ProfileDesk(tell)
    desk.open([path])
    found = FlameAnswer(FlameWish())
    for wish in (FlameWish(), FlameWish(value="samples")):
        while True:
            found = desk.answer(wish)
            stages |= {note.note for note in found.profiles if note.standing == "reading"}
            if found.mistake or (found.picture is not None and not found.is_working):
                break
            await told.wait()
            told.clear()
    desk.forget()
    desk.remove(found.profiles[0].name)
    return found


def main() -> None:
    """Measure and print."""
    stages: set[str] = set()
    began = time.perf_counter()
    with Watch() as watch:
        answer = asyncio.run(opened(sys.argv[1], stages))
    assert answer.picture is not None
    told = {
        "longest": watch.longest,
        "longest_busy": watch.longest_busy,
        "seconds": time.perf_counter() - began,
        "nodes": len(answer.picture.tree),
        "stages": sorted(stages),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
