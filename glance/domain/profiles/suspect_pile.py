"""Suspects by goroutines: many of them stand in the same place."""

from __future__ import annotations

from collections.abc import Iterator

from glance.domain.profiles.suspect import PILE_UP, Suspect
from glance.domain.profiles.suspect_stacks import Stacks, by_function, whole
from glance.domain.profiles.suspect_time import before_of, is_enough, suspect_of


def pile_suspects(stacks: Stacks, base: Stacks | None) -> Iterator[Suspect]:
    """Own functions in which many goroutines are; those of idle connections are in none."""
    old = by_function(list(whole(base))) if base is not None else {}
    for share in whole(stacks):
        if share.value >= PILE_UP.least_events and is_enough(stacks, share, PILE_UP):
            earlier = old.get(share.identity)
            detail = f"{earlier.value:,} before" if earlier else ""
            yield suspect_of(PILE_UP, stacks, share, before_of(base, earlier), detail)
