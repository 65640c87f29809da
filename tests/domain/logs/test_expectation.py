"""Conditions on a report's figures: what they mean, and what is said of mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.expectation import parse_expectation
from glance.domain.logs.named_figures import ALIASES, KINDS, figures_of
from glance.domain.logs.summary import LatencyFigures, SeriesFigures, Summary
from glance.errors import ConditionError

FIGURES = dict.fromkeys(KINDS, 0.0) | {
    "hits": 1000,
    "errors": 15,
    "server_errors": 5,
    "error_rate": 0.015,
    "server_error_rate": 0.005,
    "bytes": 2_500_000,
    "rate": 4.0,
    "p50": 0.02,
    "p99": 0.3,
    "max": 1.5,
}
UNTIMED = FIGURES | dict.fromkeys(("p50", "p90", "p95", "p99", "max"))


@pytest.mark.parametrize(
    ("text", "is_met"),
    [
        ("error_rate > 1%", True),
        ("error_rate > 1.5%", False),
        ("error_rate >= 1.5%", True),
        ("error_rate > 0.01", True),
        ("1% < error_rate", True),
        ("p99 > 200ms", True),
        ("p99 > 300000us", False),
        ("p99>0.2", True),
        ("max >= 1.5s and hits = 1000", True),
        ("hits < 100 or 5xx > 4", True),
        ("hits < 100 or 5xx > 4 and p50 > 1s", False),
        ("(hits < 100 or 5xx > 4) and p50 <= 20ms", True),
        ("not error_rate > 1%", False),
        ("!(requests < 100) && !(p99 < p50)", True),
        ("bytes > 2.4mb", True),
        ("bytes > 2.4MiB", False),
        ("rate < 300/min", True),
        ("HITS != 1000", False),
    ],
)
def test_a_condition_means_what_it_says(text: str, *, is_met: bool) -> None:
    assert parse_expectation(text).judge(FIGURES).is_met is is_met


@pytest.mark.parametrize(
    ("text", "is_met"),
    [
        ("p99 > 200ms", None),
        ("not p99 > 200ms", None),
        ("p99 > 200ms or error_rate > 1%", True),
        ("p99 > 200ms or error_rate > 5%", None),
        ("p99 > 200ms and error_rate > 5%", False),
        ("p99 > 200ms and error_rate > 1%", None),
    ],
)
def test_what_a_log_does_not_tell_is_neither_true_nor_false(text: str, *, is_met: bool | None) -> None:
    verdict = parse_expectation(text).judge(UNTIMED)

    assert verdict.is_met is is_met
    assert verdict.has_failed is (is_met is not False)
    if is_met is None:
        assert verdict.reason == "p99 cannot be told: no request in the log has a latency"


def test_a_verdict_says_the_figures_that_decided() -> None:
    verdict = parse_expectation("error_rate > 1% or p99 > 2s").judge(FIGURES)

    assert verdict.reason == "error_rate is 1.5%, p99 is 300ms"
    assert dict(verdict.figures) == {"error_rate": 0.015, "p99": 0.3}


@pytest.mark.parametrize(
    ("text", "at", "reason", "hint"),
    [
        ("error_rat > 1", 0, "there is no figure `error_rat`", "did you mean `error_rate`?"),
        ("p99 > 1%", 6, "p99 is a time, this is a share", ""),
        ("error_rate > 5", 13, "error_rate is a share from 0 to 1", "did you mean 5%?"),
        ("error_rate > 1", 13, "error_rate is a share from 0 to 1", "did you mean 1%?"),
        ("p99 > 3 parsec", 8, "expected `and`, `or` or the end here", ""),
        ("p99 > 3parsec", 6, "there is no unit `parsec`", "units are"),
        ("hits > 1 and", 12, "expected a name or a number here", ""),
        ("(hits > 1", 9, "expected `)` here", ""),
        ("hits", 4, "expected a comparison here", ""),
        ("1 > 2", 0, "this compares two numbers", "names are"),
        ("hits ~ 2", 5, "this is no name, number or comparison", ""),
        ("p99 > bytes", 6, "p99 is a time, this is a bytes", ""),
        ("", 0, "expected a name or a number here", ""),
        ("(" * 99 + "hits > 1" + ")" * 99, 41, "this is nested too deeply", ""),
    ],
)
def test_a_mistake_is_shown_where_it_is(text: str, at: int, reason: str, hint: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_expectation(text)

    assert caught.value.at == at
    assert reason in caught.value.reason
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@given(st.text(alphabet="hitsp9_rate<>=!()%& |.0125ms\x1b\n", max_size=40))
def test_any_text_is_a_condition_or_a_mistake(text: str) -> None:
    try:
        found = parse_expectation(text)
    except ConditionError as error:
        place = error.at
    else:
        place = 0
        assert found.judge(FIGURES).is_met in (True, False)
    assert 0 <= place <= len(text)


def test_every_alias_is_of_a_figure() -> None:
    assert set(ALIASES.values()) <= set(KINDS)


def summed(*, hits: int, latency: LatencyFigures | None = None) -> Summary:
    """A report of some hits, half of them failed, within ten seconds."""
    return Summary(
        files=(),
        lines=hits + 2,
        parsed=hits,
        unparsed=2,
        first=100.0 if hits else None,
        last=109.0 if hits else None,
        hits=hits,
        bytes=0,
        clients=0,
        statuses=(),
        methods=(),
        protocols=(),
        client_errors=hits // 4,
        server_errors=hits // 4,
        latency=latency,
        tops=(),
        series=SeriesFigures(60, 0.0, (), (), (), ()),
    )


def test_every_figure_has_a_value_and_none_is_not_a_number() -> None:
    for summary in (summed(hits=0), summed(hits=100, latency=LatencyFigures(1, 0.1, 0.2, 0.3, 0.4, 0.5))):
        figures = figures_of(summary)
        assert set(figures) == set(KINDS)
        assert all(value is None or value == value for value in figures.values())  # noqa: PLR0124 - NaN is not


def test_the_rate_divides_by_the_time_that_was_asked_for() -> None:
    assert figures_of(summed(hits=100))["rate"] == 10.0
    assert figures_of(summed(hits=100), 50.0)["rate"] == 2.0
    assert figures_of(summed(hits=0), 50.0)["rate"] == 0.0


def test_no_requests_have_no_percentiles_and_that_is_said() -> None:
    verdict = parse_expectation("p99 > 1s").judge(figures_of(summed(hits=0)))

    assert verdict.reason == "p99 cannot be told: there are no requests"
