"""The programs that glance is measured beside, and what they say about a log."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.setting import GLANCE
from tests.bench.synthetic import SyntheticLog

TOP_TEN = "SELECT cs_uri_stem, count(*) AS hits FROM access_log GROUP BY cs_uri_stem ORDER BY hits DESC LIMIT 10"


@dataclass(frozen=True, slots=True)
class Contender:
    """A program that answers something about a log, told as a command."""

    name: str
    command: Sequence[str]
    answer: Path | None
    """The file it writes; None for standard output."""
    complaint: Callable[[bytes, SyntheticLog], str]
    """What is wrong with its answer, empty when the totals are true."""

    @property
    def is_installed(self) -> bool:
        """It is there."""
        return shutil.which(self.command[0]) is not None


def glance_report(log: SyntheticLog) -> Contender:
    """`glance report --output json`."""
    return Contender("glance", (*GLANCE, "report", "--output", "json", str(log.path)), None, glance_complaint)


def goaccess(log: SyntheticLog, layout: str, work: Path) -> Contender:
    """GoAccess, its report as JSON; without its progress on the terminal, which costs it time."""
    answer = work / "goaccess.json"
    command = ("goaccess", str(log.path), f"--log-format={layout}", "--no-global-config", "--no-progress", "-o")
    return Contender("GoAccess", (*command, str(answer)), answer, goaccess_complaint)


def lnav(log: SyntheticLog) -> Contender:
    """The log viewer lnav without its screen, asked for the ten paths with the most hits."""
    return Contender(
        "lnav", ("lnav", "-n", "-c", f";{TOP_TEN}", "-c", ":write-json-to -", str(log.path)), None, lnav_complaint
    )


def glance_complaint(answer: bytes, log: SyntheticLog) -> str:
    """Every figure that was counted while the log was written is held against the report."""
    told: dict[str, Any] = json.loads(answer)
    totals = log.totals
    wrong = {
        "lines": (told["lines"], totals.lines),
        "parsed": (told["parsed"], totals.lines),
        "bytes": (told["bytes"], totals.bytes),
        "clients": (told["clients"], totals.clients),
        "status": (told["status"], totals.status),
        "methods": (told["methods"], totals.methods),
        "top paths": (hits_of(told["top"]["paths"]), [hits for _, hits in totals.top_paths]),
    }
    return differences(wrong)


def goaccess_complaint(answer: bytes, log: SyntheticLog) -> str:
    """Lines and bytes."""
    general: dict[str, Any] = json.loads(answer)["general"]
    return differences(
        {
            "lines": (general["valid_requests"], log.totals.lines),
            "bytes": (general["bandwidth"], log.totals.bytes),
        }
    )


def lnav_complaint(answer: bytes, log: SyntheticLog) -> str:
    """The hits of the ten paths."""
    return differences({"top paths": (hits_of(json.loads(answer)), [hits for _, hits in log.totals.top_paths[:10]])})


def hits_of(rows: Sequence[dict[str, Any]]) -> list[int]:
    """The hits of each row; names of equal hits may come in any order."""
    return [int(row["hits"]) for row in rows]


def differences(pairs: dict[str, tuple[object, object]]) -> str:
    """Names of what differs, with both sides."""
    return "; ".join(f"{name}: {told} instead of {true}" for name, (told, true) in pairs.items() if told != true)
