"""The line of polls on the page of profiles: which of them are shown, and with which others they are compared."""

from __future__ import annotations

from dataclasses import replace

from textual import events, on
from textual.geometry import Size

from glance.domain.flame_board import FlameAnswer, FlamePicture
from glance.domain.profiles.measurement import label
from glance.domain.profiles.poll_line import STATES, PollLine, moved, stretched
from glance.domain.scene import Scene
from glance.messages import IntervalRequested, MomentRequested, SituationChanged
from glance.widgets.drawing import Picture, clean
from glance.widgets.flame_joined import FlameJoined
from glance.widgets.flame_plan import plan
from glance.widgets.poll_timeline import PollChoice, places_at, timeline
from glance.widgets.poll_words import empty_picture

MARKED = "marked: now choose what to compare with it, by [ ] { } or the mouse"
NO_POLLS = "there are no polls to choose from"


class PollChooser(FlameJoined):
    """Chooses polls by key and by mouse; each choice is exactly those polls, whatever comes meanwhile."""

    _drag: int | None = None
    """The number of the poll where the mouse was pressed: places in the line change while it is held."""
    _void: FlamePicture | None = None
    """A picture in which nothing is to be drawn."""
    _pressed: int | None = None
    """The line of the page where it was pressed last."""

    # What there is ------------------------------------------------------------------------------

    @property
    def line(self) -> PollLine | None:
        """The polls of what is wanted; None where it did not come by polling, or there is none yet."""
        line = None if self._answer is None else self._answer.line
        return None if line is None or self._wish.name not in ("", line.name) else line

    @property
    def is_empty(self) -> bool:
        """What is looked at holds no samples."""
        line = self.line
        return self._void is not None or (line is not None and not line.has_samples and not self._state.polls)

    @property
    def can_open(self) -> bool:
        """There is something to look at."""
        return super().can_open and not self.is_empty

    def part(self, scene: Scene) -> object:
        """The answer, and when alerts began; while there is nothing to see, how far targets are."""
        began = tuple(alert.triggered_at for alert in scene.alerts)
        if self._sight is None or self.is_empty:
            return scene.page, began, scene.targets, int(scene.at)
        return scene.page, began

    def _take(self, answer: FlameAnswer) -> None:
        could, picture = (self.can_open, self.has_others, self.has_polls), answer.picture
        self._void = picture if picture is not None and not int(picture.tree.totals[0]) else None
        super()._take(replace(answer, picture=None) if self._void is not None else answer)
        line = answer.line
        has_polls = line is not None and bool(line.steps or line.failures)
        if has_polls != self._state.has_polls:
            self._set(has_polls=has_polls)
        if could != (self.can_open, self.has_others, self.has_polls):
            self.post_message(SituationChanged())

    def choice(self) -> PollChoice:
        """What is chosen, for the line to be drawn."""
        value = self._sight.picture.value if self._sight is not None else (self._unseen_value, "")
        began = tuple(alert.triggered_at for alert in self.scene.alerts)
        return PollChoice(self._state.polls, self._state.marked, value[0], lambda one: _written(one, value), began)

    def draw(self, size: Size) -> Picture:
        """The page of now, under its polls; in words where there is nothing to draw."""
        line = self.line
        if self.is_empty or (self._sight is None and self._has_nothing):
            look = (self.inks, self.has_focus)
            about = (line, self.choice(), self._narrowed)
            return empty_picture(about, (self.scene.targets, self.scene.at), size, look)
        picture, lines = super().draw(size), plan(size, self._state).polls
        if self._sight is None or line is None or not lines:
            return picture
        strips, spots = timeline(line, self.choice(), (size.width, lines), self.inks)
        return Picture(size, (*strips, *picture.strips[lines:]), (*picture.spots, *spots))

    @property
    def _has_nothing(self) -> bool:
        """Targets are polled, and there is no profile of them yet, nor a file."""
        answer = self._answer
        if answer is None or not self.scene.targets:
            return bool(self.scene.targets)
        return answer.polled is not None or not (answer.profiles or answer.mistake)

    @property
    def _narrowed(self) -> str:
        """Why there may be nothing where the window holds samples."""
        wish, line = self._wish, self.line
        if wish.label[0] or wish.focus or wish.group:
            return "nothing is left of it: esc goes back"
        if self._state.polls:
            return "no samples in the polls that are chosen: [ and ] go on, esc shows all"
        if self._void is not None and (line is None or line.has_samples):
            has_more = len(self._void.values) > 1 and bool(self._void.profile)
            name = clean(self._void.value[0], 40)
            return f"nothing was counted of {name}: o counts another value" if has_more else "it holds no samples"
        return ""

    @property
    def has_polls(self) -> bool:
        """There are polls to choose from."""
        return self._state.has_polls

    @property
    def has_others(self) -> bool:
        """There is a poll or a profile before or after this one."""
        return self.has_polls or len(self._ready) > 1

    @property
    def _unseen_value(self) -> str:
        """The type of the value that is wanted, or shown first, before there is a picture."""
        totals = self.line.steps[-1].totals if self.line is not None and self.line.steps else ()
        return self._wish.value or (totals[-1][0] if totals else "")

    # Choosing -----------------------------------------------------------------------------------

    def _choose(self, numbers: tuple[int, ...], marked: tuple[int, ...] | None = None, said: str = "") -> None:
        """Show these polls, against those that are marked."""
        line = self.line
        if line is None and numbers != self._state.polls and numbers:
            return
        base = self._state.marked if marked is None else marked
        is_compared = bool(base) and base != numbers and bool(numbers)
        was_compared = bool(self._wish.base_polls)
        name = self._wish.name if line is None else line.name
        self._want(name=name, base="", polls=numbers, base_polls=base if is_compared else ())
        sort = {"sort": "change" if is_compared else "cum"} if is_compared != was_compared else {}
        self._set(polls=numbers, marked=base, said=said, **sort)

    def compare_polls(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Show what changed between polls of the profile that is wanted, as they are."""
        self._want(polls=after, base_polls=before, base="", is_normalized=False)
        self._set(polls=after, marked=before, sort="change")

    def action_poll(self, step: int) -> None:
        """Choose the poll before or after; without polls, the profile before or after."""
        line = self.line
        if line is None and self._state.polls:
            self._set(said="one moment …")
        elif line is None or not line.steps:
            self.action_other(step)
        else:
            self._choose(moved(line, self._state.polls, step))

    def action_polls(self, more: int) -> None:
        """Choose one poll more, or one fewer."""
        line = self.line
        if line is None or not line.steps:
            self._set(said=NO_POLLS)
        else:
            self._choose(stretched(line, self._state.polls, more))

    def action_value(self) -> None:
        """Count the next value, also where nothing was counted of this one."""
        if self._void is None:
            super().action_value()
            return
        names = [name for name, _ in self._void.values]
        self._want(value=names[(names.index(self._void.value[0]) + 1) % len(names)])
        self.redraw()

    def action_all_polls(self) -> None:
        """Show all polls of the window again."""
        self._choose((), ())

    def action_compare(self) -> None:
        """Mark the chosen polls, so that others are compared with them, or no more; else as for any profile."""
        state = self._state
        if not state.polls:
            super().action_compare()
        elif state.marked:
            self._choose(state.polls, ())
        else:
            self._choose(state.polls, state.polls, MARKED)

    def action_other(self, step: int) -> None:
        """Show the profile before or after this one, all of its polls."""
        own, names = self._wish.name if self.line is None else self.line.name, self._ready
        if not self._state.polls or own not in names:
            super().action_other(step)
            return
        at = max(0, min(names.index(own) + step, len(names) - 1))
        self._want(name=names[at], polls=(), base_polls=())
        self._set(polls=(), marked=())

    def drop_polls(self) -> bool:
        """One step back: compare no more, then all polls of the window; False where none were chosen."""
        state = self._state
        if state.marked and state.marked != state.polls:
            self._choose(state.polls, ())
        elif state.polls:
            self._choose((), ())
        else:
            return False
        return True

    def action_last_samples(self) -> None:
        """Look at the time of the last poll that has samples."""
        line = self.line
        if line is None or line.before is None:
            return
        joint = self._wish.joint
        if joint is not None and joint.interval is not None:
            self._want(joint=replace(joint, interval=None))
        if self.scene.view.interval is not None:
            self.post_message(IntervalRequested(None))
        self.post_message(MomentRequested(line.before.end))

    # The mouse ----------------------------------------------------------------------------------

    @on(events.MouseDown)
    def begin_drag(self, event: events.MouseDown) -> None:
        """Begin to choose a range of polls; with shift go on from what is chosen."""
        line, self._pressed = self.line, event.y
        if line is None or event.button != 1 or not self._is_bars(event.y):
            return
        places = places_at(line, event.x, self.size.width)
        if places:
            chosen = line.places(self._state.polls)
            place = places[0]
            if event.shift and chosen:
                place = chosen[0] if place > chosen[0] else chosen[-1]
            self._drag = line.steps[place].number
            self.capture_mouse()

    @on(events.MouseMove)
    def drag(self, event: events.MouseMove) -> None:
        """Choose while the mouse is held."""
        if self._drag is not None:
            self._drag_to(event.x)

    def _drag_to(self, x: int) -> None:
        """Choose all polls from where the mouse was pressed."""
        line = self.line
        places = places_at(line, x, self.size.width) if line is not None else []
        if line is None or not places or self._drag is None:
            return
        begun = next(iter(line.places((self._drag,))), 0)  # what left the window was older than all that are in it
        chosen = line.numbers(begun, places[-1] if places[-1] >= begun else places[0])
        if chosen != self._state.polls:
            self._choose(chosen)

    @on(events.MouseUp)
    def end_drag(self, event: events.MouseUp) -> None:
        """The range is chosen."""
        if self._drag is not None:
            self._drag_to(event.x)
            self._drag = None
            self.release_mouse()

    @property
    def is_brushed(self) -> bool:
        """The mouse was pressed on the polls last."""
        return self._pressed is not None and self._is_bars(self._pressed)

    def _is_bars(self, y: int) -> bool:
        """A line of the page shows the polls, or their clock."""
        lines = self._plan.polls
        return (y in range(1, lines)) if lines > 1 else (lines == 1 and y == 0)


def _written(amount: float, value: tuple[str, str]) -> str:
    """What a poll counted by the second: of CPU how many of them; of a state how much there is."""
    kind, unit = value
    if unit == "nanoseconds" and kind in ("cpu", "wall"):
        return f"{amount / 1e9:.3g} CPUs" if amount >= 1e9 else f"{amount / 1e7:.3g} % of a CPU"
    text = label(round(amount), unit)
    return text if kind.startswith(STATES) else f"{text}/s"
