"""Everyone, people, bots: one chip of the filter, in place of the other."""

from __future__ import annotations

import pytest

from glance.domain.logs.audience import CHIPS, TURNS, audience_of, for_audience, next_audience
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord

PEOPLE, BOTS = CHIPS["people"], CHIPS["bots"]


def test_turns_come_round() -> None:
    text = ""
    seen = []
    for _ in TURNS:
        text = for_audience(text, next_audience(text))
        seen.append(audience_of(text))

    assert seen == ["people", "bots", "everyone"]
    assert text == ""


@pytest.mark.parametrize(
    ("text", "audience", "wanted"),
    [
        ("status:5xx", "people", f"status:5xx {PEOPLE}"),
        (f"{PEOPLE} status:5xx", "bots", f"{BOTS} status:5xx"),
        (f"{BOTS} status:5xx", "everyone", "status:5xx"),
        ("kind=crawler", "people", f"kind=crawler {PEOPLE}"),
        (f"-{PEOPLE}", "bots", f"-{PEOPLE} {BOTS}"),
    ],
)
def test_its_own_chip_is_replaced_and_others_are_left(text: str, audience: str, wanted: str) -> None:
    assert for_audience(text, audience) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("agent", "people", "bots"),
    [
        (b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", True, False),
        (b"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)", False, True),
        (b"curl/8.14.1", False, True),
        (b"", False, False),
    ],
)
def test_who_is_who(agent: bytes, people: bool, bots: bool) -> None:
    record = LogRecord(0, agent=agent)

    assert (parse_filter(PEOPLE).test(record), parse_filter(BOTS).test(record)) == (people, bots)
