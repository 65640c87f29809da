"""Finds suspects in profiles of one program: sorts them by kind, lets each rule look, and ranks what is found.

Profiles of time are merged; of memory, locks and goroutines, which are states or count from the start of the
program, the newest says how it is, and all of them in their order say how it grew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from glance.domain.profiles.alignment import aligned, with_a_mapping
from glance.domain.profiles.merge import merge
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.suspect import COMPILE, GAINED, LEAST_POLLS, ROUGH_EVENTS, Findings, Inspected, Suspect
from glance.domain.profiles.suspect_change import change_suspects
from glance.domain.profiles.suspect_growth import growth_suspects
from glance.domain.profiles.suspect_lock import lock_suspects
from glance.domain.profiles.suspect_pile import pile_suspects
from glance.domain.profiles.suspect_stacks import Stacks
from glance.domain.profiles.suspect_time import caller_suspects
from glance.domain.profiles.value_choice import value_index

TIME, MEMORY, LOCKS, GOROUTINES, OTHER = "time", "memory", "locks", "goroutines", "other"


def kind_of(profile: Profile) -> str:
    """What a profile is about, by the types of its values."""
    types = {each.type for each in profile.sample_types}
    if types & {"inuse_space", "alloc_space", "space"}:
        return MEMORY
    if types & {"contentions", "delay"}:
        return LOCKS
    if types & {"goroutine", "goroutines"}:
        return GOROUTINES
    return OTHER if not types or "threadcreate" in types else TIME


def find_suspects(profiles: Sequence[Profile], base: Sequence[Profile] = ()) -> Findings:
    """Everything that stands out.

    Args:
        profiles: of one program, of any kinds.
        base: earlier ones to compare with; kinds that are not among `profiles` are not used.

    Raises:
        ProfileError: profiles of one kind do not fit each other.
    """
    kinds = {kind: sorted_by_time([one for one in profiles if kind_of(one) == kind]) for kind in ORDER}
    bases = {kind: sorted_by_time([one for one in base if kind_of(one) == kind]) for kind in ORDER}
    suspects: list[Suspect] = []
    inspected: list[Inspected] = []
    for kind, found in kinds.items():
        if found:
            more, looks = inspect(kind, found, bases[kind])
            suspects += more
            inspected += looks
    lonely = [kind for kind, found in bases.items() if found and not kinds[kind]]
    said = list(notes(inspected, lonely))
    if any(one.rule is GAINED for one in suspects):
        said.append(f"fewer than {LEAST_POLLS} profiles of memory cannot tell growth from memory that goes up and down")
    return Findings(tuple(ranked(suspects)), tuple(inspected), tuple(said))


ORDER = (TIME, MEMORY, LOCKS, GOROUTINES, OTHER)


def sorted_by_time(profiles: Sequence[Profile]) -> list[Profile]:
    """The oldest first; those that do not tell stay in their order."""
    return sorted(profiles, key=lambda one: one.time_nanos)


def inspect(kind: str, found: list[Profile], base: list[Profile]) -> tuple[list[Suspect], list[Inspected]]:
    """What the rules for one kind say, and what they looked at."""
    if kind == TIME:
        groups = by_type(found)
        results = [time_suspects(group, [one for one in base if like(one, group[0])]) for group in groups]
        return [one for suspects, _ in results for one in suspects], [look for _, look in results]
    if kind == MEMORY:
        return memory_suspects(found, base)
    if kind == OTHER:
        return [], [inspected_of(kind, 1, Stacks(one, value_index(one))) for one in found if one.sample_types]
    if kind == LOCKS:
        stacks, bases = ([Stacks(one, delay_index(one)) for one in by_side(each)] for each in (found, base))
        suspects = [one for each in stacks for one in lock_suspects(each, same_side(each, bases))]
        return suspects, [inspected_of(kind, 1, each) for each in stacks]
    look = Stacks(found[-1], value_index(found[-1]))
    earlier = Stacks(base[-1], value_index(base[-1])) if base else None
    return list(pile_suspects(look, earlier)), [inspected_of(kind, 1, look)]


def by_type(profiles: list[Profile]) -> list[list[Profile]]:
    """Those that count the same, together."""
    groups: list[list[Profile]] = []
    for one in profiles:
        group = next((group for group in groups if like(one, group[0])), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups


def like(one: Profile, other: Profile) -> bool:
    """Their values are of the same types."""
    return [each.type for each in one.sample_types] == [each.type for each in other.sample_types]


def merged(profiles: list[Profile]) -> Profile:
    """Several as one."""
    fitting = [with_a_mapping(one) for one in profiles]
    return fitting[0] if len(fitting) == 1 else merge(aligned(fitting))


def time_suspects(found: list[Profile], base: list[Profile]) -> tuple[list[Suspect], Inspected]:
    """What takes time."""
    profile = merged(found)
    stacks = Stacks(profile, value_index(profile))
    earlier = merged(base) if base else None
    old = Stacks(earlier, value_index(earlier)) if earlier else None
    suspects = list(caller_suspects(stacks, old))
    if old is not None:
        known = {one.function for one in suspects if one.rule.is_fault}
        suspects += [one for one in change_suspects(stacks, old) if one.function not in known]
    return suspects, inspected_of(TIME, len(found), stacks)


def memory_suspects(found: list[Profile], base: list[Profile]) -> tuple[list[Suspect], list[Inspected]]:
    """What takes memory: what was allocated by the newest profile, what is in use over all of them."""
    newest = now([one for one in found if like(one, found[-1])])
    types = [each.type for each in newest.sample_types]
    suspects: list[Suspect] = []
    looks: list[Inspected] = []
    if "alloc_space" in types:
        stacks = Stacks(newest, types.index("alloc_space"))
        old = next((Stacks(one, value_index(one, "alloc_space")) for one in base if like(one, newest)), None)
        suspects += caller_suspects(stacks, old)
        looks.append(inspected_of(MEMORY, 1, stacks))
    wanted = next((name for name in ("inuse_space", "space") if name in types), "")
    polls = [one for one in sorted_by_time([*base, *found]) if like(one, newest) and not one.duration_nanos]
    if wanted and polls:
        states = [Stacks(one, types.index(wanted)) for one in polls]
        suspects += growth_suspects(states)
        looks.append(inspected_of(MEMORY, len(polls), states[-1]))
    return suspects, looks


def delay_index(profile: Profile) -> int:
    """The column of the time that was waited."""
    types = [each.type for each in profile.sample_types]
    return types.index("delay") if "delay" in types else value_index(profile)


def side_of(profile: Profile) -> str:
    """`mutex` where each wait is told by who let go of the lock, `block` by who waited."""
    return "mutex" if any("nlock" in one for one in profile.strings) else "block"


def by_side(profiles: list[Profile]) -> list[Profile]:
    """What mutex profiles say, and what block profiles say: they look alike, but for their stacks."""
    sides: dict[str, list[Profile]] = {}
    for one in profiles:
        sides.setdefault(side_of(one), []).append(one)
    return [now(each) for each in sides.values()]


def now(profiles: list[Profile]) -> Profile:
    """The newest of those that count from the start of the program; all that are of a stretch of time, together."""
    return merged(profiles) if all(one.duration_nanos for one in profiles) else profiles[-1]


def same_side(stacks: Stacks, bases: Sequence[Stacks]) -> Stacks | None:
    """The base of a profile of locks."""
    side = side_of(stacks.profile)
    return next((one for one in bases if side_of(one.profile) == side), None)


def inspected_of(kind: str, count: int, stacks: Stacks) -> Inspected:
    """What was looked at."""
    value = stacks.profile.sample_types[stacks.index]
    return Inspected(kind, count, stacks.total, value.type, value.unit, stacks.events(stacks.total))


def ranked(suspects: Sequence[Suspect]) -> list[Suspect]:
    """Faults first, the largest share first; compiling outside of requests is a hint."""
    return sorted(suspects, key=lambda one: (one.rule is COMPILE and not one.is_in_request, *one.rank))


def notes(inspected: Sequence[Inspected], lonely: Sequence[str]) -> Iterator[str]:
    """What the reader ought to know."""
    for look in inspected:
        if look.kind == TIME and look.events is not None and look.events < ROUGH_EVENTS:
            samples = "1 sample" if round(look.events) == 1 else f"{look.events:.0f} samples"
            yield f"only {samples} of {look.type}: shares are rough, a longer profile tells more"
    for kind in lonely:
        yield f"the base of {kind} is not used: there is nothing to compare with it"
