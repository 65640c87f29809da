"""The tables of alerts: definitions, states, events, and what waits to be sent. One statement each."""

from __future__ import annotations

SCHEMA_ALERTS = (
    # `text` is NULL where a built-in rule is switched off.
    """CREATE TABLE alert_rule (
        name TEXT PRIMARY KEY,
        text TEXT,
        made_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # `data` is JSON: what survives a restart.
    """CREATE TABLE alert_state (
        rule TEXT NOT NULL,
        segment BLOB NOT NULL,
        text TEXT NOT NULL,
        phase TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (rule, segment)
    ) STRICT, WITHOUT ROWID""",
    # Both transitions of every alert; `key` is the same however often one is written.
    """CREATE TABLE alert_event (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        rule TEXT NOT NULL,
        status TEXT NOT NULL,
        started_at REAL NOT NULL,
        at REAL NOT NULL,
        data TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX alert_event_by_rule ON alert_event (rule, at)",
    "CREATE INDEX alert_event_by_time ON alert_event (at)",
    # What was not delivered yet, for each output in the order in which it happened.
    """CREATE TABLE alert_outbox (
        id INTEGER PRIMARY KEY,
        output TEXT NOT NULL,
        key TEXT NOT NULL,
        data TEXT NOT NULL,
        made_at REAL NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due_at REAL NOT NULL,
        UNIQUE (output, key)
    ) STRICT""",
    # How each output is doing.
    """CREATE TABLE alert_output (
        name TEXT PRIMARY KEY,
        sent INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        dropped INTEGER NOT NULL DEFAULT 0,
        last_sent_at REAL,
        trouble TEXT NOT NULL DEFAULT '',
        last_key TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
)
