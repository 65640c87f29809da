"""The page of SQL is answered as `glance sql` answers: of the window and the filter, to be stopped, within bounds."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.relation import Relation
from glance.domain.logs.selections import Selections
from glance.domain.logs.series import LogSeries
from glance.domain.sql_board import SqlBoard, SqlWish
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline import sql_run
from glance.pipeline.log_feed import LogFeed
from glance.pipeline.sql_desk import SqlDesk
from glance.pipeline.sql_run import SqlRun
from glance.sources.tail import Tail

BEGIN = 1_795_356_000
WINDOW = Window(BEGIN + 100.0, BEGIN + 900.0, 5)
QUERIES = (
    "SELECT count(*), sum(size), min(time), max(time) FROM log",
    "SELECT path, count(*) AS hits, count(DISTINCT client) AS clients FROM log GROUP BY path ORDER BY hits DESC, path",
    "SELECT status, avg(seconds), percentile(seconds, 95) FROM log GROUP BY status ORDER BY status",
    "SELECT * FROM log ORDER BY epoch, client, path LIMIT 50",
    "SELECT client FROM log WHERE path REGEXP '^/a/[0-4]$' AND status IN (200, 404) ORDER BY 1 LIMIT 20",
)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def line(at: int, chance: random.Random) -> str:
    """A line of the log, with the time it took."""
    moment = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))
    client, path = f"10.0.0.{chance.randrange(40)}", f"/a/{chance.randrange(30)}"
    status, size = chance.choice((200, 200, 200, 301, 404, 500)), chance.randrange(90_000)
    return f'{client} - - [{moment}] "GET {path} HTTP/1.1" {status} {size} "-" "curl/8" {chance.random():.3f}\n'


def written(folder: Path, records: int = 3000) -> Path:
    """A log of a thousand seconds."""
    chance = random.Random(7)
    path = folder / "a.log"
    path.write_text("".join(line(BEGIN + number * 1000 // records, chance) for number in range(records)))
    return path


class Asking:
    """A desk, and the records that it answers of."""

    def __init__(self, log: Path) -> None:
        self.feed = LogFeed(Tail(log))
        self.series = LogSeries(64 << 20)
        self.news = asyncio.Event()
        self.desk = SqlDesk(self.news.set)
        self.view = View(page=SqlWish())
        self.now = BEGIN + 900.0
        self.chosen: Selections | None = None
        self.is_partial = False

    async def read(self) -> None:
        """Read what is new."""
        while True:
            for chunk in await self.feed.source.poll(1 << 20):
                for bucket in self.feed.take(chunk):
                    self.series.add(bucket)
            if self.feed.source.is_at_end:
                return

    def look(self, **wish: object) -> SqlBoard:
        """Want something else; the answer of now."""
        assert isinstance(self.view.page, SqlWish)
        self.view = replace(self.view, page=replace(self.view.page, **wish))  # type: ignore[arg-type]
        return self.answer()

    def answer(self) -> SqlBoard:
        chosen = parse_filter(self.view.filter)
        if self.chosen is None or self.chosen.filter != chosen:
            self.chosen = Selections(chosen, self.series)
        selections = None if chosen.is_everything else self.chosen
        board = self.desk.answer(self.view, (self.series, WINDOW), self.now, selections, is_partial=self.is_partial)
        assert board is not None
        return board

    async def done(self) -> SqlBoard:
        """What is answered when no query runs any more."""
        async with asyncio.timeout(20):
            while (board := self.answer()).running_since is not None:
                self.news.clear()
                await self.news.wait()
            return board

    async def ask(self, text: str) -> SqlBoard:
        """The answer of a query."""
        assert isinstance(self.view.page, SqlWish)
        self.look(text=text, run=self.view.page.run + 1)
        return await self.done()


@asynccontextmanager
async def asking(folder: Path, records: int = 3000):
    on = Asking(written(folder, records))
    await on.read()
    try:
        yield on
    finally:
        on.desk.forget()
        await on.feed.source.close()


@pytest.mark.parametrize("chosen_by", ["", "status>=400"])
async def test_the_answers_are_those_of_glance_sql_for_the_same_window(tmp_path, capfd, chosen_by):
    async with asking(tmp_path) as on:
        on.view = replace(on.view, filter=chosen_by)
        begin, end = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for at in (WINDOW.start, WINDOW.end))
        words = ["--since", begin, "--until", end, *(["--where", chosen_by] if chosen_by else [])]
        for query in QUERIES:
            board = await on.ask(query)
            assert board.mistake is None
            assert main(["sql", "-o", "json", *words, str(tmp_path / "a.log"), query]) == 0
            told = json.loads(capfd.readouterr().out)
            assert [list(row.values()) for row in told] == [list(row) for row in board.result.rows]
            assert list(told[0]) == list(board.result.columns)


@pytest.mark.parametrize("chosen_by", ["", "status>=400", "path:/a/1 -status=200"])
async def test_the_number_of_rows_that_is_told_is_that_of_the_table(tmp_path, chosen_by):
    async with asking(tmp_path) as on:
        on.view = replace(on.view, filter=chosen_by)
        told = on.answer().records
        board = await on.ask("SELECT count(*) FROM log")
        assert board.result.rows == ((told,),)
        assert board.result.records == told > 0
        assert on.answer().records == told  # from what is remembered


async def test_what_comes_while_a_query_runs_is_not_in_its_table(tmp_path):
    async with asking(tmp_path) as on:
        before = on.answer().records
        on.look(text="SELECT count(*), max(path) FROM log", run=1)
        chance = random.Random(1)
        with (tmp_path / "a.log").open("a") as log:
            log.write("".join(line(BEGIN + 500, chance).replace("/a/", "/zz/") for _ in range(2000)))
        await on.read()
        board = await on.done()
        assert board.result.rows[0][0] == before
        assert "zz" not in board.result.rows[0][1]
        assert on.answer().records == before + 2000


async def test_a_query_is_asked_again_only_when_somebody_wants_that(tmp_path):
    async with asking(tmp_path) as on:
        before = (await on.ask("SELECT count(*) FROM log")).result
        with (tmp_path / "a.log").open("a") as log:
            log.write(line(BEGIN + 500, random.Random(2)))
        await on.read()
        assert (await on.done()).result is before
        board = on.look(repeats=True)
        assert board.running_since is None  # it rests for some seconds
        on.now += 3
        assert on.answer().running_since is not None
        after = (await on.done()).result
        assert after.rows[0][0] == before.rows[0][0] + 1
        on.now += 30
        assert (await on.done()).result is after  # nothing is new
        with (tmp_path / "a.log").open("a") as log:
            log.write(line(BEGIN + 500, random.Random(3)))
        await on.read()
        on.view = replace(on.view, is_paused=True)
        assert on.answer().running_since is None


async def test_a_query_that_never_ends_is_stopped_by_hand(tmp_path):
    async with asking(tmp_path) as on:
        assert on.look(text=ENDLESS, run=1).running_since == on.now
        on.look(stop=(1, 1))
        board = await on.done()
        assert (board.result, board.mistake.why) == (None, "it was stopped")
        assert (await on.ask("SELECT 1")).result.rows == ((1,),)


async def test_another_query_takes_the_place_of_the_one_that_runs(tmp_path):
    async with asking(tmp_path) as on:
        on.look(text=ENDLESS, run=1)
        board = await on.ask("SELECT 2")
        assert (board.run, board.mistake, board.result.rows) == (2, None, ((2,),))


async def test_while_a_filter_is_still_counted_a_query_waits(tmp_path):
    async with asking(tmp_path) as on:
        on.is_partial = True
        board = on.look(text="SELECT 1", run=1)
        assert (board.records, board.run, board.running_since) == (None, 0, None)
        on.is_partial = False
        assert (await on.done()).result.rows == ((1,),)


async def test_what_is_stopped_before_it_began_never_begins(tmp_path):
    async with asking(tmp_path) as on:
        board = on.look(text=ENDLESS, run=1, stop=(1, 1))
        assert (board.run, board.running_since, board.mistake.why) == (1, None, "it was stopped")


async def test_who_leaves_the_page_stops_what_it_asked(tmp_path):
    async with asking(tmp_path) as on:
        on.look(text=ENDLESS, run=1)
        view = on.view
        assert on.desk.answer(replace(view, page=None), (on.series, WINDOW), on.now) is None
        board = on.answer()
        assert (board.run, board.running_since, board.result, board.mistake) == (1, None, None, None)


async def test_a_mistake_has_its_place_and_the_answer_before_stays(tmp_path):
    async with asking(tmp_path) as on:
        await on.ask("SELECT 1 AS one")
        board = await on.ask("SELECT pth FROM log")
        assert (board.mistake.why, board.mistake.hint, board.mistake.at) == (
            "no such column: pth", "did you mean path?", 7,
        )  # fmt: skip
        assert board.result.columns == ("one",)


@pytest.mark.parametrize(
    "query", ["DELETE FROM log", "ATTACH 'x' AS y", "PRAGMA user_version = 3", "", "SELECT 1; SELECT 2"]
)
async def test_nothing_is_changed_by_a_query(tmp_path, query):
    async with asking(tmp_path) as on:
        assert (await on.ask(query)).mistake is not None


async def test_rows_and_values_are_bounded_and_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sql_run, "MOST_ROWS", 10)
    monkeypatch.setattr(sql_run, "MOST_VALUE", 100)
    async with asking(tmp_path) as on:
        result = (await on.ask("SELECT client FROM log")).result
        assert (len(result.rows), result.is_all, result.is_cut) == (10, False, False)
        result = (await on.ask("SELECT client FROM log LIMIT 10")).result
        assert (len(result.rows), result.is_all) == (10, True)
        result = (await on.ask("SELECT group_concat(path), zeroblob(5000) FROM log")).result
        assert (len(result.rows[0][0]), len(result.rows[0][1]), result.is_cut) == (100, 100, True)


async def test_an_answer_that_would_be_too_large_is_cut_short(tmp_path, monkeypatch):
    monkeypatch.setattr(sql_run, "MOST_RESULT_BYTES", 100_000)
    async with asking(tmp_path) as on:
        result = (await on.ask("SELECT printf('%.*c', 9000, 'x') FROM log")).result
        assert not result.is_all
        assert len(result.rows) < 20


async def test_a_query_that_takes_too_long_is_stopped():
    run = SqlRun(ENDLESS, Relation(LogSeries(1 << 20)), 0.0, most_seconds=0.1)
    await run.run()
    assert "took more than 0.1 s" in run.mistake.why


async def test_a_query_that_takes_too_much_memory_is_stopped(monkeypatch):
    monkeypatch.setattr(sql_run, "MOST_MEMORY_BYTES", 8 << 20)
    query = ENDLESS.replace("count(*)", "group_concat(x)")
    run = SqlRun(query, Relation(LogSeries(1 << 20)), 0.0)
    await run.run()
    assert "more than 8 MB" in run.mistake.why or "too big" in run.mistake.why


def test_a_step_that_cannot_be_stopped_keeps_nobody_from_leaving():
    """One call of a function of SQLite over huge texts hears nothing, and would take hours."""
    program = (
        "import asyncio\n"
        "from glance.domain.logs.relation import Relation\n"
        "from glance.domain.logs.series import LogSeries\n"
        "from glance.pipeline.sql_run import SqlRun\n"
        "query = \"SELECT instr(zeroblob(60000000), CAST(zeroblob(30000000) AS BLOB) || x'01')\"\n"
        "async def leave():\n"
        "    run = asyncio.create_task(SqlRun(query, Relation(LogSeries(1 << 20)), 0.0).run())\n"
        "    await asyncio.wait({run}, timeout=0.5)\n"
        "    assert not run.done()\n"
        "asyncio.run(leave())\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=20, check=False).returncode == 0


async def test_a_bug_in_a_query_is_not_hidden(monkeypatch):
    def fails(*_given: object) -> None:
        raise LookupError("a bug")

    monkeypatch.setattr(SqlRun, "_answer", fails)
    monkeypatch.setattr(threading, "excepthook", lambda _failed: None)
    with pytest.raises(LookupError):
        await SqlRun("SELECT 1", Relation(LogSeries(1 << 20)), 0.0).run()
    for thread in threading.enumerate():
        if thread.name == "sql":
            thread.join()


async def test_a_hundred_queries_in_a_row_leave_nothing_behind(tmp_path):
    from glance.store.log_query import memory_used

    async with asking(tmp_path, 300) as on:
        await on.ask(QUERIES[1])
        before = memory_used()
        for _ in range(50):
            await on.ask(QUERIES[1])
        assert memory_used() <= before + 100_000
