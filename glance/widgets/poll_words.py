"""What the page of profiles says where polls brought nothing to draw: why, since when, and where there is more."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.profiles.poll import KindStatus, TargetStatus
from glance.domain.profiles.poll_line import PollLine, PollStep
from glance.widgets.drawing import Line, Picture, Spot, clean, words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks
from glance.widgets.poll_timeline import PollChoice, timeline

NOTHING = "no samples in this window"
MOST_TARGETS = 6
LINES = 3
"""For the polls above, where there is room."""
INDENT = 3


def empty_picture(
    about: tuple[PollLine | None, PollChoice, str],
    now: tuple[Sequence[TargetStatus], float],
    size: Size,
    look: tuple[Inks, bool],
) -> Picture:
    """The page without a graph.

    Args:
        about: the polls of the window, how they are drawn, and why there is nothing where they do not tell.
        now: how targets are doing, and when that is.
        size: of the page.
        look: the inks, and whether the page has the keys.
    """
    inks, has_focus = look
    line, choice, why = about
    above: list[Strip] = []
    if line is not None and (line.steps or line.failures) and size.height >= LINES + 8:
        above, _ = timeline(line, choice, (size.width, LINES), inks)
    height, width = size.height - len(above), max(1, size.width - 2)
    is_first = any(target.condition == "waiting" for target in now[0])
    said = [(why, inks.text, "")] if why else _said(line, now[1], inks, is_first=is_first)
    if not choice.polls:
        said.append(("", inks.label, ""))
        for target in now[0][:MOST_TARGETS]:
            said += _target(target, line, now[1], inks)
    strips: list[Strip] = []
    spots: list[Spot] = []
    top = max(0, (height - 2 - len(said)) // 3)
    for text, style, action in said:
        for part in words(text, max(8, width - 2 * INDENT)) or [""]:
            drawn = Line(width, inks.ground, top + len(strips)).skip(INDENT).put(part, style, action)
            strips.append(drawn.strip())
            spots += drawn.spots
    blank = Strip.blank(width, inks.ground)
    name = clean(line.name, 60) if line is not None else "profile"
    box = framed(Size(size.width, height), Frame((), has_focus, title=name), [*[blank] * top, *strips], spots, inks)
    moved = [Spot(one.y + len(above), one.start, one.end, one.action) for one in box.spots]
    return Picture(size, (*above, *box.strips), tuple(moved))


def _said(line: PollLine | None, now: float, inks: Inks, *, is_first: bool) -> list[tuple[str, Style, str]]:
    """Sentences with their inks, and what a click on them does."""
    found: list[tuple[str, Style, str]] = [(f"{NOTHING}: none was polled in it", inks.text, "")]
    if is_first and (line is None or not (line.steps or line.failures or line.before)):
        return [("no profile yet: the first is on its way", inks.text, "")]
    if line is not None and line.steps:
        many = len(line.steps)
        found = [(f"{NOTHING}: {many:,} {'poll' if many == 1 else 'polls'} of it brought none", inks.text, "")]
    if line is not None and line.before is not None:
        found.append((f"the last poll with samples was {_when(line.before, now)}", inks.label, ""))
        found.append(("enter goes there; end comes back to now", inks.focus, "focused.last_samples"))
    return found


def _when(step: PollStep, now: float) -> str:
    """The moment of a poll, and how long ago that is."""
    ago = f", {units.duration(now - step.end)} ago" if now > step.end else ""
    return f"at {units.moment(step.end)}{ago}"


def _target(target: TargetStatus, line: PollLine | None, now: float, inks: Inks) -> list[tuple[str, Style, str]]:
    """How a target is doing, as far as that is why there is nothing."""
    name, found = clean(target.name, 60), []
    taking = [kind for kind in target.kinds if kind.is_taking and kind.asked_seconds]
    if taking:
        found.append((taking_words(taking[0], name, now), inks.focus, ""))
    if target.condition in ("down", "failing", "busy"):
        ink = inks.client_error if target.condition == "busy" else inks.server_error
        found.append((f"{name} is {target.condition}: {clean(target.words, 200)}", ink, ""))
    elif target.condition == "waiting" and not taking:
        found.append((f"{name} is asked for the first time", inks.label, ""))
    about = line.kind if line is not None and line.target == target.name else "cpu"
    for kind in target.kinds:
        if kind.kind == about and kind.words and kind.condition != "up" and clean(kind.words) != clean(target.words):
            found.append((f"{kind.kind} of {name}: {clean(kind.words, 200)}", inks.label, ""))
        if kind.kind == about and not kind.is_taking and kind.next_at is not None and kind.next_at > now:
            found.append((f"the next poll is in {units.duration(kind.next_at - now)}", inks.label, ""))
    return found


def taking_words(kind: KindStatus, name: str, now: float) -> str:
    """How far a profile is that is being taken: `CPU of api is taken now: 3 of 5 s`."""
    done = max(0, min(kind.asked_seconds, int(now - (kind.since or now))))
    word = "CPU" if kind.kind == "cpu" else kind.kind
    return f"{word} of {name} is taken now: {done} of {kind.asked_seconds} s"
