"""Every case of tailing (T01–T40) and every fault of store and tail (F01–F45) has a test named for it, or a reason."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent

REASONS = {}
"""Why there is no test of a fault."""


def named_for() -> set[str]:
    """The cases that tests are named for."""
    named = re.compile(r"def (test_\w+)")
    names = [name for module in TESTS.rglob("test_*.py") for name in named.findall(module.read_text(encoding="utf-8"))]
    return {case for name in names for case in re.findall(r"(?<![a-z0-9])([tf]\d\d)(?![0-9])", name)}


def test_every_case_has_its_test() -> None:
    cases = {f"t{number:02}" for number in range(1, 41)} | {f"f{number:02}" for number in range(1, 46)}

    assert cases - named_for() == set(REASONS)
