"""The page of lines: keys, following and standing still, search, details, copying, saving, hostile text."""

from __future__ import annotations

import base64
import os
from dataclasses import replace

import pytest

from glance.domain.log_line import LogLine
from glance.domain.raw_line import LineRows, LineSearch, LinesWish, RawLine
from glance.pipeline.line_editor import editor_command, line_number
from glance.pipeline.recalled import scene_of, text_of
from glance.widgets.line_page import LinePage
from tests.scenes import AT, scene_at
from tests.screens.running import stage
from tests.stage import HOSTILE

SIZES = [(80, 24), (120, 35), (200, 55), (40, 10)]


def raw_line(number: int, text: str = "") -> RawLine:
    """The line with a number; a greater one is older."""
    target = f"/n/{number}"
    log = LogLine("", "access.log", AT - number, "203.0.113.9", "GET", target, 500 if number % 9 == 0 else 200, 12, 0.1)
    said = (("client", "203.0.113.9"), ("method", "GET"), ("path", target), ("agent", "curl/8 %41"))
    text = text or f'203.0.113.9 - - [x] "GET {target}?a=b%20c HTTP/1.1" {log.status} 12 "-" "curl/8" 0.100'
    return RawLine(text, len(text), log, said, "/var/log/access.log", "/var/log/access.log", number * 80)


def rows_for(wish: LinesWish, total: int = 1_000_000, shift: int = 0, **changes: object) -> LineRows:
    """What a collector would answer; with a shift so many lines came meanwhile."""
    first = max(0, min(wish.first, total - 1))
    lines = tuple(raw_line(number - shift) for number in range(first, min(total, first + wish.count)))
    return replace(LineRows(wish, total, first, lines), **changes)  # type: ignore[arg-type]


async def answer(on, at: float = AT, total: int = 1_000_000, shift: int = 0, **changes: object) -> None:
    """Publish the answer to what is wanted."""
    wish = on.engine.views[-1].lines
    raw = rows_for(wish, total, shift, **changes) if wish is not None else LineRows()
    await on.publish(at, raw=raw)


def page(on) -> LinePage:
    return on.overview.query_one(LinePage)


@pytest.mark.parametrize("size", SIZES)
async def test_l_opens_the_lines_and_esc_leaves_them(size):
    async with stage(size) as on:
        await on.publish()
        assert on.engine.views[-1].lines is None
        await on.press("l")
        assert on.engine.views[-1].lines is not None
        assert not on.engine.views[-1].lines.is_still
        await answer(on)
        assert "/n/0" in on.text("raw")
        assert "live" in on.text("raw")
        await on.press("escape")
        assert on.engine.views[-1].lines is None
        assert on.focused == "paths"


async def test_scrolling_back_stands_still_and_says_so_and_g_follows_again():
    async with stage() as on:
        await on.press("l")
        await answer(on)
        await on.press("j", "j")
        assert on.engine.views[-1].lines.is_still
        await answer(on, newer=1234)
        assert "standing still · 1,234 newer" in on.text("raw")
        await on.press("g")
        assert not on.engine.views[-1].lines.is_still
        await answer(on)
        assert "live" in on.text("raw")


async def test_the_cursor_stays_on_its_line_when_lines_came_before_the_list_stood_still():
    async with stage() as on:
        await on.press("l")
        await answer(on)
        await on.press("j", "j", "j")
        await on.publish(raw=rows_for(LinesWish(), shift=5))  # on its way when the key was pressed
        assert "▌" in next(line for line in on.text("raw").splitlines() if "/n/3?" in line)
        await answer(on, shift=5)
        assert "▌" in next(line for line in on.text("raw").splitlines() if "/n/3?" in line)


async def test_a_million_lines_are_asked_for_page_by_page():
    async with stage((120, 35)) as on:
        await on.press("l")
        await answer(on)
        await on.press("G")
        wish = on.engine.views[-1].lines
        assert wish.first < 1_000_000 <= wish.first + wish.count
        assert wish.count <= 500
        assert "·" in on.text("raw")  # not there yet
        await answer(on)
        assert "/n/999999?" in on.text("raw")
        asked = len(on.engine.views)
        for _ in range(20):
            await on.press("k")
        assert len(on.engine.views) == asked  # all of them were there
        await on.press("pageup", "pageup", "pageup")
        assert len(on.engine.views) > asked


