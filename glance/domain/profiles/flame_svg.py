"""Write a flame graph as a picture: SVG without scripts, which any browser opens, with figures on each frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from glance.domain.profiles.call_tree import CallTree, Frames, call_tree
from glance.domain.profiles.flame_colour import FrameColour, FrameKind
from glance.domain.profiles.flame_maker import named_of
from glance.domain.profiles.frame_label import is_cut_left, label_forms
from glance.domain.profiles.measurement import label, percentage
from glance.domain.profiles.profile import Profile
from glance.domain.safe_text import safe_text

WIDTH = 1200
TENTHS = 10
"""Edges are whole tenths of a pixel."""
ROW = 17
TOP = 46
MARGIN = 10
LETTER = 7.3
"""Width of one, in the letters below."""
LEAST_LETTERS = 3
LEAST_CUT = 6
"""Letters of a name that is cut; less of it says nothing."""
FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
BRIGHT = 128
ELLIPSIS = "…"
LONGEST_NAME = 1000


class SvgPalette(Protocol):
    """The grounds of frames, as `#rrggbb`; those of the terminal have the same names."""

    @property
    def hues(self) -> tuple[str, ...]:
        """Of libraries, by package."""

    @property
    def own(self) -> tuple[str, ...]:
        """Of the program itself, by package."""

    @property
    def standard(self) -> str:
        """Of the standard library."""

    @property
    def runtime(self) -> str:
        """Of what runs the program."""

    @property
    def kernel(self) -> str:
        """Of the operating system."""

    @property
    def group(self) -> str:
        """Of the whole."""


@dataclass(frozen=True, slots=True)
class Box:
    """One frame that is wide enough to be seen."""

    node: int
    left: int
    """In tenths of a pixel, from the left of the graph."""
    right: int
    depth: int


def flame_svg(
    profile: Profile, index: int, palette: SvgPalette, *, title: str = "Flame graph", width: int = WIDTH
) -> bytes:
    """A flame graph with the root at the top; frames beside each other are sorted by name.

    Each frame says its whole name, its value and its share when the pointer is on it. Frames that are
    narrower than a tenth of a pixel are left out, and the picture says how many they are.

    Args:
        profile: the samples.
        index: the column of the value, see `value_choice.value_index`.
        palette: the colours.
        title: what stands above it.
        width: of the picture, in pixels.
    """
    tree = call_tree(profile, index)
    span = (width - 2 * MARGIN) * TENTHS
    boxes = list(boxes_of(tree, span))
    rows = max((box.depth for box in boxes), default=0) + 1
    kind = profile.sample_types[index]
    colours = colours_of(profile, palette)
    missing = sum(1 for total in tree.totals if total > 0) - len(boxes)
    about = f"{kind.type}: {label(tree.totals[0], kind.unit)}" + (
        f" · {missing:,} frames narrower than a tenth of a pixel are not drawn" if missing > 0 else ""
    )
    parts = [head(title, about, width, TOP + rows * ROW + MARGIN)]
    drawer = Drawer(tree, kind.unit, colours)
    parts += [drawer.drawn(box) for box in boxes]
    parts.append("</g></svg>\n")
    return "".join(parts).encode()


def boxes_of(tree: CallTree, span: int) -> Iterator[Box]:
    """Frames with their edges: rounded sums of all that lies left of them, so that nothing drifts."""
    whole = tree.totals[0]
    if whole <= 0:
        yield Box(0, 0, span, 0)
        return
    children: list[list[int]] = [[] for _ in range(len(tree))]
    for node, parent in enumerate(tree.parents.tolist()[1:], 1):
        if tree.totals[node] > 0:
            children[parent].append(node)
    depths = tree.depths.tolist()
    waiting = [(0, 0)]
    while waiting:
        node, start = waiting.pop()
        left = (start * span * 2 + whole) // (2 * whole)
        right = min(span, ((start + tree.totals[node]) * span * 2 + whole) // (2 * whole))
        if right <= left:
            continue
        yield Box(node, left, right, depths[node])
        for child in sorted(children[node], key=tree.name):
            waiting.append((child, start))
            start += tree.totals[child]


def colours_of(profile: Profile, palette: SvgPalette) -> list[str]:
    """The ground of each name of the call tree, as on the screen."""
    return [ground(colour, palette) for colour in named_of(profile, Frames.of(profile)).colours]


def ground(colour: FrameColour, palette: SvgPalette) -> str:
    """The ground of a frame."""
    if colour.kind is FrameKind.OWN:
        return palette.own[colour.hue % len(palette.own)]
    if colour.kind is FrameKind.LIBRARY:
        return palette.hues[colour.hue % len(palette.hues)]
    return {
        FrameKind.STANDARD: palette.standard,
        FrameKind.RUNTIME: palette.runtime,
        FrameKind.KERNEL: palette.kernel,
    }.get(colour.kind, palette.group)


def ink(background: str) -> str:
    """What can be read on it."""
    red, green, blue = (int(background[at : at + 2], 16) for at in (1, 3, 5))
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > BRIGHT else "white"


class Drawer:
    """Draws frames."""

    def __init__(self, tree: CallTree, unit: str, colours: Sequence[str]) -> None:
        """For the frames of a tree."""
        self.tree, self.unit, self.colours = tree, unit, colours

    def drawn(self, box: Box) -> str:
        """One frame."""
        tree = self.tree
        name = safe_text(tree.name(box.node) or "[unknown]", LONGEST_NAME)
        total, whole = tree.totals[box.node], tree.totals[0]
        share = percentage(total, whole).strip()
        words = f"{name}\n{label(total, self.unit)} · {share}"
        if box.node and tree.own[box.node]:
            words += f" · {label(tree.own[box.node], self.unit)} in itself"
        fill, letters = "none", "black"
        if box.node:
            fill = self.colours[int(tree.frames[box.node])]
            letters = ink(fill)
        left, top, wide = pixels(box.left), TOP + box.depth * ROW, pixels(box.right - box.left)
        text = escape(shortened(name, box.right - box.left))
        if text:
            at = pixels(box.left + 3 * TENTHS)
            text = f'<text x="{at}" y="{top + ROW - 5}" fill="{letters}">{text}</text>'
        rect = f'<rect x="{left}" y="{top}" width="{wide}" height="{ROW - 1}" fill="{fill}"/>'
        return f"<g><title>{escape(words)}</title>{rect}{text}</g>\n"


def shortened(name: str, tenths: int) -> str:
    """As much of a name as fits: whole, a shorter form of it, or cut where it says less. Empty where nothing fits."""
    room = int((tenths / TENTHS - 6) / LETTER)
    if room < LEAST_LETTERS:
        return ""
    forms = label_forms(name)
    for form in forms:
        if len(form) <= room:
            return form
    if room < LEAST_CUT:
        return ""
    last = forms[-1]
    return ELLIPSIS + last[-(room - 1) :] if is_cut_left(last) else last[: room - 1] + ELLIPSIS


def pixels(tenths: int) -> str:
    """Tenths of a pixel as pixels, exactly."""
    whole, rest = divmod(tenths, TENTHS)
    return f"{whole}.{rest}" if rest else str(whole)


def head(title: str, about: str, width: int, height: int) -> str:
    """The beginning of the file: letters, colours of the page, and what stands above the graph."""
    title, about = safe_text(title, LONGEST_NAME), safe_text(about, LONGEST_NAME)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(title)}>\n'
        f"<style>text{{font:{FONT};white-space:pre}}.h{{font-weight:bold;font-size:15px}}"
        "rect{stroke:white;stroke-width:.5}g:hover>rect{stroke:black;stroke-width:1.5}</style>\n"
        f'<rect width="{width}" height="{height}" fill="white"/>\n'
        f'<text class="h" x="{MARGIN}" y="20">{escape(title)}</text>\n'
        f'<text x="{MARGIN}" y="37" fill="dimgray">{escape(about)}</text>\n'
        f'<g transform="translate({MARGIN} 0)">\n'
    )
