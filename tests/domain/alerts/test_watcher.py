"""One rule over the window that ends now: parity with the systems before glance, and times out of order."""

from __future__ import annotations

import pytest

from glance.domain.alerts.builtin import CALM, builtin_rules, traffic_rule
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.alerts.state import Transition
from glance.domain.alerts.watcher import MOST_WATCHED, Watcher
from tests.domain.alerts.hits import NOON, hits


def watching(text: str) -> Watcher:
    return Watcher(parse_rule("test", text))


def run(watcher: Watcher, start: int, end: int, **how: float) -> list[Transition]:
    """Look each second from `start` up to `end`, relative to noon."""
    return [turn for second in range(start, end) for turn in watcher.evaluate(NOON + second, **how)]


def test_parity_a_1200_hits_in_120_s_do_not_fire_and_1201_do() -> None:
    """The specification that three of the seeds answer: more than 10 a second on average over 2 min."""
    watcher = Watcher(traffic_rule())
    watcher.add(hits((-60, 1200)), NOON)
    assert run(watcher, 0, 1) == []

    watcher.add(hits((-30, 1)), NOON)
    (turn,) = run(watcher, 1, 2)
    assert turn.status == "firing"
    assert turn.value == 1201 / 120


def test_parity_a_1199_hits_clear_and_1200_keep_it() -> None:
    """It recovers when the average is below again; at the threshold itself nothing changes."""
    watcher = Watcher(traffic_rule())
    watcher.add(hits((-119, 1), (-118, 1), (-60, 1199)), NOON)
    assert [turn.status for turn in run(watcher, 0, 1)] == ["firing"]

    assert run(watcher, 1, 2) == []  # 1,200 are left
    (turn,) = run(watcher, 2, 3)  # 1,199
    assert (turn.status, turn.at, turn.value) == ("resolved", NOON + 2, 1199 / 120)
    assert turn.worst == 1201 / 120


def test_parity_b_glancemetrics_recovers_with_no_traffic() -> None:
    """Window 5 s, threshold 3: 12 hits are 2.4 a second, 21 are 4.2, and two seconds later it is over."""
    watcher = watching("rate > 3 over 5s")
    watcher.add(hits((-3, 12)), NOON)
    assert run(watcher, 0, 1) == []

    watcher.add(hits((-2, 9)), NOON)
    (turn,) = watcher.evaluate(NOON)
    assert turn.value == pytest.approx(4.2)

    (turn,) = watcher.evaluate(NOON + 2)
    assert (turn.status, turn.at) == ("resolved", NOON + 2)


def test_parity_c_fluffy_fires_by_10_s_and_recovers_5_s_after_the_traffic() -> None:
    """Window 5 s, threshold 10, a line every 80 ms; its own window could be nothing but 5 s."""
    watcher = watching("rate > 10 over 5s")
    turns = []
    for second in range(30):
        if second < 10:
            watcher.add(hits(*((second + line * 0.08, 1) for line in range(13) if line * 0.08 < 1)), NOON + second)
        turns += watcher.evaluate(NOON + second + 0.999)

    assert [turn.status for turn in turns] == ["firing", "resolved"]
    assert turns[0].at < NOON + 10
    assert NOON + 10 < turns[1].at <= NOON + 15


def test_parity_c_fluffy_4_s_of_the_traffic_do_not_fire() -> None:
    watcher = watching("rate > 10 over 5s")
    watcher.add(hits(*((line * 0.08, 1) for line in range(50))), NOON)

    assert run(watcher, 0, 30) == []


@pytest.mark.parametrize(("count", "fires"), [(1200, False), (1201, True)])
def test_parity_c_any_window_is_right(count: int, fires: bool) -> None:
    """Fluffy ended with a panic in every window longer than 5 s."""
    watcher = watching("rate > 10 over 2m")
    watcher.add(hits((0, count)), NOON)

    assert bool(run(watcher, 0, 100)) is fires


