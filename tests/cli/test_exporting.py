"""What is on the screen as a file."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from glance.cli.exporting import FORMS, as_csv, as_json, as_markdown, exported, summary_of
from glance.cli.report_csv import COLUMNS
from glance.domain.log_line import LogLine
from glance.domain.scene import EMPTY_SCENE, MetricChart, Scene
from glance.domain.view import View
from tests.cli.pages import Page
from tests.scenes import AT, alerts, gaps, scene_at

HOSTILE = '<script>|`x`\x1b]52;c;x\x07\u202e=1+1,"q"\r\n\ud800'


@pytest.fixture(scope="module")
def scene() -> Scene:
    """A busy site with alerts, gaps, metrics and a filter."""
    view = View(filter="status>=400", wants_metrics=True, log_lines=5, searches=(("paths", "api"),))
    return scene_at(view=view, alerts=alerts(AT), gaps=gaps(AT), matched=120, matched_of=4000)


def test_the_json_is_the_whole_scene(scene: Scene) -> None:
    told = json.loads(as_json(scene))

    assert as_json(scene).isascii()
    assert told["window"]["name"] == scene.view.window
    assert told["filter"] == "status>=400"
    assert told["hits"] == scene.totals.hits
    assert told["status"] == {str(status): hits for status, hits in scene.totals.statuses}
    assert told["latency"]["p99"] == scene.totals.p99
    assert [row["name"] for row in told["top"]["paths"]] == [row.name for row in scene.ranking("paths").rows]
    assert told["series"]["hits"] == list(scene.traffic.hits)
    assert len(told["series"]["p95"]) == len(scene.traffic.p95)
    assert [alert["message"] for alert in told["alerts"]] == [alert.message for alert in scene.alerts]
    assert [metric["points"] for metric in told["metrics"]] == [list(chart.points) for chart in scene.metrics]
    assert [line["text"] for line in told["newest_lines"]] == [line.text for line in scene.lines]
    assert [gap["bytes"] for gap in told["gaps"]] == [gap.bytes for gap in scene.gaps]


def test_the_csv_is_one_table(scene: Scene) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(scene), newline=""), strict=True))

    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert [row[-1] for row in rows if row[0] == "alerts"] == [alert.message for alert in scene.alerts]
    assert len([row for row in rows if row[0] == "lines"]) == len(scene.lines)
    assert int(next(row for row in rows if row[:2] == ["total", "all"])[2]) == scene.totals.hits


def test_the_markdown_says_what_is_seen(scene: Scene) -> None:
    page = as_markdown(scene)

    assert "only requests of: status&gt;=400 (120 of 4,000 requests)" in page
    assert "paths: only names that contain api" in page
    assert page.count("\n## ") == page.count("\n\n## ")
    assert "## Alerts" in page
    assert "## Newest lines" in page
    for block in re.findall(r"(?:^\|.*\n)+", page, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}) == 1


@pytest.mark.parametrize("form", FORMS)
def test_every_form_bears_hostile_text(scene: Scene, form: str) -> None:
    rows = tuple(replace(row, name=HOSTILE) for row in scene.rankings[0].rows)
    hostile = replace(
        scene,
        rankings=(replace(scene.rankings[0], rows=rows),),
        lines=(LogLine(HOSTILE, HOSTILE),),
        unparsed_lines=(LogLine(HOSTILE, HOSTILE),),
        alerts=tuple(replace(alert, message=HOSTILE, segment=HOSTILE) for alert in scene.alerts),
        metrics=(MetricChart(HOSTILE, HOSTILE, points=(float("inf"), None)),),
        trouble=HOSTILE,
        unparsed_total=1,
    )

    text = exported(hostile, form).decode()
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", text)
    if form == "json":
        assert json.loads(text)["newest_lines"][0]["text"] == HOSTILE.replace("\ud800", "\ufffd")
    if form == "html":
        assert not Page(text).root.all("script")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_on_the_screen_can_be_written_too(form: str) -> None:
    assert exported(EMPTY_SCENE, form)


def test_it_is_the_report_on_the_window(scene: Scene) -> None:
    summary = summary_of(scene)

    assert (summary.first, summary.last) == (scene.window.start, scene.window.end)
    assert summary.series.step_seconds == scene.window.step_seconds
    assert [top.name for top in summary.tops] == ["sections", "paths", "clients"]
    assert summary_of(replace(scene, totals=replace(scene.totals, p99=None))).latency is None


def test_other_forms_are_refused(scene: Scene) -> None:
    with pytest.raises(ValueError, match="no form"):
        exported(scene, "xml")
