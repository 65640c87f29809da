"""What the desk of profiles knows of polls one by one: their lines, and those that a person has chosen."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glance.domain.flame_board import FlameWish, ProfileNote
from glance.domain.profiles.poll_line import FailureKind, PollFailure, PollLine

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile

MOST_FAILURES = 500
"""Of one target and kind that are remembered; they are nowhere else."""

MOST_PICKS = 8
"""Choices that are held: what was looked at just now comes back at once."""

Pick = tuple[str, tuple[int, ...]]
"""The name of a profile, and polls of it."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Chosen polls as one profile."""

    note: ProfileNote
    profile: Profile | None
    """None where they cannot be joined: the note says why."""


class PollBoard:
    """Filled by who polls, read by the desk; in the collector's thread."""

    def __init__(self, told: Callable[[], None]) -> None:
        """Know nothing.

        Args:
            told: called when there is more to be seen than at the last time.
        """
        self._told = told
        self._lines: dict[str, PollLine] = {}
        self._failures: dict[tuple[str, str], deque[PollFailure]] = {}
        self._picks: dict[Pick, Picked] = {}

    # Lines --------------------------------------------------------------------------------------

    def draw(self, line: PollLine) -> None:
        """Show this line instead of the one before."""
        self._lines[line.name] = line

    def fail(self, target: str, kind: str, at: float, condition: FailureKind, words: str) -> None:
        """A poll brought nothing."""
        found = self._failures.setdefault((target, kind), deque(maxlen=MOST_FAILURES))
        found.append(PollFailure(at, condition, words))

    def line(self, name: str) -> PollLine | None:
        """The line of a profile by its name; without a name the first that holds samples, or that there is."""
        lines = self._lines
        if not name and lines:
            cpu = [line for line in lines.values() if line.kind == "cpu"] or list(lines.values())
            name = next((line.name for line in cpu if line.has_samples), cpu[0].name)
        found = lines.get(name)
        if found is None:
            return None
        failures = self._failures.get((found.target, found.kind), ())
        return replace(found, failures=tuple(one for one in failures if found.start <= one.at))

    # Chosen polls -------------------------------------------------------------------------------

    def missing(self, wish: FlameWish) -> list[Pick]:
        """What a wish wants that is not held yet."""
        wanted = [(wish.name, numbers) for numbers in (wish.polls, wish.base_polls) if numbers]
        return [pick for pick in wanted if pick not in self._picks]

    def hold(self, pick: Pick, picked: Picked) -> None:
        """Chosen polls are joined."""
        while len(self._picks) >= MOST_PICKS:
            del self._picks[next(iter(self._picks))]
        names = {one.note.name for key, one in self._picks.items() if key != pick}
        name, again = picked.note.name, 2
        while name in names:  # other polls of the same time: the desk knows them by their names
            name, again = f"{picked.note.name} ({again})", again + 1
        self._picks[pick] = replace(picked, note=replace(picked.note, name=name))
        self._told()

    def names(self, wish: FlameWish) -> tuple[str, str]:
        """What the polls that are wanted are called, and their base; empty until all are there."""
        found = [self._picks.get((wish.name, numbers)) for numbers in (wish.polls, wish.base_polls) if numbers]
        names = [one.note.name for one in found if one is not None and one.profile is not None]
        if not names or len(names) < len(found):
            return "", ""
        return names[0], names[1] if len(names) > 1 and names[1] != names[0] else ""

    def named(self, name: str) -> Picked | None:
        """Chosen polls by what they are called."""
        return next((one for one in self._picks.values() if one.note.name == name and one.profile is not None), None)

    def trouble(self, wish: FlameWish) -> str:
        """Why chosen polls cannot be shown."""
        found = (self._picks.get((wish.name, numbers)) for numbers in (wish.polls, wish.base_polls) if numbers)
        return next((one.note.note for one in found if one is not None and one.profile is None), "")

    def forget(self) -> None:
        """Nobody looks any more."""
        self._picks.clear()
