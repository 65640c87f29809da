"""Rankings that follow from others can be on screen as any other: routes, networks, kinds and crawlers."""

from __future__ import annotations

from glance.domain.logs.chip import chip_of
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord
from glance.domain.logs.route import Routes
from glance.domain.logs.series import LogSeries
from glance.domain.scene import Ranking
from glance.domain.view import RankingName, View
from glance.pipeline.scene_maker import SceneMaker
from tests.domain.logs.brute import bucket_of

AT = 1_700_000_000
NAMES: tuple[RankingName, ...] = ("routes", "networks", "kinds", "crawlers", "sections")


def shown(series: LogSeries, where: str = "") -> dict[str, dict[str, int]]:
    """Names and hits of each ranking."""
    view = View(window="1h", rows=tuple((name, 5) for name in NAMES), filter=where)
    rankings: tuple[Ranking, ...] = SceneMaker(series).figures(view, AT + 60).rankings
    return {ranking.name: {row.name: row.hits for row in ranking.rows} for ranking in rankings}


def records() -> list[LogRecord]:
    """Three people of one network at one route, and a crawler."""
    people = [
        LogRecord(AT * 1000, b"203.0.113.%d" % n, path=b"/users/%d" % n, status=b"200", agent=b"Mozilla/5.0 (X11)")
        for n in range(3)
    ]
    return [*people, LogRecord(AT * 1000, b"2001:db8::1", path=b"/", status=b"200", agent=b"GPTBot/1.2")]


def test_each_has_its_rows() -> None:
    series = LogSeries()
    series.add(bucket_of(records()))

    assert shown(series) == {
        "routes": {"/users/{id}": 3, "/": 1},
        "networks": {"203.0.113.0/24": 3, "2001:db8::/64": 1},
        "kinds": {"person": 3, "crawler": 1},
        "crawlers": {"GPTBot": 1},
        "sections": {"/users": 3, "/": 1},
    }


def test_a_filter_and_own_rules_hold_in_them() -> None:
    series = LogSeries(routes=Routes([("^/users/", "/people/{who}")]))
    series.add(bucket_of(records()))

    assert shown(series, "-kind=crawler")["routes"] == {"/people/{who}": 3}
    assert shown(series, "crawler=GPTBot")["networks"] == {"2001:db8::/64": 1}


def test_a_row_of_each_can_be_pointed_at() -> None:
    """The chip of a row chooses what the row counts."""
    series = LogSeries(routes=Routes([("^/x", "/own rule, {any}")]))
    bucket = bucket_of([*records(), LogRecord(AT * 1000, b"host.example", path=b"/x", status=b"200", agent=b"")])
    series.add(bucket)

    for ranking, rows in shown(series).items():
        for name, hits in rows.items():
            chip = parse_filter(chip_of(ranking, name.encode()), series.routes)
            assert chip.select(bucket).sum() == hits, chip.text
