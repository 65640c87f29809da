"""The page of metrics: all of them live, and any one on the whole page."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual.geometry import Size

from glance.domain.scene import Scene
from glance.messages import SituationChanged
from glance.widgets.drawing import Picture
from glance.widgets.listing import Listing
from glance.widgets.metric_drawing import lines_each, metric_page, rows_that_fit


class MetricPage(Listing):
    """Every metric with its chart; the one with the cursor can be opened."""

    NAME = "metrics"

    def __init__(self) -> None:
        """Begin with the list."""
        super().__init__()
        self.is_open = False

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """The metrics by their ids."""
        return [chart.id for chart in scene.metrics]

    @property
    def is_reading(self) -> bool:
        """No scene tells of metrics yet."""
        return not self.scene.view.wants_metrics

    @property
    def row_room(self) -> int:
        """How many metrics fit."""
        return rows_that_fit(len(self.scene.metrics), self.size)

    def row_at(self, y: int) -> int | None:
        """The metric at a line of the page."""
        many = len(self.scene.metrics)
        each = lines_each(many, self.size.height - 2)
        row = self.top + ((y - 1) // each if each > 1 else y - 2)
        return row if not self.is_open and self.top <= row < min(many, self.top + self.row_room) else None

    @property
    def can_open(self) -> bool:
        """There is one to open."""
        return bool(self.scene.metrics) and not self.is_open

    def open(self, is_open: bool) -> None:
        """Show the chosen metric on the whole page, or the list again."""
        self.is_open = is_open
        self.redraw()
        self.post_message(SituationChanged())

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self.keep_in_view()
        return metric_page(self.scene, size, self.inks, top=self.top, index=self.index, is_open=self.is_open)

    def part(self, scene: Scene) -> object:
        """The metrics, and the window they are about."""
        return (scene.metrics, scene.view.window, scene.view.wants_metrics, bool(scene.at))
