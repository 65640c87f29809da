"""Draws the polls of a target and kind along the time axis: what each counted, those that failed, those chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from glance.domain import units
from glance.domain.profiles.poll_line import GAP, STATES, PollLine, PollStep, polls_words
from glance.widgets.axis import EARLY, clock_line
from glance.widgets.drawing import SPARKS, Line, Spot, clean, fit_left
from glance.widgets.inks import Inks

MARGIN = 1
FAILED = {"busy": "~", "failing": "!", "down": "!"}
"""As on the page of sources."""
ALERT = "▲"
CHOSEN, BASE = "━", "╍"
"""Under the polls that are chosen, and under those that they are compared with."""
NAME, AMOUNT = 0, 2
"""Where those words stand among the words."""
BLANK = dict.fromkeys(range(33, 127), " ")


@dataclass(frozen=True, slots=True)
class PollChoice:
    """What a person has chosen of a line, and what its values are."""

    polls: tuple[int, ...] = ()
    """Numbers of the polls that are shown; empty is all."""
    base: tuple[int, ...] = ()
    """Numbers of those that are marked, to compare others with."""
    value: str = ""
    """The type of the value that is drawn."""
    written: Callable[[float], str] = units.rate
    """How an amount of it is written."""
    alerts: tuple[float, ...] = ()
    """When alerts began to fire."""


def places_by_cell(line: PollLine, cells: int) -> list[list[int]]:
    """Which polls stand in which cell. A poll reaches to the next one, unless there is a gap between them."""
    found: list[list[int]] = [[] for _ in range(cells)]
    seconds = line.end - line.start
    if seconds <= 0 or not cells:
        return found
    usual = line.usual_seconds
    starts = [_cell(line, step.start, cells) for step in line.steps]
    for place, (step, cell) in enumerate(zip(line.steps, starts, strict=True)):
        behind = _cell(line, step.end, cells) if place + 1 == len(starts) else cell
        if place + 1 < len(starts) and line.steps[place + 1].end - step.end <= usual * GAP:
            behind = starts[place + 1] - 1
        elif usual and seconds > usual * 2:
            behind = max(behind, min(cells - 1, cell + int(usual / seconds * cells) - 1))
        for one in range(cell, max(cell, behind) + 1):
            found[one].append(place)
    return found


def is_apart(cells: Sequence[Sequence[int]], cell: int) -> bool:
    """The last of several cells of a poll is left free, so that polls are told apart."""
    here = cells[cell]
    return (
        len(here) == 1 and cell > 1 and cells[cell - 2] == here and (cell + 1 == len(cells) or cells[cell + 1] != here)
    )


def _cell(line: PollLine, at: float, cells: int) -> int:
    """The cell of a moment."""
    return max(0, min(cells - 1, int((at - line.start) / (line.end - line.start) * cells)))


def places_at(line: PollLine, x: int, width: int) -> list[int]:
    """The polls at a column of the page; where there are none, those nearest to it."""
    cells = places_by_cell(line, max(1, width - 2 * MARGIN))
    x = max(0, min(x - MARGIN, len(cells) - 1))
    filled = [cell for cell, places in enumerate(cells) if places]
    return cells[min(filled, key=lambda cell: (abs(cell - x), cell))] if filled else []


def timeline(line: PollLine, choice: PollChoice, size: tuple[int, int], inks: Inks) -> tuple[list[Strip], list[Spot]]:
    """The line of polls: what is chosen in words, then the polls, then the clock, as far as there is room.

    Args:
        line: the polls.
        choice: what of them.
        size: cells and lines.
        inks: the colours.
    """
    width, height = size
    words = _words(line, choice, width, inks)
    strips = [words.strip()] if height > 1 else []
    strips.append(_bars(line, choice, width, inks))
    if height > 2:
        strips.append(_clock(line, choice, width, inks))
    return strips[:height], words.spots if height > 1 else []


def _words(line: PollLine, choice: PollChoice, width: int, inks: Inks) -> Line:
    """What is chosen, what it is compared with, and what was amiss last."""
    pieces = [(f"{clean(line.name, max(8, width // 3))}  ", inks.label), *_choice_words(line, choice, inks)]
    spots = _spots(choice, inks)
    right = sum(len(text) + 2 for text, _, _ in spots)
    for dropped in (AMOUNT, NAME):  # what is chosen is told whole as long as it can be
        if sum(cell_len(text) for text, _ in pieces) + MARGIN + right <= width:
            break
        pieces[dropped : dropped + 1] = [("", inks.ground)] if dropped < len(pieces) else []
    drawn = Line(width, inks.ground).skip(MARGIN)
    for text, style in pieces:
        if text:
            drawn.put(
                fit_left(text, max(0, drawn.room - right)).rstrip() if cell_len(text) > drawn.room - right else text,
                style,
            )
    failure = line.failures[-1] if line.failures else None
    note = next((clean(step.note, 60) for step in reversed(_steps(line, choice.polls)) if step.note), "")
    if note:
        _put_if(drawn, f"  {note}", inks.client_error, right)
    elif failure is not None and not choice.polls:
        text = f"  {FAILED[failure.condition]} {units.clock(failure.at)} {clean(failure.words, 60)}"
        _put_if(drawn, text, inks.client_error if failure.condition == "busy" else inks.server_error, right)
    drawn.goto(max(drawn.x, width - right))
    for text, style, action in spots:
        drawn.put(text, style, action).skip(2)
    return drawn


def _choice_words(line: PollLine, choice: PollChoice, inks: Inks) -> list[tuple[str, Style]]:
    """The polls that are chosen, what they counted, and those that they are compared with."""
    if not choice.polls:
        return [(_all_words(line), inks.text)]
    chosen, base = _steps(line, choice.polls), _steps(line, choice.base)
    amount = _amount(chosen, choice)
    found = [
        (polls_words(chosen) if chosen else f"{len(choice.polls):,} polls of another time", inks.focus),
        (f"  {amount}" if amount else "", inks.text),
    ]
    if choice.base == choice.polls:
        return [*found, ("  marked: choose others", inks.label)]
    if choice.base:
        found += [("  against  ", inks.label), (polls_words(base) if base else "polls of another time", inks.redirect)]
    return found


def _spots(choice: PollChoice, inks: Inks) -> list[tuple[str, Style, str]]:
    """What can be clicked, with what that does."""
    if not choice.polls:
        return []
    word = "no base" if choice.base else "compare"
    return [("all", inks.focus, "focused.all_polls"), (word, inks.focus, "focused.compare")]


def _put_if(line: Line, text: str, style: Style, kept: int) -> None:
    """A text that is left out where it does not fit, rather than cut off."""
    if cell_len(text) <= line.room - kept:
        line.put(text, style)


def _all_words(line: PollLine) -> str:
    """How many there are."""
    many = len(line.steps)
    failed = f", {len(line.failures):,} failed" if line.failures else ""
    words = f"all {many:,} polls of the window" if many > 1 else "1 poll" if many else "no polls"
    return f"{words}{failed}"


def _amount(steps: Sequence[PollStep], choice: PollChoice) -> str:
    """What the chosen polls counted, by the second; of a state the newest."""
    amounts = [(amount, step) for step in steps if (amount := step.amount(choice.value)) is not None]
    if not amounts:
        return ""
    if choice.value.startswith(STATES):
        return choice.written(amounts[-1][0])
    seconds = sum(_seconds(step) for _, step in amounts)
    return choice.written(sum(amount * _seconds(step) for amount, step in amounts) / seconds) if seconds else ""


def _seconds(step: PollStep) -> float:
    return step.seconds or step.end - step.start


def _steps(line: PollLine, numbers: Sequence[int]) -> list[PollStep]:
    return [line.steps[place] for place in line.places(numbers)]


# Polls ------------------------------------------------------------------------------------------


def _bars(line: PollLine, choice: PollChoice, width: int, inks: Inks) -> Strip:
    """A cell for each poll, or more of them where there is room: the higher, the more was counted."""
    cells = places_by_cell(line, max(1, width - 2 * MARGIN))
    amounts = [step.amount(choice.value) for step in line.steps]
    top = max((amount for amount in amounts if amount is not None), default=0.0)
    failed = {_cell(line, one.at, len(cells)): one.condition for one in line.failures if one.at <= line.end}
    chosen, base = frozenset(line.places(choice.polls)), frozenset(line.places(choice.base))
    segments = [Segment(" " * MARGIN, inks.ground)]
    for cell, places in enumerate(cells):
        known = [amount for place in places if (amount := amounts[place]) is not None]
        style = _bar_ink(places, chosen, base, inks)
        if cell in failed and (not places or len(line.steps) < len(cells)):
            mark_ink = inks.client_error if failed[cell] == "busy" else inks.server_error
            segments.append(Segment(FAILED[failed[cell]], mark_ink))
        elif not places or is_apart(cells, cell):
            segments.append(Segment(" ", inks.ground))
        elif not known:
            segments.append(Segment("?", inks.label))
        elif inks.is_ansi and chosen and not chosen.intersection(places):  # nothing else tells them apart
            segments.append(Segment(BASE if base.intersection(places) else "·", style))
        else:
            segments.append(Segment(_bar(max(known), top), style))
    segments.append(Segment(" " * MARGIN, inks.ground))
    return Strip(segments, width)


def _bar(amount: float, top: float) -> str:
    """A bar; whatever there is at all can be seen."""
    return SPARKS[0] if top <= 0 else SPARKS[max(0, min(7, round(amount / top * 7)))]


def _bar_ink(places: Sequence[int], chosen: frozenset[int], base: frozenset[int], inks: Inks) -> Style:
    """Chosen polls stand out, those behind them step back."""
    if chosen.intersection(places):
        style = inks.focus if base != chosen else inks.redirect
        return style if inks.is_ansi else inks.selected(style)
    if base.intersection(places):
        return inks.redirect + Style(underline=True)
    return inks.traffic if not chosen else inks.label


def _clock(line: PollLine, choice: PollChoice, width: int, inks: Inks) -> Strip:
    """The labels of the time axis, around what is chosen and where alerts began."""
    room = max(1, width - 2 * MARGIN)
    marks: dict[int, str] = {}
    styles: dict[int, Style] = {}
    cells = places_by_cell(line, room)
    for numbers, sign, style in ((choice.base, BASE, inks.redirect), (choice.polls, CHOSEN, inks.focus)):
        marked = frozenset(line.places(numbers))
        for cell, places in enumerate(cells):
            if (
                marked.intersection(places)
                and not is_apart(cells, cell)
                and not (sign == CHOSEN and choice.polls == choice.base)
            ):
                marks[cell], styles[cell] = sign, style
    for at in choice.alerts:
        if line.start <= at <= line.end:
            cell = _cell(line, at, room)
            marks[cell], styles[cell] = ALERT, inks.server_error
    text = clock_line(line.start, line.end - line.start, room, marks)
    if text[EARLY - MARGIN - 1] != " ":  # the first label begins before the line
        text = (
            " " * len(text) if " " not in text else text[: text.index(" ")].translate(BLANK) + text[text.index(" ") :]
        )
    signs = text[EARLY - MARGIN :].ljust(width)[:width]
    return Strip([Segment(sign, styles.get(x - MARGIN, inks.label)) for x, sign in enumerate(signs)], width)
