"""Polling of targets that misbehave in every way: state, never an error, and never an endless loop of requests."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
from pathlib import Path

import pytest

from glance.domain.flame_board import FlameWish
from glance.domain.interval import Interval
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.target import targets_of
from glance.domain.view import View
from glance.pipeline import poll_keeper
from glance.pipeline.kept_polls import KeptPolls
from glance.pipeline.poll_board import PollBoard
from glance.pipeline.poll_shelf import PollShelf
from glance.pipeline.polling import Beside, Polling
from glance.pipeline.target_poller import BASELINE, BUSY, NOTHING_THERE, UNLISTED
from glance.store.profile_table import ProfileTable
from tests.pipeline.fault_server import CONTENTION, INDEX, fault_server, polled, profile, reply

HEAP = (("alloc_space", "bytes"), ("inuse_space", "bytes"))


async def test_a_profile_comes_at_every_interval_and_asks_for_whole_seconds():
    async with fault_server() as server, polled(f"api={server.url}") as stage:
        await stage.until(lambda: len(stage.polls) >= 4)
        assert stage.status.condition == "up"
        assert {poll.kind for poll in stage.polls} == {"cpu"}
        assert stage.polls[0].profile.values.sum(axis=0).tolist() == [3, 3]
        assert all(27 <= b.start - a.start <= 33.1 for a, b in zip(stage.polls, stage.polls[1:], strict=False))
        kind = stage.kind("cpu")
        assert (kind.failures, kind.samples) == (0, 1)
        assert kind.size_bytes == len(profile(3))
    assert server.asked[0] == "/debug/pprof/"
    assert set(server.asked[1:]) == {"/debug/pprof/profile?seconds=5"}


async def test_nothing_dangerous_is_ever_asked_for():
    plan = PollPlan()
    async with fault_server() as server, polled(server.url, plan=plan) as stage:
        for name in ("allocs", "goroutine", "mutex", "block"):
            server.answers[name] = reply(profile(1, types=CONTENTION))
        await stage.until(lambda: sum(kind.polls for kind in stage.status.kinds) > 30)
    assert not [path for path in server.asked if "gc" in path or "trace" in path or "debug=" in path or "heap" in path]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(b"oh dear", "500 Internal Server Error"), "status 500: oh dear"),
        (
            reply(b"profile dir is gone", "500 Oops", "X-Go-Pprof: 1"),
            "the program says: profile dir is gone",
        ),
        (reply(b"who?", "401 Unauthorized"), "it wants to know who asks"),
        (reply(b"", "403 Forbidden"), "it does not let us in"),
        (reply(b"", "302 Found", "Location: http://169.254.169.254/latest"), "leads to another place"),
        (reply(b"", "302 Found", "Location: file:///etc/passwd"), "another place|absolute"),
        (reply(b"<html>login</html>"), "unrecognized|profile|wire|proto|format"),
        (reply(b""), "empty"),
        (reply(gzip.compress(b"\x0a\xff\xff\xff\xff\xff", mtime=0)), "."),
        (reply(profile(3))[:-20], "ended in the middle"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + profile(3)[:30], "."),
        (b"\x00\x01\x02 no http at all\r\n\r\n", "."),
        (b"", "."),
    ],
)
async def test_f43_f44_a_bad_answer_is_state_and_asked_for_less_and_less(answer, words):
    async with fault_server() as server, polled(server.url) as stage:
        server.answers["profile"] = answer
        await stage.until(lambda: stage.kind("cpu").failures >= 3)
        assert stage.status.condition == "failing"
        assert re.search(words, stage.status.words), stage.status.words
        assert "\x1b" not in stage.status.words
        long = [wait for wait in stage.clock.waits if wait > 1]
        assert long[1] > 1.5 * long[0]
        server.answers["profile"] = reply(profile(3))
        await stage.until(lambda: stage.polls)
        assert (stage.status.condition, stage.status.words, stage.kind("cpu").failures) == ("up", "", 0)


async def test_someone_else_is_profiling():
    body = b"Could not enable CPU profiling: cpu profiling already in use\n"
    async with fault_server() as server, polled(server.url) as stage:
        server.answers["profile"] = reply(body, "500 Internal Server Error", "X-Go-Pprof: 1")
        await stage.until(lambda: stage.kind("cpu").failures >= 5)
        assert (stage.status.condition, stage.status.words) == ("busy", BUSY)
        waits = [wait for wait in stage.clock.waits if wait > 2]
        assert min(waits) >= 14
        assert max(waits) <= 46  # no back-off: it ends when they do
        server.answers["profile"] = reply(profile(1))
        await stage.until(lambda: stage.polls)
        assert stage.status.condition == "up"


async def test_a_proxy_that_says_the_same_is_not_someone_else():
    body = b"cpu profiling already in use"
    async with fault_server() as server, polled(server.url) as stage:
        server.answers["profile"] = reply(body, "500 Internal Server Error")
        await stage.until(lambda: stage.kind("cpu").failures)
        assert stage.status.condition == "failing"


async def test_f40_a_target_that_cannot_be_reached():
    async with fault_server() as server:
        url = server.url
    async with polled(f"api={url}") as stage:
        await stage.until(lambda: len(stage.clock.waits) > 8)
        assert (stage.status.condition, stage.status.words) == ("down", "connection refused: nothing listens there")
        assert max(stage.clock.waits) > 100


async def test_f40_a_target_that_speaks_no_tls():
    async with fault_server() as server, polled(server.url.replace("http:", "https:")) as stage:
        await stage.until(lambda: len(stage.clock.waits) > 3)
        assert stage.status.condition == "down"
        assert stage.status.words


async def test_a_target_that_vanishes_is_found_again():
    async with fault_server() as server, polled(server.url) as stage:
        await stage.until(lambda: stage.polls)
        seen, server.answers = server.answers, {}
        await stage.until(lambda: stage.kind("cpu").condition == "absent")
        assert (stage.status.condition, stage.status.words) == ("failing", NOTHING_THERE)
        server.answers = seen
        before = len(stage.polls)
        await stage.until(lambda: len(stage.polls) > before)
        assert stage.status.condition == "up"


async def test_f41_one_that_hangs_is_given_up_in_time_and_others_go_on():
    async def hang(path, writer):
        await asyncio.Event().wait()

    plan = PollPlan(kinds=("goroutine",), timeout_seconds=0.05)
    async with (
        fault_server() as bad,
        fault_server() as good,
        polled(f"a={bad.url}", f"b={good.url}", plan=plan) as stage,
    ):
        bad.answers["goroutine"] = hang
        good.answers["goroutine"] = reply(profile(1))
        await stage.until(lambda: stage.kind("goroutine").failures >= 2)
        assert "no whole answer within" in stage.status.words
        await asyncio.wait_for(bad.ended.wait(), 5)  # the socket is closed, not left
        await stage.until(lambda: stage.polling.statuses[1].condition == "up")


async def test_a_kind_has_its_own_timeout():
    async def hang(path, writer):
        await asyncio.Event().wait()

    plan = PollPlan(kinds=("goroutine", "mutex"), timeouts={"goroutine": 0.05})
    async with fault_server() as server, polled(server.url, plan=plan) as stage:
        server.answers["goroutine"] = hang
        server.answers["mutex"] = reply(profile(1))
        await stage.until(lambda: stage.kind("goroutine").failures)
        assert "no whole answer within" in stage.kind("goroutine").words


async def test_f42_one_that_trickles_has_no_more_time():
    async def trickle(path, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    plan = PollPlan(kinds=("goroutine",), timeout_seconds=0.1)
    async with fault_server() as server, polled(server.url, plan=plan) as stage:
        server.answers["goroutine"] = trickle
        await stage.until(lambda: stage.kind("goroutine").failures)
        assert "no whole answer within" in stage.status.words


async def test_f45_an_answer_without_end_is_cut_off():
    async def flood(path, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(os.urandom(1 << 20))
            await writer.drain()

    async with fault_server() as server, polled(server.url) as stage:
        server.answers["profile"] = flood
        await stage.until(lambda: stage.kind("cpu").failures)
        assert "more than" in stage.status.words
        assert stage.status.condition == "failing"


async def test_f46_a_bomb_is_refused():
    async with fault_server() as server, polled(server.url) as stage:
        server.answers["profile"] = reply(gzip.compress(bytes(200 << 20), 9))
        await stage.until(lambda: stage.kind("cpu").failures)
        assert "unpacks to more than" in stage.status.words


async def test_a_stop_ends_the_profile_that_is_being_taken():
    begun = asyncio.Event()

    async def long(path, writer):
        begun.set()
        await asyncio.Event().wait()

    async with fault_server() as server:
        server.answers["profile"] = long
        async with polled(server.url) as stage:
            await asyncio.wait_for(begun.wait(), 5)
            assert stage.kind("cpu").is_taking
        await asyncio.wait_for(server.ended.wait(), 5)


async def test_f55_only_one_request_at_a_time():
    running, most = 0, 0

    async def slow(path, writer):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        writer.write(reply(profile(1, types=CONTENTION)))

    async with fault_server() as server, polled(server.url, plan=PollPlan()) as stage:
        for name in ("profile", "allocs", "goroutine", "mutex", "block"):
            server.answers[name] = slow
        await stage.until(lambda: sum(kind.polls for kind in stage.status.kinds) > 15)
    assert most == 1


async def test_an_index_that_says_nothing_means_that_all_is_tried():
    async with fault_server() as server, polled(server.url, plan=PollPlan(kinds=("cpu", "mutex"))) as stage:
        server.answers[""] = reply(b"<html>hello</html>")
        await stage.until(lambda: stage.polls)
        assert stage.kind("mutex").condition == "absent"
        assert stage.status.condition == "up"
    assert UNLISTED


async def test_an_old_go_has_heap_for_allocs():
    async with fault_server() as server, polled(server.url, plan=PollPlan(kinds=("allocs",))) as stage:
        server.answers[""] = reply(INDEX.replace(b"allocs", b"threads"))
        server.answers["heap"] = reply(profile(9, types=HEAP))
        await stage.until(lambda: stage.polls)
    assert "/debug/pprof/heap" in server.asked


async def test_f51_what_is_counted_comes_as_gains_and_a_restart_is_told(tmp_path: Path):
    plan = PollPlan(kinds=("mutex",))
    async with fault_server() as server, polled(f"a={server.url}", plan=plan, database=tmp_path / "x.db") as stage:
        server.answers["mutex"] = reply(profile(100, 5, types=CONTENTION))
        await stage.until(lambda: stage.kind("mutex").polls == 1)
        assert (stage.polls, stage.kind("mutex").words) == ([], BASELINE)
        server.answers["mutex"] = reply(profile(107, 5, types=CONTENTION))
        await stage.until(lambda: any(len(poll.profile) for poll in stage.polls))
        assert [poll.profile.values.tolist() for poll in stage.polls if len(poll.profile)] == [[[7, 7]]]
        assert 8 <= stage.polls[0].end - stage.polls[0].start <= 12
        assert all(b.start == a.end for a, b in zip(stage.polls, stage.polls[1:], strict=False))
        server.answers["mutex"] = reply(profile(2, 1, types=CONTENTION))
        await stage.until(lambda: stage.status.restarts)
        restarted = next(poll for poll in stage.polls if poll.note)
        assert restarted.profile.values.sum(axis=0).tolist() == [3, 3]
        assert restarted.note == "the target was started anew"
    table = ProfileTable.open_to_read(tmp_path / "x.db")
    assert table is not None
    under_way = len(table.heads(target="a", kind="mutex")) - len(stage.polls)
    assert under_way in (0, 1)  # one may be kept at the moment that polling ends, and is told to nobody
    table.close()


async def test_nothing_in_a_profile_is_told_in_words():
    async with fault_server() as server, polled(server.url, plan=PollPlan(kinds=("mutex",))) as stage:
        server.answers["mutex"] = reply(profile(types=CONTENTION))
        await stage.until(lambda: stage.kind("mutex").condition == "empty")
        assert "SetMutexProfileFraction" in stage.kind("mutex").words
        assert stage.status.condition == "up"


class HeldProfiles(dict):
    """A desk."""

    def __init__(self):
        self.polls = PollBoard(lambda: None)
        self.shelf = PollShelf()

    def told(self):
        pass

    def add(self, name, profile, at, note=""):
        self.pop(name, None)
        self[name] = (profile, at, note)

    def remove(self, name):
        self.pop(name, None)


async def test_the_desk_has_the_polls_of_the_window_that_is_looked_at():
    plan = PollPlan(kinds=("cpu", "goroutine"))
    desk = HeldProfiles()
    async with fault_server() as server, polled(f"a={server.url}", plan=plan) as stage:
        stage.polling.attend(desk)
        server.answers["goroutine"] = reply(profile(4, types=(("goroutine", "count"),)))
        server.answers["profile"] = reply(profile(1))
        await stage.until(lambda: len(stage.polls) >= 20)
        clock, view = stage.clock, View(window="5m", page=FlameWish())
        stage.polling.look(View(), clock.at)
        assert not desk  # nobody looks
        stage.polling.look(view, clock.at)
        assert desk["a cpu"][0].values.tolist() == [[1, 1]]  # at once the newest alone

        def looked(view, count):
            stage.polling.look(view, clock.at)
            return "a cpu" in desk and desk["a cpu"][0].values.sum(axis=0).tolist()[0] in count

        await stage.until(lambda: looked(view, (9, 10, 11)))
        assert desk["a goroutine"][0].values.tolist() == [[4]]
        assert list(desk)[-1] == "a cpu"
        polls = [poll for poll in stage.polls if poll.kind == "cpu"]
        some = Interval(polls[2].start + 1, polls[4].start + 1)
        await stage.until(lambda: looked(View(window="5m", page=FlameWish(), interval=some), (2,)))
        assert desk["a cpu"][2] == "2 polls"
        past = View(window="5m", page=FlameWish(), end=polls[0].start - 10)
        await stage.until(lambda: stage.polling.look(past, clock.at) and "a cpu" not in desk)


async def test_where_the_database_fails_polls_are_kept_in_memory(tmp_path: Path):
    (tmp_path / "x.db").write_bytes(b"this is no database" * 100)
    async with fault_server() as server, polled(server.url, database=tmp_path / "x.db") as stage:
        await stage.until(lambda: stage.polls)
        assert "x.db" in stage.status.words
        await stage.until(lambda: len(stage.polls) > 2)
        assert len(await stage.polling._keeper.targets()) == 1


async def test_more_polls_than_are_joined_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(poll_keeper, "JOINED_POLLS", 3)
    async with fault_server() as server, polled(f"a={server.url}") as stage:
        server.answers["profile"] = reply(profile(1))
        await stage.until(lambda: len(stage.polls) >= 5)
        found = await stage.polling._keeper.joined("a", "cpu", 0, 1e12)
        assert (found.polls, found.is_partial, found.profile.values.tolist()) == (3, True, [[3, 3]])


async def test_all_kinds_once():
    async with fault_server() as server:
        server.answers["goroutine"] = reply(profile(1))
        polling = Polling(targets_of((server.url,)), PollPlan(cpu_seconds=1))
        async with Beside(polling, is_once=True) as beside:
            pass
        assert {kind.kind: kind.polls for kind in beside.statuses[0].kinds if kind.polls} == {"cpu": 1, "goroutine": 1}
    assert "/debug/pprof/mutex" not in server.asked
    async with Beside(None, is_once=True) as beside:
        beside.stop()
    assert beside.statuses == ()


async def test_what_another_glance_polls_is_shown_out_of_history(tmp_path: Path):
    database, desk, flame = tmp_path / "x.db", HeldProfiles(), View(window="all", page=FlameWish())
    kept = KeptPolls(database)
    kept.attend(desk)
    running = asyncio.create_task(kept.run())
    assert kept.look(View(), 1.0) == ()
    kept.look(flame, 1.0)  # there is no database yet
    async with fault_server() as server, polled(f"api={server.url}", database=database) as stage:
        server.answers["profile"] = reply(profile(1))
        await stage.until(lambda: len(stage.polls) >= 3)
        await stage.until(lambda: stage.polling._keeper._table.size_bytes)
        kept = KeptPolls(database)
        kept.attend(desk)
        reading = asyncio.create_task(kept.run())

        def looked() -> bool:
            kept.look(flame, stage.clock.at)
            return "api cpu" in desk

        await stage.until(looked)
        assert desk["api cpu"][0].values[0, 0] >= 3
        for task in (reading, running):
            task.cancel()
        await asyncio.wait([reading, running])
