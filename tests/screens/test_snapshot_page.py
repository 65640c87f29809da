"""The page of snapshots under the keys of a person: list, note, delete, compare; one opened in place of the logs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.domain.snapshot_board import FigureRow, FunctionRow, ProfileRows, SnapshotBoard, SnapshotDiff, SnapshotRow
from glance.domain.snapshot_order import SnapshotOrder, SnapshotSight, SnapshotStatus
from glance.domain.window import window_choice
from glance.screens.snapshots import whole_window
from glance.widgets.header import Header
from tests.scenes import AT
from tests.screens.running import stage

START = 1_795_000_000.0


def row(number: int, **changes: object) -> SnapshotRow:
    """A snapshot of the list."""
    start = START + 100 * number
    made = SnapshotRow(
        f"2026112{number}T140000Z-00000{number}", f"/shelf/{number}.glance", 1_500_000 * number, made_at=start + 900,
        start=start, end=start + 900, records=1000 * number, lines=10, profiles=number, build="c694f4be9382",
        details=(("log", "/var/log/access.log: 5 records"), ("missing", "heap of api: refused")),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


ROWS = (
    row(3, note="slow since \x1b[31mthe deploy"),
    row(2, is_of_alert=True, alert="traffic: too much"),
    row(1),
)


def board(view, rows=ROWS, **changes):
    """What the page is answered."""
    return SnapshotBoard(view.page, rows, "/shelf", most_bytes=1 << 30, size_bytes=9_000_000, serial=1, **changes)


async def opened(on, rows=ROWS, **changes):
    """The page, open and answered."""
    await on.press("K")
    await on.publish(page=board(on.engine.views[-1], rows, **changes))


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 55)])
async def test_the_list_and_what_is_in_the_one_with_the_cursor(size):
    async with stage(size=size) as on:
        await opened(on)
        text = on.text("snapshots")
        assert "slow since �[31mthe deploy" in text or "slow since" in text
        assert "\x1b" not in text
        assert "alert traffic: too much" in text
        assert "by hand" in text
        assert "3,000" in text or "3.00k" in text
        assert "/var/log/access.log" in text
        await on.press("down", "z")
        assert "heap of api: refused" in on.text("snapshots")
        await on.press("escape")
        assert "by hand" in on.text("snapshots")


async def test_without_any_it_is_said_what_to_do():
    async with stage() as on:
        await on.press("K")
        assert "reading" in on.text("snapshots")
        await on.publish(page=board(on.engine.views[-1], ()))
        assert "S takes one of what is looked at" in on.text("snapshots")
        await on.publish(page=replace(board(on.engine.views[-1], ()), trouble="cannot read it", serial=2))
        assert "cannot read it" in on.text("snapshots")


async def test_a_note_is_typed_and_ordered_once():
    async with stage() as on:
        await opened(on)
        await on.press("down", "n", *"the q S", "backspace", "enter")
        assert on.engine.views[-1].order == SnapshotOrder(1, "note", ROWS[1].id, "the q")
        await on.press("n", "x", "escape")
        assert on.engine.views[-1].order.number == 1
        assert on.focused == "snapshots"


async def test_it_is_deleted_when_the_key_is_pressed_again():
    async with stage() as on:
        await opened(on)
        await on.press("D")
        assert "D again deletes it" in on.text("snapshots")
        await on.press("down", "D", "escape", "D", "D")
        assert on.engine.views[-1].order == SnapshotOrder(1, "remove", ROWS[1].id)


async def test_search_sort_and_file():
    async with stage() as on:
        await opened(on)
        await on.press("slash", *"deploy", "enter")
        assert "too much" not in on.text("snapshots")
        assert "1 of 3" in on.text("snapshots")
        await on.press("E")
        order = on.engine.views[-1].order
        assert (order.kind, order.id) == ("export", ROWS[0].id)
        await on.press("escape", "s", "s")
        text = on.text("snapshots")
        assert text.index("too much") < text.index("slow since")


async def test_two_are_compared_the_older_one_first():
    async with stage() as on:
        await opened(on)
        await on.press("v", "down", "down", "c")
        wish = on.engine.views[-1].page
        assert (wish.before, wish.after) == (ROWS[2].id, ROWS[0].id)
        diff = SnapshotDiff(
            wish.before, wish.after, (FigureRow("hits", "1,000", "3,000", "▲ 200%", is_more=True),),
            (ProfileRows("cpu of api", "", (FunctionRow("main.slow", "+9.1pt", "+9.1pt", "grew", is_more=True),)),),
        )  # fmt: skip
        await on.publish(page=board(on.engine.views[-1], diff=diff))
        text = on.text("snapshots")
        assert "▲ 200%" in text
        assert "main.slow" in text
        await on.press("escape")
        assert on.engine.views[-1].page.before == ""
        assert "by hand" in on.text("snapshots")


async def test_one_is_opened_like_live_and_left_where_one_was():
    async with stage() as on:
        await on.publish()
        await on.press("less_than_sign")
        await opened(on)
        before = on.engine.views[-1]
        await on.press("enter")
        view = on.engine.views[-1]
        assert (view.snapshot, view.page, view.filter, view.window) == (ROWS[0].path, None, "", "15m/5s")
        assert START + 300 < view.end < START + 1200
        live = replace(before, page=None)
        await on.publish(view=live, lines_total=987_654)
        assert "987,654" not in on.screen_text, "a scene of the logs that came late"
        sight = SnapshotSight(ROWS[0].path, ROWS[0].id, START, START, START + 900, "slow \x1b[31msince")
        assert "opening" in on.screen_text
        await on.publish(frozen=sight)
        assert "opening" not in on.screen_text
        assert "SNAPSHOT" in on.screen_text
        assert "esc returns to live" in on.screen_text
        await on.press("e")
        assert on.engine.views[-1].page is not None
        assert on.engine.views[-1].snapshot == ROWS[0].path
        await on.press("escape")
        assert not on.app.screen.now.is_past, "there is nothing later, and no now"
        await on.press("left")
        assert on.engine.views[-1].end < view.end
        assert on.app.screen.now.is_past
        await on.press("end")
        assert not on.app.screen.now.is_past
        assert (on.engine.views[-1].window, on.engine.views[-1].end) == (view.window, view.end)
        await on.press("escape")
        assert on.engine.views[-1] == before
        assert on.focused == "snapshots"
        await on.publish(page=board(on.engine.views[-1]))
        assert "SNAPSHOT" not in on.screen_text
        await on.press("escape")
        assert on.engine.views[-1].page is None


@pytest.mark.parametrize(
    ("seconds", "window"),
    [(900, "15m/5s"), (900.4, "15m5s/5s"), (3 * 86400 + 7, "3d15m/900s"), (9 * 366 * 86400, "1464d/86400s")],
)
def test_the_window_of_one_has_no_more_steps_than_can_be_drawn(seconds: float, window: str) -> None:
    name, end = whole_window(START, START + seconds)
    choice = window_choice(name)
    assert name == window
    assert choice.seconds / choice.step_seconds < 2000
    assert end >= START + seconds - 1


async def test_a_key_takes_one_and_the_header_says_how_it_goes():
    async with stage(size=(120, 40)) as on:
        await on.publish()
        await on.press("S")
        assert on.engine.views[-1].order == SnapshotOrder(1, "take")
        await on.publish(snapshots=SnapshotStatus(1, "taking a snapshot: profiles of api, 3 of 5 s", is_busy=True))
        assert "3 of 5 s" in on.screen_text
        await on.publish(snapshots=SnapshotStatus(2, "kept as 2026-00, 1.2MB · without 1 profile"))
        assert "kept as 2026-00, 1.2MB · K lists them · without 1 profile" in on.screen_text
        header = on.overview.query_one(Header)
        header.say_no_more()
        await on.publish(AT + 1, snapshots=SnapshotStatus(2, "kept as 2026-00, 1.2MB"))
        assert "K lists them" not in on.screen_text, "said once"
        await on.press("S")
        assert on.engine.views[-1].order == SnapshotOrder(2, "take")
        await on.publish(AT + 2, snapshots=SnapshotStatus(3, "cannot write it: the disk is full", is_bad=True))
        on.overview.query_one(Header).say_no_more()
        await on.press("i")
        assert "cannot write it: the disk is full" in on.text("sources")
