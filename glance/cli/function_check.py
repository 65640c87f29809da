"""Conditions on the functions of profiles, for `glance check` and `glance report`: those of `glance profile diff`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from glance.errors import UsageError

if TYPE_CHECKING:
    from glance.domain.logs.expectation import Verdict
    from glance.domain.profiles.growth import Comparison
    from glance.domain.profiles.growth_condition import GrowthCondition
    from glance.domain.profiles.profile import Profile

ABOUT = re.compile(r"\b(?:cum_)?(?:growth|share(?:_before)?)\b", re.IGNORECASE)
"""What only functions have."""
TWO = ("growth", "cum_growth", "share_before", "cum_share_before")
"""What one profile alone cannot tell."""
MOST_NAMED = 5


class Conditions(NamedTuple):
    """What was written behind `--fail-if`, by what it is about."""

    logs: tuple[str, ...]
    functions: tuple[str, ...]


def sorted_conditions(texts: Sequence[str]) -> Conditions:
    """Each condition where it belongs."""
    functions = tuple(text for text in texts if ABOUT.search(text))
    return Conditions(tuple(text for text in texts if text not in functions), functions)


def check_what_there_is(conditions: Conditions, logs: bool, profiles: Sequence[str]) -> None:
    """Refuse conditions on what was not named.

    Raises:
        UsageError: there is no log, or no profile.
    """
    if conditions.functions and not profiles:
        raise UsageError(
            "there is no profile to check",
            f"`{conditions.functions[0]}` is about functions",
            "name a profile too: glance check --fail-if 'share > 30%' cpu.pb.gz",
        )
    if conditions.logs and profiles and not logs:
        raise UsageError(
            "there is no log to check",
            f"`{conditions.logs[0]}` is about requests, and only profiles were named",
            "name a log too, or ask for growth, cum_growth, share, cum_share",
        )


def verdicts_of(texts: Sequence[str], profiles: Sequence[Profile]) -> list[Verdict]:
    """What becomes of each condition. Of several profiles the first is the base, as in `glance profile diff`.

    Raises:
        ConditionError: one has a mistake.
        ProfileError: the profiles do not fit each other.
        UsageError: it needs two profiles.
    """
    if not texts:
        return []
    from glance.domain.profiles.alignment import aligned, with_a_mapping  # numpy: only where profiles are checked
    from glance.domain.profiles.growth import compare
    from glance.domain.profiles.growth_condition import parse_condition
    from glance.domain.profiles.merge import merge

    conditions = [parse_condition(text) for text in texts]
    if len(profiles) < 2:
        needing = [
            clause for condition in conditions for clauses in condition.alternatives for clause in clauses
            if clause.figure in TWO
        ]  # fmt: skip
        if needing:
            raise UsageError(
                f"{needing[0].figure} needs two profiles", "only one was named", "name the one before it first"
            )
    after = [with_a_mapping(one) for one in profiles[1:] or profiles]
    found = compare(profiles[0], after[0] if len(after) == 1 else merge(aligned(after)))
    return [verdict_of(condition, found) for condition in conditions]


def verdict_of(condition: GrowthCondition, found: Comparison) -> Verdict:
    """What becomes of one condition: the functions that meet it are why the check fails."""
    from glance.domain.logs.expectation import Verdict  # only where something is expected
    from glance.domain.profiles.growth_condition import FIGURES

    why = [one for one in found.functions if condition.is_met(one)]
    why.sort(key=lambda one: (-one.flat.share, -one.cum.share, one.name))
    names = dict.fromkeys(clause.figure for clauses in condition.alternatives for clause in clauses)
    reasons = [f"{one.name}: {condition.reason(one)}" for one in why[:MOST_NAMED]]
    if len(why) > MOST_NAMED:
        reasons.append(f"and {len(why) - MOST_NAMED} more functions")
    figures = {name: FIGURES[name](why[0]) if why else None for name in names}
    return Verdict(condition.text, bool(why), "; ".join(reasons) or "so is no function", figures)
