"""A screen with tables: their order, and the text that names in them must contain."""

from __future__ import annotations

from textual import on

from glance.domain.view import RankingName, SortKey
from glance.messages import ChoiceMade, SearchRequested, SortRequested
from glance.screens.pages import PageViewer
from glance.widgets.ranking_table import SORTS, RankingTable


class TableViewer(PageViewer, inherit_bindings=False):
    """A screen with tables."""

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
        name = self.focused.ranking
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
        self.query_one(f"#{name}", RankingTable).to_top()
        self.post_message(ChoiceMade(f"sort.{name}", key))
