"""The bytes behind buckets, in generations that are known, under whatever name they are now."""

from __future__ import annotations

import os
from collections.abc import Callable

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.checkpoint import Checkpoint
from glance.sources.recall import recall

Find = Callable[[str, int], Checkpoint | None]
"""What is known of a generation, by source and number; None where nothing is."""


class RecalledBytes:
    """Finds the bytes of a bucket, each generation once. For one thread."""

    def __init__(self, find: Find) -> None:
        """Open nothing yet."""
        self._find = find
        self._open: dict[tuple[str, int], int | None] = {}

    def __call__(self, bucket: LogBucket) -> int | None:
        """Where the bytes of a bucket are; None when they are not there."""
        key = (bucket.source, bucket.generation)
        if key not in self._open:
            known = self._find(*key)
            found = None if known is None else recall(known)
            self._open[key] = None if found is None else found.fd
        return self._open[key]

    def close(self) -> None:
        """Close what was opened."""
        for fd in self._open.values():
            if fd is not None:
                os.close(fd)
        self._open.clear()
