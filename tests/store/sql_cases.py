"""Records behind SQL, the same as rows, and queries to be answered alike from both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.agent_kind import agent_kind
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.record import LogRecord, section
from glance.domain.logs.relation import Choice, Relation
from glance.domain.logs.relation_column import COLUMNS, LATENCIES, time_text
from glance.domain.logs.route import route
from glance.domain.logs.series import LogSeries
from glance.domain.safe_text import decode
from tests.domain.logs.brute import bins_of, bucket_of, make_records

START = 1_700_000_000
ODD = (
    LogRecord(at_ms=START * 1000 + 5, path=b"/\xe9\xff", client=b"::1", status=b"2xx", agent=b"a\x00b", host=b"h'h"),
    LogRecord(at_ms=START * 1000 + 5, path="/é/日本語".encode(), client=b"", status=b"404", size=7, host=b"%_*"),
    LogRecord(at_ms=START * 1000 + 6, path="/É".encode(), method=b"get", status=b"0404", seconds=0.2, user=b"1e3"),
    LogRecord(at_ms=START * 1000 + 999, path=b"/API/Users", status=b"99999999999", size=0, user=b"7"),
)

QUERIES = (
    "SELECT count(*) FROM log",
    "SELECT * FROM log ORDER BY epoch, path, client, source, size, agent, seconds, status, method, user",
    "SELECT path, count(*) AS hits, sum(size), min(seconds), max(time) FROM log GROUP BY path ORDER BY hits DESC, path",
    "SELECT section, status, count(*) FROM log GROUP BY section, status ORDER BY 1, 2",
    "SELECT DISTINCT agent FROM log ORDER BY agent",
    "SELECT route, kind, count(crawler) FROM log GROUP BY route, kind ORDER BY route, kind",
    "SELECT status, user, count(*) FROM log GROUP BY user, status ORDER BY user DESC, status",
    "SELECT source, size, seconds, path FROM log ORDER BY source DESC, seconds DESC, size, path LIMIT 300",
    "SELECT epoch, client FROM log WHERE status = 500 ORDER BY epoch DESC, client LIMIT 10 OFFSET 5",
    "SELECT time FROM log WHERE size > 4000 ORDER BY time DESC",
    "SELECT path FROM log WHERE path > '/s' ORDER BY path DESC",
    "SELECT count(DISTINCT client), count(user), count(size), count(seconds) FROM log",
    "SELECT status, count(*) FROM log WHERE status >= 400 GROUP BY status ORDER BY status",
    "SELECT count(*) FROM log WHERE status = 404",
    "SELECT count(*) FROM log WHERE status <> 200",
    "SELECT count(*) FROM log WHERE status IN (404, 500, NULL)",
    "SELECT count(*) FROM log WHERE status NOT IN (404, 500)",
    "SELECT count(*) FROM log WHERE status IS NULL",
    "SELECT count(*) FROM log WHERE status IS NOT NULL AND user IS NULL",
    "SELECT count(*) FROM log WHERE status = 404.0 OR path = '/'",
    "SELECT count(*) FROM log WHERE path = '/api/users' AND method = 'POST'",
    "SELECT count(*) FROM log WHERE path IN ('/', '/nowhere', '/é/日本語')",
    "SELECT count(*) FROM log WHERE path > '/é' OR path < '/a'",
    "SELECT count(*) FROM log WHERE path BETWEEN '/api' AND '/api/v'",
    "SELECT count(*) FROM log WHERE section = '/api'",
    "SELECT count(*) FROM log WHERE agent IS NULL OR host = 'h''h'",
    "SELECT count(*) FROM log WHERE size > 4000",
    "SELECT count(*) FROM log WHERE size = 0",
    "SELECT count(*) FROM log WHERE size IN (100, 5000)",
    "SELECT count(*) FROM log WHERE size < 1",
    "SELECT count(*) FROM log WHERE seconds > 0.1 AND seconds <= 1.6",
    "SELECT count(*) FROM log WHERE seconds IS NULL",
    "SELECT count(*) FROM log WHERE epoch >= 1700000100 AND epoch < 1700000200",
    "SELECT count(*) FROM log WHERE epoch > 1800000000",
    "SELECT count(*) FROM log WHERE time >= '2023-11-14 22:15' AND time < '2023-11-14 22:17:30'",
    "SELECT count(*) FROM log WHERE time IN ('2023-11-14 22:13:20', '2023-11-14 22:13:21')",
    "SELECT time, count(*) FROM log WHERE time LIKE '2023-11-14 22:1_:00' GROUP BY time ORDER BY time",
    "SELECT count(*) FROM log WHERE source = 'b.log'",
    "SELECT source, count(*) FROM log WHERE source <> 'a.log' GROUP BY source",
    "SELECT count(*) FROM log WHERE path LIKE '/stat%'",
    "SELECT count(*) FROM log WHERE path LIKE '%s'",
    "SELECT count(*) FROM log WHERE path NOT LIKE '%api%' AND client LIKE '10.0.0.1_'",
    "SELECT count(*) FROM log WHERE host LIKE '%!_%' ESCAPE '!'",
    "SELECT upstream, count(*), max(seconds) FROM log GROUP BY upstream ORDER BY upstream",
    "SELECT count(*) FROM log WHERE upstream LIKE 'shop/%' AND status >= 500",
    "SELECT count(*) FROM log WHERE upstream IS NULL OR upstream = '10.0.0.1:80'",
    (
        "SELECT a.path, count(*) FROM (SELECT path FROM log WHERE status = 500 GROUP BY path) AS a "
        "JOIN log AS b ON a.path = b.path GROUP BY a.path ORDER BY a.path"
    ),
    "SELECT count(*) FROM log WHERE path = (SELECT max(path) FROM log WHERE status = 304)",
    "SELECT client, size FROM log WHERE size IS NOT NULL ORDER BY size DESC, client LIMIT 3 OFFSET 2",
    "SELECT user, status FROM log ORDER BY user DESC, status LIMIT 5",
    "SELECT sum(size) / count(*), status / 100 FROM log GROUP BY 2 ORDER BY 2",
)
"""What SQLite and DuckDB understand alike."""

SQLITE_QUERIES = (
    "SELECT count(*) FROM log WHERE status = '404'",
    "SELECT count(*) FROM log WHERE status > 'a'",
    "SELECT count(*) FROM log WHERE status LIKE '4%'",
    "SELECT count(*) FROM log WHERE size = '5000'",
    "SELECT count(*) FROM log WHERE user = 7",
    "SELECT count(*) FROM log WHERE user IN (7, '1e3')",
    "SELECT count(*) FROM log WHERE user > 5",
    "SELECT count(*) FROM log WHERE path LIKE '/api/%'",
    "SELECT count(*) FROM log WHERE path LIKE '/API/users'",
    "SELECT count(*) FROM log WHERE path LIKE '/é'",
    "SELECT count(*) FROM log WHERE agent LIKE 'a'",
    "SELECT count(*) FROM log WHERE path GLOB '/a*s'",
    "SELECT count(*) FROM log WHERE path GLOB '/[as]*'",
    "SELECT count(*) FROM log WHERE path = '/API/USERS' COLLATE NOCASE",
    "SELECT count(*) FROM log WHERE path IS '/api/users'",
    "SELECT count(*) FROM log WHERE path IS NOT '/api/users'",
    "SELECT count(*) FROM log WHERE user IS (SELECT NULL)",
    "SELECT count(*) FROM log WHERE status = 9007199254740993 OR size > 1e300",
    "SELECT count(*) FROM log WHERE time > datetime('2023-11-14 22:13:20', '+1 minute')",
    "SELECT count(*) FROM log WHERE strftime('%M', epoch, 'unixepoch') = '15'",
    "SELECT percentile(seconds, 95), median(size) FROM log",
    "SELECT count(*) FROM log WHERE method = x'474554'",
    "SELECT sum(a.size) FROM log AS a JOIN log AS b USING (epoch) WHERE a.status = 500",
)
"""What only SQLite understands so."""


def all_records() -> dict[str, list[LogRecord]]:
    """Records of two logs."""
    return {"a.log": [*ODD, *make_records(400, 1, START)], "b.log": make_records(300, 2, START + 100)}


def relation_of(logs: dict[str, list[LogRecord]], *, choice: Choice | None = None) -> Relation:
    """They in a series, in several buckets, one of them without latencies."""
    series = LogSeries()
    for source, records in logs.items():
        for start in range(0, len(records), 150):
            bucket = bucket_of(records[start : start + 150], offset=start * 11, source=source)
            series.add(bucket if source == "a.log" else replace(bucket, latencies=None))
    return Relation(series, choice=choice)


def rows_of(logs: dict[str, list[LogRecord]]) -> list[tuple[object, ...]]:
    """They as rows of the table, made by plain Python."""
    rows = []
    for source, records in logs.items():
        for each in records:
            seconds = each.seconds if source == "a.log" else -1.0
            cells = {
                "epoch": each.at_ms / 1000,
                "time": time_text(each.at_ms // 1000),
                "section": decode(section(each.path)) or None,
                "status": int(each.status) if each.status.isdigit() and int(each.status) < 10**9 else None,
                "route": decode(route(each.path)) or None,
                "kind": decode(agent_kind(each.agent)) if each.agent else None,
                "crawler": None,
                "size": each.size if each.size >= 0 else None,
                "seconds": float(LATENCIES[bins_of(np.array([seconds]))[0]]) if seconds >= 0 else None,
                "source": source,
            }
            texts = {
                name: decode(getattr(each, name)) or None for name in each._fields if name not in cells | {"at_ms": 0}
            }
            rows.append(tuple((texts | cells)[column.name] for column in COLUMNS))
    return rows


def last_of_each(bucket: HeldBucket) -> NDArray[np.intp] | None:
    """A choice: the last 40 records of each bucket, and all of a short one."""
    return np.arange(bucket.records - 40, bucket.records) if bucket.records > 110 else None
