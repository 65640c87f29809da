"""Suspects by a base: own functions whose share grew by more than chance."""

from __future__ import annotations

import math
from collections.abc import Iterator

from glance.domain.profiles.suspect import DEVIATIONS, GREW, Suspect
from glance.domain.profiles.suspect_stacks import Stacks, by_function, whole
from glance.domain.profiles.suspect_time import before_of, is_enough, suspect_of


def change_suspects(stacks: Stacks, base: Stacks) -> Iterator[Suspect]:
    """Own functions that take a larger share of all than in the base; what is told by no events is not told."""
    if not stacks.total or not base.total:
        return
    old = by_function(list(whole(base)))
    for share in whole(stacks):
        earlier = old.get(share.identity)
        value = earlier.value if earlier else 0
        growth = share.value / stacks.total - value / base.total
        if growth < GREW.least_share or not is_enough(stacks, share, GREW):
            continue
        deviations = deviations_of(stacks, base, share.value, value)
        if deviations is not None and deviations >= DEVIATIONS:
            detail = f"{growth * 100:.1f} points more, {deviations:.1f} standard deviations"
            yield suspect_of(GREW, stacks, share, before_of(base, earlier), detail)


def deviations_of(stacks: Stacks, base: Stacks, value: int, before: int) -> float | None:
    """By how many standard deviations two shares differ; events come by chance, so n of them vary by √n.

    None where nobody can tell.
    """
    now, then = stacks.events(value), base.events(before)
    all_now, all_then = stacks.events(stacks.total), base.events(base.total)
    if now is None or then is None or not all_now or not all_then:
        return None
    together = (now + then) / (all_now + all_then)
    deviation = math.sqrt(together * (1 - together) * (1 / all_now + 1 / all_then))
    return (now / all_now - then / all_then) / deviation if deviation else 0.0
