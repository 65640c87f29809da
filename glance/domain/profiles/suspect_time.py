"""Suspects by what they call: compiling for every request, encoding, reflection, allocation, garbage collection."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from glance.domain.profiles.measurement import label
from glance.domain.profiles.suspect import ALLOCATE, ALLOCATED, COLLECT, COMPILE, IMPORT, Before, Rule, Suspect
from glance.domain.profiles.suspect_stacks import Share, Stacks, by_function, whole
from glance.domain.profiles.suspect_trigger import COLLECTION, TRIGGERS, Trigger
from glance.domain.profiles.tables import Flags
from glance.domain.profiles.value_choice import exact_sum

AT_START = (COMPILE, IMPORT)
"""Of these, what a program does while it starts counts for nothing."""


def caller_suspects(stacks: Stacks, base: Stacks | None) -> Iterator[Suspect]:
    """Functions that call what tells something about them."""
    is_memory = stacks.profile.sample_types[stacks.index].unit == "bytes"
    told = np.zeros(len(stacks.values), dtype=np.bool_)
    for trigger in TRIGGERS:
        if is_memory and trigger.rule is ALLOCATE:  # there all samples are allocations
            continue
        old = by_function(called(base, trigger)) if base is not None else {}
        for share in called(stacks, trigger, told):
            if is_enough(stacks, share, trigger.rule):
                told[share.rows] = True
                yield suspect_of(trigger.rule, stacks, share, before_of(base, old.get(share.identity)))
    if is_memory:
        yield from allocators(stacks, base, told)
    else:
        yield from collectors(stacks, base)


def called(stacks: Stacks, trigger: Trigger, told: Flags | None = None) -> list[Share]:
    """What own functions spend below a trigger, but for samples that are told already."""
    triggers = stacks.outermost(stacks.marked(trigger.is_pulled))
    if trigger.rule in AT_START:
        triggers = np.where(stacks.at_start, -1, triggers)
    holders = stacks.holders_of(triggers)
    if trigger.rule in AT_START and len(holders):
        holders = np.where(np.append(stacks.starting, False)[holders], -1, holders)
    if told is not None:
        holders = np.where(told, -1, holders)
    return stacks.shares(holders, triggers)


def is_enough(stacks: Stacks, share: Share, rule: Rule) -> bool:
    """Whether it is above the thresholds of its rule."""
    events = stacks.events(share.value)
    return share.value >= rule.least_share * stacks.total and (events is None or events >= rule.least_events)


def before_of(base: Stacks | None, share: Share | None) -> Before | None:
    """What there was of it in the base; None where there is no base, or nothing in it."""
    if base is None or not base.total:
        return None
    return Before(share.value / base.total if share else 0.0, base.profile.time_nanos)


def suspect_of(rule: Rule, stacks: Stacks, share: Share, before: Before | None = None, detail: str = "") -> Suspect:
    """A suspect with the numbers of a share."""
    kind = stacks.profile.sample_types[stacks.index]
    return Suspect(
        rule, share.function, share.callee, share.value, stacks.total, kind.type, kind.unit, share.file, share.line,
        detail, share.request_value * 2 >= share.value, before,
    )  # fmt: skip


def allocators(stacks: Stacks, base: Stacks | None, told: Flags) -> Iterator[Suspect]:
    """Own functions that allocate most of all memory, but for what is told already."""
    old = by_function(list(whole(base))) if base is not None else {}
    holders = np.where(told, -1, stacks.innermost())
    for share in stacks.shares(holders, stacks.callees_of(holders)):
        if is_enough(stacks, share, ALLOCATED):
            yield suspect_of(ALLOCATED, stacks, share, before_of(base, old.get(share.identity)))


def collectors(stacks: Stacks, base: Stacks | None) -> Iterator[Suspect]:
    """The own function that allocates most, where collecting garbage takes much of the time."""
    collecting = collection(stacks)
    events = stacks.events(collecting)
    if not collecting or collecting < COLLECT.least_share * stacks.total:
        return
    if events is not None and events < COLLECT.least_events:
        return
    trigger = next(each for each in TRIGGERS if each.rule is ALLOCATE)
    shares = called(stacks, trigger)
    kind = stacks.profile.sample_types[stacks.index]
    before = Before(collection(base) / base.total, base.profile.time_nanos) if base and base.total else None
    if not shares:
        return
    most = shares[0]
    yield Suspect(
        COLLECT, most.function, "", collecting, stacks.total, kind.type, kind.unit, most.file, most.line,
        f"{label(most.value, kind.unit)} of allocation is under it", before=before,
    )  # fmt: skip


def collection(stacks: Stacks) -> int:
    """What collecting garbage takes."""
    marks = stacks.marked(lambda one: COLLECTION.match(one.function))
    return exact_sum(stacks.values[stacks.having(marks)])
