"""A snapshot that is looked at beside the logs: its collector, in a thread of its own, until it is left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from glance.domain.scene import Scene
from glance.domain.view import View

if TYPE_CHECKING:
    from glance.pipeline.collector import Collector

Freeze = Callable[[str, View], "Collector"]
"""Makes the collector of a snapshot, by its path; called in its thread."""


class OpenedSnapshot:
    """Answers views of one snapshot."""

    def __init__(self, freeze: Freeze, view: View, publish: Callable[[Scene], None]) -> None:
        """Begin to read it.

        Args:
            freeze: makes its collector.
            view: what is looked at; it names the snapshot.
            publish: told of every scene, in a thread of its own.
        """
        self.path = view.snapshot
        self._freeze = freeze
        self._view = view
        self._publish = publish
        self._collector: Collector | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="opened", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._collector = collector = self._freeze(self.path, self._view)
        collector.look(self._view)
        if self._is_stopped:
            collector.stop()
        asyncio.run(collector.run(self._pass_on))

    def _pass_on(self, scene: Scene) -> None:
        if not self._is_stopped:
            self._publish(scene)

    def look(self, view: View) -> None:
        """Something else of it is looked at."""
        self._view = view
        if self._collector is not None:
            self._collector.look(view)

    def stop(self) -> None:
        """Nobody looks at it any more; returns at once."""
        self._is_stopped = True
        if self._collector is not None:
            self._collector.stop()
