"""docs/serve.md names what there is."""

from __future__ import annotations

import re
from pathlib import Path

import click

from glance.cli.root import root
from glance.cli.serve import serve
from glance.domain.logs.live_metrics import BOUNDS_SECONDS, TOP, live_metrics
from glance.domain.logs.traffic_counts import MOST_NAMES, TrafficCounts
from glance.domain.scene import EMPTY_SCENE, SourceStatus, Totals
from glance.service.face import MOST_WAITING
from glance.service.openapi import document
from glance.service.query import MOST_TOP, PARAMETERS
from glance.service.visitor import MOST_VISITORS
from tests.domain.logs.brute import bucket_of, make_records

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "serve.md").read_text(encoding="utf-8")


def test_every_metric_is_told_with_its_kind_and_labels() -> None:
    told = {}
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `glance_") and "…" not in cells[0]:
            for name in re.findall(r"`(\w+)`", cells[0]):
                told[name] = (cells[1], re.findall(r"`(\w+)`", cells[2]))
    counts = TrafficCounts()
    counts.add(bucket_of(make_records(500, 1)))
    times = dict.fromkeys(("p50", "p90", "p95", "p99"), 1.0)
    scene = EMPTY_SCENE.__class__(
        at=2.0, view=EMPTY_SCENE.view, window=EMPTY_SCENE.window, totals=Totals(**times), lag_seconds=1.0,
        sources=(SourceStatus("a", "/a", "waiting"),),
    )  # fmt: skip
    made = {}
    for family in live_metrics(counts, scene, "1", 0.0):
        if family.samples and not re.match("glance_(route|vhost|crawler)_", family.name):
            made[family.name] = (family.kind, list(family.samples[0].labels))

    assert told == made


def test_every_path_parameter_and_option_is_told() -> None:
    for path in document()["paths"]:
        assert f"| `{path}` |" in DOCUMENT
    assert [one["name"] for one in document()["paths"]["/api/v1/report"]["get"]["parameters"]] == [
        "since", "until", "window", "where", "top",
    ]  # fmt: skip
    assert set(PARAMETERS) == set(re.findall(r"`(\w+)`", "".join(re.findall(r"(?m)^\| (`[a-z` ]+`) \|", DOCUMENT))))
    with click.Context(serve, parent=root.make_context("glance", ["config"])):
        own = {
            name for one in serve.params for name in one.opts if name in ("--host", "--port", "--token", "--allow-host")
        }
    assert own == set(re.findall(r"(?m)^\| `(--[a-z-]+) ", DOCUMENT))


def test_every_bound_is_told() -> None:
    assert f"at most {MOST_VISITORS} at a time" in DOCUMENT
    assert f"more than {MOST_WAITING} wait" in DOCUMENT
    assert f"1 to {MOST_TOP}" in DOCUMENT
    assert f"the {TOP} leading ones" in DOCUMENT
    assert f"{MOST_NAMES:,} names" in DOCUMENT
    assert (BOUNDS_SECONDS[0], BOUNDS_SECONDS[-1]) == (0.001, 60.0)
