"""What a series holds stays true when its dictionaries are numbered anew."""

from __future__ import annotations

import pytest

from glance.domain.logs import series as series_module
from glance.domain.logs.record import LogRecord
from glance.domain.logs.series import LogSeries
from tests.domain.logs.brute import bucket_of

START_MS = 1_700_000_000_000


def records_of_batch(batch: int) -> list[LogRecord]:
    """Paths that never come again; a status that only the first batch has."""
    first = b"418" if batch == 0 else b"200"
    return [
        LogRecord(START_MS + batch * 1000 + n, path=b"/%d/%d" % (batch, n), status=first if n % 2 else b"503", size=1)
        for n in range(100)
    ]


def test_a_bucket_that_was_added_says_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is handed a bucket by `add` can count it, though the memory was full: here at every eviction."""
    monkeypatch.setattr(series_module, "SEALED_RECORDS", 200)
    series = LogSeries(memory_bytes=400_000)
    for batch in range(60):
        records = records_of_batch(batch)
        held = series.add(bucket_of(records, offset=batch * 1000))
        assert held is not None
        for name in ("status", "path"):
            column, values = held.texts[name], series.dictionaries[name].values
            said = [values[column.keys[place]] for place in column.ids]
            assert said == [getattr(record, name) for record in records]

    assert series.epoch > 0
