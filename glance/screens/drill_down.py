"""A screen that shows only what matches: by pointing at rows, and by typing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual import events, on
from textual.reactive import reactive

from glance.commands.every import raw_keys
from glance.errors import FilterError
from glance.messages import ChoiceMade
from glance.screens.settings import ScreenSettings
from glance.screens.viewer import Viewer
from glance.widgets.drawing import clean
from glance.widgets.filter_bar import TO_TIME, FilterBar
from glance.widgets.filter_line import Trail
from glance.widgets.header import Header
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel
from glance.widgets.ranking_table import RankingTable

MOST_KEPT = 2000
"""Characters of a filter that is remembered."""
NO_ROW = "there is no row to filter by"


class DrillDown(Viewer, inherit_bindings=False):
    """Knows what is filtered by: chips that stack, of which the last one can be negated or dropped."""

    trail: reactive[Trail] = reactive(Trail(), repaint=False, init=False)

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """Filter by nothing."""
        super().__init__(settings, inks)
        self._starts: dict[str, Callable[[], None]] = {
            **dict.fromkeys(raw_keys("filter.text", settings.keymap), self.action_filter_text),
            **dict.fromkeys(raw_keys("time.go_to", settings.keymap), self.action_go_to_time),
        }
        """What begins to type, by the key: the keys behind it must find it open."""
        if settings.is_alone:  # nothing can be filtered
            self._starts.clear()
        self._starts |= dict.fromkeys(raw_keys("back", settings.keymap), self.action_back)  # before what is typed next
        self._other = settings.last_filter
        """The filter before this one; at first, that of the last time."""

    def filter_line_changed(self) -> None:
        """There are chips now, or none, or one types: what stands on the screen changes."""

    @property
    def filter_bar(self) -> FilterBar:
        """Where a filter is typed."""
        return self.query_one(FilterBar)

    @property
    def is_filter_typed(self) -> bool:
        """Somebody types a filter."""
        return self.is_mounted and self.filter_bar.is_open

    @property
    def has_other_filter(self) -> bool:
        """There is something to go back to."""
        return self._other != self.trail.text

    # By pointing --------------------------------------------------------------------------------

    def action_filter_row(self) -> None:
        """Show only what belongs to the row that has the cursor."""
        from glance.domain.logs.chip import with_chip  # numpy: not before the first frame

        panel = self.focused
        if not isinstance(panel, Panel):
            return
        try:
            chip = panel.chip()
            if chip:
                self.filter_by(with_chip(self.trail.text, chip))
            else:
                self.query_one(Header).say(NO_ROW)
        except FilterError as error:
            self.query_one(Header).say(clean(error.reason))

    def action_negate_filter(self) -> None:
        """Turn the last chip into its opposite."""
        from glance.domain.logs.chip import with_last_negated

        self.filter_by(with_last_negated(self.trail.text))

    def action_drop_filter(self, index: int = -1) -> None:
        """Drop a chip, the last one when none is named."""
        from glance.domain.logs.chip import without

        self.filter_by(without(self.trail.text, index))

    def action_drop_after(self, index: int) -> None:
        """Go back to a chip: drop those behind it."""
        from glance.domain.logs.chip import chips_of, joined

        self.filter_by(joined(chips_of(self.trail.text)[: index + 1]))

    def action_other_filter(self) -> None:
        """Go back and forth between the last two filters."""
        try:
            self.filter_by(self._other)
        except FilterError:  # it was remembered by a glance that knew more
            self._other = self.trail.text
            self.situation_changed()

    def filter_by(self, text: str) -> None:
        """Show only what this filter chooses; it is in normal form."""
        from glance.domain.logs.chip import chips_of, shown

        if text != self.trail.text:
            self._other = self.trail.text
            self.post_message(ChoiceMade("filter", kept_filter(text or self._other)))
            self.trail = Trail(text, tuple(map(shown, chips_of(text))))
        if text != self.view.filter:
            self.to_tops()
        self.look(filter=text)
        self.filter_line_changed()

    def action_back(self) -> None:
        """Go back one step."""
        self.action_drop_filter()

    # By typing ----------------------------------------------------------------------------------

    def action_filter_text(self) -> None:
        """Type the filter; what it chooses is shown meanwhile."""
        if self.is_filter_typed:
            return
        for table in self.query(RankingTable):
            table.is_passing = True
        self.trail = replace(self.trail, is_typed=True)
        self.filter_bar.start(f"{self.trail.text} " if self.trail.text else "", self.scene)
        self.filter_line_changed()

    def action_go_to_time(self) -> None:
        """Type a time to go to, where otherwise a filter is typed."""
        if not self.is_filter_typed:
            self.action_filter_text()
            self.filter_bar.write(TO_TIME, len(TO_TIME))

    def action_complete(self, index: int) -> None:
        """Take a candidate that was clicked."""
        self.filter_bar.complete(index)
        self._show_typed()

    @on(events.Key)
    def type_filter(self, event: events.Key) -> None:
        """Take every key while a filter is typed, whichever panel they came to: so they keep their order."""
        if not self.is_filter_typed:
            start = self._starts.get(event.key)
            if start is not None and self.focused_is_free:
                event.stop()
                start()
            return
        if event.key == "enter":
            self.end_filter(keep=True)
        elif event.key == "escape":
            self.end_filter(keep=False)
        elif self.filter_bar.press(event.key, event.character):
            self._show_typed()
        elif event.key.startswith("ctrl+"):
            return
        event.stop()
        event.prevent_default()

    @on(events.Paste)
    def paste_filter(self, event: events.Paste) -> None:
        """Take pasted text into the filter."""
        if self.is_filter_typed:
            event.stop()
            self.filter_bar.paste(event.text)
            self._show_typed()

    @property
    def focused_is_free(self) -> bool:
        """The panel with the keys does not take them as text."""
        return not (isinstance(self.focused, RankingTable) and self.focused.is_typing)

    def _show_typed(self) -> None:
        """Show what the typed filter chooses, unless it has a mistake."""
        typed = self.filter_bar.typed
        if not typed.mistake and typed.valid != self.view.filter:
            self.to_tops()
            self.look(filter=typed.valid)

    def end_filter(self, *, keep: bool) -> None:
        """Keep what was typed, unless it has a mistake, or go back to what was before."""
        typed = self.filter_bar.typed
        if keep and typed.mistake:
            self.query_one(Header).say(typed.mistake)
            return
        place = typed.place if keep else None
        self.filter_bar.end()
        self.trail = replace(self.trail, is_typed=False)
        for table in self.query(RankingTable):
            table.is_passing = False
        self.filter_by(typed.whole if keep and not typed.is_time else self.trail.text)
        if place is not None:
            self.go_to(place)


def kept_filter(text: str) -> str:
    """The filter to remember: nothing where it is very long, or asks for bytes that are no text."""
    return text if len(text) <= MOST_KEPT and text.isprintable() else ""
