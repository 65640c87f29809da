"""The page of SQL: keys, asking, stopping, what is remembered, copying; and all of it on a real log."""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.events import Paste

from glance.app import Glance, ScreenSettings
from glance.domain.sql_board import SqlBoard, SqlMistake, SqlResult, SqlWish
from glance.domain.view import View
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.engine import Engine
from glance.pipeline.intake import Intake
from glance.sources.discovery import discover
from glance.widgets import chart_canvas
from glance.widgets.sql_page import HISTORY, MOST_HISTORY, SqlPage
from tests.scenes import AT
from tests.screens.running import stage

SIZES = [(80, 24), (120, 35), (200, 55), (40, 10)]
RESULT = SqlResult(
    "SELECT 1", ("path", "hits"), (("/a", 12), ("/b", 7), ("/c\x1b[31m", None)), True, False, 0.1, 99, AT
)


def wish(on) -> SqlWish:
    """What the collector was told last."""
    told = on.engine.views[-1].page
    assert isinstance(told, SqlWish)
    return told


async def answer(on, **board: object) -> None:
    """Publish the answer to what is wanted."""
    asked = wish(on)
    changes = {"run": asked.run, "records": 3112, **board}
    await on.publish(page=SqlBoard(asked, **changes))  # type: ignore[arg-type]


async def pasted(pilot, text: str) -> None:
    """Put a text where the caret is."""
    pilot.app.overview.query_one(SqlPage).post_message(Paste(text))
    await pilot.pause()


def page(on) -> SqlPage:
    return on.overview.query_one(SqlPage)


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_opens_the_page_and_one_leaves_it(size):
    async with stage(size) as on:
        await on.publish()
        assert on.engine.views[-1].page is None
        await on.press("semicolon")
        await answer(on)
        assert "log has 3,112 rows" in on.text("sql")
        await on.press("escape")
        assert on.engine.views[-1].page is None
        assert on.focused == "paths"


async def test_what_is_typed_is_text_and_enter_asks_it():
    async with stage() as on:
        await on.publish()
        await on.press("semicolon")
        await answer(on)
        await on.press(*"q;x?l")
        assert "› q;x?l" in on.text("sql")
        assert "run" in on.text("keys")
        await on.press("enter")
        assert (wish(on).text, wish(on).run) == ("q;x?l", 1)
        await answer(on, run=0)
        assert "running" in on.text("sql")
        await answer(on, result=replace(RESULT, text="q;x?l"))
        assert "3 rows" in on.text("sql")
        assert "edit" in on.text("keys")
        await on.press("q")
        assert not on.app.is_running or on.app._exit


async def test_a_mistake_keeps_what_is_typed_with_the_caret_at_its_place():
    async with stage() as on:
        await on.publish()
        await on.press("semicolon")
        await pasted(on.pilot, "SELECT pth FROM log")
        await on.press("enter")
        await answer(on, mistake=SqlMistake("no such column: pth", "did you mean path?", 7))
        assert "did you mean path?" in on.text("sql")
        assert page(on).is_typing
        await on.press("ctrl+right", "backspace", "backspace", *"ath", "enter")
        assert wish(on).text == "SELECT path FROM log"


async def test_one_key_takes_a_query_to_begin_with_and_runs_it():
    async with stage() as on:
        await on.publish()
        await on.press("semicolon", "1")
        assert wish(on).run == 1
        assert "status >= 500" in wish(on).text


async def test_esc_stops_what_runs_then_goes_back():
    async with stage() as on:
        await on.publish()
        await on.press("semicolon", "1")
        await answer(on, running_since=AT - 2)
        await on.press("escape")
        assert wish(on).stop == (1, 1)
        await answer(on, mistake=SqlMistake("it was stopped"))
        assert "it was stopped" in on.text("sql")
        await on.press("escape")
        assert on.overview.wish.zoomed == ""


async def test_tab_completes_and_arrows_bring_queries_back():
    known = {HISTORY: json.dumps(["SELECT 2", "SELECT 3"])}
    async with stage(known=known) as on:
        await on.publish()
        await on.press("semicolon", *"sele", "tab")
        assert "› SELECT" in on.text("sql")
        await on.press("up")
        assert "› SELECT 2" in on.text("sql")
        await on.press("up", "up")
        assert "› SELECT 3" in on.text("sql")
        await on.press("down", "down")
        assert page(on)._state.typed.text == "SELECT"
        await on.press(*" 9", "enter")
        _, value = next(one for one in reversed(on.engine.remembered) if one[0] == HISTORY)
        assert json.loads(value) == ["SELECT 9", "SELECT 2", "SELECT 3"]


@pytest.mark.parametrize("kept", ["", "{", "7", '["a", 3, null]'])
async def test_a_history_that_makes_no_sense_does_no_harm(kept):
    async with stage(known={HISTORY: kept}) as on:
        await on.publish()
        await on.press("semicolon", "up")
        assert page(on)._history in ([], ["a"])


async def test_what_is_remembered_is_bounded():
    known = {HISTORY: json.dumps([f"SELECT {n} -- {'x' * 1000}" for n in range(40)])}
    async with stage(known=known) as on:
        await on.publish()
        await on.press("semicolon")
        await pasted(on.pilot, "SELECT 1")
        await on.press("enter")
        _, value = next(one for one in reversed(on.engine.remembered) if one[0] == HISTORY)
        assert len(value) <= MOST_HISTORY
        assert json.loads(value)[0] == "SELECT 1"


