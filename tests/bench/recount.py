"""Row 8: every panel counted anew over a million lines, in one process."""

from __future__ import annotations

import time
from dataclasses import replace

from glance.domain.logs.series import LogSeries
from glance.domain.view import View
from glance.ingest.detect import detect
from glance.ingest.parse import parse
from glance.pipeline.scene_maker import SceneMaker, WindowFigures
from tests.bench.outcome import Outcome, Samples, seconds_text
from tests.bench.setting import Setting
from tests.bench.synthetic import SyntheticLog

VIEW = View(window="all")
"""Totals, traffic over time, status mix, and the tables of sections, paths and clients."""

FILTERS = ("status:5xx", "-status:5xx", "path:/api method=GET")
"""Few records, nearly all, and many."""


def every_panel(setting: Setting) -> list[Outcome]:
    """Nothing is remembered between two counts: each has a maker of its own."""
    log = setting.log("timed", setting.small_or(50_000, 1_000_000))
    setting.say(f"reading {log.path.name} in this process")
    series = series_of(log)
    spent = []
    for _ in range(setting.small_or(2, 7)):
        maker = SceneMaker(series)
        began = time.perf_counter()
        figures = maker.figures(VIEW, log.totals.last)
        spent.append(time.perf_counter() - began)
        check(figures, log)
    samples = Samples(tuple(spent))
    words = f"every panel recomputed over {log.totals.lines:,} lines"
    return [
        Outcome(
            words, "≤ 100 ms", seconds_text(samples.best), samples.words(seconds_text), samples.best <= 0.1,
            {"seconds": samples.values},
        ),
        *(filtered(setting, series, log, text) for text in FILTERS),
    ]  # fmt: skip


def filtered(setting: Setting, series: LogSeries, log: SyntheticLog, text: str) -> Outcome:
    """Every panel through a filter that was never asked for, and the way back to everything."""
    spent, leaving = [], []
    view = replace(VIEW, filter=text)
    for _ in range(setting.small_or(2, 7)):
        maker = SceneMaker(series)
        maker.figures(VIEW, log.totals.last)
        began = time.perf_counter()
        figures = maker.figures(view, log.totals.last)
        maker.newest(view, figures.window)
        chosen = time.perf_counter()
        maker.figures(VIEW, log.totals.last)
        spent.append(chosen - began)
        leaving.append(time.perf_counter() - chosen)
        if figures.matched != figures.totals.hits or figures.matched_of != log.totals.lines:
            raise ValueError(f"{figures.matched} of {figures.matched_of}, not of {log.totals.lines}")
    samples = Samples(tuple(spent))
    return Outcome(
        f"every panel filtered by {text}", "≤ 100 ms", seconds_text(samples.best),
        f"{samples.words(seconds_text)}; leaving it {seconds_text(min(leaving))}", samples.best <= 0.1,
        {"seconds": samples.values, "leaving": leaving},
    )  # fmt: skip


def series_of(log: SyntheticLog) -> LogSeries:
    """All of a log, held in memory."""
    data = log.path.read_bytes()
    readers = detect(data[: 256 << 10]).readers
    series = LogSeries()
    for bucket in parse(data, readers):
        series.add(bucket)
    return series


def check(figures: WindowFigures, log: SyntheticLog) -> None:
    """Hold the figures against what was written.

    Raises:
        ValueError: they are wrong, so that their time means nothing.
    """
    shown = next(ranking for ranking in figures.rankings if ranking.name == "paths")
    hits = [row.hits for row in shown.rows]
    wanted = [hits for _, hits in log.totals.top_paths[: len(hits)]]
    if figures.totals.hits != log.totals.lines or hits != wanted:
        raise ValueError(f"{figures.totals.hits} hits and {hits}, not {log.totals.lines} and {wanted}")
