"""The page of sources: every log and every program that is polled, what is kept, and what could not be counted."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from textual import events, on
from textual.geometry import Size
from textual.strip import Strip

from glance.commands.every import ROW_COMMANDS, bindings
from glance.domain import units
from glance.domain.scene import Scene, SourceStatus
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_path, fit_right, words
from glance.widgets.frame import Frame, framed
from glance.widgets.history_words import CONDITIONS, lost, reach, sign
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel
from glance.widgets.target_drawing import target_lines

LABEL_WIDTH = 10
STATE_WIDTH = 9
FORMAT_WIDTH = 26
MOMENT_WIDTH = 15
MOST_UNPARSED = 12
FIGURES = (("lines", 12), ("unparsed", 8), ("unread", 7), ("size", 7))
"""Columns of figures, with their cells; the last ones go first."""
WIDE = 110
"""Cells from which on a log has its format beside it."""


def source_lines(scene: Scene, width: int, inks: Inks) -> list[Strip]:
    """All lines of the page."""
    strips = _title("logs", width, inks)
    longest = max((cell_len(clean(source.path or source.name)) for source in scene.sources), default=0)
    path_width = max(12, min(_path_room(width), longest))
    strips.append(_heading(width, path_width, inks))
    for source in scene.sources:
        strips += _source(source, width, path_width, inks)
    if scene.targets:
        strips += [Strip.blank(width, inks.ground), *_title("profiles", width, inks)]
        strips += target_lines(scene.targets, width, inks)
    return [*strips, *_history(scene, width, inks), *_gaps(scene, width, inks), *_unparsed(scene, width, inks)]


def _title(text: str, width: int, inks: Inks) -> list[Strip]:
    """What a part is about, with a line of air below the one before."""
    return [Line(width, inks.ground).skip(1).put(text, inks.focus).strip()]


def _heading(width: int, path_width: int, inks: Inks) -> Strip:
    """The names of the columns of logs."""
    line = Line(width, inks.ground).skip(3)
    line.put(fit_left("log", path_width), inks.label).skip(2).put(fit_left("state", STATE_WIDTH), inks.label)
    if width >= WIDE:
        line.skip(2).put(fit_left("format", FORMAT_WIDTH), inks.label)
    return put_figures(line, [(name, cells, inks.label) for name, cells in FIGURES]).strip()


def put_figures(line: Line, figures: Sequence[tuple[str, int, Style]]) -> Line:
    """Figures at the right of their columns; a column is there whole or not at all."""
    for text, cells, ink in figures:
        if line.room <= cells + 1:
            break
        line.skip(1).put(fit_right(text, cells), ink)
    return line


def _path_room(width: int) -> int:
    """Cells that the path of a log may have."""
    figures = sum(cells + 1 for _, cells in FIGURES)
    return width - 3 - 2 - STATE_WIDTH - (2 + FORMAT_WIDTH if width >= WIDE else 0) - figures - 1


def _source(source: SourceStatus, width: int, path_width: int, inks: Inks) -> list[Strip]:
    """One log: a line of figures, and a note where there is one."""
    line = Line(width, inks.ground).skip(3)
    line.put(fit_path(clean(source.path or source.name), path_width), inks.text).skip(2)
    is_bad = source.condition in ("missing", "failing")
    line.put(fit_left(source.condition, STATE_WIDTH), inks.server_error if is_bad else inks.label)
    if width >= WIDE:
        line.skip(2).put(fit_left(clean(source.format, 60), FORMAT_WIDTH), inks.label)
    unread = source.pending_bytes + source.lag_bytes
    texts = (
        (units.exact(source.lines), inks.text),
        (units.count(source.unparsed), inks.client_error if source.unparsed else inks.label),
        (units.size(unread), inks.label),
        (units.size(source.size_bytes) if source.size_bytes or not source.lines else "–", inks.label),
    )
    figures = [(text, cells, ink) for (text, ink), (_, cells) in zip(texts, FIGURES, strict=True)]
    strips = [put_figures(line, figures).strip()]
    if width < WIDE and source.format:
        strips.append(Line(width, inks.ground).skip(5).put(clean(source.format, 60), inks.label).strip())
    if source.note:
        ink = inks.server_error if is_bad else inks.client_error
        notes = words(clean(source.note), width - 7)
        strips += [Line(width, inks.ground).skip(5).put(text, ink).strip() for text in notes]
    return strips


def _history(scene: Scene, width: int, inks: Inks) -> list[Strip]:
    """What is kept."""
    history = scene.history
    strips = [Strip.blank(width, inks.ground), *_title("history", width, inks)]
    mark, style = sign(history, inks)
    line = Line(width, inks.ground).skip(3).put(fit_left("state", LABEL_WIDTH), inks.label)
    strips.append(line.put(mark, style).skip(1).put(CONDITIONS[history.condition], inks.text).strip())
    if history.note:
        strips += _told("", clean(history.note), width, inks)
    if history.first_at is not None:
        text = f"back to {units.date_minute(history.first_at)}, {reach(scene)} ago — home goes there"
        strips += _told("reaches", text, width, inks)
    if history.size_bytes:
        strips += _told("size", units.size(history.size_bytes), width, inks)
    if history.condition != "off":
        strips += _told("waiting", f"{units.exact(history.waiting_lines)} lines", width, inks)
    if scene.snapshots.serial:
        strips += _told("snapshot", clean(scene.snapshots.words), width, inks)
    return strips


def _told(name: str, text: str, width: int, inks: Inks) -> list[Strip]:
    """A name with a text that may take several lines."""
    strips = []
    for number, part in enumerate(words(text, max(10, width - LABEL_WIDTH - 5))):
        line = Line(width, inks.ground).skip(3)
        line.put(fit_left(name if number == 0 else "", LABEL_WIDTH), inks.label).put(part, inks.text)
        strips.append(line.strip())
    return strips


def _gaps(scene: Scene, width: int, inks: Inks) -> list[Strip]:
    """What could not be counted."""
    strips = [Strip.blank(width, inks.ground), *_title("gaps", width, inks)]
    if not scene.gaps:
        text = "none: every line that could be read was counted"
        return [*strips, Line(width, inks.ground).skip(3).put(text, inks.label).strip()]
    for gap in scene.gaps:
        head = f"{clean(gap.source, 40)}  {lost(gap)} {clean(gap.reason)}".replace("   ", "  ")
        for number, text in enumerate(words(head, max(10, width - MOMENT_WIDTH - 6))):
            line = Line(width, inks.ground).skip(3)
            line.put(fit_left(units.moment(gap.at) if number == 0 else "", MOMENT_WIDTH + 1), inks.label)
            strips.append(line.skip(1).put(text, inks.client_error).strip())
    return strips


def _unparsed(scene: Scene, width: int, inks: Inks) -> list[Strip]:
    """Some lines that no format reads."""
    if not scene.unparsed_lines:
        return []
    title = f"lines that no format reads, {units.exact(scene.unparsed_total)} in all"
    strips = [Strip.blank(width, inks.ground), *_title(title, width, inks)]
    shown = [clean(log.text, 2 * width) for log in scene.unparsed_lines[-MOST_UNPARSED:]]
    return [*strips, *(Line(width, inks.ground).skip(3).put(text, inks.label).strip() for text in shown)]


class SourcePage(Panel, can_focus=True):
    """How logs and history are doing."""

    NAME = "sources"
    BINDINGS = bindings(ROW_COMMANDS)

    def __init__(self) -> None:
        """Begin at the top."""
        super().__init__()
        self.top = 0

    def draw(self, size: Size) -> Picture:
        """The lines from the upper edge on."""
        inside = Size(size.width - 2, size.height - 2)
        lines = source_lines(self.scene, inside.width, self.inks)
        self.top = max(0, min(self.top, len(lines) - inside.height))
        more = len(lines) - self.top - inside.height
        below = ((f"↓ {more} more", self.inks.label, "move(1)"),) if more > 0 else ()
        shown = lines[self.top : self.top + inside.height]
        return framed(size, Frame((), True, (), below, "sources"), shown, (), self.inks)

    def part(self, scene: Scene) -> object:
        """What is told of logs, history and gaps."""
        minute = int(scene.at // 60)
        return (
            scene.sources,
            scene.targets,
            scene.history,
            scene.snapshots,
            scene.gaps,
            scene.unparsed_lines,
            scene.unparsed_total,
            minute,
        )

    def action_move(self, lines: int) -> None:
        """Scroll."""
        self.top += lines
        self.redraw()

    def action_move_page(self, pages: int) -> None:
        """Scroll by what is visible."""
        self.action_move(pages * max(1, self.size.height - 3))

    def action_move_to(self, line: int) -> None:
        """Go to the first line, or to the last with -1."""
        self.top = 0 if line >= 0 else 1 << 20
        self.redraw()

    @on(events.MouseScrollDown)
    def wheel_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down with the wheel."""
        event.stop()
        self.action_move(2)

    @on(events.MouseScrollUp)
    def wheel_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up with the wheel."""
        event.stop()
        self.action_move(-2)
