"""Believable scenes for tests and pictures: the same traffic for the same seed and moment."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from glance.domain.log_line import LogLine
from glance.domain.scene import (
    AlertNotice,
    GapNotice,
    HistoryStatus,
    MetricChart,
    Pulse,
    Ranking,
    Row,
    Scene,
    SourceStatus,
    Totals,
    Traffic,
)
from glance.domain.view import RankingName, SortKey, View
from glance.domain.window import Window, window_at, window_choice

AT = 1_763_812_951.0
"""A Saturday at 12:02:31 UTC."""

# ruff: noqa: E501
NAMES: dict[str, tuple[str, ...]] = {
    "sections": ("/api", "/static", "/login", "/blog", "/images", "/admin", "/search", "/", "/health", "/wp-admin",
                 "/feeds", "/docs", "/checkout", "/cart"),
    "paths": ("/api/v1/users/me", "/static/js/app.3f9c2e.js", "/api/v1/search", "/login", "/api/v1/orders/recent",
              "/static/css/main.css", "/blog/2026/how-we-made-our-checkout-three-times-faster", "/api/v2/recommendations/for-you",
              "/images/hero@2x.webp", "/", "/health", "/api/v1/carts/current/items", "/wp-login.php", "/admin/login",
              "/docs/getting-started/install", "/feeds/atom.xml", "/checkout/payment/confirm", "/favicon.ico", "/robots.txt",
              "/api/v1/sessions", "/search", "/日本語/ページ", "/api/v1/upload", "/blog/tags/databases"),
    "clients": ("203.0.113.7", "198.51.100.23", "2001:db8:85a3::8a2e:370:7334", "192.0.2.44", "203.0.113.99", "198.51.100.201",
                "2001:db8::1", "192.0.2.17", "203.0.113.250", "198.51.100.8", "192.0.2.90", "203.0.113.61", "198.51.100.77"),
    "hosts": ("shop.example", "www.example", "api.example", "cdn.example"),
    "methods": ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"),
    "referrers": ("https://www.example/", "https://search.example/?q=checkout+faster", "https://news.example/item?id=401"),
    "networks": ("203.0.113.0/24", "198.51.100.0/24", "2001:db8:85a3::/64", "192.0.2.0/24"),
    "agents": ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "curl/8.14.1",
               "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"),
    "crawlers": ("Googlebot", "GPTBot", "bingbot", "ClaudeBot", "AhrefsBot"),
    "kinds": ("person", "crawler", "tool", "monitor", "unknown"),
}  # fmt: skip
NAMES["routes"] = (NAMES["paths"][0], "/api/v1/users/{id}", *NAMES["paths"][2:])
SPARKS = 12


def scene_at(at: float = AT, view: View | None = None, load: float = 1200.0, **changes: object) -> Scene:
    """A busy site at a moment, as the collector would show it.

    Args:
        at: the moment.
        view: what is looked at.
        load: requests per second.
        changes: other values for fields of the scene.
    """
    view = view or View()
    is_live = view.end is None
    window = window_at(window_choice(view.window), at if view.end is None else view.end, at - 12 * 86400)
    traffic = _traffic(window.start, window.step_seconds, window.steps, load)
    totals = _totals(traffic)
    scene = Scene(
        at=at,
        view=view,
        window=window,
        is_live=is_live,
        sources=(
            SourceStatus(
                "access.log", "/var/log/nginx/access.log", "following", "combined + request time", 1000, 1000,
                lines=12_408_112, unparsed=12, size_bytes=2_400_000_000,
            ),
        ),
        lines_total=12_408_112 + int((at - AT) * load),
        unparsed_total=12,
        lines_per_second=load + 4,
        lag_seconds=0.4,
        pulse=Pulse(_rate(at, load), 0.021 + _wave(at, 0.003), 0.004 + _wave(at, 0.002), 18.4e6 + _wave(at, 8e5)),
        totals=totals,
        traffic=traffic,
        rankings=tuple(_ranking(name, many, totals.hits, at, view) for name, many in view.rows),
        alerts=(),
        alert_rule="more than 10 requests/s on average over 2 min",
        lines=_lines(at if is_live else window.end, view.log_lines),
        has_latency=True,
        history=HistoryStatus("recording", at - 12 * 86400, at, 184_000_000, 1_204),
        metrics=metrics(window) if view.wants_metrics else (),
        matched=totals.hits if view.filter else None,
        matched_of=totals.hits * 18 if view.filter else 0,
    )  # fmt: skip
    return replace(scene, **changes)  # type: ignore[arg-type]


def firing(at: float) -> tuple[AlertNotice, ...]:
    """An alert that fires since four minutes, and an older one that recovered."""
    return (
        _notice(at - 252, 1214.4, 1312.0, None),
        _notice(at - 2900, 12.55, 19.2, at - 2610),
        _notice(at - 8800, 11.01, 11.4, at - 8600),
    )


def alerts(at: float) -> tuple[AlertNotice, ...]:
    """Two that fire, one that is about to, three that are over; the newest with all that is known of it."""
    words = "p99 of latency over 5 min above 1s, for 1 min"
    ratio = "ratio of status>=500 over 5 min above 5%, each /section"
    paths = (("/api/v1/orders/recent", 4120), ("/api/v1/search", 1811), ("/checkout/payment/confirm", 903))
    return (
        AlertNotice("p99 latency", "p99 latency is 1.86s, above 1s", at - 74, 1.86, 2.41, words=words, unit="s",
                    paths=paths, lines=_lines(at - 70, 5)),
        AlertNotice("5xx ratio", "5xx ratio of /checkout is 8.1%, above 5%", at - 21, 0.081, 0.081, state="pending",
                    segment="/checkout", words=ratio, unit="share", pending_seconds=60),
        *firing(at),
        AlertNotice("5xx ratio", "5xx ratio of /api is 6.2%, above 5%", at - 90_000, 0.062, 0.113, at - 89_100,
                    "resolved", "/api", ratio, "share", 0.021, paths=paths[:2], lines=_lines(at - 90_000, 3)),
    )  # fmt: skip


def metrics(window: Window, many: int = 5) -> tuple[MetricChart, ...]:
    """Believable metrics over a window: traffic, errors, latency, bytes, one that is new, and one by section."""
    steps = max(10, min(180, round(window.seconds / 10)))
    step = max(1, round(window.seconds / steps))
    waves = [_rate(window.start + index * step, 1200.0) for index in range(steps)]
    late = (None,) * (steps * 3 // 4)
    sections = tuple((name, round(420 / (1 + rank) ** 1.2, 1)) for rank, name in enumerate(NAMES["sections"]))

    def chart(name: str, words: str, unit: str, points: list[float | None]) -> MetricChart:
        return MetricChart(name, words, unit, window.start, step, tuple(points), points[-1])

    charts = (
        chart("traffic", "rate of requests per 10s", "/s", list(waves)),
        replace(
            chart("traffic_per_route", "rate of requests per 10s, each section", "/s", [w * 0.4 for w in waves]),
            segments=sections,
        ),
        chart(
            "error_ratio", "ratio of status>=500 per 10s", "share", [abs(math.sin(w / 90)) ** 6 * 0.2 for w in waves]
        ),
        chart("slowest", "p99 of latency per 10s, path~^/api", "s", [0.2 + (w / 1500) ** 6 for w in waves]),
        chart("sent", "sum of bytes per 10s", "bytes", [*late, *(w * 15_300 for w in waves[len(late) :])]),
        chart("visitors", "distinct of client per 10s, -agent~bot", "", [round(w * 3.1) for w in waves]),
        chart("nothing", "avg of latency per 10s, path=/never", "s", [None] * steps),
    )
    return charts[:many]


def gaps(at: float) -> tuple[GapNotice, ...]:
    """Two stretches that could not be counted."""
    return (
        GapNotice("access.log", "rotated away before it was read", at - 5000, 12_288),
        GapNotice("access.log", "longer than a line may be", at - 70_000, 2_100_000, 1),
    )


def _notice(at: float, value: float, highest: float, recovered: float | None) -> AlertNotice:
    from glance.domain.units import iso

    text = f"High traffic generated an alert - hits = {value}, triggered at {iso(at)}"
    words = "rate of requests over 2 min above 10/s"
    state = "firing" if recovered is None else "resolved"
    return AlertNotice("high traffic", text, at, value, highest, recovered, state, words=words)


def _wave(at: float, size: float) -> float:
    return size * math.sin(at / 7.3)


def _rate(at: float, load: float) -> float:
    noise = random.Random(int(at)).uniform(-0.08, 0.08)
    return load * (1 + 0.25 * math.sin(at / 190) + 0.08 * math.sin(at / 23) + noise)


def _traffic(start: float, step: int, steps: int, load: float) -> Traffic:
    hits, client, server, size, p50, p95, p99 = [], [], [], [], [], [], []
    for index in range(steps):
        at = start + index * step
        chance = random.Random(int(at))
        many = round(_rate(at, load) * step)
        burst = 0.45 if int(at / 60) % 11 == 4 else 0.0
        hits.append(many)
        client.append(round(many * (0.018 + chance.uniform(0, 0.008))))
        server.append(round(many * (burst * chance.uniform(0.6, 1) + (0.004 if chance.random() < 0.4 else 0))))
        size.append(many * 15_300 + chance.randrange(10_000))
        slow = 1 + 3 * burst + chance.uniform(0, 0.2)
        p50.append(0.012 * slow)
        p95.append(0.18 * slow)
        p99.append(0.94 * slow)
    return Traffic(tuple(hits), tuple(client), tuple(server), tuple(size), tuple(p50), tuple(p95), tuple(p99))


def _totals(traffic: Traffic) -> Totals:
    hits, client, server = sum(traffic.hits), sum(traffic.client_errors), sum(traffic.server_errors)
    found, redirect = int(hits * 0.9), int(hits * 0.044)
    statuses = (
        (200, found), (204, hits - found - redirect - client - server), (301, redirect // 3),
        (304, redirect - redirect // 3), (401, client // 9), (403, client // 5),
        (404, client - client // 9 - client // 5 - client // 12), (429, client // 12),
        (500, server - server // 4), (503, server // 4),
    )  # fmt: skip
    return Totals(hits, sum(traffic.bytes), 8412, 412, client, server, statuses, hits, 0.012, 0.090, 0.180, 0.940, 4.2)


def _ranking(name: RankingName, many: int, hits: int, at: float, view: View) -> Ranking:
    search = dict(view.searches).get(name, "")
    names = [one for one in NAMES.get(name, ()) if search in one.casefold()]
    rows = [_row(one, rank, hits, at) for rank, one in enumerate(names)]
    sort: SortKey = dict(view.sorts).get(name, "hits")
    keys = {
        "hits": lambda row: -row.hits,
        "errors": lambda row: -(row.client_errors + row.server_errors),
        "bytes": lambda row: -row.bytes,
        "p95": lambda row: -(row.p95 or 0),
        "name": lambda row: row.name,
    }
    rows.sort(key=keys[sort])
    return Ranking(name, tuple(rows[:many]), len(rows) if search else len(rows) * 97)


def _row(name: str, rank: int, hits: int, at: float) -> Row:
    chance = random.Random(name)
    share = 0.38 / (1 + rank) ** 1.1 * (1 + 0.04 * math.sin(at / 11 + rank * 3))
    many = max(1, round(hits * share))
    client = round(many * 0.9) if "wp-" in name else round(many * chance.choice((0, 0.001, 0.02, 0.04)))
    server = round(many * chance.choice((0, 0, 0, 0.0004, 0.009)))
    spark = tuple(
        max(0, round(many / SPARKS * (1 + 0.4 * math.sin(at / 31 + index / 2 + rank)))) for index in range(SPARKS)
    )
    p95 = chance.choice((0.003, 0.012, 0.08, 0.24, 0.61, 1.2)) * (1 + 0.1 * math.sin(at / 5 + rank))
    return Row(name, many, share, client, server, many * chance.randrange(900, 40_000), p95, spark)


def _lines(at: float, many: int) -> tuple[LogLine, ...]:
    out = []
    for index in range(many):
        moment = at - (many - 1 - index) * 0.21
        chance = random.Random(int(moment * 100))
        client = chance.choice(NAMES["clients"])
        path = chance.choice(NAMES["paths"])
        status = chance.choice((200, 200, 200, 200, 200, 304, 301, 404, 200, 500))
        size, seconds = chance.randrange(200, 90_000), chance.choice((0.002, 0.014, 0.09, 0.4, 1.9))
        method = chance.choice(("GET", "GET", "GET", "POST"))
        text = f'{client} - - [x] "{method} {path} HTTP/1.1" {status} {size} "-" "Mozilla/5.0"'
        out.append(LogLine(text, "access.log", moment, client, method, path, status, size, seconds))
    return tuple(out)
