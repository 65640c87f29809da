"""From traffic to code by keys: what is pointed at, the page of suspects, the flame graph, and the way back."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from glance.domain.flame_board import FlameAnswer, FlameWish, ProfileNote, SourceRow, SourceView
from glance.domain.interval import Interval
from glance.domain.joint import QUIET, Joint
from glance.domain.scene import AlertNotice
from glance.domain.suspect_board import SuspectBoard, SuspectKey, SuspectRow, SuspectWish
from glance.messages import SourceRequested
from glance.pipeline.flame_picture import picture_of
from glance.widgets.flame_page import FlamePage
from glance.widgets.suspect_page import SuspectPage
from tests.boards import latency_board
from tests.domain.profiles.test_flame_layout import profile_of
from tests.scenes import AT
from tests.screens.running import stage

SIZES = [(80, 24), (120, 35), (200, 55), (40, 10)]
ROWS = (
    SuspectRow(
        SuspectKey("api", "compile", "main.handleSlow", "cpu"), "api cpu", "regexp.Compile under main.handleSlow",
        "250ms of 800ms CPU", 0.3125, "compiles anew what could be kept", True, 250_000_000, 800_000_000,
        "nanoseconds", "/src/app/main.go", 66, is_in_request=True, before=0.0,
    ),
    SuspectRow(
        SuspectKey("api", "encode", "main.handleJSON", "cpu"), "api cpu", "encoding/json.Marshal under main.handleJSON",
        "200ms of 800ms CPU", 0.25, "spends much on encoding and decoding", False, 200_000_000, 800_000_000,
        "nanoseconds", "/src/app/json.go", 12, before=0.2,
    ),
)  # fmt: skip
SOURCE = SourceView(
    "main.handleSlow",
    "/src/app/main.go",
    "/here/main.go",
    (SourceRow(65, "for _, item := range items {"), SourceRow(66, "\tre := regexp.MustCompile(text)", 0, 250_000_000)),
)


def wish(on):
    return on.engine.views[-1].page


async def answer(on, rows=ROWS, source=SOURCE, **board):
    """Publish what the desk answers."""
    asked = wish(on)
    assert isinstance(asked, SuspectWish)
    board = {
        "standing": "found",
        "looked": "800ms CPU in 5 polls",
        "span": (AT - 180, AT),
        "quiet": (AT - 360, AT - 180),
    } | board
    shown = source if asked.source == ROWS[0].key else None
    await on.publish(page=SuspectBoard(asked, rows=rows, source=shown, **board))


@asynccontextmanager
async def opened(size=(120, 35), **settings):
    async with stage(size, **settings) as on:
        await on.publish()
        await on.press("P")
        await answer(on)
        await answer(on)
        yield on


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_opens_the_page_one_shows_the_line_and_one_leaves(size):
    async with opened(size) as on:
        assert "handleSlow" in on.text("suspects")
        await on.press("enter")
        assert "MustCompile(text)" in on.text("suspects") or size == (40, 10)
        assert "takes" not in on.text("suspects")
        await on.press("escape")
        assert "handleSlow" in on.text("suspects")
        await on.press("escape")
        assert wish(on) is None
        assert on.focused == "paths"


async def test_the_list_has_reason_number_place_and_what_is_new():
    async with opened() as on:
        text = on.text("suspects")
        assert "suspects of the last 15m" in text
        assert "fault: it compiles anew what could be kept, in requests" in text
        assert "250ms of 800ms CPU, 31.2%, new since" in text
        assert "main.go:66" in text
        assert "/here/main.go:66" in text
        assert "of 800ms CPU in 5 polls" in text
        await on.press("j")
        await answer(on)
        assert wish(on).source == ROWS[1].key
        assert "20.0% in " in on.text("suspects")


async def test_enter_before_the_answer_shows_the_source_when_it_is_there():
    async with stage((120, 35)) as on:
        await on.publish()
        await on.press("P", "enter")
        await answer(on)
        await answer(on)
        assert "takes" not in on.text("suspects")
        assert "MustCompile(text)" in on.text("suspects")


async def test_p_selects_the_suspect_in_the_flame_graph_and_esc_comes_back():
    async with opened() as on:
        await on.press("p")
        asked = wish(on)
        assert isinstance(asked, FlameWish)
        assert (asked.name, asked.value, asked.joint) == ("api cpu", "cpu", Joint())
        profile = profile_of({"serve;main.handleSlow;regexp.Compile": 30, "serve;main.other": 70})
        picture = picture_of(replace(asked, value=""), ("api cpu", profile), ("", None), (1.0, 1.0))
        note = ProfileNote("api cpu", note="5 polls")
        picture = replace(picture, wish=asked)
        await on.publish(page=FlameAnswer(asked, (note,), picture, polled=(AT - 180, AT)))
        flame = on.overview.query_one(FlamePage)
        assert flame._state.chosen[-1] == "main.handleSlow"
        assert "flame of the last 15m · 5 polls" in on.text("profile")
        await on.press("c")
        asked = wish(on)
        assert asked.base == QUIET
        spans = {"polled": (AT - 180, AT), "quiet": (AT - 360, AT - 180)}
        await on.publish(AT + 1, page=FlameAnswer(asked, (note,), picture, **spans, has_quiet=False))
        assert "nothing to compare with" in on.text("profile")
        before = profile_of({"serve;main.other": 50})
        picture = picture_of(replace(asked, value=""), ("api cpu", profile), (QUIET, before), (1.0, 1.0))
        await on.publish(AT + 2, page=FlameAnswer(asked, (note,), replace(picture, wish=asked), **spans))
        assert "against the quiet" in on.text("profile")
        assert "same size, new ×0.5" in on.text("profile")
        await on.press("c")
        assert wish(on).base == ""
        await on.press("escape")
        assert isinstance(wish(on), SuspectWish)
        await on.press("escape")
        assert wish(on) is None


async def test_the_row_of_the_page_of_latency_is_the_route():
    async with stage() as on:
        await on.press("d")
        await on.publish(page=latency_board())
        await on.press("P")
        assert wish(on).joint == Joint(route="/api/v1/users/me")
        await answer(on)
        assert "suspects of the last 15m · route /api/v1/users/me" in on.text("suspects")
        await on.press("escape")
        assert on.overview.wish.zoomed == "latency"
        await on.publish(AT + 1, page=latency_board(wish(on)))
        await on.press("g", "p")
        assert wish(on).joint == Joint()
        await on.press("P", "escape", "escape")
        assert on.overview.wish.zoomed == "latency"


async def test_an_interval_is_the_time_and_a_filter_the_route():
    async with stage(is_raw=True) as on:
        await on.publish()
        await on.press("left_square_bracket")
        selected = on.overview.interval
        await on.press("P")
        assert wish(on).joint == Joint(selected)
        await on.press("escape", "escape")
        on.overview.filter_by("route=/slow")
        await on.publish(AT + 1)
        await on.press("p")
        assert wish(on).joint == Joint(None, "/slow")
        await on.press("escape")
        on.overview.filter_by(f"time>={int(AT) - 60} time<{int(AT) - 30}")
        await on.publish(AT + 2)
        await on.press("P")
        assert wish(on).joint == Joint(Interval(AT - 60, AT - 30))


async def test_a_path_counts_only_where_the_cursor_was_put():
    async with stage() as on:
        await on.publish()
        await on.press("P")
        assert wish(on).joint == Joint()
        await on.press("escape", "j", "P")
        assert wish(on).joint.route == on.overview.panel("paths").cursor


async def test_an_alert_is_its_time():
    alert = AlertNotice("errors", "too many errors", AT - 200, 5.0, 9.0, recovered_at=AT - 80, state="resolved")
    async with stage() as on:
        await on.publish(alerts=(alert,))
        await on.press("6", "P")
        assert wish(on).joint == Joint(Interval(AT - 200, AT - 80), "", "errors")
        await answer(on)
        assert "alert errors" in on.text("suspects")


async def test_e_opens_the_line_and_y_copies():
    async with opened() as on:
        asked, copied = [], []
        on.overview.open_source = lambda message: asked.append((message.path, message.number))
        page = on.overview.query_one(SuspectPage)
        post = page.post_message
        page.post_message = lambda one: asked.append(one) if isinstance(one, SourceRequested) else post(one)
        on.app.copy_to_clipboard = copied.append
        await on.press("e", "y")
        assert [(one.path, one.number) for one in asked] == [("/here/main.go", 66)]
        (text,) = copied
        assert text.startswith("regexp.Compile under main.handleSlow: 250ms of 800ms CPU (31.2%), compiles anew what")
        assert text.endswith(", /src/app/main.go:66")
        await on.press("j", "e")
        assert "not found" in on.text("suspects")


async def test_the_list_can_be_exported():
    async with opened() as on:
        table = on.overview.query_one(SuspectPage).table
        assert table.rows[0][:4] == ("main.handleSlow", "regexp.Compile under main.handleSlow", "compile", "fault")
        assert len(table.rows) == 2
        assert all(len(row) == len(table.columns) for row in table.rows)


NOTHING = (
    ({"standing": "waiting", "is_working": True}, "looking for suspects"),
    ({"standing": "nothing"}, "no profiles were polled"),
    ({"standing": "empty", "notes": ("no sample has /x as its route",)}, "no samples of the last"),
    ({"standing": "clean", "looked": "2s CPU in 4 polls"}, "nothing suspicious in 2s CPU"),
    ({"standing": "clean", "mistake": "they count different things"}, "they count different things"),
)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_told_in_words(size):
    async with stage(size) as on:
        await on.publish(targets=())
        await on.press("P")
        for number, (board, words) in enumerate(NOTHING):
            await on.publish(AT + number, page=SuspectBoard(wish(on), **board), targets=())
            said = " ".join(on.text("suspects").replace("│", " ").split())
            assert words in said or (size == (40, 10) and words.split()[0] in said)


async def test_hostile_names_pass_the_gate():
    row = replace(ROWS[0], subject="x\x1b[31m under main.\u202ey", file="/a\x1b]0;t\x07.go", words="w\x07")
    async with stage() as on:
        await on.publish()
        await on.press("P")
        await answer(on, rows=(row,), looked="1\x1b", notes=("\x1b[2J",))
        assert not set(on.text("suspects")) & {"\x1b", "\x07", "\u202e"}
