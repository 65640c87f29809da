"""What the page of profiles says while there is nothing to draw."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain.flame_board import FlameAnswer, ProfileNote
from glance.widgets.drawing import Line, Picture, bar, clean, words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks

HOW = (
    ("", "there is no profile yet", "text"),
    ("", "", "label"),
    ("of a file", "glance --profile cpu.pb.gz access.log", "focus"),
    ("without a log", "glance flame cpu.pb.gz", "focus"),
    ("of a Go program", "curl -o cpu.pb.gz 'http://localhost:6060/debug/pprof/profile?seconds=5'", "focus"),
    ("of its memory", "curl -o heap.pb.gz http://localhost:6060/debug/pprof/heap", "focus"),
)
BAR = 30


def waiting_picture(answer: FlameAnswer | None, size: Size, inks: Inks, *, has_focus: bool) -> Picture:
    """How to get a profile, how far reading one is, or why it cannot be shown."""
    width = max(1, size.width - 2)
    profiles = answer.profiles if answer is not None else ()
    lines: list[Strip] = []
    for note in profiles:
        lines += _profile(note, width, inks)
    if answer is not None and answer.mistake:
        lines += _sentence(clean(answer.mistake, 300), width, inks.server_error)
    if answer is None:
        lines = _sentence("one moment …", width, inks.label)
    elif not profiles:
        lines = _how(width, inks)
    elif answer.is_working and all(note.standing == "ready" for note in profiles):
        lines += _sentence("counting …", width, inks.label)
    above = max(0, (size.height - 2 - len(lines)) // 3)
    blank = Strip.blank(width, inks.ground)
    return framed(size, Frame((), has_focus, title="profile"), [*[blank] * above, *lines], (), inks)


def _how(width: int, inks: Inks) -> list[Strip]:
    """Ways to get one."""
    strips: list[Strip] = []
    for word, text, ink in HOW:
        style: Style = getattr(inks, ink)
        if not word:
            strips.append(Line(width, inks.ground).skip(3).put(text, style).strip())
        elif width >= 18 + len(text):
            strips.append(Line(width, inks.ground).skip(3).put(word.ljust(15), inks.label).put(text, style).strip())
        else:
            strips.append(Line(width, inks.ground).skip(3).put(word, inks.label).strip())
            strips += [Line(width, inks.ground).skip(5).put(part, style).strip() for part in words(text, width - 6)]
    return strips


def _profile(note: ProfileNote, width: int, inks: Inks) -> list[Strip]:
    """How far one is."""
    line = Line(width, inks.ground).skip(3).put(clean(note.name, 60), inks.text).skip(2)
    if note.standing == "reading":
        if note.done:
            line.put(bar(note.done, min(BAR, max(4, line.room // 2))), inks.traffic).skip(1)
        line.put(clean(note.note, 60) if note.note else "waits", inks.label)
        return [line.strip()]
    if note.standing == "failed":
        return [line.strip(), *_sentence(clean(note.note, 300), width, inks.server_error)]
    return [line.put("ready", inks.label).strip()]


def _sentence(text: str, width: int, style: Style) -> list[Strip]:
    """A sentence over several lines."""
    ground = Style(bgcolor=style.bgcolor)
    return [Line(width, ground).skip(3).put(part, style).strip() for part in words(text, max(8, width - 6))]
