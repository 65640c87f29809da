"""A Batch: what is written to history together or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.store.bucket_codec import EncodedBucket


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written together or not at all."""

    buckets: tuple[LogBucket, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    """Each takes the place of what was known of its generation."""
    gaps: tuple[Gap, ...] = ()
    encoded: tuple[EncodedBucket, ...] = ()
    """Buckets whose columns were encoded elsewhere, as in a worker process."""
