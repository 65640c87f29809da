"""The tables of profiles that were polled. One statement each."""

from __future__ import annotations

SCHEMA_PROFILES = (
    # A ring: the oldest go. `data` is a gzipped profile.proto, as the official tool reads it.
    """CREATE TABLE profile_poll (
        id INTEGER PRIMARY KEY,
        target TEXT NOT NULL,
        kind TEXT NOT NULL,
        start_ms INTEGER NOT NULL,
        end_ms INTEGER NOT NULL,
        size INTEGER NOT NULL,
        note TEXT NOT NULL,
        data BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX profile_poll_by_target ON profile_poll (target, kind, end_ms, start_ms, size)",
    "CREATE INDEX profile_poll_by_time ON profile_poll (end_ms, size)",
)
