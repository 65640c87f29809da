"""Rows 1 and 2: the whole process from a log to its numbers, beside GoAccess and lnav."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.outcome import Outcome, Samples, megabytes_text, missing, ratio_text, seconds_text
from tests.bench.peer import Contender, glance_report, goaccess, lnav
from tests.bench.process import Finished, run_to_end
from tests.bench.setting import ROOT, Setting
from tests.bench.synthetic import SyntheticLog


def report_of_combined(setting: Setting) -> list[Outcome]:
    """A million lines: GoAccess's whole report, and lnav's one answer."""
    log = setting.log("combined", setting.small_or(50_000, 1_000_000))
    runs = raced(setting, log, (glance_report(log), goaccess(log, "COMBINED", setting.work), lnav(log)), rounds=5)
    what = f"{log.totals.lines:,} combined lines, whole process, report as JSON"
    return [
        compared(f"{what}, beside GoAccess", 10.0, runs, "GoAccess"),
        compared(f"{what}, beside lnav's top-10 query", 1.0, runs, "lnav"),
    ]


def report_of_caddy(setting: Setting) -> list[Outcome]:
    """Caddy's JSON, which costs GoAccess most."""
    log = setting.log("caddy", setting.small_or(10_000, 200_000))
    runs = raced(setting, log, (glance_report(log), goaccess(log, "CADDY", setting.work)), rounds=5)
    return [compared(f"{log.totals.lines:,} Caddy JSON lines, likewise, beside GoAccess", 40.0, runs, "GoAccess")]


def raced(
    setting: Setting, log: SyntheticLog, contenders: Sequence[Contender], *, rounds: int
) -> dict[str, list[Finished]]:
    """Run all of them in turn, several times, so that a noisy moment strikes each alike.

    Raises:
        ValueError: one gave a wrong answer, so that its time means nothing.
    """
    runs: dict[str, list[Finished]] = {each.name: [] for each in contenders if each.is_installed}
    log.path.read_bytes()  # into the cache of the system
    for _ in range(1 if setting.is_quick else rounds):
        for each in contenders:
            if each.name in runs:
                runs[each.name].append(once(setting, each, log))
    return runs


def once(setting: Setting, contender: Contender, log: SyntheticLog) -> Finished:
    """One run, its answer checked.

    Raises:
        ValueError: the answer is wrong.
    """
    setting.say(f"{contender.name} on {log.path.name}")
    done = run_to_end(
        contender.command, environment=setting.environment, directory=ROOT, output=setting.work / "answer"
    )
    answer = contender.answer.read_bytes() if contender.answer else done.output
    complaint = f"exit code {done.code}" if done.code else contender.complaint(answer, log)
    if complaint:
        raise ValueError(f"{contender.name} on {log.path.name}: {complaint}")
    return done


def compared(what: str, least: float, runs: dict[str, list[Finished]], peer: str) -> Outcome:
    """How many times as fast glance is as the peer, best run against best run."""
    target = f"≥ {least:g} × as fast" if least != 1 else "faster"
    if peer not in runs:
        return missing(what, target, peer)
    ours, theirs = (Samples(tuple(run.seconds for run in runs[name])) for name in ("glance", peer))
    ratio = theirs.best / ours.best
    return Outcome(
        what,
        target,
        f"{ratio_text(ratio)}; median {ratio_text(theirs.median / ours.median)}",
        f"glance {ours.words(seconds_text)}, {peer} {theirs.words(seconds_text)}",
        ratio >= least,
        {
            "ratio": ratio,
            "glance_seconds": ours.values,
            "glance_cpu_seconds": [run.cpu_seconds for run in runs["glance"]],
            "glance_largest_process": megabytes_text(max(run.peak_bytes for run in runs["glance"])),
            "peer_seconds": theirs.values,
            "peer_largest_process": megabytes_text(max(run.peak_bytes for run in runs[peer])),
        },
    )
