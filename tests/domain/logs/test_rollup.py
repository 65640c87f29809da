"""What is kept of records that fell out of memory."""

from __future__ import annotations

from collections import Counter

import pytest

from glance.domain.logs import rollup as rollup_module
from glance.domain.logs.dictionary import Dictionary
from glance.domain.logs.held import HeldBucket, hold
from glance.domain.logs.record import TEXT_FIELDS, LogRecord
from glance.domain.logs.rollup import RollUp
from tests.domain.logs.brute import bucket_of, make_records

DICTIONARIES = {name: Dictionary() for name in TEXT_FIELDS}


def held(records: list[LogRecord]) -> HeldBucket:
    """A bucket of these records, as a series holds it."""
    return hold(bucket_of(records), DICTIONARIES)


def test_minutes_are_those_of_the_records() -> None:
    """Two buckets that share minutes, the older one last."""
    records = make_records(2000, 3, seconds=3000)
    rollup = RollUp()
    for part in (records[900:], records[:900]):
        rollup.add(held(part), DICTIONARIES["status"].values)
    hits = Counter(record.at_ms // 60_000 for record in records)
    errors = Counter(record.at_ms // 60_000 for record in records if record.status == b"500")
    size = sum(max(0, record.size) for record in records)

    first, last = min(hits), max(hits)
    minutes, counts = rollup.between(first, last + 1)

    assert dict(zip(minutes.tolist(), counts[:, :3].sum(axis=1).tolist(), strict=True)) == hits
    assert counts[:, 2].tolist() == [errors[minute] for minute in minutes.tolist()]
    assert int(counts[:, 3].sum()) == size
    assert len(rollup.between(first + 1, last)[0]) == len(hits) - 2
    assert rollup.records == len(records)


def test_only_the_newest_minutes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log with times all over the centuries takes no more than its share."""
    monkeypatch.setattr(rollup_module, "MOST_MINUTES", 50)
    rollup = RollUp()
    records = [LogRecord(minute * 60_000, status=b"200") for minute in range(200)]
    rollup.add(held(records), DICTIONARIES["status"].values)

    assert rollup.between(0, 1000)[0].tolist() == list(range(150, 200))
