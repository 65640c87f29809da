"""What is a moment, and what only looks like one."""

from __future__ import annotations

import pytest

from glance.domain import units
from glance.domain.logs.timestamp import MomentParser, TemplateMoment, any_moment, ctime_moment


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (any_moment, b"01/Jan/0001:00:00:00 +0500"),
        (any_moment, b"31/Dec/9999:23:59:59 -1100"),
        (any_moment, b"0001-01-01T00:00:00Z"),
        (ctime_moment, b"Mon Jan 01 00:00:00 0001"),
        (TemplateMoment("%Y-%m-%d %z"), b"0001-01-01 +0500"),
        (TemplateMoment("%Y-%m-%d %z"), b"9999-12-31 -1100"),
    ],
)
def test_moments_that_no_calendar_can_show_are_none(parser: MomentParser, text: bytes) -> None:
    """The zero time of some languages, and years at the end of what can be printed in every zone."""
    assert parser(text) is None


@pytest.mark.parametrize("text", [b"01/Jan/1970:00:00:00 +1400", b"31/Dec/9998:23:59:59 -1400"])
def test_every_moment_can_be_shown(text: bytes) -> None:
    """Those at the edges too, in UTC and in the zone of the machine."""
    at_ms = any_moment(text)

    assert at_ms is not None
    assert units.iso(at_ms / 1000)
    assert units.date_minute(at_ms / 1000)
