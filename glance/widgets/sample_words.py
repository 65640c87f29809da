"""How a stretch of the time of samples is told."""

from __future__ import annotations

from glance.domain import units
from glance.domain.sample_board import MICRO, SampleSpan

MILLI = 1000


def span_words(start_ms: int, end_ms: int, *, is_wall_clock: bool) -> str:
    """A stretch of time: by the clock, or in seconds of a clock that nobody else has."""
    if is_wall_clock:
        first, last = (f"{units.clock(at // MILLI)}.{at % MILLI:03}" for at in (start_ms, end_ms))
        return f"{first} – {last}"
    return f"{start_ms / MILLI:.3f} – {end_ms / MILLI:.3f} s"


def samples_words(span: SampleSpan, samples: int, at: float) -> str:
    """What a flame graph of some time is of.

    Args:
        span: that time.
        samples: how many they are.
        at: when the profile was taken, epoch seconds; 0 where its clock is its own.
    """
    start_ms, end_ms = span.start_us * MILLI // MICRO, span.end_us * MILLI // MICRO
    return f"{units.counted(samples, 'sample')} of {span_words(start_ms, end_ms, is_wall_clock=at > 0)}"
