"""What could not be counted, summed up by log and reason for a person."""

from __future__ import annotations

import os
from collections.abc import Iterable

from glance.domain.logs.gap import Gap, GapReason
from glance.domain.scene import GapNotice

WORDS: dict[GapReason, str] = {
    "rotated_away": "rotated away before it was read",
    "truncated": "truncated before it was read",
    "hole": "never written (NUL bytes)",
    "line_too_long": "in lines that are too long",
    "unreadable": "could not be read",
    "archive_damaged": "in a damaged archive",
    "overflow": "came faster than it could be kept",
    "bad_time": "dated by the time of reading",
}


class GapBook:
    """The gaps of all logs."""

    def __init__(self) -> None:
        """None yet."""
        self._notices: dict[tuple[str, GapReason], GapNotice] = {}

    def add(self, gaps: Iterable[Gap]) -> None:
        """Gaps that were noticed."""
        for gap in gaps:
            key = (gap.source, gap.reason)
            known = self._notices.get(key)
            self._notices[key] = GapNotice(
                source=os.path.basename(gap.source) or gap.source,
                reason=WORDS[gap.reason],
                at=max(gap.at, known.at if known else gap.at),
                bytes=gap.bytes + (known.bytes if known else 0),
                lines=gap.lines + (known.lines if known else 0),
            )

    @property
    def notices(self) -> tuple[GapNotice, ...]:
        """Summed up, the newest first."""
        return tuple(sorted(self._notices.values(), key=lambda notice: -notice.at))
