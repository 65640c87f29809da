"""How much each frame changed from one profile to another, and whether that may be chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.flame_tree import FlameTree
from glance.domain.profiles.tables import Flags, Ints

SURE = 2.0
"""A change of fewer standard deviations may be chance."""
STEPS = 20
"""Shades of a change; that of what is new or gone is the last one."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one function or frame counted for before and after; both in the measure of the base."""

    before: int
    after: int
    old_samples: int
    new_samples: int
    factor: float = 1.0
    """What the samples of the new profile are multiplied by to be of the measure of the base."""

    @property
    def amount(self) -> int:
        """More than before, or less."""
        return self.after - self.before

    @property
    def is_sure(self) -> bool:
        """It is more than chance makes of counting samples: of so many each count varies by its root."""
        return bool(
            is_sure(np.array([self.old_samples]), np.array([self.new_samples]), self.factor)[0] and self.amount != 0
        )

    @property
    def written(self) -> str:
        """The change: `+12.3 %`, `new`, `gone`; empty where nothing changed."""
        if not self.before:
            return "new" if self.after else ""
        if not self.after:
            return "gone"
        share = 100 * self.amount / self.before
        if abs(share) >= 999.5:
            return f"×{self.after / self.before:.0f}"
        return f"{share:+.1f} %".replace("-", "−") if abs(share) >= 0.05 else ""


def is_sure(old: Ints, new: Ints, factor: float) -> Flags:
    """Whether counts differ by more than chance: Poisson's, in which the variance is the count."""
    difference = np.abs(new * factor - old)
    return np.asarray(difference > SURE * np.sqrt(old + new * (factor * factor)), dtype=np.bool_)


def change_of(tree: FlameTree, node: int) -> Change:
    """The change of one node."""
    before = int(tree.olds[node])
    old = int(tree.old_samples[node])
    return Change(before, int(tree.totals[node]) - before, old, int(tree.samples[node]) - old, tree.factor)


def change_words(tree: FlameTree, node: int) -> str:
    """The change of one node in words, where it is no chance."""
    change = change_of(tree, node)
    return change.written if change.is_sure else ""


def steps_of(tree: FlameTree) -> Ints:
    """How red each node is, or less than 0 how blue; 0 where the change may be chance."""
    before = tree.olds
    after = tree.totals - before
    both = np.maximum(tree.totals, 1)
    part = (after - before) / both
    steps = np.sign(part) * np.ceil(np.abs(part) * STEPS)
    sure = is_sure(tree.old_samples, tree.samples - tree.old_samples, tree.factor)
    return np.where(sure, steps, 0).astype(np.int64)
