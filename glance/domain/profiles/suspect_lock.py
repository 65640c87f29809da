"""Suspects by locks: who holds one that others wait for (mutex profiles), and who waits (block profiles)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from glance.domain.profiles.measurement import label
from glance.domain.profiles.suspect import HOLD, LEAST_DELAY_NANOS, LEAST_DELAY_PART, WAIT, Before, Rule, Suspect
from glance.domain.profiles.suspect_stacks import Share, Stacks, by_function
from glance.domain.profiles.suspect_time import suspect_of
from glance.domain.profiles.value_choice import exact_sum

RELEASE = re.compile(r"sync\.\(\*(?:RW)?Mutex\)\.(?:R?Unlock|unlock|rUnlock)|sync\.\(\*rlocker\)\.Unlock")
ACQUIRE = re.compile(
    r"sync\.\(\*(?:RW)?Mutex\)\.(?:R?Lock|lockSlow|rLock)|sync\.\(\*rlocker\)\.Lock|runtime\.semacquire"
)
"""Channels and conditions are not among them: who waits there mostly has nothing to do."""
SIDES: tuple[tuple[Rule, re.Pattern[str]], ...] = ((HOLD, RELEASE), (WAIT, ACQUIRE))


def lock_suspects(stacks: Stacks, base: Stacks | None) -> Iterator[Suspect]:
    """Functions that hold locks, and functions that wait for them.

    A mutex profile has each wait at the one who let go of the lock, a block profile at the one who waited.
    """
    least = max(LEAST_DELAY_NANOS, LEAST_DELAY_PART * stacks.profile.duration_nanos)
    for rule, pattern in SIDES:
        found, waited = sharing(stacks, pattern)
        old, waited_before = sharing(base, pattern) if base is not None else ([], 0)
        earlier = by_function(old)
        for share in found:
            if share.value < max(least, rule.least_share * waited) or share.count < rule.least_events:
                continue
            each = label(share.value // max(1, share.count), "nanoseconds")
            one = suspect_of(rule, stacks, share, detail=f"{share.count:,} waits of {each} each")
            before = None
            if base is not None and waited_before:
                value = earlier[share.identity].value if share.identity in earlier else 0
                before = Before(value / waited_before, base.profile.time_nanos)
            yield replace(one, total=waited, before=before)


def sharing(stacks: Stacks, pattern: re.Pattern[str]) -> tuple[list[Share], int]:
    """What falls to each own function of the waits for locks, and all of these waits."""
    marks = stacks.marked(lambda one: pattern.match(one.function))
    locks = stacks.outermost(marks)
    return stacks.shares(stacks.holders_of(locks), locks), exact_sum(stacks.values[stacks.having(marks)])
