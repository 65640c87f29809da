"""A compositor that sends no more to the terminal than it must.

Textual 8.2 repaints a changed span from the left edge of its widget, and gives every run of text all
of its colours. Measured on a table of 160 columns with one changed figure a line that is ten times the
bytes of the change; over ssh one feels that. Here a span starts where it starts, and a colour is sent
when it changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.strip import Strip

Codes = tuple[str, str, str]
"""What a style sets: attributes, foreground, background, as parameters of SGR."""

PLAIN: Codes = ("", "39", "49")


class FrugalCompositor(Compositor):
    """Makes the updates frugal; everything else is Textual's."""

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        """The update of the whole screen; the simplified one is for pictures."""
        if simplify:
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        chops = self._render_chops(self.size.region, lambda _: True)
        spans = [(y, 0, self.size.width) for y in range(self.size.height)]
        ends = [cuts[1:] for cuts in self.cuts]
        return cast("LayoutUpdate", FrugalUpdate(chops, spans, ends))

    def render_partial_update(self) -> ChopsUpdate | None:
        """The update of what is dirty."""
        update = super().render_partial_update()
        return None if update is None else FrugalUpdate(update.chops, update.spans, update.chop_ends)


class FrugalUpdate(ChopsUpdate):
    """Changed spans, each cropped at both ends, with as few colour changes as there are."""

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal, without the frame of a synchronised update."""
        out: list[str] = []
        system = console._color_system  # noqa: SLF001 - the enum; the public name is a string
        current = PLAIN
        for y, start, end in self.spans:
            where = -1
            for x, strip in _pieces(self.chops[y].items(), self.chop_ends[y], start, end):
                if x != where:
                    out.append(Control.move_to(x, y).segment.text)
                where = x + strip.cell_length
                for text, style, _ in strip:
                    codes = codes_of(style, system)
                    if codes != current:
                        out.append(change_of(current, codes))
                        current = codes
                    out.append(text)
        if current != PLAIN:
            out.append("\x1b[0m")
        return "".join(out)


def _pieces(
    chops: Iterable[tuple[int, Strip | None]], ends: list[int], start: int, end: int
) -> Iterable[tuple[int, Strip]]:
    """What of a line's chops lies in a span: where each begins, and its cells."""
    for stop, (x, strip) in zip(ends, chops, strict=False):
        if strip is None or x >= end or stop <= start:
            continue
        left, right = max(x, start), min(stop, end)
        yield left, strip if (left, right) == (x, stop) else strip.crop(left - x, right - x)


@lru_cache(maxsize=4096)
def codes_of(style: Style | None, system: ColorSystem | None) -> Codes:
    """A style as the parameters that set it."""
    if style is None or system is None:
        return PLAIN
    attributes = ";".join(
        code
        for code, is_on in (
            ("1", style.bold), ("2", style.dim), ("3", style.italic), ("4", style.underline), ("7", style.reverse),
        )
        if is_on
    )  # fmt: skip
    foreground, background = style.color, style.bgcolor
    return (
        attributes,
        "39" if foreground is None else ";".join(foreground.downgrade(system).get_ansi_codes(foreground=True)),
        "49" if background is None else ";".join(background.downgrade(system).get_ansi_codes(foreground=False)),
    )


@lru_cache(maxsize=4096)
def change_of(before: Codes, after: Codes) -> str:
    """The shortest sequence from one style to another."""
    if before[0] != after[0]:
        colours = [code for code, plain in zip(after, PLAIN, strict=True) if code != plain]
        return f"\x1b[{';'.join(['0', *colours])}m"
    return f"\x1b[{';'.join(new for old, new in zip(before, after, strict=True) if old != new)}m"