def test_parity_c_a_threshold_of_1_recovers() -> None:
    """Fluffy never let the rate fall below 1."""
    watcher = watching("rate > 1 over 5s")
    watcher.add(hits((0, 6)), NOON)

    assert [(turn.status, turn.value) for turn in run(watcher, 0, 20)] == [("firing", 1.2), ("resolved", 0.0)]


def test_parity_d_puppylog_11_hits_in_one_second_do_not_fire() -> None:
    """Seconds without traffic count as 0; the average is not that of the busy seconds."""
    watcher = Watcher(traffic_rule())
    watcher.add(hits((0, 11)), NOON)

    assert run(watcher, 0, 130) == []


@pytest.mark.parametrize(("threshold", "window", "count"), [(8.2, 60, 492), (2.05, 60, 123), (16.15, 60, 969)])
def test_exactly_the_threshold_does_not_fire_where_it_is_a_fraction(threshold: float, window: int, count: int) -> None:
    watcher = Watcher(traffic_rule(threshold, window))
    watcher.add(hits((-5, count)), NOON)
    assert watcher.evaluate(NOON) == []

    watcher.add(hits((-5, 1)), NOON)
    assert len(watcher.evaluate(NOON)) == 1


def test_f67_t26_late_lines_do_not_fire_an_old_alert() -> None:
    """Only the window that ends now is looked at."""
    watcher = watching("rate > 1 over 10s")
    watcher.add(hits((-3600, 5000), (-20, 5000)), NOON)

    assert run(watcher, 0, 60) == []


def test_f67_t26_late_lines_do_not_end_or_repeat_an_alert() -> None:
    watcher = watching("rate > 1 over 10s")
    watcher.add(hits((0, 100)), NOON)
    assert [turn.status for turn in run(watcher, 0, 5)] == ["firing"]

    watcher.add(hits((-300, 500), (-30, 500)), NOON + 5)
    assert [turn.status for turn in run(watcher, 5, 60)] == ["resolved"]


def test_f67_t25_lines_out_of_order_within_the_window_count() -> None:
    watcher = watching("rate > 1 over 10s")
    watcher.add(hits((0, 5)), NOON)
    watcher.add(hits((-4, 6)), NOON)

    assert [turn.value for turn in run(watcher, 0, 1)] == [1.1]


@pytest.mark.parametrize("ahead", [86_400, 2_000_000_000, 301])
def test_f67_t27_future_lines_never_fire_not_even_when_their_time_comes(ahead: int) -> None:
    watcher = watching("rate > 1 over 10s")
    watcher.add(hits((0, 1), (ahead, 5000)), NOON)

    assert run(watcher, 0, 10) == []
    assert run(watcher, ahead, ahead + 10) == []


def test_t27_a_clock_that_is_a_little_ahead_counts_when_its_time_comes() -> None:
    watcher = watching("rate > 1 over 10s")
    watcher.add(hits((30, 50)), NOON)

    (turn,) = run(watcher, 0, 35)
    assert turn.at == NOON + 30


def test_f65_no_records_are_no_ratio_and_fire_nothing() -> None:
    watcher = watching("ratio(status>=500) >= 0% over 1m")

    assert run(watcher, 0, 120) == []


def test_f65_a_ratio_of_few_records_fires_nothing() -> None:
    watcher = watching("ratio(status>=500) > 5% over 1m min 20")
    watcher.add(hits((0, 19), status=b"500"), NOON)
    assert run(watcher, 0, 5) == []

    watcher.add(hits((0, 1), status=b"500"), NOON)
    assert [turn.value for turn in run(watcher, 5, 6)] == [1.0]


def test_f58_a_percentile_without_records_does_not_resolve() -> None:
    """Nobody knows how slow a site is that nobody asks."""
    watcher = watching("p99(latency) > 500ms over 1m")
    watcher.add(hits((0, 50), seconds=2.0), NOON)
    assert [turn.status for turn in run(watcher, 0, 600)] == ["firing"]

    watcher.add(hits((600, 50), seconds=0.01), NOON + 600)
    assert [turn.status for turn in run(watcher, 600, 602)] == ["resolved"]


