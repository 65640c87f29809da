"""The daemon's log: each thing once, and nothing that a terminal obeys."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from glance.domain.log_line import LogLine
from glance.domain.scene import EMPTY_SCENE, AlertNotice, HistoryStatus, Scene, SourceStatus
from glance.pipeline.daemon_journal import Journal

SOURCE = SourceStatus("a.log", "/x/a.log", "missing", note="does not exist yet")
ALERT = AlertNotice("traffic", "High traffic\x1b[2J", 100.0, 12.0, 12.0)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, by its text."""
    caplog.set_level(logging.INFO, "glance")

    class Said(list[str]):
        def __eq__(self, other: object) -> bool:
            found, _ = list(caplog.messages), caplog.clear()
            return found == other

        __hash__ = None  # type: ignore[assignment]

    return Said()


def scene(**changes: object) -> Scene:
    return replace(EMPTY_SCENE, sources=(SOURCE,), **changes)  # type: ignore[arg-type]


def test_each_thing_is_told_once(said: list[str]) -> None:
    journal = Journal()
    journal.read(scene())
    assert said == ["/x/a.log: missing (does not exist yet)"]
    journal.read(scene())
    assert said == []

    found = replace(SOURCE, condition="following", note="", format="combined")
    journal.read(replace(scene(), sources=(found,)))
    assert said == ["/x/a.log: following", "/x/a.log: reads as combined"]


def test_an_alert_is_told_when_it_begins_and_when_it_is_over(said: list[str]) -> None:
    journal = Journal()
    journal.read(replace(scene(alerts=(replace(ALERT, state="pending"),)), sources=()))
    assert said == []
    journal.read(replace(scene(alerts=(ALERT,)), sources=()))
    assert said == ["High traffic␛[2J"]
    for _ in range(2):
        journal.read(replace(scene(alerts=(replace(ALERT, recovered_at=160.0, state="resolved"),)), sources=()))
    assert said == ["traffic is over since 1970-01-01T00:02:40Z"]


def test_trouble_is_told_until_it_changes(said: list[str]) -> None:
    journal = Journal()
    troubled = replace(
        scene(trouble="a.log cannot be read", history=HistoryStatus(note="the disk is full")), sources=()
    )
    for _ in range(3):
        journal.read(troubled)
    assert said == ["a.log cannot be read", "the disk is full"]


def test_lines_that_are_not_understood_are_told_of_now_and_then(said: list[str]) -> None:
    journal = Journal()
    line = LogLine("gar\x1bbage")
    for at, count in ((1000.0, 3), (1001.0, 9), (1059.0, 11), (1061.0, 12), (1200.0, 12)):
        journal.read(replace(scene(at=at, unparsed_total=count, unparsed_lines=(line,)), sources=()))
    assert said == [
        "3 lines were not understood, such as gar␛bage",
        "9 lines were not understood, such as gar␛bage",
    ]
    journal.read(replace(scene(at=1300.0, unparsed_total=2), sources=()))  # reading began anew
    assert said == []
