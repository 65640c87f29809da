"""What the smaller panels say, at any width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.commands.every import Situation
from glance.domain import units
from glance.domain.log_line import LogLine
from glance.domain.scene import EMPTY_SCENE, HistoryStatus, Scene, SourceStatus, Totals
from glance.domain.view import View
from glance.domain.window import window_at, window_choice
from glance.widgets.alert_line import alert_line_picture
from glance.widgets.alert_pane import alert_picture
from glance.widgets.frame import Tab
from glance.widgets.header import Standing, header_picture
from glance.widgets.inks import inks_of
from glance.widgets.key_bar import key_bar_picture
from glance.widgets.log_lines import lines_picture
from glance.widgets.progress import back_fill, empty_words, fill_sentence
from glance.widgets.status_mix import status_picture
from glance.widgets.tiles import average, tiles_picture
from tests.scenes import AT, firing, scene_at
from tests.stage import hostile, scene_of

INKS = inks_of("glance-dark")
WIDTHS = (200, 120, 80, 60, 41)
PLAYS = (
    "busy", "firing", "alerts", "gaps", "full", "bare", "waiting", "filling", "ended", "trouble", "hostile",
)  # fmt: skip


def text(picture):
    return [strip.text for strip in picture.strips]


def header(scene, width=170, **standing):
    return text(header_picture(scene, Standing(**standing), Size(width, 1), INKS))[0]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_header_keeps_the_name_of_the_program(width):
    line = header(scene_at(), width=width)
    assert line.startswith(" glance ")
    assert "LIVE" in line


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "play", ["busy", "firing", "alerts", "gaps", "full", "bare", "waiting", "filling", "ended", "trouble", "hostile"]
)
def test_every_cell_of_every_panel_is_painted(play, width):
    scene = scene_of(play, AT, scene_at().view)
    size = Size(width, 9)
    pictures = (
        header_picture(scene, Standing(), Size(width, 1), INKS),
        tiles_picture(scene, Size(width, 3), INKS),
        tiles_picture(scene, Size(width, 1), INKS),
        alert_picture(scene, size, INKS, (Tab(6, "alerts"),), False),
        status_picture(scene, size, INKS, (Tab(5, "status"),), True),
        lines_picture(scene, size, INKS, (Tab(7, "lines"),), False),
        key_bar_picture(Situation("paths"), {}, Size(width, 1), INKS),
    )
    for picture in pictures:
        assert len(picture.strips) == picture.size.height
        assert {strip.cell_length for strip in picture.strips} == {width}


def test_the_header_says_what_is_read_and_how_sure_the_format_is():
    line = header(scene_at())
    for words in ("access.log", "combined + request time", "1,000 of 1,000 lines", "12,408,112 lines", "12 unparsed",
                  "lag 0s", "‹ 15m ›", "LIVE", units.clock(AT)):  # fmt: skip
        assert words in line


def test_the_header_before_the_first_scene_names_the_log():
    assert "reading access.log …" in header(EMPTY_SCENE, sources=("access.log",))
    assert "starting …" in header(EMPTY_SCENE)


def test_a_paused_header_counts_the_lines_behind():
    line = header(scene_at(), is_paused=True, behind=812)
    assert f"PAUSED  at {units.clock(AT)}, 812 lines behind" in line


def test_a_log_of_the_past_says_when_it_ends():
    scene = replace(scene_at(), is_live=False)
    assert f"log ends {units.date_minute(scene.window.end)}" in header(scene)
    assert "LIVE" not in header(scene)


def past(width=170, **standing):
    scene = scene_at(view=View(end=AT - 7200))
    return scene, header(scene, width, end=AT - 7200, **standing)


def test_a_window_of_the_past_is_told_with_its_age_and_the_way_back():
    scene, line = past()
    assert f" PAST  {units.span(scene.window.start, scene.window.end, AT)}  {units.age(7196)} ago  end live" in line
    for word in ("LIVE", "lag", "lines/s", "log ends"):
        assert word not in line


def test_the_past_is_told_before_its_figures_are_there():
    line = header(scene_at(), end=AT - 7200)
    assert " PAST " in line
    assert "LIVE" not in line


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_a_narrow_header_keeps_the_past_and_the_window(width):
    _, line = past(width)
    assert "‹ 15m ›" in line
    assert "PAST" in line
    assert len(line) == width


def test_the_past_has_the_averages_of_its_window():
    scene, _ = past()
    lines = text(tiles_picture(scene, Size(240, 3), INKS))
    assert "on average in this window" in lines[1]
    assert "vs avg" not in lines[1]
    assert "/s average" in text(tiles_picture(scene, Size(80, 1), INKS))[0]


def test_an_empty_window_of_the_past_says_what_is_known():
    window = window_at(window_choice("15m"), AT - 90_000, None)
    scene = replace(scene_at(), view=View(end=AT - 90_000), window=window)
    assert "no requests in" in empty_words(scene)
    assert "← → look around it" in empty_words(scene)
    first = replace(scene, history=HistoryStatus("recording", AT - 3600, AT))
    assert f"the oldest is of {units.date_minute(AT - 3600)}" in empty_words(first)


def test_lines_of_the_past_say_up_to_when():
    scene, _ = past()
    assert f"up to {units.clock(scene.window.end)}" in text(lines_picture(scene, Size(80, 8), INKS, (), False))[0]


def test_the_window_and_its_arrows_can_be_clicked():
    picture = header_picture(scene_at(), Standing(), Size(120, 1), INKS)
    assert {spot.action for spot in picture.spots} >= {"screen.window(-1)", "screen.window(1)", "screen.pause"}


def test_a_narrow_header_keeps_window_and_state():
    line = header(scene_at(), 41)
    assert "‹ 15m ›" in line
    assert "LIVE" in line


def test_a_narrow_header_drops_the_number_of_lines_with_its_word():
    for width in range(40, 120):
        line = header(scene_at(), width)
        assert ("12,408,112" in line) == (" lines  " in line), line


def test_back_fill_is_told_in_words():
    scene = scene_of("filling", AT, scene_at().view)
    fill = back_fill(scene)
    assert fill is not None
    assert fill_sentence(fill) == "back-filling 41.0% · 12.4M lines · 310k lines/s"
    assert "back-filling 41.0%" in header(scene)
    assert back_fill(scene_at()) is None


def test_empty_states_have_words():
    window = scene_at().window
    source = SourceStatus("access.log", "x", "waiting")
    scene = Scene(AT, scene_at().view, window, sources=(source,))
    assert empty_words(EMPTY_SCENE) == "reading …"
    assert empty_words(scene) == "waiting for the first request in access.log …"
    assert "could be read as a request" in empty_words(replace(scene, lines_total=9, unparsed_total=9))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time>=03:12 time<03:13", "nothing matches in this window: > makes it longer, backspace goes back"),
        ("status>=500 -time=2026-11-21", "nothing matches in this window: > makes it longer, backspace goes back"),
        ("status>=500 path:/time=", "nothing matches, backspace goes back"),
    ],
)
def test_a_filter_by_time_does_not_move_the_window_and_says_so(text, words):
    view = replace(scene_at().view, filter=text)
    assert empty_words(scene_at(view=view, matched=0, matched_of=9)) == words


def test_tiles_compare_with_the_average_since_the_first_request():
    scene = scene_at()
    half = scene.window.steps // 2
    young = replace(scene.traffic, hits=(0,) * half + (50,) * (scene.window.steps - half))
    assert average(young.hits, replace(scene, traffic=young)) == 50 / scene.window.step_seconds


def test_tiles_show_percentiles_only_when_the_log_has_times():
    assert "p50    p95    p99" in text(tiles_picture(scene_at(), Size(160, 3), INKS))[0]
    assert "p50" not in text(tiles_picture(replace(scene_at(), has_latency=False), Size(160, 3), INKS))[0]


def test_tiles_in_one_line_keep_the_two_kinds_of_errors_apart():
    line = text(tiles_picture(scene_at(), Size(80, 1), INKS))[0]
    assert "4xx" in line
    assert "5xx" in line


def test_an_alert_is_worded_exactly_and_stands_under_a_block_that_says_firing():
    scene = replace(scene_at(), alerts=firing(AT))
    lines = text(alert_picture(scene, Size(140, 10), INKS, (Tab(6, "alerts"),), False))
    assert " 1 FIRING " in lines[0]
    assert "FIRING  for 4m12s" in lines[1]
    assert scene.alerts[0].message in lines[2]
    assert f"recovered at {units.clock(AT - 2610)} after 4m50s" in lines[3]


def test_a_message_is_broken_between_words_and_no_notice_is_cut():
    scene = replace(scene_at(), alerts=firing(AT))
    lines = text(alert_picture(scene, Size(44, 8), INKS, (Tab(6, "alerts"),), False))
    told = " ".join(line.strip("│ ") for line in lines[2:-1])
    assert scene.alerts[0].message in told
    assert "recovered" not in told


def test_no_more_alerts_than_the_limit():
    scene = replace(scene_at(), alerts=firing(AT))
    lines = text(alert_picture(scene, Size(140, 12), INKS, (Tab(6, "alerts"),), False, most=1))
    assert sum("High traffic" in line for line in lines) == 1


def test_calm_names_the_rule():
    lines = text(alert_picture(scene_at(), Size(80, 6), INKS, (Tab(6, "alerts"),), False))
    assert "all calm; an alert needs more than 10 requests/s on average over" in lines[1]


def test_status_mix_has_a_share_for_each_class_and_the_top_codes():
    lines = text(status_picture(scene_at(), Size(60, 6), INKS, (Tab(5, "status"),), False))
    assert [line.strip("│ ")[:3] for line in lines[1:5]] == ["2xx", "3xx", "4xx", "5xx"]
    assert "404" in lines[3]
    assert "500" in lines[4]


def test_with_room_the_codes_have_lines_of_their_own():
    lines = text(status_picture(scene_at(), Size(40, 18), INKS, (Tab(5, "status"),), False))
    assert [line.strip("│ ")[:3] for line in lines[1:15]] == [
        "2xx", "200", "204", "3xx", "304", "301", "4xx", "404", "403", "401", "429", "5xx", "500", "503",
    ]  # fmt: skip


def drawn(line):
    """Half cells of the bar in a line, low or high."""
    return sum(2 if c in "█▄" else 1 for c in line if c in "█▄▌▖▏▎▍▋▊▉")


@pytest.mark.parametrize("width", [40, 50, 200])
def test_a_class_has_no_shorter_bar_than_its_codes(width):
    for errors in range(1, 60):
        statuses = ((200, 2000 - errors), (404, errors), (500, errors))
        scene = replace(scene_at(), totals=Totals(hits=2000 + errors, statuses=statuses))
        lines = text(status_picture(scene, Size(width, 18), INKS, (), False))
        bars = {line.strip("│ ")[:3]: drawn(line) for line in lines}
        assert bars["5xx"] == bars["500"] > 0
        assert bars["4xx"] == bars["404"] > 0
        assert bars["2xx"] >= bars["200"]


def test_no_requests_is_no_division_by_zero():
    scene = replace(scene_at(), totals=Totals())
    text(status_picture(scene, Size(40, 6), INKS, (), False))
    text(tiles_picture(scene, Size(120, 3), INKS))


def test_lines_are_cut_at_the_right_and_never_wrap():
    log = LogLine("x", "a", AT, "1.2.3.4", "GET", "/" + "long/" * 60, 200, 12, 0.1)
    lines = text(lines_picture(replace(scene_at(), lines=(log,)), Size(60, 5), INKS, (), False))
    assert lines[1].endswith("…│")
    assert not lines[2].strip("│ ")


def test_a_line_that_was_not_understood_is_shown_as_it_is():
    log = LogLine("garbage in", "a")
    lines = text(lines_picture(replace(scene_at(), lines=(log,)), Size(60, 5), INKS, (), False))
    assert "? garbage in" in lines[1]


def test_the_newest_line_is_at_the_bottom():
    scene = scene_at()
    lines = text(lines_picture(scene, Size(140, 8), INKS, (), False))
    assert scene.lines[-1].target in lines[-2]
    assert scene.lines[-6].target in lines[1]


def test_hostile_text_reaches_no_strip():
    scene = hostile(scene_at())
    for picture in (
        header_picture(scene, Standing(), Size(200, 1), INKS),
        lines_picture(scene, Size(120, 9), INKS, (), False),
        alert_picture(scene, Size(80, 12), INKS, (), False),
    ):
        shown = "".join(text(picture))
        assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b\u2066"]


def test_the_footer_shows_only_keys_that_do_something():
    def bar(now, width=200):
        return text(key_bar_picture(now, {}, Size(width, 1), INKS))[0]

    assert "esc back" not in bar(Situation("paths"))
    assert "z zoom" in bar(Situation("paths"))
    assert "enter open" in bar(Situation("lines"))
    assert "enter filter" in bar(Situation("paths", can_filter=True))
    assert "! negate" not in bar(Situation("paths", can_filter=True))
    assert "! negate" in bar(Situation("paths", has_filter=True))
    assert "/ search" in bar(Situation("paths"))
    assert "/ search" not in bar(Situation("traffic"))
    assert "esc back" in bar(Situation("paths", is_zoomed=True))
    assert "z zoom" not in bar(Situation("paths", is_zoomed=True))
    assert "resume" in bar(Situation("paths", is_paused=True))
    typing = bar(Situation("paths", is_typing=True))
    assert "enter keep" in typing
    assert "q quit" not in typing


def test_a_narrow_footer_keeps_help_and_quit():
    line = text(key_bar_picture(Situation("paths"), {}, Size(40, 1), INKS))[0]
    assert "? help" in line
    assert line.rstrip().endswith("q quit")


def test_the_footer_shows_the_keys_that_the_person_chose():
    line = text(key_bar_picture(Situation("paths"), {"quit": "x"}, Size(120, 1), INKS))[0]
    assert line.rstrip().endswith("x quit")


def test_a_remapped_key_is_shown_as_its_character():
    line = text(key_bar_picture(Situation("paths"), {"quit": "right_square_bracket"}, Size(120, 1), INKS))[0]
    assert line.rstrip().endswith("] quit")
    line = text(key_bar_picture(Situation("paths"), {"quit": "ctrl+backslash"}, Size(120, 1), INKS))[0]
    assert line.rstrip().endswith("ctrl+\\ quit")


def test_a_notice_leaves_room_for_the_window_and_the_pause():
    notice = "theme the terminal's colours, on dark"
    picture = header_picture(scene_at(), Standing(is_paused=True), Size(40, 1), INKS, notice)
    line = text(picture)[0]
    assert "theme the" in line
    assert "‹ 15m ›" in line
    assert "PAUSED" in line


def test_an_alert_in_one_line_is_not_cut_within_its_time():
    alert = firing(AT)[0]
    scene = replace(scene_at(AT), alerts=(alert,))
    shown = alert_line_picture(scene, Size(74, 1), INKS).strips[0].text.rstrip()
    assert shown.endswith("…")
    assert "triggered" not in shown


def test_a_selected_class_is_inverse_at_both_sides_of_its_bar_where_there_are_sixteen_colours():
    inks = inks_of("glance-ansi-dark")
    row = status_picture(scene_at(), Size(60, 14), inks, (), True, cursor=4).strips
    chosen = next(strip for strip in row if "4xx" in strip.text)
    blank = [segment for segment in list(chosen)[:-1] if segment.text.isspace()]
    assert sum(len(segment.text) for segment in blank) > 20
    assert all(segment.style is not None and segment.style.reverse for segment in blank)
