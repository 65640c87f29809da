"""The first line: what is read, how well, which window, and whether it is live."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.timer import Timer

from glance.domain import units
from glance.domain.scene import Scene, SourceStatus
from glance.domain.window import DEFAULT_WINDOW, Window, window_at, window_choice, window_words
from glance.widgets.drawing import Line, Picture, clean, fit_path, fit_words
from glance.widgets.history_words import gap_words, short_words, sign
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel
from glance.widgets.progress import BackFill, back_fill, sifting_words

NOTICE_SECONDS = 3.0
"""How long it says what a key has just changed."""
BESIDE_NOTICE = 24
"""Cells that a notice leaves to the window and the pause."""
MOST_NAME = 28
"""Cells of a log's name in the header."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the screen knows that is not in the scene."""

    title: str = "glance"
    sources: tuple[str, ...] = ()
    """Names of the logs, to be shown before the first scene."""
    window: str = DEFAULT_WINDOW
    is_paused: bool = False
    behind: int = 0
    """Lines read since the picture stands still."""
    end: float | None = None
    """Where a window of the past ends, at once and not when its figures are there."""
    live_key: str = "end"
    """The key that comes back to now."""
    mistake: str = ""
    """What is wrong in the settings that were changed while it runs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in the header."""

    text: str
    style: Style
    rank: int
    """Where there is no room, greater ranks go first."""
    action: str = ""
    gap: int = 2
    """Empty cells before it."""
    group: str = ""
    """Pieces of one group say nothing alone: they go together."""
    short: str = ""
    """What is left of it before it goes."""


def header_picture(scene: Scene, standing: Standing, size: Size, inks: Inks, notice: str = "") -> Picture:
    """The header in one line: names at the left, then a notice in words of ours, figures and time at the right."""
    left, right = _left(scene, standing, inks), _right(scene, standing, inks)
    if told := notice or clean(standing.mistake):
        room = max(0, size.width - BESIDE_NOTICE)
        style = inks.focus if notice else inks.client_error
        left.append(Piece(fit_words(told, room), style, 0))
    left, right = _fitting(left, right, size.width - 2)
    line = Line(size.width, inks.ground)
    line.skip(1)
    for index, piece in enumerate(left):
        line.skip(piece.gap if index else 0).put(piece.text, piece.style, piece.action)
    taken = sum(cell_len(piece.text) + piece.gap for piece in right)
    line.goto(size.width - 1 - taken)
    for piece in right:
        line.skip(piece.gap).put(piece.text, piece.style, piece.action)
    spots = tuple(line.spots)
    return Picture(size, (line.strip(),) * size.height, spots)


def _fitting(left: list[Piece], right: list[Piece], room: int) -> tuple[list[Piece], list[Piece]]:
    """The pieces that fit, the least important dropped."""
    while True:
        pieces = [*left, *right]
        taken = sum(cell_len(piece.text) + piece.gap for piece in pieces)
        worst = max(pieces, key=lambda piece: piece.rank)
        if taken <= room or worst.rank == 0:
            return left, right
        left = [less for piece in left if (less := _less(piece, worst)) is not None]
        right = [less for piece in right if (less := _less(piece, worst)) is not None]


def _less(piece: Piece, worst: Piece) -> Piece | None:
    """What is left of a piece when there is no room for the worst: all of it, something shorter, or nothing."""
    if piece is not worst and not (worst.group and piece.group == worst.group):
        return piece
    return replace(piece, text=piece.short, short="", rank=1) if piece.short else None


def _is_without_logs(scene: Scene, standing: Standing) -> bool:
    """Only profiles are looked at."""
    return bool(scene.at) and not scene.sources and not standing.sources


def _left(scene: Scene, standing: Standing, inks: Inks) -> list[Piece]:
    """Program, logs, and what was understood of them."""
    pieces = [Piece(standing.title, inks.focus, 3)]
    if _is_without_logs(scene, standing):
        return pieces
    if not scene.sources:
        name = _names(standing.sources)
        return [*pieces, Piece(f"reading {name} …" if name else "starting …", inks.label, 1)]
    name = _names(tuple(source.name for source in scene.sources))
    pieces.append(Piece(fit_path(name, min(MOST_NAME, cell_len(name))), inks.text, 1))
    pieces += _note(scene, inks)
    if gaps := gap_words(scene.gaps):
        many = len(scene.gaps)
        short = "a gap" if many == 1 else f"{many} gaps"
        pieces.append(Piece(gaps, inks.client_error, 4, "screen.page('sources')", short=short))
    formats = list(dict.fromkeys(source.format for source in scene.sources if source.format))
    if formats:
        pieces.append(Piece(clean(" | ".join(formats), 60), inks.label, 6))
        if confidence := _confidence(scene.sources):
            pieces.append(Piece(confidence, inks.label, 10))
    return pieces


def _note(scene: Scene, inks: Inks) -> list[Piece]:
    """What a person should know of a log, unless the banner says it."""
    if scene.trouble:
        return []
    for source in scene.sources:
        if source.condition in ("missing", "failing"):
            return [Piece(clean(source.note or source.condition, 60), inks.server_error, 2)]
    notes = [clean(source.note, 60) for source in scene.sources if source.note]
    return [Piece(notes[0], inks.client_error, 5)] if notes else []


def _names(names: tuple[str, ...]) -> str:
    """One name, or how many logs there are."""
    if not names:
        return ""
    return clean(names[0], 200) if len(names) == 1 else f"{len(names)} logs"


def _confidence(sources: tuple[SourceStatus, ...]) -> str:
    """How many of the lines looked at the detected format reads."""
    sampled = sum(source.sampled for source in sources)
    matched = sum(source.matched for source in sources)
    return f"{units.exact(matched)} of {units.exact(sampled)} lines" if sampled else ""


