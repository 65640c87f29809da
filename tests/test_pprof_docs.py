"""What the docs say about `[pprof]` is what the program takes, with the defaults it has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from glance.domain.profiles.poll_plan import ELSEWHERE, PollPlan, pairs_of, plan_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("config", "profiling")}


def table_in(page: str) -> dict[str, object]:
    """The `[pprof]` of the example."""
    (block,) = [block for block in re.findall(r"```toml\n(.*?)```", PAGES[page], re.S) if "[pprof]" in block]
    found = tomllib.loads(block)["pprof"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_example_is_taken_and_says_the_defaults(page: str) -> None:
    pairs = tuple(pair for pair in pairs_of(table_in(page)) if pair[0] not in ELSEWHERE)
    plan, default = plan_of(pairs), PollPlan()

    assert (plan.cpu_seconds, dict(plan.every), plan.timeout_seconds) == (
        default.cpu_seconds,
        dict(default.every),
        default.timeout_seconds,
    )
    assert (plan.keep_mb, plan.keep_days) == (default.keep_mb, default.keep_days)


def test_every_key_is_in_the_table() -> None:
    part = PAGES["config"].partition("## pprof")[2].partition("\n## ")[0]
    told = {name for row in re.findall(r"(?m)^\| (`.*?) \|", part) for name in re.findall(r"`([a-z_]+)`", row)}

    assert told == set(table_in("profiling"))
    with pytest.raises(ValueError, match="pprof has no"):
        plan_of((("nonsense", "1"),))