@asynccontextmanager
async def answered(result: SqlResult = RESULT, size=(120, 35)):
    """A page with an answer."""
    async with stage(size) as on:
        await on.publish()
        await on.press("semicolon")
        await pasted(on.pilot, "SELECT 1")
        await on.press("enter")
        await answer(on, result=result)
        yield on


async def test_keys_move_the_cursor_and_copy_what_it_is_on():
    async with answered() as on:
        await on.press("down", "right")
        assert "row 2" in on.text("sql")
        assert "column 2 of 2" in on.text("sql")
        await on.press("y")
        assert on.app.clipboard == "7"
        await on.press("up", "Y")
        assert on.app.clipboard == "/a\t12"
        await on.press("G", "left", "y")
        assert "\x1b" not in on.app.clipboard
        assert "copied the value" in on.text("sql")


async def test_z_shows_a_row_by_itself_and_esc_the_table_again():
    async with answered() as on:
        await on.press("z")
        assert "/b" not in on.text("sql")
        await on.press("escape")
        assert "/b" in on.text("sql")


async def test_enter_types_another_query_and_esc_goes_back_to_the_answer():
    async with answered() as on:
        await on.press("enter", *" + 1")
        assert "› SELECT 1 + 1" in on.text("sql")
        await on.press("escape")
        assert not page(on).is_typing
        await on.press("escape")
        assert on.overview.wish.zoomed == ""
        await on.press("semicolon")
        await answer(on)
        assert "/b" in on.text("sql")  # it is still there


async def test_r_asks_again_and_capital_r_again_and_again():
    async with answered() as on:
        await on.press("r")
        assert (wish(on).text, wish(on).run) == ("SELECT 1", 2)
        await answer(on, result=RESULT)
        await on.press("R")
        assert wish(on).repeats
        await answer(on, result=replace(RESULT, rows=RESULT.rows[:1]))
        assert "asked again" in on.text("sql")
        assert "1 row" in on.text("sql")


async def test_the_cursor_stays_where_it_was_when_the_same_query_is_answered_anew():
    async with answered() as on:
        await on.press("down")
        await answer(on, result=replace(RESULT, rows=(*RESULT.rows, ("/d", 1))))
        assert "row 2" in on.text("sql")


async def test_an_answer_comes_while_the_picture_stands_still():
    async with stage() as on:
        await on.publish()
        await on.press("space", "semicolon")
        await pasted(on.pilot, "SELECT 1")
        await on.press("enter")
        await answer(on, running_since=AT)
        await answer(on, result=RESULT)
        assert "3 rows" in on.text("sql")


async def test_a_filter_can_be_typed_above_the_answer():
    async with answered() as on:
        await on.press("f", *"status>=500", "enter")
        assert on.engine.views[-1].filter == "status>=500"
        assert on.engine.views[-1].page is not None
        assert page(on)._state.typed.text == "SELECT 1"


async def test_pasted_text_keeps_its_lines_and_loses_its_controls():
    async with stage() as on:
        await on.publish()
        await on.press("semicolon")
        await pasted(on.pilot, "SELECT 1,\r\n\x1b[31m2")
        assert page(on)._state.typed.text == "SELECT 1,\n [31m2"


async def test_a_click_puts_the_cursor_on_a_row_and_takes_an_example():
    async with answered() as on:
        line = next(y for y, text in enumerate(on.text("sql").splitlines()) if "/b" in text)
        await on.pilot.click("#sql", offset=(8, line))
        await on.press("y")
        assert on.app.clipboard == "/b"
    async with stage() as on:
        await on.publish()
        await on.press("semicolon")
        line = next(y for y, text in enumerate(on.text("sql").splitlines()) if "minute by minute" in text)
        await on.pilot.click("#sql", offset=(8, line))
        await on.pilot.pause()
        assert "AS minute" in wish(on).text


# A real log ---------------------------------------------------------------------------------------


async def test_a_real_log_is_asked_live(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    chart_canvas.load()
    log = tmp_path / "access.log"
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
    row = '10.0.0.{n} - - [{at}] "GET /p/{n} HTTP/1.1" {status} 100 "-" "curl"\n'
    log.write_text("".join(row.format(n=n, at=stamp, status=500 if n % 3 == 0 else 200) for n in range(30)))

    def prepare(view):
        return Collector(Intake(discover([str(log)]), "auto"), CollectorOptions(refresh_seconds=0.2), view)

    app = Glance(Engine(prepare, None, View()), ScreenSettings(sources=("access.log",)))
    async with app.run_test(size=(120, 35)) as pilot:

        async def until(text: str) -> str:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                await pilot.pause(0.02)
                seen = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
                if text in seen:
                    return seen
            raise AssertionError(f"{text!r} was never seen:\n{seen}")

        await pilot.press("semicolon")
        await until("log has 30 rows")
        await pasted(pilot, "SELECT status, count(*) AS hits FROM log GROUP BY status")
        await pilot.press("enter")
        seen = await until("2 rows")
        assert "200    20" in seen
        await pilot.press("R")
        with log.open("a") as more:
            more.write(row.format(n=99, at=stamp, status=200))
        await until("200    21")
        await pilot.press("f", *"status>=500", "enter")
        await until("log has 10 rows")
        await pilot.press("r")
        seen = await until("1 row")
        assert "500    10" in seen
        await pilot.press("enter", "ctrl+u")
        await pasted(pilot, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT count(*) FROM n")
        await pilot.press("enter")
        await until("esc stops it")
        await pilot.press("escape")
        await until("it was stopped")
