"""What history costs and gives: writing a log into it, and a dashboard that opens on it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.bench.dashboard import FRAME, shown_after
from tests.bench.outcome import Outcome, Samples, ratio_text, seconds_text
from tests.bench.process import Finished, run_to_end
from tests.bench.setting import GLANCE, ROOT, Setting
from tests.bench.terminal import Terminal

COLLECT_MOST = 1.5
OPENING_MOST = 1.2


def collecting(setting: Setting) -> list[Outcome]:
    """`glance collect` of a log into an empty database, beside the plain report of it."""
    log = setting.log("combined", setting.small_or(50_000, 1_000_000))
    database = setting.work / "collected.db"
    collect, report = [], []
    for _ in range(setting.small_or(1, 5)):
        for path in setting.work.glob("collected.db*"):
            path.unlink()
        collect.append(finished(setting, "collect", str(log.path), "--db", str(database)).seconds)
        report.append(finished(setting, "report", "--output", "json", str(log.path)).seconds)
    ours, theirs = Samples(tuple(collect)), Samples(tuple(report))
    ratio = ours.best / theirs.best
    size = database.stat().st_size / log.totals.lines
    return [
        Outcome(
            f"collect of {log.totals.lines:,} combined lines into an empty database, beside the plain report",
            f"≤ {COLLECT_MOST:g} × its time",
            f"{ratio_text(ratio)}; median {ratio_text(ours.median / theirs.median)}; {size:.1f} bytes a line on disk",
            f"collect {ours.words(seconds_text)}, report {theirs.words(seconds_text)}",
            ratio <= COLLECT_MOST,
            {"ratio": ratio, "collect_seconds": ours.values, "report_seconds": theirs.values, "bytes_a_line": size},
        )
    ]


def opening(setting: Setting) -> list[Outcome]:
    """From exec until the stored lines are on the screen, beside the first frame on an empty history."""
    log = setting.log("combined", setting.small_or(50_000, 1_000_000))
    stored = setting.work / "stored"
    finished(setting, "collect", str(log.path), "--db", str(stored / "glance.db"))
    nothing = setting.work / "nothing.log"
    nothing.touch()
    frame, data = [], []
    for _ in range(setting.small_or(2, 7)):
        with opened(setting, setting.work / "empty", nothing) as shown:
            frame.append(shown_after(shown, FRAME))
        shutil.rmtree(setting.work / "empty", ignore_errors=True)
        with opened(setting, stored, log.path) as shown:
            data.append(shown_after(shown, rf"(?<![\d,.]){log.totals.lines:,} lines(?!/)"))
    ours, theirs = Samples(tuple(data)), Samples(tuple(frame))
    ratio = ours.best / theirs.best
    return [
        Outcome(
            f"{log.totals.lines:,} stored lines on the screen, beside the first paint of an empty dashboard",
            f"≤ {OPENING_MOST:g} ×",
            f"{ratio_text(ratio)}; median {ratio_text(ours.median / theirs.median)}",
            f"with history {ours.words(seconds_text)}, empty {theirs.words(seconds_text)}",
            ratio <= OPENING_MOST,
            {"ratio": ratio, "history_seconds": ours.values, "empty_seconds": theirs.values},
        )
    ]


def finished(setting: Setting, *arguments: str) -> Finished:
    """Glance without a screen, to its end.

    Raises:
        ValueError: it did not end well.
    """
    done = run_to_end(
        (*GLANCE, *arguments), environment=setting.environment, directory=ROOT, output=setting.work / "told"
    )
    if done.code:
        raise ValueError(f"glance {' '.join(arguments)} ended with {done.code}")
    return done


def opened(setting: Setting, state: Path, log: Path) -> Terminal:
    """The dashboard on everything that is known of a log, its history in a folder."""
    command = (*GLANCE, "--window", "all", "--db", str(state / "glance.db"), str(log))
    return Terminal(command, environment=setting.environment, directory=ROOT)
