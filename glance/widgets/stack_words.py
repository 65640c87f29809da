"""What is said above stacks, and instead of them where there are none."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from glance.domain import units
from glance.domain.profiles.measurement import label
from glance.domain.scene import Scene
from glance.domain.stack_board import FILES, AskedStates, StackBoard
from glance.widgets.drawing import Line, clean, words
from glance.widgets.inks import Inks
from glance.widgets.stack_state import StackState

Piece = tuple[str, str]
"""Words and the name of their ink."""
HOW = (
    ("of a Go program", "glance --pprof http://127.0.0.1:6060 access.log"),
    ("of files", "glance flame goroutine.pb.gz"),
)
HOW_MEMORY = (
    ("of a Go program", "glance --pprof http://127.0.0.1:6060 access.log"),
    ("of files", "glance flame heap1.pb.gz heap2.pb.gz"),
)


def heading_words(board: StackBoard, state: StackState, *, is_memory: bool, shown: int, width: int) -> list[Piece]:
    """What is shown, as much of it as there is room for."""
    total = board.totals[-1] if board.totals else 0
    if is_memory:
        amount = f"{label(total, 'bytes')} in use"
    else:
        amount = units.counted(total, "goroutine")
    stacks = f" in {units.counted(board.stacks, 'stack')}"
    if state.search:
        stacks = f", {shown:,} of {units.counted(board.stacks, 'stack')} with {clean(state.search, 40)}"
    pieces: list[Piece] = [(clean(board.program, 40), "focus"), (f"  {amount}", "text"), (stacks, "label")]
    asked = asked_words(board.asked, can_ask=board.can_ask)
    if asked[1] != "label":  # what is wrong goes before all, cut or not
        return [*pieces[:2], (" · ", "frame"), asked]
    for piece in (_past(board), asked):
        if piece[0] and sum(len(text) for text, _ in pieces) + len(piece[0]) + 3 <= width:
            pieces += [(" · ", "frame"), piece]
    return pieces


def _past(board: StackBoard) -> Piece:
    """Over what time growth is told."""
    if board.is_working:
        return "counting …", "label"
    many = len(board.moments)
    what = "profile" if board.program == FILES or board.is_frozen else "poll"
    if many < 2:
        return f"one {what}", "label"
    seconds = board.moments[-1] - board.moments[0]
    some = f"{many:,} of {board.polls:,} polls" if board.polls > many else units.counted(many, what)
    span = f" over {units.age(seconds)}" if board.moments[0] and seconds >= 1 else ""
    anew = f", since it was started anew at {units.clock(board.since)}" if board.since is not None else ""
    return f"{some}{span}{anew}", "label"


def asked_words(asked: AskedStates | None, *, can_ask: bool) -> Piece:
    """What came of asking for states."""
    if asked is None:
        return ("", "label")
    if asked.condition == "asking":
        return "asking for states …", "label"
    if asked.condition == "many":
        return f"{asked.goroutines:,} are many: u asks for states, all stand still meanwhile", "client_error"
    if asked.condition == "failed":
        return f"no states: {clean(asked.words, 120)}", "client_error"
    cost = f"{units.size(asked.size_bytes)} in {units.duration(asked.seconds)}"
    return f"states of {units.clock(asked.at)}, {cost}{'; u asks anew' if can_ask else ''}", "label"


def nothing_lines(scene: Scene, board: StackBoard | None, width: int, inks: Inks, is_memory: bool) -> list[Strip]:
    """Why there is nothing, and how to get something."""
    strips: list[Strip] = [Line(width, inks.ground).strip()]
    if board is None or (board.is_working and not board.mistake):
        return [*strips, *_sentence("one moment …", width, inks.label, inks)]
    if board.mistake:
        return [*strips, *_sentence(clean(board.mistake, 300), width, inks.server_error, inks)]
    sentences = nothing_words(scene, board, is_memory=is_memory)
    for text in sentences:
        strips += _sentence(text, width, inks.text, inks)
    if board.asked is not None and board.asked.condition == "failed":
        strips += _sentence(asked_words(board.asked, can_ask=False)[0], width, inks.client_error, inks)
    if not scene.targets and not board.is_frozen:
        strips.append(Line(width, inks.ground).strip())
        for word, text in HOW_MEMORY if is_memory else HOW:
            strips.append(
                Line(width, inks.ground).skip(3).put(word.ljust(17), inks.label).put(text, inks.focus).strip()
            )
    return strips


def nothing_words(scene: Scene, board: StackBoard, *, is_memory: bool) -> list[str]:
    """Why there are no stacks: of a target that is polled its own reason, as the page of sources has it."""
    kind, what = ("allocs", "memory") if is_memory else ("goroutine", "goroutines")
    found = []
    for target in scene.targets:
        if board.program and target.name != board.program:
            continue
        status = next((one for one in target.kinds if one.kind == kind), None)
        name = clean(target.name, 60)
        if status is None:
            found.append(f"{name} is not polled for {what}")
        elif status.condition == "absent":
            found.append(f"{name} has no profile of {what}: is it a Go program?")
        elif status.polls:
            found.append(f"{name} was not polled for {what} in this window")
        else:
            why = clean(status.words or target.words, 200)
            found.append(f"{name} was not polled for {what} yet{f': {why}' if why else ''}")
    if found:
        return found
    if board.is_frozen:
        return [f"this snapshot has no profile of {what}"]
    if board.program and board.program != FILES:
        return [f"there is no poll of the {what} of {clean(board.program, 60)} in this window"]
    return [f"there is no profile of {what} yet"]


def _sentence(text: str, width: int, style: Style, inks: Inks) -> list[Strip]:
    """A sentence over several lines."""
    return [Line(width, inks.ground).skip(3).put(part, style).strip() for part in words(text, max(8, width - 6))]
