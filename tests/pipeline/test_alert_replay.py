"""A rule on a log that is there: by the times in it, the same in whatever pieces it is read."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.rule_text import parse_rule
from glance.ingest import parse
from glance.pipeline.alert_replay import AlertReplay
from tests.domain.alerts.hits import NOON


def line(second: float, path: str = "/a", status: int = 200) -> str:
    at = datetime.fromtimestamp(NOON + int(second), UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'10.0.0.1 - - [{at}] "GET {path} HTTP/1.1" {status} 5 "-" "curl"\n'


def replayed(rule: str, *paths: Path, now: float = NOON + 10**8) -> tuple[list[AlertEvent], AlertReplay]:
    events: list[AlertEvent] = []
    found = AlertReplay(parse_rule("test", rule), events.append, now=now)
    for path in paths:
        found.read(str(path))
    found.finish()
    return events, found


def story(events: list[AlertEvent]) -> list[tuple[str, float]]:
    return [(event.status, event.at - NOON) for event in events]


def log(place: Path, lines: list[str], name: str = "access.log") -> Path:
    path = place / name
    path.write_text("".join(lines))
    return path


def test_parity_a_on_a_log(tmp_path: Path) -> None:
    quiet = [line(0), *[line(second) for second in range(200, 320) for _ in range(10)], line(600)]
    loud = sorted([*quiet, line(319)], key=lambda text: text.split("[")[1])

    assert story(replayed("rate > 10 over 2m", log(tmp_path, quiet))[0]) == []
    events, found = replayed("rate > 10 over 2m", log(tmp_path, loud))
    assert story(events) == [("firing", 319), ("resolved", 320)]
    assert events[0].value == 1201 / 120
    assert events[0].evidence.paths == ((b"/a", 1201),)
    assert found.firing == []


def test_what_happens_after_the_end_of_the_log_nobody_knows(tmp_path: Path) -> None:
    events, found = replayed("rate > 1 over 10s", log(tmp_path, [line(0), *[line(60)] * 50]))

    assert story(events) == [("firing", 60)]
    assert [watched.state.rule.name for watched in found.firing] == ["test"]


def test_hours_without_a_line_are_gone_over_in_one_step(tmp_path: Path) -> None:
    lines = [*[line(0)] * 50, *[line(86_400 * 365)] * 50, line(86_400 * 365 + 60)]
    events, _ = replayed("rate > 1 over 10s", log(tmp_path, lines))

    assert story(events) == [
        ("firing", 0),
        ("resolved", 10),
        ("firing", 86_400 * 365),
        ("resolved", 86_400 * 365 + 10),
    ]


def test_lines_out_of_order_count_and_what_is_too_late_is_told(tmp_path: Path) -> None:
    lines = [line(0), line(400), *[line(250)] * 50, line(800), *[line(100)] * 50, line(1200)]
    events, found = replayed("rate > 1 over 10s", log(tmp_path, lines))

    assert story(events) == [("firing", 250), ("resolved", 260)]
    assert (found.late, found.records) == (50, 54)


def test_lines_of_the_future_do_not_end_the_story(tmp_path: Path) -> None:
    lines = [line(0), line(3600 * 24 * 365 * 60), *[line(60)] * 50, line(100)]
    events, found = replayed("rate > 1 over 10s", log(tmp_path, lines), now=NOON + 200)

    assert story(events) == [("firing", 60), ("resolved", 70)]
    assert found.ahead == 1


@pytest.mark.parametrize("rule", ["rate > 4 over 30s by section", "count <= 0 over 10s after 10 in 1m"])
def test_it_is_the_same_in_whatever_pieces_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    rng = random.Random(7)
    moments = sorted(rng.choice([rng.uniform(0, 2000), rng.gauss(700, 40)]) for _ in range(6000))
    moments = [moment for moment in moments if not 1200 <= moment % 1620 < 1300]
    late = [moment + (rng.choice([0, 0, -400, 20]) if moment < 1000 else 0) for moment in moments]
    lines = [line(max(0, moment), f"/{rng.choice('abc')}/x") for moment in late]
    path = log(tmp_path, lines)
    events, found = replayed(rule, path)

    monkeypatch.setattr(parse, "MOST_RECORDS", 70)
    again, same = replayed(rule, path)
    half = len(lines) // 2
    parts = [log(tmp_path, lines[:half], "access.log.1"), log(tmp_path, lines[half:])]
    third, _ = replayed(rule, *parts)

    assert len(events) >= 2
    assert [event.as_mapping() for event in again] == [event.as_mapping() for event in events]
    assert story(third) == story(events)
    assert (same.late, same.records) == (found.late, found.records)
