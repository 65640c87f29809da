"""The page of sources, and what history and gaps are called in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.domain.scene import GapNotice, HistoryStatus
from glance.widgets.header import Standing, header_picture
from glance.widgets.history_words import failure, gap_words, reach, short_words, sign
from glance.widgets.inks import inks_of
from glance.widgets.notice import troubles
from glance.widgets.source_page import source_lines
from tests.scenes import AT, gaps, scene_at
from tests.stage import scene_of

INKS = inks_of("glance-dark")
CONDITIONS = ("recording", "following", "failing", "off")


def text(scene, width=118):
    strips = source_lines(scene, width, INKS)
    assert {strip.cell_length for strip in strips} == {width}
    return [strip.text.rstrip() for strip in strips]


@pytest.mark.parametrize("width", [38, 58, 78, 118, 198])
@pytest.mark.parametrize("play", ["busy", "gaps", "full", "bare", "reader", "waiting", "hostile", "trouble"])
def test_every_cell_is_painted_and_nothing_hostile_in_it(width, play):
    shown = "".join(text(scene_of(play, AT, scene_at().view), width))
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b\u2066"]


@pytest.mark.parametrize("width", range(40, 80, 3))
def test_a_column_of_figures_is_there_whole_or_not_at_all(width):
    heading, row = text(scene_at(), width)[1:3]
    assert "…" not in heading
    assert not row.endswith("…")


def test_a_log_has_its_path_state_format_and_figures():
    line = text(scene_at())[2]
    for words in ("/var/log/nginx/access.log", "following", "combined + request time", "12,408,112", "2.40GB"):
        assert words in line


def test_a_log_that_is_gone_says_so_below_its_line():
    lines = text(scene_of("trouble", AT, scene_at().view))
    assert "missing" in lines[2]
    assert lines[3].strip() == "was deleted; waiting for it to come back"


def test_history_says_how_far_it_reaches():
    lines = text(scene_at())
    assert "   state     ● recording: what is read is kept" in lines
    assert any("12d ago — home goes there" in line for line in lines)


def test_gaps_have_their_moment_size_and_reason():
    lines = text(scene_of("gaps", AT, scene_at().view))
    assert any(line.endswith("access.log 12.3kB rotated away before it was read") for line in lines)
    assert any("2.10MB, 1 line longer than a line may be" in line for line in lines)
    assert "   none: every line that could be read was counted" in text(scene_at())


def test_lines_that_nobody_reads_are_shown():
    lines = text(scene_of("gaps", AT, scene_at().view))
    assert "lines that no format reads, 12 in all" in " ".join(lines)


def test_every_state_of_history_has_a_sign_of_its_own():
    signs = [sign(HistoryStatus(condition), INKS)[0] for condition in CONDITIONS]
    assert len(set(signs)) == len(CONDITIONS)


@pytest.mark.parametrize(
    ("seconds", "words"), [(40, "40s"), (90, "1m"), (3600, "60m"), (7300, "2h"), (90_000, "25h"), (1_036_800, "12d")]
)
def test_how_far_back_in_one_unit(seconds, words):
    scene = replace(scene_at(), history=HistoryStatus("recording", AT - seconds, AT))
    assert reach(scene) == words
    assert short_words(scene) == f"history {words}"


def test_no_history_is_said_and_is_no_trouble():
    scene = scene_of("bare", AT, scene_at().view)
    assert short_words(scene) == "no history"
    assert troubles(scene) == ()


def test_a_failing_history_says_why_and_how_many_lines_wait():
    scene = scene_of("full", AT, scene_at().view)
    assert failure(scene.history) == "history: disk full, tried again every minute · 12,345 lines wait"
    assert failure(HistoryStatus("failing")) == "history: nothing can be kept for now"


def header(scene, width):
    return header_picture(scene, Standing(), Size(width, 1), INKS).strips[0].text


def test_the_header_tells_the_newest_gap_and_shorter_where_it_is_narrow():
    scene = scene_of("gaps", AT, scene_at().view)
    assert "gap: 12.3kB rotated away before it was read (and 1 more)" in header(scene, 160)
    assert "2 gaps" in header(scene, 80)
    assert "LIVE" in header(scene, 41)


def test_a_gap_of_unknown_size_is_told_without_one():
    assert gap_words((GapNotice("a", "was rewritten", AT),)) == "gap: was rewritten"
    assert gap_words(()) == ""
    assert "1 line" in gap_words((replace(gaps(AT)[0], lines=1),))


@pytest.mark.parametrize("width", range(40, 200, 7))
def test_a_header_with_everything_keeps_its_width(width):
    scene = replace(scene_of("gaps", AT, scene_at().view), history=HistoryStatus("failing"))
    for standing in (Standing(), Standing(is_paused=True), Standing(end=AT - 90_000), Standing(end=AT, is_paused=True)):
        assert header_picture(scene, standing, Size(width, 1), INKS).strips[0].cell_length == width