async def test_enter_shows_every_field_decoded():
    async with stage((120, 35)) as on:
        await on.press("l")
        await answer(on)
        await on.press("j", "enter")
        text = on.text("raw")
        assert "line 2" in text
        assert "a=b c" in text
        assert "203.0.113.9" in text
        assert "access.log at byte 80" in text
        await on.press("escape")
        assert "line 2" not in on.text("raw")
        assert on.overview.wish.zoomed == "raw"


async def test_w_shows_lines_whole_and_the_cursor_stays_in_view():
    async with stage((80, 24)) as on:
        await on.press("l")
        await answer(on)
        await on.press("w")
        assert '"curl/8" 0.100' in on.text("raw").replace("│\n│", "").replace("   ", "")
        for _ in range(15):
            await on.press("j")
            await answer(on)
            assert "▌" in on.text("raw")
        assert on.engine.views[-1].window == "15m"


# Search -------------------------------------------------------------------------------------------


async def test_a_search_says_its_hits_and_n_goes_through_them():
    async with stage((120, 35)) as on:
        await on.press("l")
        await answer(on)
        await on.press("slash", "n", "j", "q")
        assert on.engine.views[-1].lines.search == "njq"
        await on.press("backspace", "backspace", "enter")
        wish = on.engine.views[-1].lines
        assert (wish.search, wish.is_still) == ("n", True)
        await answer(on, search=LineSearch("n", 3, 0.5, (4, 9, 900)))
        assert "hit 1 of 3, 50.0% searched" in on.text("raw")
        await on.press("n", "n")
        await answer(on, search=LineSearch("n", 3, 1.0, (4, 9, 900)))
        assert "hit 3 of 3" in on.text("raw")
        assert "/n/900?" in on.text("raw")
        await on.press("n")
        assert "no older match of n" in on.text("raw")
        await on.press("N")
        assert page(on)._state.cursor == 9
        await on.press("escape")
        assert on.engine.views[-1].lines.search == ""
        assert on.overview.wish.zoomed == "raw"


async def test_no_match_is_said():
    async with stage() as on:
        await on.press("l")
        await answer(on)
        await on.press("slash", "x", "enter")
        await answer(on, search=LineSearch("x", 0, 0.2))
        assert "no match yet, 20.0% searched" in on.text("raw")
        await answer(on, search=LineSearch("x", 0, 1.0))
        assert "no match in 1,000,000 lines" in on.text("raw")


async def test_a_search_goes_on_while_the_picture_is_paused():
    async with stage() as on:
        await on.press("l")
        await answer(on)
        await on.press("slash", "x", "enter", "space")
        await answer(on, search=LineSearch("x", 0, 0.2))
        await answer(on, AT + 1, search=LineSearch("x", 1, 1.0, (7,)))
        assert "hit 1 of 1" in on.text("raw")


# What is done with a line -------------------------------------------------------------------------


async def test_y_copies_the_line_by_osc_52_and_only_then(monkeypatch):
    async with stage() as on:
        sent: list[str] = []
        monkeypatch.setattr(on.app._driver, "write", sent.append)
        await on.press("l")
        hostile = raw_line(0, HOSTILE)
        await answer(on, lines=(hostile, raw_line(1)))
        assert not any("]52" in text for text in sent)
        await on.press("y")
        copied = [text for text in sent if "]52" in text]
        assert len(copied) == 1
        assert copied[0].startswith("\x1b]52;c;")
        assert copied[0].endswith("\a")
        text = base64.b64decode(copied[0][7:-1]).decode()
        assert text.startswith("␛]52;c;ZXZpbA==␇")
        assert all(character.isprintable() for character in text)
        assert "copied the line" in on.text("raw")


