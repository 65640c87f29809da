"""Draws the programs that are polled for profiles: a row for each, and in words what is not as it should be."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from glance.domain import units
from glance.domain.profiles.poll import KindStatus, TargetStatus
from glance.widgets.drawing import Line, clean, fit_left, fit_right, words
from glance.widgets.inks import Inks

STATE_WIDTH = 9
KINDS_WIDTH = 38
LEAST_NAME, MOST_NAME = 12, 40
FIGURES = (("last poll", 9), ("polls", 7), ("fetched", 8), ("a poll", 7))
WIDE = 110
"""Cells from which on the kinds of profiles stand in the row."""

MARKS = {"failing": "!", "busy": "~", "empty": "–", "waiting": "…"}
"""Behind the name of a kind that is not simply there: it is told without colours too."""


def target_lines(targets: tuple[TargetStatus, ...], width: int, inks: Inks) -> list[Strip]:
    """A heading and all targets, without a title."""
    longest = max((cell_len(clean(target.name)) for target in targets), default=0)
    name_width = max(LEAST_NAME, min(longest, MOST_NAME, name_room(width)))
    strips = [heading(width, name_width, inks)]
    for target in targets:
        strips += target_rows(target, width, name_width, inks)
    return strips


def name_room(width: int) -> int:
    """Cells that a name may have."""
    kinds = 2 + KINDS_WIDTH if width >= WIDE else 0
    return width - 3 - 2 - STATE_WIDTH - kinds - sum(cells + 1 for _, cells in FIGURES) - 1


def heading(width: int, name_width: int, inks: Inks) -> Strip:
    """The names of the columns."""
    line = Line(width, inks.ground).skip(3).put(fit_left("target", name_width), inks.label)
    line.skip(2).put(fit_left("state", STATE_WIDTH), inks.label)
    if width >= WIDE:
        line.skip(2).put(fit_left("profiles", KINDS_WIDTH), inks.label)
    for name, cells in FIGURES:
        if line.room <= cells + 1:  # a column is there whole or not at all
            break
        line.skip(1).put(fit_right(name, cells), inks.label)
    return line.strip()


def target_rows(target: TargetStatus, width: int, name_width: int, inks: Inks) -> list[Strip]:
    """One target: a line of figures, and notes where there are some."""
    line = Line(width, inks.ground).skip(3).put(fit_left(clean(target.name), name_width), inks.text)
    line.skip(2).put(fit_left(target.condition, STATE_WIDTH), state_ink(target, inks))
    if width >= WIDE:
        put_kinds(line.skip(2), target, inks)
        line.goto(3 + name_width + 2 + STATE_WIDTH + 2 + KINDS_WIDTH)
    for text, (_, cells) in zip(figures(target), FIGURES, strict=True):
        if line.room <= cells + 1:
            break
        line.skip(1).put(fit_right(text, cells), inks.text if target.at is not None else inks.label)
    strips = [line.strip()]
    if width < WIDE:
        strips.append(put_kinds(Line(width, inks.ground).skip(5), target, inks).strip())
    address = clean(target.address)
    if not address.endswith(f"//{clean(target.name)}"):
        strips.append(Line(width, inks.ground).skip(5).put(fit_left(address, width - 6), inks.label).strip())
    for ink, text in notes(target, inks):
        strips += [Line(width, inks.ground).skip(5).put(part, ink).strip() for part in words(text, width - 7)]
    return strips


def figures(target: TargetStatus) -> tuple[str, str, str, str]:
    """Last poll, polls, bytes, and the time that one of them takes beyond what was asked for."""
    polls = sum(kind.polls for kind in target.kinds)
    at = units.NOTHING if target.at is None else units.clock(target.at)
    cost = units.duration(target.seconds_total / polls) if polls else units.NOTHING
    return at, units.count(polls), units.size(target.bytes_total), cost


def state_ink(target: TargetStatus, inks: Inks) -> Style:
    """Red is what cannot be polled."""
    if target.condition in ("down", "failing"):
        return inks.server_error
    return inks.client_error if target.condition == "busy" else inks.label


def kind_ink(kind: KindStatus, inks: Inks) -> Style:
    """Likewise of one kind."""
    if kind.condition == "failing":
        return inks.server_error
    if kind.condition == "busy":
        return inks.client_error
    return inks.text if kind.condition == "up" else inks.label


def put_kinds(line: Line, target: TargetStatus, inks: Inks) -> Line:
    """The kinds that the target has."""
    for kind in target.kinds:
        if kind.condition != "absent":
            line.put(f"{kind.kind}{MARKS.get(kind.condition, '')}", kind_ink(kind, inks)).skip(1)
    return line


def notes(target: TargetStatus, inks: Inks) -> list[tuple[Style, str]]:
    """What is to be known in words: of the target, then of kinds, those with the same words together."""
    found: list[tuple[Style, str]] = []
    if target.words:
        found.append((state_ink(target, inks), clean(target.words)))
    kinds: dict[str, list[KindStatus]] = {}
    for kind in target.kinds:
        said = clean(kind.words)
        if said and said != clean(target.words) and kind.condition != "absent":
            kinds.setdefault(said, []).append(kind)
    for text, ones in kinds.items():
        found.append((kind_ink(ones[0], inks), f"{', '.join(one.kind for one in ones)}: {text}"))
    if target.restarts:
        times = "once" if target.restarts == 1 else f"{target.restarts:,} times"
        found.append((inks.label, f"started anew {times} since glance polls it"))
    return found