def _right(scene: Scene, standing: Standing, inks: Inks) -> list[Piece]:
    """Lines, pace, window, state and clock."""
    if _is_without_logs(scene, standing):
        return [Piece(" PAUSED ", inks.badge, 0, "screen.pause")] if standing.is_paused else []
    pieces = _kept(scene, inks) + _pace(scene, inks, is_past=standing.end is not None)
    pieces += [
        Piece("‹", inks.focus, 0, "screen.window(-1)"),
        Piece(window_words(standing.window), inks.text, 0, "screen.window(1)", gap=1),
        Piece("›", inks.focus, 0, "screen.window(1)", gap=1),
    ]
    return pieces + _state(scene, standing, inks)


def _kept(scene: Scene, inks: Inks) -> list[Piece]:
    """Whether it is kept, and how far back one can go; all of it on the page of sources."""
    if not scene.at:
        return []
    mark, style = sign(scene.history, inks)
    action = "screen.page('sources')"
    return [Piece(mark, style, 6, action), Piece(short_words(scene), inks.label, 11, action, gap=1)]


def _pace(scene: Scene, inks: Inks, is_past: bool) -> list[Piece]:
    """How much was read, how fast, and what was not understood."""
    if not scene.lines_total:
        return []
    pieces = [
        Piece(units.exact(scene.lines_total), inks.text, 4, group="lines"),
        Piece("line" if scene.lines_total == 1 else "lines", inks.label, 4, gap=1, group="lines"),
    ]
    if scene.unparsed_total:
        pieces.append(Piece(f"{units.count(scene.unparsed_total)} unparsed", inks.client_error, 5))
    fill = back_fill(scene)
    if fill is not None:
        return [*pieces, Piece(_fill_words(fill), inks.label, 3)]
    if scene.sifting is not None and not scene.view.filter:  # the line of the filter says it of that
        return [*pieces, Piece(sifting_words(scene), inks.label, 3)]
    if scene.is_live and not is_past:
        pieces.append(Piece(f"{units.rate(scene.lines_per_second):>5} lines/s", inks.label, 7))
        if scene.lag_seconds is not None:
            pieces.append(Piece(f"lag {units.age(scene.lag_seconds)}", inks.label, 8))
    return pieces


def _fill_words(fill: BackFill) -> str:
    """How far the back-fill is, in words."""
    return f"back-filling {units.share(fill.share)} · {units.count(round(fill.lines_per_second))} lines/s"


def _state(scene: Scene, standing: Standing, inks: Inks) -> list[Piece]:
    """Live, paused, the past, or a log that ended; and the time it is there."""
    paused = [Piece(" PAUSED ", inks.badge, 0, "screen.pause")] if standing.is_paused else []
    if standing.end is not None:
        return [*paused, *_past(scene, standing, standing.end, inks)]
    if paused:
        since = units.clock(scene.at) if scene.at else "the start"
        return [*paused, Piece(f"at {since}, {units.counted(standing.behind, 'line')} behind", inks.text, 2, gap=1)]
    if not scene.at:
        return []
    if scene.is_recalled:
        return [Piece(f"as of {units.date_minute(scene.at)}", inks.past, 1), Piece("reading …", inks.label, 2)]
    if not scene.is_live:
        return [Piece(f"log ends {units.date_minute(scene.at - (scene.lag_seconds or 0.0))}", inks.client_error, 2)]
    return [
        Piece("LIVE", inks.success, 1, "screen.pause"),
        Piece(units.clock(scene.at), inks.text, 2),
    ]


def _shown_window(scene: Scene, name: str, end: float) -> Window:
    """The window of the past that was asked for, also before its figures are there."""
    if (scene.view.window, scene.view.end) == (name, end):
        return scene.window
    return window_at(window_choice(name), end, scene.history.first_at)


def _past(scene: Scene, standing: Standing, end: float, inks: Inks) -> list[Piece]:
    """Which stretch of the past it is, how long ago, and how to come back."""
    action = "screen.live"
    window = _shown_window(scene, standing.window, end)
    pieces = [
        *([] if scene.frozen is not None else [Piece(" PAST ", inks.past_badge, 0, action)]),
        Piece(units.span(window.start, window.end, scene.at or end), inks.past, 1, gap=1),
    ]
    if scene.at and scene.frozen is None:
        pieces.append(Piece(f"{units.age(max(0.0, scene.at - window.end))} ago", inks.label, 3))
    if standing.live_key:
        pieces += [
            Piece(standing.live_key, inks.focus, 2, action, group="live"),
            Piece("live" if scene.frozen is None else "all", inks.label, 2, action, gap=1, group="live"),
        ]
    return pieces


class Header(Panel, can_focus=False):
    """The first line of the screen."""

    NAME = "header"

    standing: reactive[Standing] = reactive(Standing(), repaint=False, init=False)

    def __init__(self) -> None:
        """Start with nothing to tell."""
        super().__init__()
        self._notice = ""
        self._notice_timer: Timer | None = None

    def draw(self, size: Size) -> Picture:
        """The header of now."""
        return header_picture(self.scene, self.standing, size, self.inks, self._notice)

    def say(self, notice: str, seconds: float = NOTICE_SECONDS) -> None:
        """Tell for a moment what a key has changed; in words of ours."""
        if self._notice_timer is not None:
            self._notice_timer.stop()
        self._notice = notice
        self._notice_timer = self.set_timer(seconds, self.say_no_more)
        self.redraw()

    def say_no_more(self) -> None:
        """Take the notice away."""
        self._notice = ""
        self.redraw()

    def watch_standing(self) -> None:
        """Show another window, or a pause."""
        self.redraw()
