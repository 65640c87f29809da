"""Sentences that stand above or instead of everything else."""

from __future__ import annotations

from textual.geometry import Size

from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, clean, words
from glance.widgets.panel import Panel

LEAST = Size(40, 10)
"""The smallest terminal on which the dashboard makes sense."""


class Banner(Panel, can_focus=False):
    """The trouble of a scene, in one line under the header."""

    NAME = "banner"

    def draw(self, size: Size) -> Picture:
        """The sentence."""
        line = Line(size.width, self.inks.ground)
        line.skip(1).put(" ! ", self.inks.firing).skip(1).put(clean(self.scene.trouble), self.inks.text)
        return Picture(size, (line.strip(),) * size.height)

    def part(self, scene: Scene) -> object:
        """The trouble."""
        return scene.trouble


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