def test_f58_a_rate_without_traffic_resolves() -> None:
    """No traffic is an answer, as long as it is known that there was none."""
    watcher = watching("rate > 1 over 10s")
    watcher.add(hits((0, 50)), NOON)

    assert [turn.status for turn in run(watcher, 0, 30)] == ["firing", "resolved"]


def test_f58_what_was_not_read_neither_resolves_nor_is_too_little() -> None:
    high, low = watching("rate > 1 over 10s"), watching("rate < 1 over 10s")
    high.add(hits((0, 50)), NOON)

    assert [turn.status for turn in run(high, 0, 30, known_from=NOON + 20)] == ["firing", "resolved"]
    assert run(low, 0, 29, known_from=NOON + 20) == []
    assert [turn.status for turn in run(low, 29, 31, known_from=NOON + 20)] == ["firing"]


def test_each_segment_stands_for_itself() -> None:
    watcher = watching("rate > 1 over 10s by section")
    watcher.add(hits((0, 20), path=b"/api/a"), NOON)
    watcher.add(hits((0, 5), path=b"/shop/b"), NOON)
    watcher.add(hits((5, 20), path=b"/shop/c"), NOON)

    turns = run(watcher, 0, 30)

    assert [(turn.segment, turn.status, turn.at - NOON) for turn in turns] == [
        (b"/api", "firing", 0),
        (b"/shop", "firing", 5),
        (b"/api", "resolved", 10),
        (b"/shop", "resolved", 15),
    ]


def test_f66_a_storm_of_segments_is_capped_and_counted() -> None:
    watcher = watching("rate > 0 over 10s by client")
    for number in range(300):
        watcher.add(hits((0, 1 + number), client=b"10.0.%d.%d" % divmod(number, 250)), NOON)

    turns = run(watcher, 0, 1)

    assert len(turns) == MOST_WATCHED
    assert watcher.left_out == 300 - MOST_WATCHED
    assert min(turn.value for turn in turns) == (300 - MOST_WATCHED + 1) / 10  # the worst are looked at


def test_silence_needs_traffic_before() -> None:
    watcher = Watcher(parse_rule("silence", CALM["silence"]))
    assert run(watcher, 0, 400) == []

    for minute in range(30):
        watcher.add(hits((400 + minute * 60, 60)), NOON + 400 + minute * 60)
    turns = run(watcher, 400, 400 + 1800 + 600)
    assert [turn.status for turn in turns] == ["firing"]
    assert turns[0].at - NOON == 400 + 29 * 60 + 300

    watcher.add(hits((2900, 1)), NOON + 2900)
    assert [turn.status for turn in run(watcher, 2900, 2901)] == ["resolved"]


def test_calm_rules_keep_calm_on_ordinary_traffic() -> None:
    """20 requests a second of ten clients, 1 % of errors, some slow."""
    watchers = [Watcher(rule) for rule in builtin_rules(threshold=25)]
    turns = []
    for second in range(0, 600, 5):
        for watcher in watchers:
            for client in range(10):
                watcher.add(hits((second, 10), client=b"10.0.0.%d" % client, seconds=0.1), NOON + second)
            watcher.add(hits((second, 1), status=b"500", seconds=0.4), NOON + second)
            turns += watcher.evaluate(NOON + second)

    assert turns == []


def test_a_condition_on_the_records_leaves_the_others_out() -> None:
    watcher = watching("rate > 1 over 10s where path~^/api status>=500")
    watcher.add(hits((0, 100), path=b"/api/x"), NOON)
    watcher.add(hits((0, 100), path=b"/shop", status=b"500"), NOON)
    assert run(watcher, 0, 3) == []

    watcher.add(hits((0, 11), path=b"/api/x", status=b"503"), NOON)
    assert [turn.value for turn in run(watcher, 3, 4)] == [1.1]
