"""Whose requests are looked at: everyone's, people's, or bots'. It is a chip of the filter, so that all follows it."""

from __future__ import annotations

from typing import Literal

from glance.domain.logs.chip import chips_of, joined
from glance.domain.logs.filter import parse_filter

Audience = Literal["everyone", "people", "bots"]

CHIPS: dict[Audience, str] = {
    "people": parse_filter("kind=person").text,
    "bots": parse_filter("kind=crawler,tool,monitor").text,
}
"""The chip of each; everyone has none. Who says nothing of itself is neither."""

TURNS: tuple[Audience, ...] = ("everyone", "people", "bots")

WORDS: dict[Audience, str] = {
    "everyone": "everyone: people, bots and unknown",
    "people": "people only: agents of browsers",
    "bots": "bots only: crawlers, tools, monitors",
}
"""What a person is told of each."""


def audience_of(text: str) -> Audience:
    """Whose requests a filter chooses."""
    chips = chips_of(text)
    return next((audience for audience, chip in CHIPS.items() if chip in chips), "everyone")


def for_audience(text: str, audience: Audience) -> str:
    """The filter for another audience: its chip stands where that of the other stood.

    Raises:
        FilterError: it is too long.
    """
    wanted = CHIPS.get(audience)
    chips: list[str] = []
    for chip in chips_of(text):
        if chip not in CHIPS.values():
            chips.append(chip)
        elif wanted is not None and wanted not in chips:
            chips.append(wanted)
    if wanted is not None and wanted not in chips:
        chips.append(wanted)
    return joined(tuple(chips))


def next_audience(text: str) -> Audience:
    """The one whose turn it is after that of a filter."""
    return TURNS[(TURNS.index(audience_of(text)) + 1) % len(TURNS)]
