"""What alerts say, word for word where scripts match it."""

from __future__ import annotations

import pytest

from glance.domain.alerts.builtin import no_data_rule, traffic_rule
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.alerts.wording import file_line, message_of, utc, words_of

AT = 1_700_000_000.25


def test_the_message_of_too_much_traffic_is_the_seeds_word_for_word() -> None:
    assert (
        message_of(traffic_rule(), b"", "firing", 12.4, AT)
        == "High traffic generated an alert - hits = 12.40, triggered at 2023-11-14T22:13:20Z"
    )


def test_the_lines_of_the_alert_file_are_fluffys() -> None:
    rule = traffic_rule()

    assert (
        file_line(rule, b"", "firing", 80.0, 1609362954.643223)
        == "Monitor on alert 80 requests/sec at time 2020-12-30 21:15:54.643223 +0000 UTC"
    )
    assert (
        file_line(rule, b"", "resolved", 1.0, 1609362969.642211)
        == "Monitor out of alert 1 requests/sec at 2020-12-30 21:16:09.642211 +0000 UTC"
    )


@pytest.mark.parametrize(
    ("status", "value", "told"),
    [("firing", 1201 / 120, " 11 "), ("resolved", 1199 / 120, " 9 "), ("resolved", 0.0, " 0 ")],
)
def test_whole_numbers_of_the_alert_file_stay_on_their_side(status: str, value: float, told: str) -> None:
    """11 is above the threshold of 10, and 9 below it, as the rate was."""
    assert told in file_line(traffic_rule(), b"", status, value, AT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "told"), [(0.0, "1970-01-01 00:00:00 +0000 UTC"), (AT, "2023-11-14 22:13:20.25 +0000 UTC")]
)
def test_moments_are_as_go_prints_them(at: float, told: str) -> None:
    assert utc(at) == told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rate > 10 over 2m", "more than 10 requests/s on average over 2 min"),
        ("p99(latency) > 500ms over 5m for 1m", "p99 of latency above 500ms over 5 min for 1m"),
        ("ratio(status>=500) > 5% over 5m", "share of status>=500 above 5.0% over 5 min"),
        ("count <= 0 over 5m after 600 in 30m", "requests at or below 0 over 5 min, after 600 requests in 30 min"),
    ],
)
def test_a_rule_is_told_in_words(text: str, words: str) -> None:
    assert words_of(parse_rule("test", text)) == words


def test_f68_nothing_of_a_log_steers_a_terminal() -> None:
    rule = parse_rule("test", "rate > 10 over 1m by section")
    segment = b"/\x1b]52;c;cm0gLXJm\x07\n\xc2\x9b31m\xe2\x80\xae"

    for text in (message_of(rule, segment, "firing", 12.0, AT), file_line(rule, segment, "firing", 12.0, AT)):
        assert text.isprintable()


def test_logs_that_cannot_be_read_are_told_of() -> None:
    assert words_of(no_data_rule()) == "logs that cannot be read for 5m"
    assert "seconds without data is 6m40s" in message_of(no_data_rule(), b"", "firing", 400.0, AT)
