"""What is shown of a profile, and how: the choices of its page, and what the desk is asked because of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual.geometry import Size

from glance.domain.flame_board import FlameAnswer, FlamePicture, FlameWish
from glance.domain.page import PageTable
from glance.domain.sample_board import SampleSpan
from glance.domain.scene import Scene
from glance.messages import CopyRequested, SamplesRequested, SituationChanged
from glance.widgets import flame_moves as moves
from glance.widgets.drawing import Picture, clean
from glance.widgets.flame_drawing import flame_picture, scrolled
from glance.widgets.flame_plan import FlamePlan, plan
from glance.widgets.flame_sight import FlameSight
from glance.widgets.flame_state import PARTS, FlameState, Part
from glance.widgets.flame_words import waiting_picture
from glance.widgets.page import Page

ALONE = "flame.alone"
"""Remembered by nobody: said by the command line when there is nothing behind this page."""


class FlameChooser(Page):
    """Shows the profile that the desk has drawn for its wish."""

    def __init__(self) -> None:
        """Nothing is chosen."""
        super().__init__()
        self._state = FlameState()
        self._wish = FlameWish()
        self._sight: FlameSight | None = None
        self._answer: FlameAnswer | None = None
        self._is_alone = False

    def recall(self, known: Mapping[str, str]) -> None:
        """Know whether there is anything to go back to."""
        self._is_alone = known.get(ALONE) == "on"

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> FlameWish:
        """What the desk shall draw."""
        return self._wish

    @property
    def is_typing(self) -> bool:
        """A search is typed."""
        return self._state.is_typing

    @property
    def search(self) -> str:
        """What was searched."""
        return self._state.search

    @property
    def can_open(self) -> bool:
        """There is something to look at."""
        return self._sight is not None

    @property
    def shown_name(self) -> str:
        """Name of the profile that is shown."""
        return "" if self._sight is None else self._sight.picture.name

    @property
    def _profile_name(self) -> str:
        """Likewise; of chosen polls that of the profile that they belong to."""
        picture = None if self._sight is None else self._sight.picture
        return picture.wish.name if picture is not None and picture.wish.polls else self.shown_name

    @property
    def table(self) -> PageTable | None:
        """The top table of what has the whole width."""
        return None if self._sight is None else moves.table_of(self._sight, self._state)

    def part(self, scene: Scene) -> object:
        """The answer."""
        return scene.page

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        if self._sight is None or self._answer is None:
            answer = self.answer(self.scene)
            shown = answer if isinstance(answer, FlameAnswer) else None
            return waiting_picture(shown, size, self.inks, has_focus=self.has_focus)
        return flame_picture(self._sight, self._answer, self._state, size, (self.inks, self.has_focus))

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Take what was drawn, and keep what is chosen by its names."""
        answer = self.answer(new)
        if isinstance(answer, FlameAnswer):
            self._take(answer)
        super().watch_scene(old, new)

    def _take(self, answer: FlameAnswer) -> None:
        picture, had = answer.picture, self._sight is not None
        self._answer = answer
        if picture is not None and (self._sight is None or picture is not self._sight.picture):
            self._see(picture)
        if had != (self._sight is not None):
            self.post_message(SituationChanged())

    def _see(self, picture: FlamePicture) -> None:
        """Another picture: the same frames stay chosen, where they are still there."""
        old = self._sight.picture if self._sight is not None else None
        self._sight = FlameSight(picture)
        if old is None or (old.wish.is_up, old.wish.focus) != (picture.wish.is_up, picture.wish.focus):
            self._state = moves.begun(self._sight, self._state)
        self._fit_state()

    def _set(self, **changes: object) -> None:
        """Choose something else."""
        was_typing, had_search = self._state.is_typing, bool(self._state.search)
        self._state = replace(self._state, said="")
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]
        self._fit_state()
        self.redraw()
        if (was_typing, had_search) != (self._state.is_typing, bool(self._state.search)):
            self.post_message(SituationChanged())

    def _fit_state(self) -> None:
        """Scroll to what has the cursor, and ask for the source where that is seen."""
        sight = self._sight
        if sight is None or not self.is_ready:
            return
        where = self._plan
        if "flame" in where.places:
            self._state = replace(self._state, top=scrolled(sight, self._state, where.inside("flame")))
        self._state = moves.tables_fitted(sight, self._state, where, self._cells)
        selected = sight.function(self._state, self._cells)
        source = sight.tree.names[selected] if selected >= 0 and "source" in where.places else self._wish.source
        if source != self._wish.source:
            self._state = replace(self._state, line=None)
            self._want(source=source)

    def _want(self, **changes: object) -> None:
        """Have something else drawn."""
        wish = replace(self._wish, **changes)  # type: ignore[arg-type]
        if wish != self._wish:
            self._wish = wish
            self.ask()

    def fit(self, size: Size) -> None:
        """It is about to be shown with another size."""
        self.call_after_refresh(self._fit_state)

    @property
    def _plan(self) -> FlamePlan:
        return plan(self.size, self._state)

    @property
    def _cells(self) -> int:
        """Width of the graph, shown or not."""
        where = self._plan
        return where.inside("flame").width if "flame" in where.places else max(1, self.size.width - 2)

    # What is drawn ------------------------------------------------------------------------------

    def action_part(self, step: int) -> None:
        """Go on to what stands beside."""
        part = PARTS[(PARTS.index(self._state.part) + step) % len(PARTS)]
        self.action_show(part)

    def action_show(self, part: Part) -> None:
        """Give a part the keys, and show it."""
        other = part if part in ("calls", "source") else self._state.other
        self._set(part=part, other=other)

    def action_turn(self) -> None:
        """Callers above, callers below, from the leaves up."""
        turn = moves.next_turn(self._state)
        self._want(is_up=turn == "leaves")
        self._set(turn=turn, zooms=() if turn == "leaves" or self._state.turn == "leaves" else self._state.zooms)

    def action_around(self) -> None:
        """Draw everything around the function, or no more."""
        sight = self._sight
        if sight is None:
            return
        selected = sight.function(self._state, self._cells)
        focus = "" if self._wish.focus or selected < 0 else sight.tree.names[selected]
        if not focus and not self._wish.focus:
            self._set(said="select a function first")
            return
        self._want(focus=focus)
        self._set(focus=focus, zooms=(), is_above=False)

    def action_value(self) -> None:
        """Count the next value."""
        if self._sight is not None:
            names = [name for name, _ in self._sight.picture.values]
            at = names.index(self._sight.picture.value[0])
            self._want(value=names[(at + 1) % len(names)])
            self._set(unit="auto", said="" if len(names) > 1 else "the profile has no other value")

    def action_unit(self) -> None:
        """Write values in the next unit."""
        if self._sight is not None:
            unit = moves.next_unit(self._sight, self._state)
            self._set(unit=unit, said=f"in {unit}" if unit != "auto" else "each value in its own unit")

    def action_group(self) -> None:
        """Group by the next label."""
        if self._sight is not None:
            labels = ("", *self._sight.picture.labels)
            group = labels[(labels.index(self._wish.group) + 1) % len(labels)] if self._wish.group in labels else ""
            self._want(group=group, label=("", ""))
            self._set(zooms=(), said="" if len(labels) > 1 else "its samples have no labels")

    def action_label(self) -> None:
        """Keep only the samples with the next value of a label."""
        sight = self._sight
        if sight is None:
            return
        key = self._wish.label[0] or self._wish.group or next(iter(sight.picture.labels), "")
        values = ("", *sight.picture.label_values.get(key, ()))
        value = self._wish.label[1]
        value = values[(values.index(value) + 1) % len(values)] if value in values else ""
        self._want(label=(key, value) if value else ("", ""), group="")
        self._set(said="" if len(values) > 1 else "its samples have no labels")

    def action_compare(self) -> None:
        """Compare with another profile."""
        names = self._ready
        if self._sight is None or len(names) < 2:
            self._set(said="there is no other profile to compare with; open several: --profile A --profile B")
            return
        shown = self._profile_name
        at = names.index(shown) if shown in names else len(names)
        bases = ["", *names[:at][::-1], *names[at + 1 :][::-1]]
        base = bases[(bases.index(self._wish.base) + 1) % len(bases)] if self._wish.base in bases else ""
        self._want(name=shown, base=base)
        self._set(said="" if base else "compared with nothing", sort="change" if base else "cum")

    def action_same_size(self) -> None:
        """Compare as if both were of the same size, or as they are."""
        self._want(is_normalized=not self._wish.is_normalized)
        self._set(said="as if of the same size" if self._wish.is_normalized else "as they are")

    def action_other(self, step: int) -> None:
        """Show the profile before or after this one."""
        names = self._ready
        if self._sight is None or len(names) < 2:
            self._set(said="there is no other profile")
            return
        shown = self._sight.picture.name
        at = max(0, min(names.index(shown) + step, len(names) - 1)) if shown in names else -1
        self._want(name=names[at], base="" if self._wish.base == names[at] else self._wish.base)
        self.redraw()

    @property
    def _ready(self) -> list[str]:
        profiles = self._answer.profiles if self._answer is not None else ()
        return [note.name for note in profiles if note.standing == "ready"]

    def action_samples(self) -> None:
        """Show when the samples were taken."""
        sight, answer = self._sight, self._answer
        if sight is None or answer is None:
            return
        name = sight.picture.name
        if any(note.name == name and note.has_times for note in answer.profiles):
            self.post_message(SamplesRequested(name))
        else:
            self._set(said="its samples have no times; perf, austin and Go traces do")

    @property
    def _has_span(self) -> bool:
        """Only the samples of some time are shown."""
        shown, span = self._sight.picture.name if self._sight is not None else "", self._wish.span
        return span is not None and span.profile == shown

    def take_span(self, span: SampleSpan | None) -> None:
        """Show only the samples of some time; None is all of them."""
        self._want(span=span, **({} if span is None else {"name": span.profile}))
        self.redraw()

    def action_sort(self) -> None:
        """Order the top table by something else."""
        if self._sight is not None:
            self._set(sort=moves.next_sort(self._sight, self._state))

    def action_fold(self) -> None:
        """Fold recursion, or not."""
        self._want(is_folded=not self._wish.is_folded)
        self._set(said="recursion is folded" if self._wish.is_folded else "every call of a recursion is shown")

    def action_copy(self) -> None:
        """Copy the name of the function."""
        if self._sight is None:
            return
        selected = self._sight.function(self._state, self._cells)
        if selected >= 0:
            self.post_message(CopyRequested(clean(self._sight.tree.names[selected], 4096)))
            self._set(said="copied the name")