async def test_s_asks_once_and_tells_where_the_lines_are():
    async with stage() as on:
        await on.press("l")
        await answer(on)
        await on.press("s")
        assert on.engine.views[-1].lines.save == 1
        await answer(on, saved="saved 12 lines as /home/me/glance-lines.log", save=1)
        assert "saved 12 lines as /home/me/glance-lines.log" in on.text("raw")
        await on.press("s")
        assert on.engine.views[-1].lines.save == 2


async def test_e_says_when_there_is_no_file():
    async with stage() as on:
        await on.press("l")
        gone = replace(raw_line(0), file="", is_rebuilt=True)
        await answer(on, lines=(gone,), total=1)
        assert "does not have this line any more" in on.text("raw")
        await on.press("e")
        assert "no plain file" in on.text("raw")


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_of_a_megabyte_and_hostile_ones_stay_in_their_place(size):
    async with stage(size) as on:
        await on.press("l")
        long = replace(raw_line(1, "日" * 16_000), size_bytes=1_000_000)
        log = replace(raw_line(0).log, client=HOSTILE, method=HOSTILE, target=HOSTILE, source=HOSTILE)
        bad = replace(raw_line(0, HOSTILE), log=log, fields=(("path", HOSTILE), ("agent", HOSTILE)), file=HOSTILE)
        await answer(on, lines=(bad, long, raw_line(2)), total=3)
        for keys in (("w",), ("enter",), ("escape", "j"), ("enter",), ("escape", "w")):
            await on.press(*keys)
            await answer(on, lines=(bad, long, raw_line(2)), total=3)
            for y in range(page(on).size.height):
                strip = page(on).render_line(y)
                assert strip.cell_length == size[0]
                assert "\x1b" not in strip.text
                assert "\u202e" not in strip.text


async def test_no_lines_and_a_filter_that_matches_none_have_words():
    async with stage() as on:
        await on.press("l")
        await on.publish(raw=LineRows(LinesWish()))
        assert "no requests" in on.text("raw")
        await on.press("enter", "y", "e", "s", "w", "n")  # nothing to do, and nothing breaks


# The editor ---------------------------------------------------------------------------------------


def test_the_editor_of_the_person_is_opened_at_the_line(tmp_path):
    log = tmp_path / "a b.log"
    log.write_bytes(b"one\r\n\ntwo\nthree\n")
    assert [line_number(str(log), offset) for offset in (0, 5, 6, 10)] == [1, 2, 3, 4]
    path = str(log)
    assert editor_command({"EDITOR": "vim -R"}, path, 7) == ["vim", "-R", "+7", path]
    assert editor_command({"VISUAL": "code", "EDITOR": "vi"}, path, 7) == ["code", "--goto", f"{path}:7"]
    assert editor_command({"EDITOR": "less"}, path, 7) == ["less", "+7g", path]
    assert editor_command({"EDITOR": "'broken"}, path, 7) == ["'broken", "+7", path]
    assert editor_command({"PATH": str(tmp_path)}, path, 7) is None
    (tmp_path / "less").write_text("")
    os.chmod(tmp_path / "less", 0o700)
    assert editor_command({"PATH": str(tmp_path)}, path, 7) == [str(tmp_path / "less"), "-S", "+7g", path]


def test_the_next_dashboard_does_not_begin_with_rows_of_a_page_that_is_not_open():
    scene = scene_at()
    shown = replace(scene, view=replace(scene.view, lines=LinesWish()), raw=rows_for(LinesWish()))
    assert scene_of(text_of(shown), scene.view) == replace(scene, is_recalled=True)


async def test_a_list_that_is_paused_is_not_called_live():
    async with stage() as on:
        await on.press("l")
        await answer(on)
        assert "● live" in on.text("raw")
        await on.press("space")
        await answer(on, AT + 1)
        await on.press("space", "space")
        assert "● live" not in on.text("raw")


async def test_a_search_of_the_lines_is_nothing_to_go_back_from_elsewhere():
    async with stage() as on:
        await on.press("l")
        await answer(on)
        await on.press("slash", *"abc", "enter")
        await answer(on)
        await on.press("1")
        while on.overview.wish.zoomed:
            await on.press("escape")
        assert "esc back" not in on.text("keys")
