"""The pages: alerts with all that is known, metrics with their charts, sources with gaps; and the bell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glance.domain.scene import GapNotice, HistoryStatus
from glance.widgets.metric_page import MetricPage
from tests.scenes import AT, alerts, firing, gaps, metrics
from tests.screens.running import stage

SIZES = [(80, 24), (120, 35), (200, 55), (40, 10)]


# Metrics ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_m_opens_the_page_of_metrics_and_asks_for_them_only_then(size):
    async with stage(size) as on:
        await on.publish()
        assert not on.engine.views[-1].wants_metrics
        await on.press("m")
        assert on.engine.views[-1].wants_metrics
        assert "reading" in on.text("metrics")
        await on.publish(AT + 1)
        assert "traffic" in on.text("metrics")
        await on.press("escape")
        assert not on.engine.views[-1].wants_metrics
        assert on.focused == "paths"


async def test_enter_opens_a_metric_and_esc_goes_back_step_by_step():
    async with stage() as on:
        await on.press("m")
        await on.publish()
        await on.press("j", "enter")
        text = on.text("metrics")
        assert "metrics · traffic_per_route" in text
        assert "latest of each segment, 14 of them" in text
        assert "enter open" not in on.text("keys")
        await on.press("escape")
        assert "error_ratio" in on.text("metrics")
        await on.press("escape")
        assert on.overview.wish.zoomed == ""


async def test_without_metrics_the_page_says_how_to_make_some():
    async with stage() as on:
        await on.press("m")
        await on.publish(metrics=())
        assert "glance metrics create --default" in on.text("metrics")
        assert "enter open" not in on.text("keys")
        await on.press("enter", "escape")
        assert on.overview.wish.zoomed == ""


async def test_the_cursor_stays_on_its_metric_when_another_one_comes():
    async with stage() as on:
        await on.press("m")
        await on.publish()
        await on.press("down", "down")
        page = on.overview.query_one(MetricPage)
        assert page.cursor == "error_ratio"
        made = metrics(on.overview.scene.window)
        await on.publish(AT + 1, metrics=(replace(made[0], id="a_new_one"), *made))
        assert (page.cursor, page.index) == ("error_ratio", 3)


async def test_metrics_of_the_past_are_those_of_the_window():
    async with stage() as on:
        await on.press("m")
        await on.publish()
        await on.press("left")
        assert on.engine.views[-1].wants_metrics
        assert on.engine.views[-1].end is not None
        await on.publish(AT + 1)
        assert on.overview.scene.metrics[0].start == on.overview.scene.window.start


async def test_a_digit_leaves_a_page_for_the_panel():
    async with stage() as on:
        await on.publish()
        await on.press("m", "4")
        assert on.focused == "clients"
        assert on.overview.wish.zoomed == ""


async def test_one_page_leads_to_the_other_and_esc_to_the_panel():
    async with stage() as on:
        await on.publish()
        await on.press("4", "m", "i", "escape")
        assert on.focused == "clients"


async def test_a_click_chooses_a_metric_and_a_double_click_opens_it():
    async with stage((120, 35)) as on:
        await on.press("m")
        await on.publish()
        line = next(y for y, text in enumerate(on.text("metrics").splitlines()) if "slowest" in text)
        await on.pilot.click("#metrics", offset=(20, line))
        page = on.overview.query_one(MetricPage)
        assert page.cursor == "slowest"
        await on.pilot.click("#metrics", offset=(20, line), times=2)
        await on.pilot.pause()
        assert page.is_open


# Sources ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_i_opens_the_page_of_sources(size):
    async with stage(size) as on:
        await on.publish(gaps=gaps(AT))
        await on.press("i")
        text = on.text("sources")
        assert "access.log" in text
        await on.press("G")
        assert "longer than a line may be" in on.text("sources") or size == (40, 10)


async def test_the_page_of_sources_scrolls():
    async with stage((60, 12)) as on:
        await on.publish(gaps=tuple(GapNotice("a.log", f"reason {n}", AT - n, n) for n in range(30)))
        await on.press("i")
        assert "more" in on.text("sources")
        first = on.text("sources")
        await on.press("down", "pagedown")
        assert on.text("sources") != first
        await on.press("g")
        assert on.text("sources") == first


async def test_a_click_on_the_gap_in_the_header_tells_more():
    async with stage() as on:
        await on.publish(gaps=gaps(AT))
        await on.pilot.click("#header", offset=(on.text("header").index("gap"), 0))
        await on.pilot.pause()
        assert on.overview.wish.zoomed == "sources"


# Alerts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 55)])
async def test_what_fires_stands_above_everything_and_goes_with_it(size):
    async with stage(size) as on:
        await on.publish(alerts=alerts(AT))
        assert "2 FIRING  1m14s p99 latency is 1.86s, above 1s" in on.text("alert-line")
        await on.pilot.pause()
        assert on.overview.panel("alert-line").region.y == 1
        over = tuple(replace(one, state="resolved", recovered_at=AT) for one in alerts(AT))
        await on.publish(AT + 1, alerts=over)
        assert "FIRING" not in on.screen_text


async def test_zoomed_the_alerts_are_a_page_with_both_transitions():
    async with stage((120, 40)) as on:
        await on.publish(alerts=alerts(AT))
        await on.press("6", "enter")
        text = on.text("alerts")
        assert "top paths of the window that fired" in text
        assert "/api/v1/orders/recent" in text
        assert "pending" in text
        await on.press("G")
        text = on.text("alerts")
        assert "recovered   21 Nov" in text
        assert "with 2.1%" in text
        assert "highest     11.3%" in text


async def test_a_click_on_the_line_of_what_fires_goes_to_the_alerts():
    async with stage() as on:
        await on.publish(alerts=alerts(AT))
        await on.pilot.click("#alert-line", offset=(20, 0))
        await on.pilot.pause()
        assert on.focused == "alerts"


@pytest.fixture
def rings(monkeypatch):
    heard = []
    monkeypatch.setattr("glance.app.Glance.bell", lambda _: heard.append(1))
    return heard


async def test_the_bell_rings_once_when_an_alert_begins_to_fire(rings):
    async with stage() as on:
        await on.publish()
        await on.publish(AT + 1, alerts=firing(AT))
        await on.publish(AT + 2, alerts=firing(AT))
        assert rings == [1]


async def test_what_fired_before_the_dashboard_was_opened_is_no_news(rings):
    async with stage() as on:
        await on.publish(alerts=firing(AT))
        await on.publish(AT + 1, alerts=firing(AT))
        assert rings == []


async def test_a_pending_alert_rings_when_it_fires(rings):
    async with stage() as on:
        pending = replace(firing(AT)[0], state="pending")
        await on.publish()
        await on.publish(AT + 1, alerts=(pending,))
        assert rings == []
        await on.publish(AT + 2, alerts=(replace(pending, state="firing"),))
        assert rings == [1]


async def test_a_paused_picture_rings_too(rings):
    async with stage() as on:
        await on.publish()
        await on.press("space")
        await on.publish(AT + 1, alerts=firing(AT))
        assert rings == [1]


async def test_b_silences_the_bell_and_that_is_remembered(rings):
    async with stage() as on:
        await on.publish()
        await on.press("b")
        assert "bell off" in on.text("header")
        assert on.engine.remembered[-1] == ("bell", "off")
        await on.publish(AT + 1, alerts=firing(AT))
        assert rings == []
        await on.press("b")
        assert on.engine.remembered[-1] == ("bell", "on")


async def test_a_silent_bell_of_the_last_time_stays_silent(rings):
    async with stage(has_bell=False) as on:
        await on.publish()
        await on.publish(AT + 1, alerts=firing(AT))
        assert rings == []


# History ------------------------------------------------------------------------------------------


async def test_a_history_that_cannot_be_written_is_told_above_and_hides_nothing():
    async with stage() as on:
        failing = HistoryStatus("failing", note="disk full, tried again every minute", waiting_lines=12_345)
        await on.publish(history=failing)
        assert "history: disk full, tried again every minute · 12,345 lines wait" in on.text("banner")
        assert "/api/v1/users/me" in on.text("paths")
        await on.publish(AT + 1, history=failing, trouble="access.log was deleted")
        await on.pilot.pause()
        assert on.overview.panel("banner").size.height == 2
        await on.publish(AT + 2)
        assert "disk full" not in on.screen_text


@pytest.mark.parametrize(("key", "page"), [("m", "metrics"), ("i", "sources")])
async def test_esc_goes_from_the_lines_back_to_the_page_that_they_were_opened_from(key, page):
    async with stage() as on:
        await on.press(key)
        await on.publish()
        await on.press("l")
        assert on.overview.wish.zoomed == "raw"
        await on.press("escape")
        assert on.overview.wish.zoomed == page
        await on.press("escape")
        assert on.overview.wish.zoomed == ""
