"""A filter over history is answered in steps, and in the end exactly as if all records were in memory."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.latency_board import LatencyWish
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import Tally
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline import filtered_past, sieve
from glance.pipeline import keeping as keeping_module
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.filtered_past import FilteredPast
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.intake import Intake
from glance.pipeline.keeping import Keeping
from glance.pipeline.past import PastFigures
from glance.pipeline.raw_lines import ordinals
from glance.pipeline.scene_maker import SceneMaker
from glance.sources.discovery import discover
from glance.store import bucket_table
from glance.store.history import Batch, History
from tests.domain.logs.brute import bucket_of, make_records

START = 1_700_000_000 // 60 * 60
SOURCE = "/var/log/access.log"
ROWS = (("paths", 10), ("routes", 5), ("clients", 30), ("methods", 5), ("agents", 5), ("statuses", 9))
FILTERS = (
    "status:5xx", "-status:5xx", "path=/api/users", "section=/api -method=POST", "client:10.0.0.0/29", "latency>0.1",
    "size>1mb | agent~^cu", "user=anna", "path=/nowhere", "path~.", "time>=22:15", "-kind=person", "noise=scanner",
)  # fmt: skip
LONG = Window(START - 600, START + 3000, 60)


class Long:
    """A history, and a filter over it."""

    def __init__(self, thread: HistoryThread, memory_bytes: int = 64 << 20) -> None:
        """Answer nothing yet."""
        self.past = FilteredPast(thread, [SOURCE], memory_bytes)
        self.hurry = asyncio.Event()
        self.steps: list[PastFigures] = []

    async def step(self, text: str, window: Window, *, is_live: bool = False) -> PastFigures:
        """The next answer."""
        view = View(window="all", rows=ROWS, filter=text, log_lines=7)  # type: ignore[arg-type]
        found = await self.past.answer(view, parse_filter(text), window, self.hurry, is_live=is_live)
        self.steps.append(found)
        return found

    async def whole(self, text: str, window: Window, *, is_live: bool = False) -> PastFigures:
        """The last answer."""
        self.steps.clear()
        while (await self.step(text, window, is_live=is_live)).sifting is not None:
            pass
        return self.steps[-1]


@asynccontextmanager
async def long(path: Path, memory_bytes: int = 64 << 20) -> AsyncIterator[Long]:
    """A history that is open."""
    thread = HistoryThread.open(path, writes=False)
    one = Long(thread, memory_bytes)
    try:
        yield one
    finally:
        one.past.close()
        await thread.close()


def stored(path: Path, buckets: Sequence[LogBucket]) -> None:
    """Keep buckets."""
    history = History.open(path)
    for bucket in buckets:
        history.commit(Batch((replace(bucket, source=SOURCE, generation=1),)))
    history.close()


def cut(records: Sequence[LogRecord], sizes: Sequence[int]) -> list[LogBucket]:
    """Records as buckets that follow each other."""
    out, at = [], 0
    for size in sizes:
        out.append(bucket_of(list(records[at : at + size]), offset=10 * at))
        at += size
    return out


def expect(found: PastFigures, records: Sequence[LogRecord], text: str, window: Window) -> None:
    """What was found is what a series of nothing but the matching records says."""
    chosen_by = parse_filter(text)
    inside = [one for one in records if window.start * 1000 <= one.at_ms < window.end * 1000]
    matching = [one for one in inside if chosen_by.test(one)]
    figures = found.figures
    assert (figures.matched, figures.matched_of) == (len(matching), len(inside))
    alone = LogSeries()
    if matching:
        alone.add(bucket_of(matching))
    alone.has_latency = found.has_latency
    wanted = SceneMaker(alone).figures_of(View(window="all", rows=ROWS), window)  # type: ignore[arg-type]
    assert (figures.totals, figures.traffic, figures.rankings) == (wanted.totals, wanted.traffic, wanted.rankings)
    assert [line.at for line in found.lines] == sorted(one.at_ms / 1000 for one in matching)[-7:]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(-10, 40), st.sampled_from(FILTERS), st.booleans()), min_size=1, max_size=5),
    st.integers(0, 99),
    st.integers(1, 80),
)
def test_the_whole_answer_is_that_of_all_records_in_memory(
    sizes: list[int], looks: list[tuple[int, str, bool]], seed: int, sealed: int
) -> None:
    """Whatever the filter, the window before it, and however history is cut; some of it is written meanwhile."""

    async def look(path: Path) -> None:
        records, half = make_records(sum(sizes), seed, START), len(sizes) // 2
        buckets = cut(records, sizes)
        stored(path, buckets[:half])
        known = records[: sum(sizes[:half])]
        async with long(path) as one:
            for index, (begin, text, is_live) in enumerate(looks):
                if index == 1:
                    stored(path, buckets[half:])
                    known = records
                window = Window(START + begin * 60, START + begin * 60 + 1800, 60)
                expect(await one.whole(text, window, is_live=is_live), known, text, window)

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(bucket_table, "SEALED_RECORDS", sealed)
        patch.setattr(filtered_past, "FIRST_SECONDS", 0.0)
        patch.setattr(filtered_past, "STEP_SECONDS", 0.0)
        patch.setattr(sieve, "SLICE_SECONDS", -1.0)
        asyncio.run(look(Path(folder) / "glance.db"))


@pytest.fixture
def many(tmp_path: Path) -> tuple[Path, list[LogRecord]]:
    """Forty buckets of history."""
    records = make_records(4000, 3, START, 2400)
    records.sort(key=lambda record: record.at_ms)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bucket_table, "SEALED_RECORDS", 100)
        stored(tmp_path / "glance.db", cut(records, [100] * 40))
    return tmp_path / "glance.db", records


async def test_the_newest_come_first_and_more_follow(
    many: tuple[Path, list[LogRecord]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer says how far it has come, and is exact as far as that."""
    monkeypatch.setattr(filtered_past, "FIRST_SECONDS", 0.001)
    monkeypatch.setattr(filtered_past, "STEP_SECONDS", 0.001)
    monkeypatch.setattr(filtered_past, "LONGEST_STEP_SECONDS", 0.001)
    monkeypatch.setattr(sieve, "MOST_AT_ONCE", 1)
    path, records = many
    read, reads = sieve.Sieve._read, itertools.count()
    async with long(path) as one:

        async def in_step(self: sieve.Sieve, heads: Any) -> Any:
            """Every tenth time only when there was another answer."""
            answers = next(reads) // 10
            while len(one.steps) < answers:  # noqa: ASYNC110 - answers have no event
                await asyncio.sleep(0.001)
            return await read(self, heads)

        monkeypatch.setattr(sieve.Sieve, "_read", in_step)
        last = await one.whole("status:5xx", LONG)
        parts = [step.sifting for step in one.steps[:-1] if step.sifting is not None]

        assert len(parts) >= 2
        assert [part.done for part in parts] == sorted(part.done for part in parts)
        assert {part.total for part in parts} == {4000}
        assert all(0 <= part.share < 1 for part in parts)
        for step in one.steps:
            newest = records[4000 - step.figures.matched_of :]
            assert step.figures.matched == sum(record.status.startswith(b"5") for record in newest)
        expect(last, records, "status:5xx", LONG)


