"""Suspects of what is pointed at: out of polls, out of files, new since the quiet time, and their source."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glance.domain.interval import Interval
from glance.domain.joint import Joint
from glance.domain.profiles.alignment import aligned
from glance.domain.profiles.merge import merge
from glance.domain.profiles.parts import ValueType
from glance.domain.suspect_board import SuspectBoard, SuspectWish
from glance.domain.view import View
from glance.pipeline.poll_shelf import Shelved, asked_of
from glance.pipeline.profile_desk import ProfileDesk
from glance.pipeline.suspect_desk import SuspectDesk
from glance.pipeline.suspect_ranking import Side, ranked
from tests.domain.profiles.suspected import GOROUTINES, SERVE, cpu, heap, made

SLOW = f"regexp.compile regexp.MustCompile main.handleSlow:66 {SERVE}"
HASH = f"crypto/sha256.block main.handleHash:9 {SERVE}"
STUCK = "runtime.gopark runtime.chanrecv main.waitForever:75"
MIXED = merge(aligned([cpu({SLOW: 25}, route="/slow"), cpu({HASH: 75}, route="/hash")]))
PILE = made(GOROUTINES, (STUCK, (5000,)), ("runtime.gopark main.main:5", (10,)))


class Stage:
    """A desk of suspects over a desk of profiles."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.profiles = ProfileDesk(self.told.set)
        self.desk = SuspectDesk(self.profiles)

    def lay(self, view: View, *rows: tuple[str, object, object], span=(100.0, 130.0), quiet=(70.0, 100.0)) -> None:
        """Polls are joined for a view."""
        shelf = self.profiles.shelf
        shelf.is_fed = True
        shelf.rows.clear()
        for kind, profile, before in rows:
            self.profiles.add(f"api {kind}", profile, 130.0)
            shelf.put(("api", kind), Shelved(f"api {kind}", profile, 5, before))
        shelf.settle(asked_of(view), span, quiet, is_known=True)

    async def answer(self, view: View) -> SuspectBoard:
        """What the page shows in the end."""
        while True:
            self.told.clear()
            board = self.desk.answer(view)
            wants = view.page.source
            if not board.is_working and (wants is None or board.source is not None or not board.rows):
                return board
            await self.told.wait()


def view_of(**wish: object) -> View:
    return View(window="5m", page=SuspectWish(**wish))


async def test_polls_of_an_interval_name_the_suspect_with_reason_and_number() -> None:
    stage, view = Stage(), view_of(joint=Joint(Interval(100.0, 130.0)))
    stage.lay(view, ("cpu", MIXED, None))
    board = await stage.answer(view)
    (row,) = board.rows
    assert (board.standing, board.span, board.quiet) == ("found", (100.0, 130.0), None)
    assert row.subject == "regexp.MustCompile under main.handleSlow"
    assert (row.amount, row.share, row.line, row.is_fault) == ("250ms of 1s CPU", 0.25, 66, True)
    assert (row.profile, row.before) == ("api cpu", None)
    assert board.looked == "1s CPU in 5 polls"


async def test_of_a_route_only_its_samples_count() -> None:
    stage, view = Stage(), view_of(joint=Joint(route="/slow"))
    stage.lay(view, ("cpu", MIXED, None))
    board = await stage.answer(view)
    assert [row.amount for row in board.rows] == ["250ms of 250ms CPU"]
    other = view_of(joint=Joint(route="/hash"))
    stage.lay(other, ("cpu", MIXED, None))
    assert (await stage.answer(other)).standing == "clean"
    gone = view_of(joint=Joint(route="/nowhere"))
    stage.lay(gone, ("cpu", MIXED, None))
    board = await stage.answer(gone)
    assert (board.standing, board.notes) == ("empty", ("no sample has /nowhere as its route",))


async def test_samples_without_a_label_all_count_and_that_is_said() -> None:
    stage, view = Stage(), view_of(joint=Joint(route="/slow"))
    stage.lay(view, ("cpu", cpu({SLOW: 25}), None))
    board = await stage.answer(view)
    assert board.rows
    assert "no sample says which route it is of: all of them are counted" in board.notes
    stage.lay(view, ("cpu", MIXED, None), ("goroutine", PILE, None))
    board = await stage.answer(view)
    assert "samples of goroutines do not say which route they are of: all of them are counted" in board.notes


