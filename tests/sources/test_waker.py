"""Loops wait on wakers: by interval, by hint, or by a test's hand."""

from __future__ import annotations

import asyncio

from glance.sources.waker import IntervalWaker, ManualWaker, watch_for_hints


async def test_manual_waker_lets_a_loop_go_round_once_per_step():
    waker = ManualWaker()
    rounds = 0

    async def loop() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await waker.wait()

    task = asyncio.create_task(loop())
    await waker.parked()
    assert rounds == 1
    await waker.step()
    assert rounds == 2
    await waker.step()
    assert rounds == 3
    task.cancel()


async def test_interval_waker_wakes_by_itself():
    await asyncio.wait_for(IntervalWaker(0.001).wait(), 10)


async def test_interval_waker_wakes_early_on_a_hint_once():
    waker = IntervalWaker(3600, rest_seconds=0)
    waker.awaken()
    waker.awaken()
    await asyncio.wait_for(waker.wait(), 10)

    waiting = asyncio.create_task(waker.wait())
    for _ in range(10):
        await asyncio.sleep(0)
    assert not waiting.done()
    waker.awaken()
    await asyncio.wait_for(waiting, 10)


async def test_a_change_of_a_watched_file_is_a_hint(tmp_path):
    log = tmp_path / "access.log"
    log.touch()
    waker = IntervalWaker(3600, rest_seconds=0)
    stop = asyncio.Event()
    watching = asyncio.create_task(watch_for_hints([log], waker, stop))

    async def keep_writing() -> None:
        """The watch begins at some moment: write until it is noticed."""
        while True:
            with log.open("ab") as file:
                file.write(b"one\n")
            await asyncio.sleep(0.01)

    writing = asyncio.create_task(keep_writing())
    await asyncio.wait_for(waker.wait(), 30)
    writing.cancel()
    stop.set()
    await asyncio.wait_for(watching, 30)


async def test_no_directory_to_watch_is_no_reason_to_fail(tmp_path):
    await watch_for_hints([tmp_path / "missing" / "access.log"], IntervalWaker(1), asyncio.Event())
