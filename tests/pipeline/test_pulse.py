"""The rate of right now, whatever times stand in the log."""

from __future__ import annotations

from glance.domain.logs.record import LogRecord
from glance.domain.logs.series import LogSeries
from glance.pipeline.pulse import PulseMeter
from tests.domain.logs.brute import bucket_of

NOW = 1_700_000_000


def test_a_line_from_the_future_does_not_silence_the_rest() -> None:
    """A clock that was wrong for a moment: the requests of now go on being counted."""
    series, pulse = LogSeries(), PulseMeter(60)
    wrong = LogRecord((NOW + 10**9) * 1000, status=b"200")
    for second in range(10):
        records = [LogRecord((NOW - 10 + second) * 1000, status=b"200")] * 3
        held = series.add(bucket_of([*records, wrong] if second == 2 else records, offset=second * 1000))
        assert held is not None
        pulse.add(held, series, NOW)

    assert pulse.pulse(NOW).hits_per_second == 3.0
