"""The tables of history. One statement each: SQLite runs what is joined by semicolons when it likes."""

from __future__ import annotations

SCHEMA_HISTORY = (
    # `seq` numbers rows; `edge_10` and the like say from when on roll-ups of that width are kept.
    "CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    # Text from outside is kept as bytes: a path need not be UTF-8.
    """CREATE TABLE source (
        id INTEGER PRIMARY KEY,
        path BLOB NOT NULL UNIQUE,
        grp BLOB NOT NULL,
        format BLOB NOT NULL,
        lines INTEGER NOT NULL DEFAULT 0,
        records INTEGER NOT NULL DEFAULT 0,
        unparsed INTEGER NOT NULL DEFAULT 0,
        first_ms INTEGER,
        last_ms INTEGER,
        seen_at REAL NOT NULL
    ) STRICT""",
    # How far each life of a file was counted; written with the buckets of what was counted.
    """CREATE TABLE checkpoint (
        source_id INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        path BLOB NOT NULL,
        device INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        inode_version INTEGER,
        low INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        head BLOB NOT NULL,
        window BLOB NOT NULL,
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        state TEXT NOT NULL,
        is_skipping INTEGER NOT NULL,
        PRIMARY KEY (source_id, generation)
    ) STRICT, WITHOUT ROWID""",
    # A bucket without its columns. `id` and `seq` are never given twice.
    """CREATE TABLE bucket (
        id INTEGER PRIMARY KEY,
        seq INTEGER NOT NULL,
        source_id INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        length INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        records INTEGER NOT NULL,
        unparsed INTEGER NOT NULL,
        first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL,
        kept_at INTEGER NOT NULL,
        slowest BLOB NOT NULL,
        status_classes INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        format INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        minutes BLOB NOT NULL,
        cuts BLOB NOT NULL
    ) STRICT""",
    "CREATE UNIQUE INDEX bucket_by_seq ON bucket (seq)",
    "CREATE INDEX bucket_by_time ON bucket (last_ms)",
    "CREATE INDEX bucket_by_place ON bucket (generation, offset)",
    # `place` is the bucket's id times 64 plus the number of the column, so that a bucket's lie side by side.
    "CREATE TABLE bucket_column (place INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    # What could not be counted.
    """CREATE TABLE gap (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        reason TEXT NOT NULL,
        at REAL NOT NULL,
        last_at REAL NOT NULL,
        offset INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        lines INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX gap_by_source ON gap (source_id, generation, reason, last_at)",
    # Buckets that were let go, as counts: of 10 s, of a minute, of an hour.
    """CREATE TABLE roll_up (
        width INTEGER NOT NULL,
        source_id INTEGER NOT NULL,
        start INTEGER NOT NULL,
        hits0 INTEGER NOT NULL,
        hits1 INTEGER NOT NULL,
        hits2 INTEGER NOT NULL,
        hits3 INTEGER NOT NULL,
        hits4 INTEGER NOT NULL,
        hits5 INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        latency BLOB NOT NULL,
        PRIMARY KEY (width, source_id, start)
    ) STRICT, WITHOUT ROWID""",
    # The most frequent values of an hour of them, with the bound of what is missing.
    """CREATE TABLE roll_up_ranking (
        start INTEGER NOT NULL,
        source_id INTEGER NOT NULL,
        field INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (start, source_id, field)
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO state VALUES ('seq', 0)",
)
