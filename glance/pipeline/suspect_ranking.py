"""Suspects of several programs, as the page of suspects shows them: one list, the gravest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from glance.domain.profiles.measurement import label
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.route_samples import RouteLabel, of_route, with_route
from glance.domain.profiles.suspect import COMPILE, TYPE_WORDS, Inspected, Suspect
from glance.domain.profiles.suspect_search import GOROUTINES, LOCKS, MEMORY, TIME, find_suspects, kind_of
from glance.domain.suspect_board import SuspectKey, SuspectRow

MOST_ROWS = 200
TIMES = frozenset(("cpu", "wall", "time", "samples"))
"""Types of values that are of time: what makes an answer late."""
OF_ALL = "of all routes together"
KIND_NOUNS = {TIME: "times", MEMORY: "memory", LOCKS: "locks", GOROUTINES: "goroutines"}
"""What kinds are called in a sentence."""


@dataclass(frozen=True, slots=True)
class Side:
    """One profile of a program, and that of the quiet time before."""

    name: str
    """As the desk of profiles calls it."""
    profile: Profile
    quiet: Profile | None = None
    polls: int = 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was found."""

    rows: tuple[SuspectRow, ...]
    samples: Mapping[str, Profile]
    """Of each name, the samples that were looked at."""
    total: int
    """Samples in all."""
    looked: str
    notes: tuple[str, ...]
    has_quiet: bool


@dataclass(slots=True)
class _Gathered:
    """What comes together while one program after the other is looked at."""

    found: list[tuple[str, Suspect, str]] = field(default_factory=list)
    """The program, the suspect, and the name of its profile."""
    samples: dict[str, Profile] = field(default_factory=dict)
    inspected: list[Inspected] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    """What profiles are of whose samples do not say which route they are of, by the names of the profiles."""
    label: RouteLabel | None = None


def ranked(targets: Mapping[str, Sequence[Side]], route: str) -> Ranked:
    """The suspects of all programs; may take long.

    Args:
        targets: the profiles of each program.
        route: only its samples, where samples say so; empty is all.

    Raises:
        ProfileError: profiles of one kind do not fit each other.
    """
    gathered = _Gathered()
    for target, sides in targets.items():
        _look(gathered, target, [_narrowed(gathered, side, route) for side in sides])
    unsaid = gathered.without.keys() if gathered.label is not None else ()
    order = sorted(gathered.found, key=lambda one: (one[2] in unsaid, *_rank(one[1])))
    rows = [_row(*one, is_of_all=one[2] in unsaid) for one in order[:MOST_ROWS]]
    sides = [side for each in targets.values() for side in each]
    notes = [*_route_notes(gathered, route), *gathered.notes]
    return Ranked(
        tuple(rows),
        gathered.samples,
        sum(len(one) for one in gathered.samples.values()),
        _looked(gathered.inspected, max((side.polls for side in sides), default=0)),
        tuple(notes),
        any(side.quiet is not None for side in sides),
    )


def _rank(one: Suspect) -> tuple[object, ...]:
    """Faults first; what takes time before what takes memory or a goroutine; then what is new, and the larger share.

    Shares of different kinds are of different wholes: most of all goroutines may be less than a tenth of the time.
    """
    is_late = one.rule is COMPILE and not one.is_in_request
    return is_late, not one.rule.is_fault, one.type not in TIMES, not one.is_new, *one.rank[1:]


def _narrowed(gathered: _Gathered, side: Side, route: str) -> Side:
    """Only the samples of a route, and those of the same label before."""
    if not route:
        return side
    profile, found = of_route(side.profile, route)
    if not found.key:
        gathered.without[side.name] = KIND_NOUNS.get(kind_of(profile), "others")
        return side
    gathered.label = found if found.value or gathered.label is None else gathered.label
    return replace(side, profile=profile, quiet=None if side.quiet is None else with_route(side.quiet, found))


def _look(gathered: _Gathered, target: str, sides: Sequence[Side]) -> None:
    """Let the rules look at one program."""
    filled = [side for side in sides if len(side.profile)]
    gathered.samples |= {side.name: side.profile for side in filled}
    base = [side.quiet for side in filled if side.quiet is not None and len(side.quiet)]
    findings = find_suspects([side.profile for side in filled], base)
    gathered.inspected += findings.inspected
    gathered.notes |= dict.fromkeys(findings.notes)
    for one in findings.suspects:
        name = next((side.name for side in filled if _has(side.profile, one)), "")
        gathered.found.append((target, one, name))


def _has(profile: Profile, one: Suspect) -> bool:
    """The suspect was found in it."""
    types = [each.type for each in profile.sample_types]
    return one.type in types and one.function in profile.strings


def _row(target: str, one: Suspect, name: str, *, is_of_all: bool) -> SuspectRow:
    """A suspect as it is shown; where only its own samples do not say their route, that too."""
    return SuspectRow(
        SuspectKey(target, one.rule.name, one.function, one.type),
        name,
        one.subject,
        one.amount,
        one.share,
        one.rule.words,
        one.rule.is_fault,
        one.value,
        one.total,
        one.unit,
        one.file,
        one.line,
        "; ".join(filter(None, (one.detail, OF_ALL if is_of_all else ""))),
        one.is_in_request,
        None if one.before is None else one.before.share,
    )


def _route_notes(gathered: _Gathered, route: str) -> list[str]:
    """Which samples are those of the route."""
    if not route:
        return []
    if gathered.label is None:
        return ["no sample says which route it is of: all of them are counted"]
    if not gathered.label.value:
        return [f"no sample has {route} as its {gathered.label.key}"]
    shown = {name for _, _, name in gathered.found}  # nobody has to know it of what is not in the list
    others = list(dict.fromkeys(noun for name, noun in gathered.without.items() if name in shown))
    if not others:
        return []
    return [f"samples of {' and '.join(others)} do not say which route they are of: all of them are counted"]


def _looked(inspected: Sequence[Inspected], polls: int) -> str:
    """What was looked at: `2.52s CPU, 18.2MB allocated`."""
    parts: dict[str, str] = {}
    for one in inspected:
        if one.total:
            total = label(one.total, one.unit) if one.unit not in ("", "count") else f"{one.total:,}"
            parts.setdefault(TYPE_WORDS.get(one.type, one.type), total)
    words = ", ".join(f"{total} {noun}" for noun, total in parts.items())
    return f"{words} in {polls:,} {'poll' if polls == 1 else 'polls'}" if words and polls else words
