"""The tables of metrics: definitions, and what was counted of buckets that were let go. One statement each."""

from __future__ import annotations

SCHEMA_METRICS = (
    # `definition` is JSON.
    """CREATE TABLE metric (
        id TEXT PRIMARY KEY,
        definition TEXT NOT NULL,
        made_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # Tallies; those of one metric add up.
    """CREATE TABLE metric_kept (
        id INTEGER PRIMARY KEY,
        metric TEXT NOT NULL,
        start_second INTEGER NOT NULL,
        end_second INTEGER NOT NULL,
        data BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX metric_kept_by_time ON metric_kept (metric, end_second)",
)
