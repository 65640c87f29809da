"""What is kept of all this, in words: a small sign for the header, sentences for banner and page."""

from __future__ import annotations

from rich.style import Style

from glance.domain import units
from glance.domain.scene import GapNotice, HistoryStatus, Scene
from glance.widgets.drawing import clean
from glance.widgets.inks import Inks

DAY = 86400


def sign(history: HistoryStatus, inks: Inks) -> tuple[str, Style]:
    """One cell: it is kept here, elsewhere, or not at all."""
    if history.condition == "recording":
        return "●", inks.success
    if history.condition == "following":
        return "◐", inks.success
    return ("!", inks.server_error) if history.condition == "failing" else ("○", inks.label)


def reach(scene: Scene) -> str:
    """How far back one can look, in one unit: `3d`, `14h`; empty when nobody knows."""
    first = scene.history.first_at
    if first is None or not scene.at or first > scene.at:
        return ""
    seconds = scene.at - first
    for length, unit in ((DAY, "d"), (units.HOUR, "h"), (units.MINUTE, "m")):
        if seconds >= 2 * length or (length == units.MINUTE and seconds >= length):
            return f"{units.exact(int(seconds // length))}{unit}"
    return f"{int(seconds)}s"


def short_words(scene: Scene) -> str:
    """Behind the sign in the header: `history 12d`."""
    if scene.history.condition == "off":
        return "no history"
    return f"history {reach(scene)}".rstrip()


def failure(history: HistoryStatus) -> str:
    """The banner of a history that cannot be written; empty when all is well. What is on the screen goes on."""
    if history.condition != "failing":
        return ""
    note = clean(history.note) or "nothing can be kept for now"
    waiting = f" · {units.exact(history.waiting_lines)} lines wait" if history.waiting_lines else ""
    return f"history: {note}{waiting}"


CONDITIONS = {
    "recording": "recording: what is read is kept",
    "following": "another glance keeps it; it is read from there",
    "failing": "failing: what is new is in memory only",
    "off": "off: what is older than the memory is not kept",
}
"""The state of history in words."""


def lost(gap: GapNotice) -> str:
    """How much of a gap is known: `12.0kB`, `120 lines`, `12.0kB, 120 lines`; empty when nobody can know."""
    parts = [units.size(gap.bytes)] if gap.bytes else []
    if gap.lines:
        parts.append(units.counted(gap.lines, "line"))
    return ", ".join(parts)


def gap_words(gaps: tuple[GapNotice, ...]) -> str:
    """The newest gap for the header: `gap: 12.0kB rotated away before it was read`; how many there are behind it."""
    if not gaps:
        return ""
    newest = f"gap: {lost(gaps[0])} {clean(gaps[0].reason, 80)}".replace("  ", " ")
    return newest if len(gaps) == 1 else f"{newest} (and {len(gaps) - 1} more)"
