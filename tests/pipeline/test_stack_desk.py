"""The desk of stacks: what was polled, what files hold, and what becomes of asking a target for states."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from glance.domain.interval import Interval
from glance.domain.profiles.parts import NO_LABELS
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.proto_writer import written
from glance.domain.stack_board import FILES, GoroutineWish, GrowthWish
from glance.domain.view import View
from glance.pipeline.kept_polls import KeptPolls
from glance.pipeline.poll_keeper import RESTARTED
from glance.pipeline.poll_watch import NoTargets
from glance.pipeline.profile_desk import ProfileDesk
from glance.pipeline.stack_desk import StackDesk
from glance.pipeline.stack_history import MOST_POLLS, StackHistory, StackQuestion, spread
from glance.pipeline.state_asking import MOST_UNASKED
from glance.store.profile_table import KeptPoll, ProfileTable
from tests.domain.profiles.test_stack_listing import DUMP, goroutines, profile
from tests.pipeline.fault_server import INDEX, fault_server, polled, reply

NOW = 1_800_000_000.0
MEMORY = (("inuse_objects", "count"), ("inuse_space", "bytes"))
GOROUTINES = goroutines(a=3)
PLAN = PollPlan(kinds=("goroutine",), timeout_seconds=0.3)


class Stacks:
    """A desk, and waiting for what it tells."""

    def __init__(self, watch):
        loop, self.told = asyncio.get_running_loop(), asyncio.Event()
        told = lambda: loop.call_soon_threadsafe(self.told.set)  # noqa: E731 - shorter than a method for both
        self.profiles = ProfileDesk(told)
        self.desk = StackDesk(told, self.profiles)
        self.desk.attend(watch)
        self.now = NOW

    async def settled(self, wish, view=None):
        """The answer when nothing is worked on any more."""
        async with asyncio.timeout(20):
            while True:
                board = self.desk.answer(wish, view or View(), self.now)
                is_asking = board.asked is not None and board.asked.condition == "asking"
                is_reading = self.profiles.is_reading
                if not board.is_working and not is_asking and not is_reading and self.desk._loading is None:
                    return board
                await self.told.wait()
                self.told.clear()
                await asyncio.sleep(0)


def kept(path, polls):
    """A database with these polls: kind, profile, seconds before now, note."""
    table = ProfileTable.open(path)
    for kind, one, before, note in polls:
        table.add("api", kind, written(one), start=NOW - before, end=NOW - before, note=note)
    table.close()


@asynccontextmanager
async def kept_stacks(path):
    watch = KeptPolls(path)
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    yield Stacks(watch)
    running.cancel()
    await asyncio.wait([running])


def memory(grown, other=1):
    return profile(
        [("main.grow:4", (grown, grown << 20), NO_LABELS), ("main.keep:9", (other, other << 20), NO_LABELS)], MEMORY
    )


@asynccontextmanager
async def asked(**answers):
    """A target with these answers to `goroutine?debug=2` and its list, polled once."""
    async with fault_server() as server:
        server.answers[""] = answers.get("index", reply(INDEX))
        dump = answers.get("dump")

        async def goroutine(path, writer):
            if "debug=2" not in path:
                writer.write(reply(written(GOROUTINES)))
                await writer.drain()
            elif isinstance(dump, bytes):
                writer.write(dump)
                await writer.drain()
            else:
                await asyncio.sleep(60)

        server.answers["goroutine"] = goroutine
        async with polled(f"api={server.url}", plan=PLAN) as stage:
            await stage.until(lambda: stage.polls)
            on = Stacks(stage.polling)
            on.now = stage.polls[-1].end
            yield server, on


def asks(server):
    return sum("debug=2" in path for path in server.asked)


async def test_states_are_asked_for_once_when_the_page_opens_and_then_by_key():
    async with asked(dump=reply(DUMP.encode())) as (server, on):
        for _ in range(3):
            board = await on.settled(GoroutineWish())
        assert (asks(server), board.asked.condition, board.asked.goroutines) == (1, "told", 4)
        assert board.asked.size_bytes == len(DUMP.encode())
        row = next(row for row in board.rows if row.frame.name == "main.wait")
        assert (row.doing.states[0], row.doing.longest_minutes) == (("chan receive", 2), 9)
        await on.settled(GrowthWish(program="api"))
        await on.settled(GoroutineWish(asks=1))
        assert asks(server) == 2


async def test_nothing_is_asked_of_a_time_that_is_over():
    async with asked(dump=reply(DUMP.encode())) as (server, on):
        board = await on.settled(GoroutineWish(), View(end=on.now + 1))
        assert board.rows
        assert not board.can_ask
        await on.settled(GoroutineWish(asks=1), View(interval=Interval(on.now - 60, on.now + 60)))
        assert asks(server) == 0


async def test_of_too_many_goroutines_a_person_has_to_ask():
    index = INDEX.replace(b">2</td><td><a href='goroutine", b">%d</td><td><a href='goroutine" % (MOST_UNASKED + 1))
    async with asked(dump=reply(DUMP.encode()), index=reply(index)) as (server, on):
        board = await on.settled(GoroutineWish())
        assert (board.asked.condition, board.asked.goroutines, asks(server)) == ("many", MOST_UNASKED + 1, 0)
        assert board.rows  # counts are there all the same
        board = await on.settled(GoroutineWish(asks=1))
        assert (board.asked.condition, asks(server)) == ("told", 1)


@pytest.mark.parametrize(
    ("dump", "words"),
    [
        (reply(b"no", "500 Internal Server Error"), "500"),
        (reply(b"no", "404 Not Found"), "there is nothing"),
        (reply(b"<html>hello</html>"), "there is no goroutine in it"),
        (reply(DUMP.encode())[:-200], ""),
        (None, ""),
    ],
    ids=["500", "404", "another page", "cut off", "hangs"],
)
async def test_where_states_are_not_told_counts_are(dump, words):
    async with asked(dump=dump) as (_, on):
        board = await on.settled(GoroutineWish())
        assert board.asked.condition == "failed"
        assert board.asked.words
        assert words in board.asked.words
        row = next(row for row in board.rows if row.frame.name == "main.wait")
        assert (row.now, row.doing.states, row.doing.is_told) == (3, (("chan receive", 3),), False)


async def test_growth_of_memory_is_read_out_of_history(tmp_path):
    polls = [("allocs", memory(row), 300 - 60 * row, "") for row in range(1, 6)]
    kept(tmp_path / "db", polls)
    async with kept_stacks(tmp_path / "db") as on:
        board = await on.settled(GrowthWish())
        assert (board.program, board.targets, board.can_ask) == ("api", ("api",), False)
        rows = {row.frame.name: row for row in board.rows}
        assert rows["main.grow"].values == tuple(row << 20 for row in range(1, 6))
        assert rows["main.grow"].standing == "rising"
        assert rows["main.grow"].per_minute == pytest.approx(1 << 20)
        assert rows["main.grow"].objects == (1, 5)
        assert rows["main.keep"].standing == "same"
        again = await on.settled(GrowthWish())
        assert again is board  # nothing is drawn anew while nothing changes
        other = await on.settled(GoroutineWish())
        assert (other.rows, other.mistake) == ((), "")


async def test_the_window_decides_which_polls_count(tmp_path):
    kept(tmp_path / "db", [("goroutine", goroutines(a=row), 1000 - row, "") for row in range(1, 6)])
    async with kept_stacks(tmp_path / "db") as on:
        board = await on.settled(GoroutineWish(), View(interval=Interval(NOW - 998.5, NOW - 996.5)))
        assert [row.values for row in board.rows if row.frame.name == "main.wait"] == [(2, 3)]
        board = await on.settled(GoroutineWish(), View(window="1m"))
        assert board.rows == ()


async def test_what_was_before_a_start_is_left_out(tmp_path):
    polls = [("allocs", memory(9), 300, ""), ("allocs", memory(1), 200, RESTARTED), ("allocs", memory(2), 100, "")]
    kept(tmp_path / "db", [*polls, ("goroutine", goroutines(a=90), 250, ""), ("goroutine", goroutines(a=1), 150, "")])
    async with kept_stacks(tmp_path / "db") as on:
        board = await on.settled(GrowthWish())
        assert board.since == NOW - 200
        assert [row.values for row in board.rows if row.frame.name == "main.grow"] == [(1 << 20, 2 << 20)]
        board = await on.settled(GoroutineWish())
        assert [row.values for row in board.rows if row.frame.name == "main.wait"] == [(1,)]


async def test_files_are_looked_at_as_if_they_were_polls(tmp_path):
    for row in (1, 2):
        path = tmp_path / f"g{row}.pb.gz"
        path.write_bytes(written(replace(goroutines(a=row), time_nanos=10**18 + row * 10**9)))
    (tmp_path / "dump.txt").write_text(DUMP)
    on = Stacks(NoTargets())
    on.profiles.open([str(tmp_path / name) for name in ("g2.pb.gz", "g1.pb.gz", "dump.txt")])
    board = await on.settled(GoroutineWish())
    row = next(row for row in board.rows if row.frame.name == "main.wait")
    assert (board.program, row.values[:2], row.now) == (FILES, (1, 2), 3)
    assert row.doing.longest_minutes == 9
    assert (await on.settled(GrowthWish())).rows == ()


async def test_nobody_to_ask_and_nothing_kept():
    on = Stacks(NoTargets())
    board = await on.settled(GoroutineWish())
    assert (board.rows, board.targets, board.can_ask) == ((), (), False)


async def test_source_is_found_and_where_it_is_not_that_is_said(tmp_path):
    source = tmp_path / "main.go"
    source.write_text("one\ntwo\nthree\n")
    on = Stacks(NoTargets())

    async def found(file, line):
        while (board := on.desk.answer(GoroutineWish(source=(file, line)), View(), NOW)).source is None:
            await on.told.wait()
            on.told.clear()
        return board.source

    first = await found(str(source), 2)
    assert (first.path, first.first, first.lines) == (str(source), 1, ("one", "two", "three"))
    assert (await found(str(source), 9)).words.startswith("the source on this machine is another one")
    assert (await found("/nowhere/x.go", 2)).words == "the source is not on this machine"


def test_of_many_polls_the_same_are_chosen_while_the_window_moves_on():
    heads = [KeptPoll(row, "api", "goroutine", 30.0 * row, 30.0 * row, 1000) for row in range(3000)]
    first, later = spread(heads[:2900]), spread(heads[40:2940])
    assert len(first) <= MOST_POLLS
    assert (first[0], first[-1]) == (heads[0], heads[2899])
    assert len(set(first) & set(later)) > len(first) * 0.9
    assert spread(heads[:50]) == heads[:50]
    large = [replace(head, size_bytes=4 << 20) for head in heads[:50]]
    assert len(spread(large)) <= 5


def test_every_poll_is_taken_apart_once(tmp_path):
    kept(tmp_path / "db", [("goroutine", goroutines(a=row), 100 - row, "") for row in range(1, 9)])
    table = ProfileTable.open(tmp_path / "db")
    history = StackHistory()
    question = StackQuestion("goroutine", "api", NOW - 1000, NOW)
    first = history.figures(table, question)
    known = dict(history._known)
    table.add("api", "goroutine", written(goroutines(a=20)), start=NOW - 1, end=NOW - 1)
    second = history.figures(table, question)
    assert all(history._known[number] is counts for number, counts in known.items())
    assert (first.table.totals[-1], second.table.totals[-1]) == (9, 21)
    table.close()
