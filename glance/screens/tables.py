"""A screen with tables: their order, and the text that names in them must contain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from textual import on
from textual.geometry import Region

from glance.commands.command import TABLES
from glance.commands.every import raw_keys
from glance.domain.view import RankingName, SortKey
from glance.errors import FilterError
from glance.messages import ChoiceMade, SearchRequested, SortRequested
from glance.screens.exporting import ExportViewer
from glance.screens.settings import ScreenSettings
from glance.widgets.drawing import clean
from glance.widgets.header import Header
from glance.widgets.hint_line import HintLine
from glance.widgets.key_bar import KeyBar
from glance.widgets.ranking_drawing import CHANGES
from glance.widgets.ranking_table import SORTS, RankingTable

ZOOMED_ROWS = 500
LEAST_ROWS = 20
CHEAP: tuple[RankingName, ...] = ("sections", "routes", "paths", "clients")
"""Rankings that follow from what is counted anyway."""


class TableViewer(ExportViewer, inherit_bindings=False):
    """A screen with tables."""

    def views_changed(self) -> None:
        """A table ranks something else: other rows are wanted, and other words stand in the borders."""

    def table(self, name: str) -> RankingTable:
        """The table with this name."""
        return self.query_one(f"#{name}", RankingTable)

    def set_tables(self, settings: ScreenSettings) -> None:
        """Let every table rank what was chosen the last time."""
        chosen = dict(settings.tables)
        for name in TABLES:
            table = self.table(name)
            view = chosen.get(name, table.views[0])
            table.choose(view if view in table.views else table.views[0], is_raw=settings.is_raw)

    def take_keys(self, settings: ScreenSettings) -> None:
        """Tell everything that shows or takes keys by itself of other ones."""
        self._filter_keys = raw_keys("filter.text", settings.keymap)
        for table in self.query(RankingTable):
            table.take_keys(settings.keymap)
        self.line_page.search_keys = raw_keys("line.search", settings.keymap)
        for bar in (self.query_one(KeyBar), self.query_one(HintLine)):
            bar.keymap = settings.keymap
            bar.redraw()

    def tell_mistake(self, words: str) -> None:
        """Say what is wrong in the settings, until it is put right."""
        self.standing = replace(self.standing, mistake=words)

    def rows_wanted(
        self, places: Mapping[str, Region], zoomed: str, *, is_completing: bool
    ) -> tuple[tuple[RankingName, int], ...]:
        """How many rows of each ranking to ask for: some more than fit, so that one can scroll; many when zoomed.

        Of a hidden one too, to be there at once, where it costs nothing.

        Args:
            places: where panels stand.
            zoomed: the panel that has the whole screen.
            is_completing: a filter is typed; rows are what it is completed with.
        """
        rows: dict[RankingName, int] = {}
        for table in map(self.table, TABLES):
            place = places.get(table.id or "")
            if place or table.ranking in CHEAP:
                many = ZOOMED_ROWS if zoomed == table.id else max(LEAST_ROWS, 2 * place.height if place else 0)
                rows[table.ranking] = many
        for name in CHEAP if is_completing else ():
            rows.setdefault(name, LEAST_ROWS)
        return tuple(rows.items())

    def action_next_view(self) -> None:
        """Let the table that has the keys rank something else."""
        if isinstance(self.focused, RankingTable):
            self._choose(self.focused, self.focused.following)

    def action_ranking(self, ranking: RankingName) -> None:
        """Show a ranking, in the table that it belongs to."""
        name = "paths" if ranking == "routes" else ranking
        for table in map(self.table, TABLES):
            if name in table.views:
                self.action_panel(table.id or "")
                self._choose(table, name, is_raw=ranking == "paths" and table.is_raw)
                if table.view != name:
                    self.query_one(Header).say(f"the log has no {name}")

    def action_panel(self, name: str) -> None:
        """Give a panel the keys."""

    def _choose(self, table: RankingTable, view: RankingName, *, is_raw: bool | None = None) -> None:
        """Let a table rank something else, and remember it."""
        if table.choose(view, is_raw=table.is_raw if is_raw is None else is_raw):
            self.views_changed()
        self.post_message(ChoiceMade(f"table.{table.id}", table.view))

    def action_raw_paths(self) -> None:
        """Show paths as they are, or as routes; remembered."""
        table = self.table("paths")
        is_raw = not table.is_raw
        if table.choose("paths", is_raw=is_raw):
            self.views_changed()
        self.query_one(Header).say("paths as they are in the log" if is_raw else "paths as routes: /users/{id}")
        self.post_message(ChoiceMade("paths", "raw" if is_raw else "routes"))
        self.post_message(ChoiceMade("table.paths", "paths"))

    def action_audience(self) -> None:
        """Show the requests of everyone, of people, or of bots: a chip of its own, in place of the one before."""
        from glance.domain.logs.audience import WORDS, for_audience, next_audience  # numpy: not before the first frame

        audience = next_audience(self.trail.text)
        try:
            self.filter_by(for_audience(self.trail.text, audience))
        except FilterError as error:
            self.query_one(Header).say(clean(error.reason))
            return
        self.query_one(Header).say(WORDS[audience])

    def action_search(self) -> None:
        """Type a search in the table that has the keys."""
        if isinstance(self.focused, RankingTable):
            self.focused.start_search()

    @on(SearchRequested)
    def search(self, message: SearchRequested) -> None:
        """Ask for the names that match."""
        searches = {**dict(self.view.searches), message.ranking: message.text.casefold()}
        self.look(searches=tuple((name, text) for name, text in searches.items() if text))
        self.situation_changed()

    def action_sort(self) -> None:
        """Order the table by the next figure."""
        if not isinstance(self.focused, RankingTable):
            return
        keys = [key for key in SORTS if key != "p95" or self.scene.has_latency]
        if self.view.compare:  # what rose is what one compares for
            keys[1:1] = CHANGES
        name = self.focused.ranking
        if all(row.cpu is None for row in self.scene.ranking(name).rows):
            keys.remove("cpu")
        current = dict(self.view.sorts).get(name, "hits")
        following = keys[(keys.index(current) + 1) % len(keys)] if current in keys else keys[0]
        self._sort(name, following)

    @on(SortRequested)
    def sort_clicked(self, message: SortRequested) -> None:
        """Order by a column that was clicked."""
        self._sort(message.ranking, message.key)

    def _sort(self, name: RankingName, key: SortKey) -> None:
        """Ask for a ranking in another order, and remember it."""
        sorts = {**dict(self.view.sorts), name: key}
        self.look(sorts=tuple((one, chosen) for one, chosen in sorts.items() if chosen != "hits"))
        for table in self.query(RankingTable):
            if table.ranking == name:
                table.to_top()
        if key not in (*CHANGES, "cpu"):  # which there may be none of the next time
            self.post_message(ChoiceMade(f"sort.{name}", key))


def first_panel(settings: ScreenSettings) -> str:
    """The panel that has the keys at first: the one that had them the last time, if it is still there."""
    usual = "paths" if "paths" in settings.panels else settings.panels[0]
    return settings.panel if settings.panel in settings.panels else usual


def first_rows(settings: ScreenSettings) -> tuple[tuple[RankingName, int], ...]:
    """The rankings to ask for before there is a screen: those that everyone has at first."""
    return tuple((name, LEAST_ROWS) for name in ("sections", "paths" if settings.is_raw else "routes", "clients"))
