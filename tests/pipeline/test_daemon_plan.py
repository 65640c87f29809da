"""What a daemon is told to do, and what of it can change while it runs."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from glance.config import DEFAULTS, Settings
from glance.errors import SourceError
from glance.pipeline.daemon_plan import DaemonPlan, found
from glance.pipeline.periodic_report import ReportPlan

QUIET = {
    "report_path",
    "report_time",
    "report_top",
    "log_path",
    "listen",
    "listen_token",
    "theme",
    "window",
    "section_limit",
    "incident_limit",
    "keys",
    "snapshots",
    "snapshot_mb",
    "snapshot_count",
    "snapshot_cooldown",
    "snapshot_seconds",
}
"""Settings that change without reading anew."""


def test_a_log_that_can_come_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "here.log").write_text("")
    (tmp_path / "x.pipe").write_text("")
    paths = [str(tmp_path / name) for name in ("late.log", "here.log", "late.log")]

    assert [source.path for source in found(paths).sources] == [paths[1], paths[0]]
    with pytest.raises(SourceError):
        found([str(tmp_path / "no" / "late.log")])
    assert len(found([str(tmp_path / "*.log")]).globs) == 1


def test_reports_are_wanted_where_they_have_a_place() -> None:
    assert DaemonPlan(("/a",), DEFAULTS).report is None
    told = DaemonPlan(("/a",), Settings(report_path="r", report_time=5, report_top=9))
    assert told.report == ReportPlan("r", 5, 9)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_reading_begins_anew_for_what_it_depends_on(name: str) -> None:
    before = DaemonPlan(("/a",), DEFAULTS)
    after = DaemonPlan(("/a",), replace(DEFAULTS, **{name: "another"}))

    assert (before.reading == after.reading) is (name in QUIET)
    assert before.reading != DaemonPlan(("/b",), DEFAULTS).reading
