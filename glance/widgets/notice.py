"""Sentences that stand above or instead of everything else."""

from __future__ import annotations

from textual.geometry import Size
from textual.strip import Strip

from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, clean, words
from glance.widgets.history_words import failure
from glance.widgets.panel import Panel

LEAST = Size(40, 10)
"""The smallest terminal on which the dashboard makes sense."""


def troubles(scene: Scene) -> tuple[str, ...]:
    """What stands above everything, a line each: that it is a snapshot, the trouble of the logs, that of history."""
    return tuple(text for text in (frozen_words(scene), clean(scene.trouble), failure(scene.history)) if text)


def frozen_words(scene: Scene) -> str:
    """Which snapshot is looked at, and how to leave it; empty where logs are."""
    sight = scene.frozen
    if sight is None:
        return ""
    back = "q quits" if sight.is_alone else "esc returns to live"
    return f"{back} · {clean(sight.id)} · {clean(sight.why, 300)}".removesuffix(" · ")


class Banner(Panel, can_focus=False):
    """The troubles of a scene, under the header."""

    NAME = "banner"

    def draw(self, size: Size) -> Picture:
        """A line for each; what does not fit follows in the last one."""
        told = list(troubles(self.scene))
        if len(told) > size.height:
            told[size.height - 1 :] = [" · ".join(told[size.height - 1 :])]
        strips: list[Strip] = []
        for text in (*told, *("",) * (size.height - len(told))):
            line = Line(size.width, self.inks.ground)
            if text and not strips and self.scene.frozen is not None:
                line.skip(1).put(" SNAPSHOT ", self.inks.past_badge).skip(1).put(text, self.inks.past)
            elif text:
                line.skip(1).put(" ! ", self.inks.firing).skip(1).put(text, self.inks.text)
            strips.append(line.strip())
        return Picture(size, tuple(strips))

    def part(self, scene: Scene) -> object:
        """The troubles."""
        return troubles(scene)


class TooSmall(Panel, can_focus=False):
    """What is needed, where the terminal is too small to show anything else."""

    NAME = "too-small"

    def draw(self, size: Size) -> Picture:
        """The sentence, and how to leave."""
        text = f"too small: needs {LEAST.width}×{LEAST.height}, has {size.width}×{size.height} — q quits"
        lines = words(text, max(4, size.width))
        above = max(0, (size.height - len(lines)) // 2)
        strips = []
        for y in range(size.height):
            line = Line(size.width, self.inks.ground)
            if 0 <= y - above < len(lines):
                line.goto((size.width - len(lines[y - above])) // 2).put(lines[y - above], self.inks.text)
            strips.append(line.strip())
        return Picture(size, tuple(strips))

    def part(self, scene: Scene) -> object:
        """Nothing of the log."""
        return None
