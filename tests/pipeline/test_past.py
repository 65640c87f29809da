"""A filter holds for windows of the past, from memory and out of history."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from glance.domain.logs.series import LogSeries
from glance.domain.scene import View
from tests.pipeline.test_collector import VIEW, line
from tests.pipeline.test_keeping import kept


@pytest.mark.parametrize("is_held", [True, False], ids=["from memory", "out of history"])
async def test_a_filter_holds_in_the_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_held: bool) -> None:
    if not is_held:
        monkeypatch.setattr(LogSeries, "holds", lambda *_: False)
    log, database, now = tmp_path / "access.log", tmp_path / "glance.db", time.time()
    old = now - 7200
    log.write_bytes(
        b"".join(line(number, at=old + number % 60, status=404 if number % 7 == 0 else 200) for number in range(700))
        + b"".join(line(number, at=now - 20) for number in range(100))
    )
    past = View(window="15m", rows=VIEW.rows, log_lines=5, end=old + 61)
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.lines_total == 800)
        stage.collector.look(replace(past, filter="status:4xx"))
        scene = await stage.until(lambda scene: scene.matched is not None and scene.totals.hits > 0)
        stage.collector.look(replace(past, filter="status:4xx -path=/n/7"))
        fewer = await stage.until(lambda scene: scene.matched == 99)
        stage.collector.look(past)
        whole = await stage.until(lambda scene: scene.matched is None)

    assert (scene.matched, scene.matched_of) == (100, 700)
    assert scene.totals.statuses == ((404, 100),)
    assert sum(scene.traffic.hits) == sum(scene.traffic.client_errors) == 100
    assert [shown.status for shown in scene.lines] == [404] * 5
    assert "/n/7" not in {row.name for row in fewer.ranking("paths").rows}
    assert whole.totals.hits == 700
