"""Measure glance beside other tools: `python -m tests.bench [--quick] [--only ROW]... [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from tests.bench import dashboard, flame, history, polled, profiles, recount, reports, sifting, sql
from tests.bench.outcome import Outcome, table
from tests.bench.setting import ROOT, Setting, setting

ROWS: dict[str, Callable[[Setting], list[Outcome]]] = {
    "report": reports.report_of_combined,
    "caddy": reports.report_of_caddy,
    "paint": dashboard.first_paint,
    "cpu": dashboard.processor,
    "output": dashboard.terminal_output,
    "key": dashboard.key_to_paint,
    "pages": dashboard.key_to_page,
    "memory": dashboard.memory,
    "recount": recount.every_panel,
    "collect": history.collecting,
    "opening": history.opening,
    "sift": sifting.history,
    "sql": sql.asked,
    "profiles": profiles.measured,
    "flame": flame.measured,
    "polled": polled.measured,
}


README_MARKS = ("<!-- numbers begin: python -m tests.bench --readme -->", "<!-- numbers end -->")


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure glance beside other tools.")
    parser.add_argument(
        "--quick", action="store_true", help="small logs and short runs: tries the harness, proves nothing"
    )
    parser.add_argument(
        "--only", action="append", choices=ROWS, metavar="ROW", help=f"one of {', '.join(ROWS)}; can be repeated"
    )
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "glance-bench-logs",
        metavar="DIR",
        help="where logs are kept for the next time (about 3.5 GB)",
    )
    return parser.parse_args(words)


def machine() -> str:
    """What it was measured on, and what else went on there."""
    load = " ".join(f"{one:.2f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, load average {load}"


def measure(here: Setting, names: list[str]) -> list[Outcome]:
    """Every row that is wanted, each told when it is done."""
    outcomes: list[Outcome] = []
    for name in names:
        here.say(f"row {name}: {machine()}")
        try:
            found = ROWS[name](here)
        except ValueError as error:
            found = [Outcome(f"row {name}", "", f"failed: {error}".partition("\n")[0], "", is_met=False)]
            here.say(str(error))
        if here.is_quick:
            found = [replace(each, is_met=None if each.target else each.is_met) for each in found]
        for each in found:
            print(
                f"{each.verdict:7}  {each.what}\n{'':9}to reach {each.target}: {each.measured}  [{each.noise}]",
                flush=True,
            )
        outcomes += found
    return outcomes


def put_into(readme: Path, text: str) -> None:
    """Replace what stands between the marks."""
    head, begin, rest = readme.read_text(encoding="utf-8").partition(README_MARKS[0])
    _, end, tail = rest.partition(README_MARKS[1])
    if not begin or not end:
        raise ValueError(f"{readme} has no marks for the table")
    readme.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", encoding="utf-8")


def main(words: list[str] | None = None) -> int:
    """Measure and print; the exit code is 1 when a target was missed."""
    chosen = arguments(words)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"  {time.monotonic() - began:6.1f} s  {text}", file=sys.stderr, flush=True)

    before = machine()
    with setting(chosen.cache, is_quick=chosen.quick, say=say) as here:
        outcomes = measure(here, chosen.only or list(ROWS))
    print(f"\n{before} before, {machine()} after\n\n{table(outcomes)}")
    if chosen.readme:
        put_into(ROOT / "README.md", f"{table(outcomes)}\n\nMeasured on {before}.")
    if chosen.json:
        told = {"machine": before, "is_quick": chosen.quick, "rows": [asdict(each) for each in outcomes]}
        chosen.json.write_text(json.dumps(told, indent=1) + "\n")
    return 1 if any(each.is_met is False for each in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
