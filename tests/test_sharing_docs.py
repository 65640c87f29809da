"""docs/sharing.md names the metrics that there are."""

from __future__ import annotations

import re
from pathlib import Path

from glance.domain.logs.summary import KindFigures, LatencyFigures, SeriesFigures, Summary, TopList, TopRow
from glance.domain.logs.summary_metrics import LABELLED_LISTS, MOST_FILES, MOST_NAMES, summary_metrics

DOCUMENT = (Path(__file__).resolve().parent.parent / "docs" / "sharing.md").read_text(encoding="utf-8")


def test_every_metric_is_told_with_its_kind_and_labels() -> None:
    rows = (TopRow("/", 1, 1, 1, 1, 0.1),)
    summary = Summary(
        files=(), lines=1, parsed=1, unparsed=0, first=1.0, last=1.0, hits=1, bytes=1, clients=1, statuses=((200, 1),),
        methods=(("GET", 1),), protocols=(("HTTP/1.1", 1),), client_errors=0, server_errors=0,
        latency=LatencyFigures(1, 1.0, 1.0, 1.0, 1.0, 1.0), tops=(TopList("sections", rows),),
        series=SeriesFigures(1, 0.0, (1,), (0,), (0,), (1,)), kinds=(KindFigures("person", 1, 1, 0, 0),),
    )  # fmt: skip
    told = {}
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `glance_") and "…" not in cells[0]:
            for name in re.findall(r"`(\w+)`", cells[0]):
                told[name] = (cells[1], re.findall(r"`(\w+)`", cells[2]))
    made = {}
    for family in summary_metrics(summary, "1"):
        labels = list(family.samples[0].labels) if family.samples else ["file"]
        made[family.name] = (family.kind, labels)

    assert told == made


def test_bounds_are_told() -> None:
    assert f"at most {MOST_NAMES}" in DOCUMENT
    assert f"The first {MOST_FILES} logs" in DOCUMENT
    assert all(f"`{label}`" in DOCUMENT for label in LABELLED_LISTS.values())
