"""Lines whose time is odd, and clocks that jump: T21, T24 to T30 of the cases of tailing that are about time."""

from __future__ import annotations

import asyncio
import calendar
import time
from pathlib import Path

import pytest

from glance.domain.logs.bucket_head import Wanted
from glance.domain.view import View
from glance.ingest.named import readers_named
from glance.pipeline.alerting import Alerting
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.intake import Intake
from glance.sources.discovery import discover
from glance.store.history import History
from tests.pipeline.test_collector import VIEW, Stage, line, staged
from tests.pipeline.test_keeping import kept


class HandClock:
    """A wall clock that is set by hand; the other one goes on as it does."""

    def __init__(self) -> None:
        """The true time."""
        self.offset = 0.0

    def now(self) -> float:
        """Epoch seconds, as the machine believes."""
        return time.time() + self.offset

    def monotonic(self) -> float:
        """Never set."""
        return time.monotonic()


async def test_t21_live_lines_are_seen_while_the_past_is_read(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(60_000)))
    async with staged(log) as stage:
        await stage.until(lambda scene: scene.totals.hits > 0)
        with log.open("ab") as file:
            file.write(line(777_777))
        began = time.monotonic()
        await stage.until(lambda scene: any(shown.target == "/n/777777" for shown in scene.lines))
        assert time.monotonic() - began < 10  # not measured here: it does not wait for the end of the past
        await stage.until(lambda scene: scene.totals.hits == 60_001)


async def test_t24_the_first_start_takes_the_past_or_leaves_it(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(100)))
    async with kept(tmp_path / "all.db", log) as stage:
        await stage.until(lambda scene: scene.totals.hits == 100)
    async with kept(tmp_path / "end.db", log, back_seconds=0.0) as stage:
        await stage.until(lambda scene: bool(scene.sources and scene.sources[0].format))
        with log.open("ab") as file:
            file.write(line(100))
        scene = await stage.until(lambda scene: scene.totals.hits > 0)
    assert scene.totals.hits == 1


async def test_t25_lines_out_of_order_are_in_the_second_in_which_they_happened(tmp_path: Path) -> None:
    log, database, now = tmp_path / "access.log", tmp_path / "glance.db", time.time()
    times = [now - 60 + (number * 37) % 50 for number in range(500)]
    log.write_bytes(b"".join(line(number, at=at) for number, at in enumerate(times)))
    async with kept(database, log, view=View(window="5m", rows=VIEW.rows, log_lines=5)) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 500)
    assert sum(scene.traffic.hits) == 500
    history = History.open(database, writes=False)
    stored = sorted(ms for bucket in history.buckets(Wanted()) for ms in bucket.times.milliseconds().tolist())
    history.close()
    assert stored == sorted(int(at) * 1000 for at in times)


async def test_t26_a_line_that_comes_days_late_is_counted_and_wakes_no_alert(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(0))
    async with staged(log, alerting=Alerting([])) as stage:
        await stage.until(lambda scene: scene.lines_total == 1)
        with log.open("ab") as file:
            file.write(b"".join(line(number, at=time.time() - 3 * 86_400) for number in range(5_000)))
        scene = await stage.until(lambda scene: scene.lines_total == 5_001)
    assert scene.totals.hits == 1
    assert scene.alerts == ()


async def test_t27_a_line_of_the_future_is_counted_now_and_told_of(tmp_path: Path) -> None:
    """One line of 2099 neither blanks the screen nor holds the newest moment."""
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    future = calendar.timegm((2099, 11, 22, 10, 0, 0))
    log.write_bytes(line(0) + line(1, at=future))
    async with kept(database, log) as stage:
        scene = await stage.until(lambda scene: scene.totals.hits == 2)
    assert scene.is_live
    assert [(gap.reason, gap.lines) for gap in scene.gaps] == [("dated by the time of reading", 1)]
    async with kept(database, log) as stage:
        again = await stage.until(lambda scene: scene.totals.hits == 2)
    assert [gap.lines for gap in again.gaps] == [1]
    assert again.history.last_at is not None
    assert again.history.last_at < time.time() + 60


@pytest.mark.parametrize("jump", [3600.0, -3600.0], ids=["forward", "back"])
async def test_t28_a_clock_that_jumps_costs_no_line_and_no_poll(tmp_path: Path, jump: float) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(0))
    clock = HandClock()
    collector = Collector(Intake(discover([str(log)])), CollectorOptions(refresh_seconds=0.05), VIEW, clock)
    stage = Stage(collector)
    running = asyncio.create_task(collector.run(stage.publish))
    await stage.until(lambda scene: scene.lines_total == 1)
    clock.offset = jump
    with log.open("ab") as file:
        file.write(line(1))
    scene = await stage.until(lambda scene: scene.lines_total == 2)
    collector.stop()
    await running

    assert scene.lines_per_second >= 0
    assert scene.pulse.hits_per_second >= 0
    assert (scene.lag_seconds or 0) >= 0


def test_t29_the_hour_that_comes_twice_is_two_hours() -> None:
    """The zone stands in the line, so both 01:30 of an autumn night are told apart."""
    reader = readers_named("combined")[0]
    texts = [f'1.2.3.4 - - [25/Oct/2026:02:30:00 {zone}] "GET / HTTP/1.1" 200 1 "-" "-"' for zone in ("+0200", "+0100")]
    first, second = (reader.read_line(text.encode()) for text in texts)
    assert first is not None
    assert second is not None
    assert second.at_ms - first.at_ms == 3_600_000


@pytest.mark.parametrize(
    ("moment", "is_record"),
    [
        ("22/Nov/2026:10:00:60 +0000", True),  # a leap second
        ("31/Feb/2026:10:00:00 +0000", False),
        ("22/Nov/2026:25:00:00 +0000", False),
        ("22/Nov/2026:10:00:00 +9999", False),
        ("00/Nov/2026:10:00:00 +0000", False),
    ],
)
async def test_t30_a_time_that_cannot_be_is_a_line_that_is_shown_as_not_understood(
    tmp_path: Path, moment: str, is_record: bool
) -> None:
    """Counted as a line, with its text as a sample: a time of our own would be a lie in every chart."""
    log = tmp_path / "access.log"
    odd = f'1.2.3.4 - - [{moment}] "GET /odd HTTP/1.1" 200 1 "-" "-"\n'.encode()
    log.write_bytes(line(0) + odd + line(1))
    async with staged(log) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 3)
    assert scene.unparsed_total == (0 if is_record else 1)
    assert len(scene.unparsed_lines) == (0 if is_record else 1)
