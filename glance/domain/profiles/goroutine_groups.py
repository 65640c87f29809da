"""Goroutines of a dump by their stacks: what those of one stack do, how long they wait, and who started them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from glance.domain.profiles.goroutines import GoFrame, Goroutine, Goroutines
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.stack_book import NO_STACK, StackBook
from glance.domain.stack_board import Doing, StackFrame

STATE, CREATED_BY, WAIT, LOCKED = "state", "created_by", "wait", "locked"
"""Labels that a profile has of each goroutine, where it was made of a dump."""

Groups = Mapping[int, Sequence[Goroutine]]
"""By the number of the stack."""


def groups_of(book: StackBook, goroutines: Goroutines) -> Groups:
    """Goroutines by the numbers of their stacks; the one that wrote them down is left out."""
    found: dict[int, list[Goroutine]] = {}
    numbers: dict[int, int] = {}
    for each in goroutines.goroutines:
        number = numbers.get(id(each.frames))  # equal ones are mostly the same one
        if number is None:
            frames = each.frames or (GoFrame(NO_STACK),)
            number = book.stack(tuple(book.frame(one.name, one.file, one.line) for one in frames))
            numbers[id(each.frames)] = number
        if number >= 0:
            found.setdefault(number, []).append(each)
    return found


def goroutines_of(profile: Profile) -> Goroutines | None:
    """The goroutines that a profile was made of; None where it does not tell their states."""
    if not any(STATE in each.labels for each in profile.tables.label_sets):
        return None
    found: list[Goroutine] = []
    for sample in profile.samples:
        labels = sample.label_set
        creator = next(iter(labels.labels.get(CREATED_BY, ())), "")
        one = Goroutine(
            0,
            next(iter(labels.labels.get(STATE, ())), ""),
            next(iter(labels.numbers.get(WAIT, ())), 0),
            LOCKED in labels.labels,
            tuple(
                GoFrame(line.function.name, line.function.filename, line.line)
                for place in sample.locations
                for line in place.lines
                if line.function is not None
            ),
            GoFrame(creator) if creator else None,
        )
        found += [one] * max(0, sample.values[0])
    return Goroutines(tuple(found))


def doing_of(book: StackBook, members: Sequence[Goroutine], before: Iterable[Goroutine] = ()) -> Doing:
    """What the goroutines of one stack do.

    Args:
        book: numbers frames.
        members: they; at least one.
        before: those of the same stack when the program was asked first, where it was asked twice.
    """
    waits = [each.wait_minutes for each in members]
    creators = Counter(each.created_by for each in members if each.created_by is not None)
    ids = {each.id for each in members}
    known = {each.id for each in before}
    return Doing(
        tuple(Counter(each.state for each in members).most_common()),
        True,
        max(waits),
        float(median(waits)),
        sum(each.is_locked for each in members),
        tuple((frame_of(book, frame), many) for frame, many in creators.most_common()),
        (len(known - ids), len(known)) if known else None,
    )


def frame_of(book: StackBook, frame: GoFrame) -> StackFrame:
    """A frame as it is shown."""
    return book.frames[book.frame(frame.name, frame.file, frame.line)]
