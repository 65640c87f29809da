"""Which records are meant, by their time or by a filter: light, so that a question can be put before numbers load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from glance.domain.logs.bucket import LogBucket
    from glance.domain.logs.held import HeldBucket

_FOREVER_MS = 1 << 60


@dataclass(frozen=True, slots=True)
class Span:
    """The records that a report is about: those within [start, end), epoch seconds."""

    start: float | None = None
    end: float | None = None

    def chosen(self, bucket: HeldBucket) -> NDArray[np.intp] | None:
        """Indexes of the bucket's records in the span, None for all."""
        from glance.domain.logs.tally import chosen_between  # the engine: not before there are buckets

        start = -_FOREVER_MS if self.start is None else round(self.start * 1000)
        end = _FOREVER_MS if self.end is None else round(self.end * 1000)
        return chosen_between(bucket, start, end)


class Choice(Protocol):
    """Chooses records of a bucket: a filter."""

    def select(self, bucket: LogBucket) -> NDArray[np.bool_]:
        """Whether each record is chosen."""
