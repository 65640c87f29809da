"""A window beside another one: exact counts of then, fair rates, words where something is not known."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glance.domain.comparison import AGAINST, Figures, other_window
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.series import LogSeries
from glance.domain.scene import HistoryStatus
from glance.domain.view import View
from glance.domain.window import Window
from glance.ingest.named import readers_named
from glance.ingest.parse import parse
from glance.pipeline.comparing import Comparing, Looked
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.keeping import Keeping
from glance.pipeline.scene_maker import SceneMaker
from glance.store.history import Batch, History
from tests.domain.logs.brute import bucket_of, make_records
from tests.pipeline.test_collector import line

START = 1_700_000_100
"""A whole number of steps of 15 minutes."""
RECORDS = make_records(4000, 11, START - 900, 1800)
VIEW = View(window="15m", rows=(("paths", 30), ("sections", 10), ("clients", 50)), compare="before", end=START + 899.9)
KNOWN = HistoryStatus("off", START - 900, START + 900)


@pytest.fixture
def maker() -> SceneMaker:
    """Two windows of 15 minutes."""
    series = LogSeries()
    for index in range(4):
        series.add(bucket_of(RECORDS[index * 1000 : (index + 1) * 1000], offset=index * 10_000))
    return SceneMaker(series)


def looked(maker: SceneMaker, view: View = VIEW, history: HistoryStatus = KNOWN, now: float = START + 900) -> Looked:
    """What is looked at."""
    figures = maker.figures(view, view.end or now)
    return Looked(view, figures, maker, is_live=view.end is None, now=now, history=history)


def compared(maker: SceneMaker, view: View = VIEW, history: HistoryStatus = KNOWN, now: float = START + 900):
    """The rankings, and the comparison."""
    comparing = Comparing(maker, Keeping(), lambda: None)
    rankings, comparison = comparing.answer(looked(maker, view, history, now), ["log"], is_whole=True)
    assert comparison is not None
    return {ranking.name: ranking for ranking in rankings}, comparison


def of_then(where: str = "", until: int = START) -> list:
    """The records of the window before."""
    chosen = parse_filter(where)
    return [one for one in RECORDS if (until - 900) * 1000 <= one.at_ms < until * 1000 and chosen.test(one)]


def test_nobody_who_does_not_compare_pays_for_it(maker: SceneMaker) -> None:
    comparing = Comparing(maker, Keeping(), lambda: None)
    view = replace(VIEW, compare=None)
    rankings, comparison = comparing.answer(looked(maker, view), ["log"], is_whole=True)
    assert comparison is None
    assert rankings is maker.figures(view, START + 899.9).rankings


@pytest.mark.parametrize("where", ["", "status>=500", "path:/a"])
def test_totals_and_rows_of_then_are_exact(maker: SceneMaker, where: str) -> None:
    view = replace(VIEW, filter=parse_filter(where).text)
    rankings, comparison = compared(maker, view)
    then = of_then(where)
    assert comparison.condition == "known"
    assert comparison.window == Window(START - 900, START, 5)
    assert comparison.totals.hits == len(then) == sum(comparison.hits)
    assert comparison.totals.bytes == sum(max(0, one.size) for one in then)
    assert comparison.totals.clients == len({one.client for one in then})
    assert comparison.totals.server_errors == sum(one.status.startswith(b"5") for one in then)
    assert dict(comparison.statuses or ()) == Counter(int(one.status) for one in then if one.status.isdigit())
    expected = Counter(one.path.decode() for one in then)
    for row, was in zip(rankings["paths"].rows, comparison.rows("paths"), strict=True):
        assert was.hits == expected[row.name]
        assert was.errors == sum(
            one.path.decode() == row.name and one.status[:1] in b"45" for one in then if one.status
        )


def test_it_moves_on_with_the_window(maker: SceneMaker) -> None:
    comparing = Comparing(maker, Keeping(), lambda: None)
    for end in (START + 300, START + 305, START + 600, START + 20):
        view = replace(VIEW, end=end - 0.001)
        _, comparison = comparing.answer(looked(maker, view), ["log"], is_whole=True)
        assert comparison is not None
        begin = (end - 1800) * 1000
        known = [one for one in RECORDS if begin <= one.at_ms < (end - 900) * 1000]
        assert comparison.totals.hits == len(known)


def test_a_window_that_is_partly_known_says_so_and_is_compared_as_a_rate(maker: SceneMaker) -> None:
    history = replace(KNOWN, first_at=float(START - 300))
    series = LogSeries()
    series.add(bucket_of([one for one in RECORDS if one.at_ms >= (START - 300) * 1000]))
    _, comparison = compared(SceneMaker(series), history=history)
    assert comparison.condition == "partly"
    assert comparison.known_from == pytest.approx(START - 300, abs=1)
    assert comparison.scale == pytest.approx(3.0, abs=0.05)


def test_nothing_known_is_said_in_words(maker: SceneMaker) -> None:
    for against in ("yesterday", "week"):
        _, comparison = compared(maker, replace(VIEW, compare=against))
        assert comparison.condition == "unknown"
        assert "nothing is known before 2023-11-14" in comparison.note
    _, comparison = compared(maker, replace(VIEW, window="all"))
    assert "no window beside it" in comparison.note


def test_a_live_window_is_compared_with_as_much_time(maker: SceneMaker) -> None:
    """The step that is being filled is not taken for a drop."""
    view = replace(VIEW, end=None, window="15m")
    _, comparison = compared(maker, view, now=START + 898.0)
    assert comparison.scale == pytest.approx(898 / 900, abs=0.001)


def test_risers_come_first_and_what_is_gone_among_the_fallers() -> None:
    def at(second: int, path: bytes, many: int) -> list:
        sample = RECORDS[0]
        return [sample._replace(at_ms=(START + second) * 1000 + number, path=path) for number in range(many)]

    then = [*at(-800, b"/same", 50), *at(-800, b"/grown", 10), *at(-800, b"/gone", 30), *at(-800, b"/less", 40)]
    now = [*at(100, b"/same", 50), *at(100, b"/grown", 70), *at(100, b"/new", 20), *at(100, b"/less", 25)]
    series = LogSeries()
    series.add(bucket_of(then))
    series.add(bucket_of(now, offset=10_000))
    risers, comparison = compared(SceneMaker(series), replace(VIEW, sorts=(("paths", "risers"),)))
    assert [row.name for row in risers["paths"].rows] == ["/grown", "/new"]
    assert [one.hits for one in comparison.rows("paths")] == [10, 0]
    assert comparison.rows("paths")[1] == Figures()
    fallers, comparison = compared(SceneMaker(series), replace(VIEW, sorts=(("paths", "fallers"),)))
    assert [(row.name, row.hits) for row in fallers["paths"].rows] == [("/gone", 0), ("/less", 25)]
    assert [one.hits for one in comparison.rows("paths")] == [30, 40]
    searched = replace(VIEW, sorts=(("paths", "fallers"),), searches=(("paths", "less"),))
    found, _ = compared(SceneMaker(series), searched)
    assert [row.name for row in found["paths"].rows] == ["/less"]


def test_the_other_window_is_as_wide_and_as_far_away_as_its_name_says() -> None:
    window = Window(START, START + 900, 5)
    assert [window.start - other_window(window, one).start for one in AGAINST] == [900, 86_400, 604_800]
    assert {other_window(window, one).seconds for one in AGAINST} == {900}


async def test_what_memory_has_no_more_is_read_from_history_meanwhile(tmp_path: Path) -> None:
    """The tick is answered at once; the answer of history comes when it is read, and is exact."""
    at, source = START // 3600 * 3600, "/var/log/access.log"
    then = b"".join(
        line(number % 3, at=at - 86_400 + number, status=500 if number % 5 == 0 else 200) for number in range(600)
    )
    path = tmp_path / "glance.db"
    kept = History.open(path)
    kept.commit(Batch(tuple(parse(then, readers_named("combined"), source=source, generation=1))))
    kept.close()
    thread = HistoryThread.open(path, writes=False)
    series = LogSeries()
    now = b"".join(line(0 if number % 3 else 9, at=at + number) for number in range(600))
    for bucket in parse(now, readers_named("combined"), source=source, generation=1):
        series.add(bucket)
    series.rollup.add_minutes(np.array([at // 60 - 1440], np.int64), np.ones((1, 4), np.int64), 1)  # let go of that day
    maker, told = SceneMaker(series), asyncio.Event()
    comparing = Comparing(maker, Keeping(thread), told.set)
    view = View(window="15m", rows=(("paths", 5),), sorts=(("paths", "fallers"),), compare="yesterday", end=at + 899.9)
    seen = looked(maker, view, HistoryStatus("recording", at - 86_400.0, at + 599.0), now=at + 900)
    _, comparison = comparing.answer(seen, [source], is_whole=True)
    assert comparison is not None
    assert (comparison.condition, comparison.note) == ("counting", "reading yesterday from history …")
    await asyncio.wait_for(told.wait(), 20)
    rankings, comparison = comparing.answer(seen, [source], is_whole=True)
    assert comparison is not None
    assert (comparison.totals.hits, comparison.totals.server_errors) == (600, 120)
    assert [(row.name, row.hits) for row in rankings[0].rows] == [("/n/1", 0), ("/n/2", 0)]
    assert [one.hits for one in comparison.rows("paths")] == [200, 200]
    filtered = replace(view, filter="path=/n/0", sorts=())
    rankings, comparison = comparing.answer(looked(maker, filtered, seen.history), [source], is_whole=True)
    assert comparison is not None
    assert (comparison.totals.hits, [row.hits for row in rankings[0].rows]) == (200, [400])
    comparing.close()
    await thread.close()


async def test_what_is_not_written_yet_is_not_taken_for_read(tmp_path: Path) -> None:
    """A live window moves on to what history did not have when it was looked into."""
    at, source, path = START // 3600 * 3600, "/var/log/access.log", tmp_path / "glance.db"

    def keep(first: int, end: int, generation: int) -> None:
        data = b"".join(line(number % 3, at=at + number) for number in range(first, end))
        kept = History.open(path)
        kept.commit(Batch(tuple(parse(data, readers_named("combined"), source=source, generation=generation))))
        kept.close()

    keep(-600, 0, 1)
    thread = HistoryThread.open(path, writes=False)
    series, told = LogSeries(), asyncio.Event()
    series.add(bucket_of([RECORDS[0]._replace(at_ms=(at + 99) * 1000)]))
    series.rollup.add_minutes(np.array([at // 60 + 1], np.int64), np.ones((1, 4), np.int64), 1)
    maker = SceneMaker(series)
    comparing = Comparing(maker, Keeping(thread), told.set)
    view = View(window="1m", rows=(("paths", 5),), compare="before")

    async def other(now: float) -> tuple[float, int]:
        """Of the other window, when it is read: its end, and its requests."""
        seen = looked(maker, view, HistoryStatus("recording", at - 600.0, at + now), now=at + now)
        for _ in range(2):
            _, comparison = comparing.answer(seen, [source], is_whole=True)
            assert comparison is not None
            if comparison.condition != "counting":
                return comparison.window.end - at, comparison.totals.hits
            await asyncio.wait_for(told.wait(), 20)
            told.clear()
        raise AssertionError("it was not read")

    assert (await other(0.0))[1] == 60
    keep(0, 100, 2)
    end, hits = await other(100.0)
    assert (hits, end > 0) == (60, True)
    comparing.close()
    await thread.close()
