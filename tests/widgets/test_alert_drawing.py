"""The page of alerts at any size, and the line above everything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.domain import units
from glance.domain.log_line import LogLine
from glance.widgets.alert_drawing import alert_page, details, list_room
from glance.widgets.alert_line import alert_line_picture
from glance.widgets.alert_pane import alert_picture
from glance.widgets.frame import Tab
from glance.widgets.inks import inks_of
from tests.scenes import AT, alerts, firing, scene_at
from tests.stage import scene_of

INKS = inks_of("glance-dark")
TABS = (Tab(6, "alerts"),)
SIZES = [(40, 8), (60, 12), (78, 22), (118, 33), (198, 53)]


def page(scene, size, index=0, top=0):
    picture = alert_page(scene, Size(*size), INKS, TABS, top=top, index=index)
    assert {strip.cell_length for strip in picture.strips} == {size[0]}
    assert len(picture.strips) == size[1]
    return [strip.text for strip in picture.strips]


def told(alert, size=(90, 30)):
    return [strip.text.rstrip() for strip in details(alert, AT, Size(*size), INKS)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("play", ["alerts", "firing", "hostile"])
def test_every_cell_is_painted_and_nothing_hostile_in_it(size, play):
    scene = scene_of(play, AT, scene_at().view)
    for index in range(len(scene.alerts)):
        shown = "".join(page(scene, size, index))
        assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b\u2066"]


def test_the_list_has_both_transitions_of_each():
    scene = replace(scene_at(), alerts=alerts(AT))
    lines = page(scene, (118, 33))
    assert lines[2].startswith("│▌ FIRING  ")
    assert units.moment(AT - 74) in lines[2]
    assert "◔ pending" in lines[3]
    assert "5xx ratio  /checkout" in lines[3]
    recovered = next(line for line in lines if "✓" in line)
    assert units.moment(AT - 2900) in recovered
    assert units.moment(AT - 2610) in recovered
    assert "4m50s" in recovered


def test_values_have_the_unit_of_their_metric():
    lines = page(replace(scene_at(), alerts=alerts(AT)), (118, 33))
    assert "1.86s" in lines[2]
    assert "2.41s" in lines[2]
    assert "8.1%" in lines[3]


def test_details_tell_the_rule_both_ends_paths_and_lines():
    over = told(alerts(AT)[-1])
    assert over[0].strip() == "5xx ratio of /api is 6.2%, above 5%"
    assert " rule        ratio of status>=500 over 5 min above 5%, each /section" in over
    assert f" began       {units.moment(AT - 90_000)} with 6.2%" in over
    assert f" recovered   {units.moment(AT - 89_100)} with 2.1% after 15m00s" in over
    assert " highest     11.3%" in over
    assert "      4,120  /api/v1/orders/recent" in over


def test_a_pending_one_says_when_it_will_fire():
    assert " fires       when it has held for 1m00s" in told(alerts(AT)[1])


def test_a_line_that_was_not_taken_apart_is_shown_as_it_is():
    alert = replace(alerts(AT)[0], lines=(LogLine('203.0.113.7 - - [x] "GET / HTTP/1.1" 500 12'),))
    assert ' 203.0.113.7 - - [x] "GET / HTTP/1.1" 500 12' in told(alert)


def test_the_list_takes_no_more_than_half_of_the_page():
    scene = replace(scene_at(), alerts=firing(AT) * 20)
    assert list_room(scene, Size(118, 33)) == 13
    assert list_room(replace(scene, alerts=firing(AT)), Size(118, 33)) == 3


def test_the_pane_puts_what_happens_now_first_and_says_how_many_do_not_fit():
    scene = replace(scene_at(), alerts=alerts(AT))
    picture = alert_picture(scene, Size(60, 8), INKS, TABS, False, most=3)
    lines = [strip.text for strip in picture.strips]
    assert "2 FIRING" in lines[0]
    assert "FIRING  for 1m14s  highest 2.41s" in lines[1]
    assert "FIRING  for 4m12s" in lines[3]
    assert "and 1 more" in lines[-2]


def test_a_pending_alert_is_noted_in_the_border_where_none_fires():
    scene = replace(scene_at(), alerts=alerts(AT)[1:2])
    picture = alert_picture(scene, Size(90, 9), INKS, TABS, False)
    lines = [strip.text for strip in picture.strips]
    assert "1 pending" in lines[0]
    assert "◔ pending for 21s of 1m00s" in lines[1]


@pytest.mark.parametrize("width", [40, 60, 120, 200])
def test_the_line_above_everything_keeps_how_many_more(width):
    scene = replace(scene_at(), alerts=alerts(AT))
    (line,) = (strip.text for strip in alert_line_picture(scene, Size(width, 1), INKS).strips)
    assert line.startswith("  2 FIRING  1m14s p99")
    assert line.rstrip().endswith("and 1 more")
    assert len(line) == width


def test_an_alert_that_flaps_or_of_which_nothing_new_is_known_says_so():
    alert = replace(alerts(AT)[0], is_flapping=True, is_stale=True, severity="critical")
    picture = alert_picture(replace(scene_at(), alerts=(alert,)), Size(90, 6), INKS, TABS, False)
    assert "FIRING  for 1m14s  highest 2.41s  flapping  no new data" in picture.strips[1].text
    assert " severity    critical" in told(alert)
    note = " ".join(" ".join(told(alert)).split())
    assert "again and again, and is told less often; nothing new is known, so that it stays as it is" in note
