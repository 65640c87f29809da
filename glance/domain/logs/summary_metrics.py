"""A report as metrics for Prometheus. Names, units and the bound of every label are told in docs/sharing.md.

A label is only made of what cannot grow without end: statuses, methods and protocols that are known by name, and
the leading sections, routes, virtual hosts and crawlers. Paths, clients, agents and referrers are left out for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glance.domain.logs.summary import LatencyFigures, Summary, TopList, TopRow
from glance.domain.metrics_text import Family, Kind, Sample
from glance.domain.safe_text import safe_text

METHODS = frozenset(
    (
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE",
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "QUERY", "PURGE",
    )
)  # fmt: skip
"""Those of HTTP, WebDAV and caches; the log may hold anything else that a client sent."""
PROTOCOLS = frozenset(("HTTP/0.9", "HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3", "HTTP/3.0"))
OTHER = "other"
UNKNOWN = "unknown"
LABELLED_LISTS = {"sections": "section", "routes": "route", "hosts": "vhost", "crawlers": "crawler"}
"""Top lists whose names become labels, and the name of the label."""
MOST_NAMES = 100
"""Different values of one label at most, whatever `--top` says."""
MOST_FILES = 50
MOST_CHARACTERS = 200
"""Characters kept of one value of a label."""
QUANTILES = (("0.5", "p50"), ("0.9", "p90"), ("0.95", "p95"), ("0.99", "p99"))


def summary_metrics(summary: Summary, version: str) -> Iterator[Family]:
    """The families of a report, in a fixed order."""
    yield _one("glance_build_info", "gauge", "The version of glance that counted.", 1, version=version)
    yield from _requests(summary)
    kinds = ((kind.name, kind.hits) for kind in summary.kinds)
    yield _counted("glance_requests_by_client_kind_total", "Requests by what the agent says it is.", "kind", kinds)
    yield _one(
        "glance_scanner_errors_total", "counter", "Of the requests answered 4xx, those that are noise of scanners.",
        summary.scanner_errors,
    )  # fmt: skip
    yield _one("glance_response_bytes_total", "counter", "Bytes sent, as the log has them.", summary.bytes)
    yield _one(
        "glance_responses_without_size_total", "counter", "Requests whose size the log does not tell.",
        summary.sizes_absent,
    )  # fmt: skip
    yield from _latency(summary.latency)
    yield _one("glance_clients", "gauge", "Distinct clients.", summary.clients)
    yield _one("glance_users", "gauge", "Distinct user names.", summary.users)
    for at, which in ((summary.first, "first"), (summary.last, "last")):
        if at is not None:
            words = f"When the {which} request was counted, by the log."
            yield _one(f"glance_{which}_request_timestamp_seconds", "gauge", words, at)
    for top in summary.tops:
        if top.name in LABELLED_LISTS:
            yield from _by_name(top, LABELLED_LISTS[top.name])
    yield from _files(summary)


def _one(name: str, kind: Kind, words: str, value: float, **labels: str) -> Family:
    return Family(name, words, kind, (Sample(value, labels),))


def _counted(name: str, words: str, label: str, counts: Iterable[tuple[str, int]]) -> Family:
    """A counter by one label; values that come out the same are one."""
    sums: dict[str, int] = {}
    for value, count in counts:
        shown = safe_text(value, MOST_CHARACTERS)
        sums[shown] = sums.get(shown, 0) + count
    return Family(name, words, "counter", tuple(Sample(count, {label: value}) for value, count in sums.items()))


def _requests(summary: Summary) -> Iterator[Family]:
    """Requests by status, by method and by protocol: each adds up to all requests."""
    statuses = [(str(status) if 100 <= status <= 599 else OTHER, hits) for status, hits in summary.statuses]
    without = summary.hits - sum(hits for _, hits in statuses)
    if without > 0 or not statuses:
        statuses.append((UNKNOWN, without))
    yield _counted("glance_requests_total", "Requests by status.", "status", statuses)
    for label, counts, known in (("method", summary.methods, METHODS), ("protocol", summary.protocols, PROTOCOLS)):
        by_name = [(name if name in known else OTHER, hits) for name, hits in counts]
        missing = summary.hits - sum(hits for _, hits in by_name)
        if by_name and missing > 0:
            by_name.append((UNKNOWN, missing))
        yield _counted(f"glance_requests_by_{label}_total", f"Requests by {label}.", label, by_name)


def _latency(latency: LatencyFigures | None) -> Iterator[Family]:
    """Percentiles as a summary, and the slowest."""
    if latency is None:
        return
    samples = [Sample(getattr(latency, name), {"quantile": quantile}) for quantile, name in QUANTILES]
    if latency.sum is not None:
        samples.append(Sample(latency.sum, part="_sum"))
    samples.append(Sample(latency.count, part="_count"))
    words = "How long requests took; quantiles and sum are within 1 %."
    yield Family("glance_request_duration_seconds", words, "summary", tuple(samples))
    yield _one("glance_request_duration_max_seconds", "gauge", "The slowest request.", latency.max)


def _by_name(top: TopList, label: str) -> Iterator[Family]:
    """The leading names of a list."""
    rows = top.rows[:MOST_NAMES]
    sums: tuple[tuple[str, str, str], ...] = (
        ("requests", "hits", "Requests"),
        ("client_errors", "client_errors", "Requests answered 4xx"),
        ("server_errors", "server_errors", "Requests answered 5xx"),
        ("response_bytes", "bytes", "Bytes sent"),
    )
    for name, attribute, words in sums:
        counts = ((row.name, getattr(row, attribute)) for row in rows)
        yield _counted(f"glance_{label}_{name}_total", f"{words} by {label}, of the leading ones.", label, counts)
    slow = _slowest(rows)
    words = f"95th percentile of the time of requests by {label}, of the leading ones."
    samples = tuple(Sample(seconds, {label: name}) for name, seconds in slow.items())
    yield Family(f"glance_{label}_request_duration_p95_seconds", words, "gauge", samples)


def _slowest(rows: Iterable[TopRow]) -> dict[str, float]:
    """The p95 of each name; of names that come out the same, the greatest."""
    out: dict[str, float] = {}
    for row in rows:
        if row.p95 is not None:
            name = safe_text(row.name, MOST_CHARACTERS)
            out[name] = max(out.get(name, 0.0), row.p95)
    return out


def _files(summary: Summary) -> Iterator[Family]:
    """Lines by log; beyond the first logs, the others are counted together."""
    for name, words in (
        ("lines", "Lines read, whatever is in them"),
        ("lines_parsed", "Lines that were understood"),
        ("lines_unparsed", "Lines that no format reads"),
    ):
        attribute = name.removeprefix("lines_")
        counts = [
            (file.path if number < MOST_FILES else OTHER, int(getattr(file, attribute)))
            for number, file in enumerate(summary.files)
        ]
        yield _counted(f"glance_{name}_total", f"{words}, by log.", "file", counts)
