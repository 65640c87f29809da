"""Plays synthetic scenes on the real dashboard: `python -m tests.stage [name of a play] [theme]`.

Plays: busy, firing, alerts, still, waiting, filling, ended, trouble, gaps, full, reader, bare, crash, hostile, churn.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from glance.app import Glance, ScreenSettings
from glance.domain.log_line import LogLine
from glance.domain.scene import HistoryStatus, MetricChart, Row, Scene, SourceStatus
from glance.domain.view import View
from tests.scenes import AT, alerts, firing, gaps, scene_at

HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[31m[@click=app.quit]x[/] \u202e\x9b2J 日本e\u0301\u0301\u0301"


class StageEngine:
    """Publishes a scene a second, of a chosen play."""

    def __init__(self, play: str, clock: Callable[[], float] = time.time) -> None:
        self.play = play
        self.clock = clock
        self.view = View()
        self.remembered: list[tuple[str, str]] = []
        self.looked = threading.Event()
        self.stopped = threading.Event()
        self.publish: Callable[[Scene], None] | None = None

    def start(self, publish: Callable[[Scene], None]) -> None:
        self.publish = publish
        threading.Thread(target=self._play, daemon=True).start()

    def look(self, view: View) -> None:
        self.view = view
        self.looked.set()

    def stop(self) -> None:
        self.stopped.set()
        self.looked.set()

    def remember(self, key: str, value: str) -> None:
        self.remembered.append((key, value))

    def _play(self) -> None:
        began = self.clock()
        while not self.stopped.is_set():
            assert self.publish is not None
            at = AT if self.play == "still" else AT + (self.clock() - began)
            self.publish(scene_of(self.play, at, self.view))
            if self.looked.wait(1.0):
                self.looked.clear()


def scene_of(play: str, at: float, view: View) -> Scene:
    """The scene of a play at a moment."""
    scene = scene_at(at, view)
    source = scene.sources[0]
    if play == "crash" and at > AT + 1.5:
        return replace(scene, traffic=None)  # type: ignore[arg-type]
    if play == "waiting":
        waiting = SourceStatus("access.log", "/var/log/nginx/access.log", "waiting")
        return Scene(at, view, scene.window, sources=(waiting,), alert_rule=scene.alert_rule)
    if play in ("hostile", "churn"):
        return hostile(scene) if play == "hostile" else churn(scene)
    pending = max(0, 1_416_000_000 - int((at - AT) * 6e7))
    missing = replace(source, condition="missing", note="was deleted; waiting for it to come back")
    full = replace(scene.history, condition="failing", note="disk full, tried again every minute", waiting_lines=12_345)
    changes: dict[str, dict[str, Any]] = {
        "firing": {"alerts": firing(AT)},
        "alerts": {"alerts": alerts(AT)},
        "gaps": {"gaps": gaps(AT), "unparsed_lines": (LogLine("garbage \\x16\\x03\\x01 in"),) * 3},
        "full": {"history": full},
        "reader": {"history": replace(scene.history, condition="following")},
        "bare": {"history": HistoryStatus(), "metrics": (), "alert_rule": ""},
        "filling": {"sources": (replace(source, pending_bytes=pending),), "lines_per_second": 310_000},
        "ended": {"is_live": False},
        "trouble": {"sources": (missing,), "trouble": f"access.log {missing.note}", "history": full},
    }
    return replace(scene, **changes.get(play, {}))


def churn(scene: Scene) -> Scene:
    """The scene with other digits in every figure each second."""
    chance = random.Random(int(scene.at * 10))

    def row(one: Row) -> Row:
        return replace(
            one, hits=chance.randrange(100_000, 999_999), share=chance.random() / 2, p95=chance.uniform(0.1, 0.9),
            client_errors=chance.randrange(1000, 9999), server_errors=chance.randrange(1000, 9999),
            bytes=chance.randrange(10**9), spark=tuple(chance.randrange(100) for _ in range(12)),
        )  # fmt: skip

    rankings = tuple(replace(one, rows=tuple(map(row, one.rows))) for one in scene.rankings)
    hits = tuple(chance.randrange(4000, 9000) for _ in scene.traffic.hits)
    statuses = tuple((code, chance.randrange(1000, 9999)) for code, _ in scene.totals.statuses)
    return replace(
        scene,
        rankings=rankings,
        traffic=replace(scene.traffic, hits=hits),
        totals=replace(scene.totals, statuses=statuses, hits=sum(count for _, count in statuses)),
    )


def hostile(scene: Scene) -> Scene:
    """The scene with an attack in every place that takes text from outside."""
    rankings = tuple(
        replace(one, rows=tuple(replace(row, name=HOSTILE + row.name) for row in one.rows)) for one in scene.rankings
    )
    line = LogLine(HOSTILE, HOSTILE, scene.at, HOSTILE, HOSTILE, HOSTILE, 200, 12, 0.1)
    source = replace(scene.sources[0], name=HOSTILE, format=HOSTILE, note=HOSTILE)
    told = tuple(
        replace(
            alert, rule=HOSTILE, message=HOSTILE, segment=HOSTILE, words=HOSTILE, paths=((HOSTILE, 3),), lines=(line,)
        )
        for alert in alerts(AT)
    )
    chart = MetricChart(HOSTILE, HOSTILE, "s", scene.at - 60, 10, (1.0, None, 2.0), 2.0, ((HOSTILE, 1.0),), HOSTILE)
    return replace(
        scene, rankings=rankings, lines=(line, replace(line, at=None)) * 10, sources=(source, source),
        alerts=told, alert_rule=HOSTILE, trouble=HOSTILE, unparsed_lines=(line,),
        history=replace(scene.history, condition="failing", note=HOSTILE),
        gaps=tuple(replace(gap, source=HOSTILE, reason=HOSTILE) for gap in gaps(AT)),
        metrics=(chart, replace(chart, id=HOSTILE + "2")) if scene.view.wants_metrics else (),
    )  # fmt: skip


def main() -> None:
    """Play."""
    play = sys.argv[1] if len(sys.argv) > 1 else "busy"
    settings = ScreenSettings(theme=sys.argv[2] if len(sys.argv) > 2 else "glance-dark", sources=("access.log",))
    app = Glance(StageEngine(play), settings)
    app.run()
    sys.exit(app.return_code)


if __name__ == "__main__":
    main()
