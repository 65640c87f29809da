"""The traffic alert of the seeds: strictly above, over the whole window, no traffic is an answer."""

import pytest

from glance.domain.alerts.evaluation import SecondCounts, TrafficAlert
from glance.domain.alerts.rule import TrafficRule

NOON = 1_700_000_000.0


def counted(*hits: tuple[int, int]) -> SecondCounts:
    """Counts of some seconds, relative to NOON."""
    counts = SecondCounts(300)
    counts.add((int(NOON) + second, number) for second, number in hits)
    return counts


@pytest.mark.parametrize(("hits", "fires"), [(1199, False), (1200, False), (1201, True)])
def test_threshold_is_strict_over_the_whole_window(hits: int, fires: bool) -> None:
    """1,200 hits in 120 s at threshold 10 do not fire, 1,201 do."""
    alert = TrafficAlert(TrafficRule(10, 120))

    alert.evaluate(NOON, counted((-60, hits)))

    assert alert.is_firing is fires


def test_eleven_hits_in_one_second_do_not_fire() -> None:
    """Seconds without traffic count 0; the average is not that of the busy seconds."""
    alert = TrafficAlert(TrafficRule(10, 120))

    alert.evaluate(NOON, counted((-1, 11)))

    assert not alert.is_firing


def test_message_is_the_seeds_word_for_word() -> None:
    """The text that scripts match."""
    alert = TrafficAlert(TrafficRule(10, 120))

    alert.evaluate(NOON, counted((-5, 1488)))

    assert (
        alert.notices[0].message == "High traffic generated an alert - hits = 12.40, triggered at 2023-11-14T22:13:20Z"
    )


def test_recovers_with_no_traffic_at_all() -> None:
    """GlanceMetrics' own test: window 5 s, threshold 3."""
    alert = TrafficAlert(TrafficRule(3, 5))
    counts = counted((-3, 12))
    alert.evaluate(NOON, counts)
    assert not alert.is_firing

    counts.add([(int(NOON) - 2, 9)])
    alert.evaluate(NOON, counts)
    assert alert.is_firing
    assert alert.notices[0].value == pytest.approx(4.2)

    alert.evaluate(NOON + 2, counts)
    assert alert.notices[0].recovered_at == NOON + 2


def test_highest_rate_is_kept_and_newest_comes_first() -> None:
    """While it fires the highest average is remembered; a second firing stands before the first."""
    alert = TrafficAlert(TrafficRule(1, 10))
    counts = counted((0, 20))
    alert.evaluate(NOON, counts)
    counts.add([(int(NOON) + 1, 30)])
    alert.evaluate(NOON + 1, counts)
    alert.evaluate(NOON + 60, counts)
    counts.add([(int(NOON) + 100, 50)])
    alert.evaluate(NOON + 100, counts)

    assert [notice.highest for notice in alert.notices] == [5.0, 5.0]
    assert alert.notices[1].recovered_at == NOON + 60
    assert alert.notices[0].triggered_at == NOON + 100


def test_future_lines_do_not_fire() -> None:
    """A line dated tomorrow is not traffic of now."""
    alert = TrafficAlert(TrafficRule(1, 10))

    alert.evaluate(NOON, counted((86400, 1000)))

    assert not alert.is_firing


@pytest.mark.parametrize(("threshold", "window_seconds", "hits"), [(8.2, 60, 492), (2.05, 60, 123), (16.15, 60, 969)])
def test_exactly_the_threshold_does_not_fire_where_it_is_a_fraction(
    threshold: float, window_seconds: int, hits: int
) -> None:
    """The product of threshold and window may be a little less than it should be: it is not compared with."""
    alert = TrafficAlert(TrafficRule(threshold, window_seconds))

    alert.evaluate(NOON, counted((-5, hits)))
    assert not alert.is_firing

    alert.evaluate(NOON, counted((-5, hits + 1)))
    assert alert.is_firing
