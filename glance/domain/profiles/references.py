"""Where the parts of a profile refer to each other: ids to rows, and what is wrong with them."""

from __future__ import annotations

import numpy as np

from glance.domain.profiles.damage import Damages
from glance.domain.profiles.parts import text_of
from glance.domain.profiles.pieces import repeated
from glance.domain.profiles.tables import Ints, Unsigned, starts_of


def numbered(ids: Unsigned, wanted: Unsigned) -> Ints:
    """The row of each wanted id; -1 where nobody has it. Of rows with the same id the first one counts."""
    count = len(ids)
    if not count:
        return np.full(len(wanted), -1, dtype=np.int64)
    if int(ids[0]) == 1 and int(ids[-1]) == count and bool((ids == np.arange(1, count + 1, dtype=np.uint64)).all()):
        rows = (wanted - np.uint64(1)).view(np.int64)
        strange = rows.view(np.uint64) >= np.uint64(count)
        if strange.any():
            rows[strange] = -1
        return rows
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    places = np.minimum(np.searchsorted(ordered, wanted), count - 1)
    return np.where(ordered[places] == wanted, order[places], -1)


class References:
    """Follows the references of one profile, and notes those that lead nowhere."""

    def __init__(self, strings: list[bytes], damages: Damages, *, has_strings: bool) -> None:
        """For a profile with these strings."""
        self.strings, self.damages, self.has_strings = strings, damages, has_strings

    def text(self, row: int) -> str:
        """The text of a row of the string table."""
        if 0 <= row < len(self.strings):
            return text_of(self.strings[row]) if row or self.has_strings else self.missing()
        return self.missing()

    def missing(self) -> str:
        """There is no such string."""
        self.damages.note("malformed profile format", "a text that is not there is empty")
        return ""

    def string_rows(self, rows: Ints) -> Ints:
        """The same rows, where they are in the string table."""
        strange = rows.view(np.uint64) >= np.uint64(len(self.strings))
        if strange.any() or (len(rows) and not self.has_strings):
            self.damages.note("malformed profile format", f"{int(strange.sum()):,} texts that are not there are empty")
            rows = np.where(strange, 0, rows)
        return rows

    def check_ids(self, ids: Unsigned, kind: str) -> None:
        """Every id is its own, and none is 0.

        Raises:
            ProfileError: when strict, and it is not so.
        """
        count = len(ids)
        if not count or bool((ids == np.arange(1, count + 1, dtype=np.uint64)).all()):
            return
        nameless = int((ids == 0).sum())
        if nameless:
            word = "id" if kind == "location" else "ID"
            self.damages.note(f"malformed profile: found {kind} with reserved {word}=0", "it is used all the same")
        ordered = np.sort(ids)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if twice.size:
            reason = f"malformed profile: multiple {kind}s with same id: {int(twice[0])}"
            self.damages.note(reason, "the first one counts")

    def function_rows(self, ids: Unsigned, wanted: Unsigned, locations: Unsigned, counts: Ints) -> Ints:
        """The function of each line, -1 where it is not there."""
        rows = numbered(ids, wanted)
        missing = rows < 0
        if missing.any():
            first = int(np.searchsorted(starts_of(counts), int(np.flatnonzero(missing)[0]), side="right")) - 1
            self.damages.note(
                f"malformed profile: location id: {int(locations[first])} has a line with nil function",
                f"{int(missing.sum()):,} lines have no function",
            )
        return rows

    def location_rows(self, ids: Unsigned, wanted: Unsigned, depths: Ints) -> tuple[Ints, Ints]:
        """The locations of all stacks, and the depth of each; frames that are not there are left out."""
        rows = numbered(ids, wanted)
        missing = rows < 0
        if not missing.any():
            return rows, depths
        self.damages.note(
            "malformed profile: sample has nil location", f"{int(missing.sum()):,} frames are left out of their stacks"
        )
        owners = repeated(np.arange(len(depths)), depths)
        return rows[~missing], np.bincount(owners[~missing], minlength=len(depths)).astype(np.int64)