async def test_a_suspect_of_all_routes_stands_behind_those_of_the_route_and_says_so() -> None:
    memory = heap({f"regexp.compile regexp.MustCompile main.handleOther:9 {SERVE}": 9000})
    stage, view = Stage(), view_of(joint=Joint(route="/hash"))
    grown = cpu({HASH: 900}, route="/hash")
    stage.lay(view, ("allocs", memory, None), ("cpu", grown, cpu({HASH: 10, SLOW: 900}, route="/hash")))
    board = await stage.answer(view)
    assert [(row.function, "of all routes" in row.detail) for row in board.rows][:2] == [
        ("main.handleHash", False), ("main.handleOther", True)
    ]  # fmt: skip
    everything = view_of()
    stage.lay(everything, ("allocs", memory, None))
    board = await stage.answer(everything)
    assert board.rows
    assert not any("of all routes" in row.detail for row in board.rows)


async def test_what_says_no_route_is_told_only_of_what_is_in_the_list() -> None:
    threads = made((ValueType("threadcreate", "count"),), ("runtime.mstart", (3,)))
    few = made(GOROUTINES, (STUCK, (3,)))
    stage, view = Stage(), view_of(joint=Joint(route="/slow"))
    stage.lay(view, ("cpu", MIXED, None), ("threadcreate", threads, None), ("goroutine", few, None))
    board = await stage.answer(view)
    assert [row.profile for row in board.rows] == ["api cpu"]
    assert not any("which route" in note for note in board.notes)


async def test_what_was_not_there_before_is_new_and_time_goes_before_goroutines() -> None:
    stage, view = Stage(), view_of()
    stage.lay(view, ("cpu", MIXED, cpu({HASH: 100}, route="/hash")), ("goroutine", PILE, PILE))
    board = await stage.answer(view)
    assert board.quiet == (70.0, 100.0)
    assert [(row.key.rule, row.before == 0) for row in board.rows] == [("compile", True), ("pile-up", False)]
    assert board.rows[1].before == pytest.approx(5000 / 5010)


async def test_it_waits_for_the_polls_of_what_is_pointed_at_now() -> None:
    stage, view = Stage(), view_of()
    stage.lay(view, ("cpu", MIXED, None))
    await stage.answer(view)
    other = view_of(joint=Joint(Interval(100.0, 110.0)))
    assert stage.desk.answer(other).is_working
    stage.lay(other)
    stage.profiles.remove("api cpu")
    board = await stage.answer(other)
    assert (board.standing, board.rows) == ("empty", ())


async def test_without_polls_files_are_looked_at(tmp_path: Path) -> None:
    stage = Stage()
    (tmp_path / "cpu.folded").write_text("main.serve;main.handle;re.compile 40\nmain.serve 60\n")
    assert (await stage.answer(view_of())).standing == "nothing"
    stage.profiles.open([str(tmp_path / "cpu.folded")])
    board = await stage.answer(view_of())
    assert board.standing in ("found", "clean")
    assert board.span is None


async def test_the_source_has_what_its_lines_count_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [f"line {number}" for number in range(1, 100)]
    (tmp_path / "main.go").write_text("\n".join(lines))
    stage, view = Stage(), view_of()
    stage.lay(view, ("cpu", MIXED, None))
    key = (await stage.answer(view)).rows[0].key
    view = view_of(source=key)
    board = await stage.answer(view)
    assert board.source is not None
    (hot,) = [row for row in board.source.rows if row.number == 66]
    assert (hot.text, hot.cum) == ("line 66", 250_000_000)


async def test_nobody_looks_and_nothing_is_remembered() -> None:
    stage, view = Stage(), view_of()
    stage.lay(view, ("cpu", MIXED, None))
    await stage.answer(view)
    stage.desk.forget()
    assert stage.desk.answer(view).rows == ()
    await stage.answer(view)


def test_several_programs_are_one_list() -> None:
    found = ranked(
        {"a": [Side("a cpu", cpu({SLOW: 10, HASH: 90}))], "b": [Side("b cpu", cpu({SLOW: 60, HASH: 40}))]}, ""
    )
    assert [(row.key.target, row.profile) for row in found.rows] == [("b", "b cpu"), ("a", "a cpu")]