async def test_counting_holds_up_nobody(many: tuple[Path, list[LogRecord]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is chosen, and what the open page tells of it, is counted in another thread than that of the loop."""
    counted_in: list[str] = []
    add = Tally.add

    def noted(self: Tally, *arguments: Any, **options: Any) -> None:
        counted_in.append(threading.current_thread().name)
        add(self, *arguments, **options)

    monkeypatch.setattr(Tally, "add", noted)
    path, _ = many
    async with long(path) as one:
        view = View(window="all", rows=ROWS, filter="-status:404", page=LatencyWish())  # type: ignore[arg-type]
        chosen_by = parse_filter(view.filter)
        while (found := await one.past.answer(view, chosen_by, LONG, one.hurry, is_live=False)).sifting is not None:
            pass
        counted = len(counted_in)
        assert found.maker is not None
        board = found.maker.page(view, LONG, LONG.end)

    assert board is not None
    assert counted > 0
    assert len(counted_in) == counted
    assert all(name.startswith("sieve-count") for name in counted_in)


async def test_another_wish_interrupts_and_what_was_found_is_kept(
    many: tuple[Path, list[LogRecord]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for what is not wanted any more; going on later begins where it stood."""
    monkeypatch.setattr(filtered_past, "FIRST_SECONDS", 30.0)
    monkeypatch.setattr(sieve, "MOST_AT_ONCE", 1)
    path, records = many
    async with long(path) as one:
        one.hurry.set()
        async with asyncio.timeout(20):
            first = await one.step("status:5xx", LONG)
            expect(await _calm(one).whole("method=POST", LONG), records, "method=POST", LONG)
            again = await one.whole("status:5xx", LONG)

        assert first.sifting is not None
        expect(again, records, "status:5xx", LONG)


def _calm(one: Long) -> Long:
    one.hurry.clear()
    return one


async def test_going_back_to_a_filter_reads_nothing_again(many: tuple[Path, list[LogRecord]]) -> None:
    """What it chose is still there."""
    path, records = many
    async with long(path) as one:
        first = await one.whole("status:5xx", LONG)
        await one.whole("method=POST", LONG)
        back = await one.step("status:5xx", LONG)

        assert back.series is first.series
        assert back.sifting is None
        expect(back, records, "status:5xx", LONG)


async def test_what_is_written_next_is_filtered_too(many: tuple[Path, list[LogRecord]]) -> None:
    """A live window takes it, each record once, whatever is merged on disk meanwhile."""
    path, records = many
    fresh = make_records(90, 8, START + 2400, 60)
    async with long(path) as one:
        await one.whole("-status:5xx", LONG, is_live=True)
        history = History.open(path)
        for begin in range(0, 90, 30):
            part = bucket_of(fresh[begin : begin + 30], offset=10 * (4000 + begin))
            history.commit(Batch((replace(part, source=SOURCE, generation=1),)))
            found = await one.whole("-status:5xx", LONG, is_live=True)
            expect(found, [*records, *fresh[: begin + 30]], "-status:5xx", LONG)
        history.close()


async def test_what_does_not_fit_in_memory_is_still_counted(many: tuple[Path, list[LogRecord]]) -> None:
    """Totals and traffic are of all records by the minute; the rest says that it is about."""
    path, records = many
    async with long(path, 60_000) as one:
        found = await one.whole("-status:5xx", LONG)

        assert found.figures.matched == sum(not record.status.startswith(b"5") for record in records)
        assert sum(found.figures.traffic.hits) == found.figures.matched
        assert found.figures.totals.is_approximate


async def test_raw_lines_of_what_was_chosen_are_found(many: tuple[Path, list[LogRecord]]) -> None:
    """A record's number in its bucket leads to its line: those that were left out are gaps."""
    path, records = many
    async with long(path) as one:
        found = await one.whole("status:5xx", LONG)
        assert found.series is not None
        values = found.series.dictionaries["path"].values
        for bucket in found.series.buckets:
            column = bucket.texts["path"]
            for place in range(bucket.records):
                ordinal = int(ordinals(bucket.gaps, np.array([place]))[0])
                record = records[bucket.offset // 10 + ordinal]  # every line is 10 bytes long
                assert values[column.keys[column.ids[place]]] == record.path
                assert record.status.startswith(b"5")


async def test_a_collector_answers_a_filter_over_all_of_history(
    many: tuple[Path, list[LogRecord]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its memory holds a part of what is stored; a filter sees all of it, and leaving it shows what was there."""
    monkeypatch.setattr(bucket_table, "SEALED_RECORDS", 100)
    monkeypatch.setattr(keeping_module, "_RESTORED_SHARE", 0.1)
    path, records = many
    log = path.parent / "access.log"
    log.touch()
    history = History.open(path)
    for bucket in cut(records, [100] * 40):
        history.commit(Batch((replace(bucket, source=str(log), generation=2),)))
    history.close()
    everything = View(window="all", rows=ROWS)  # type: ignore[arg-type]
    collector = Collector(
        Intake(discover([str(log)])),
        CollectorOptions(refresh_seconds=0.05, memory_bytes=300_000),
        everything,
        keeping=Keeping.open(path),
    )
    scenes: asyncio.Queue[Scene] = asyncio.Queue()
    running = asyncio.create_task(collector.run(scenes.put_nowait))
    async with asyncio.timeout(30):
        before = await _last(scenes, "")
        collector.look(replace(everything, filter="status:5xx"))
        filtered = await _last(scenes, "status:5xx")
        collector.look(everything)
        after = await _last(scenes, "")
    collector.stop()
    await running

    assert before.totals.hits == after.totals.hits == 4000
    assert before.totals.is_approximate
    assert (filtered.matched, filtered.matched_of) == (
        sum(record.status.startswith(b"5") for record in records),
        4000,
    )
    assert not filtered.totals.is_approximate


async def _last(scenes: asyncio.Queue[Scene], text: str) -> Scene:
    """The first scene that is whole and answers this filter."""
    while True:
        scene = await scenes.get()
        is_whole = scene.sifting is None and (scene.matched_of or scene.totals.hits) == 4000
        if scene.view.filter == text and is_whole:
            return scene
