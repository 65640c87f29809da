"""The engine behind a screen: the collector in a thread of its own, imported there, not before the first frame."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from glance import __version__
from glance.domain.scene import EMPTY_SCENE, Scene
from glance.domain.view import View
from glance.errors import GlanceError, StoreError
from glance.pipeline.opened_snapshot import Freeze, OpenedSnapshot

if TYPE_CHECKING:
    from glance.pipeline.collector import Collector

logger = logging.getLogger(__name__)

Prepare = Callable[[View], "Collector"]
"""Makes the collector; called in its thread."""

_PATIENCE_SECONDS = 5.0
THREADS = ("snapshot", "snapshots", "order", "opened")
"""Names of threads beside the collector's: a bug in one is shown and raised like one there."""


class Engine:
    """Runs a collector in one thread, and keeps choices in another's database connection."""

    def __init__(
        self, prepare: Prepare, database: Path | None, view: View, *, recall_key: str = "", freeze: Freeze | None = None
    ) -> None:
        """Start nothing yet.

        Args:
            prepare: makes the collector.
            database: where choices are remembered; None for nowhere.
            view: what is looked at first.
            recall_key: name under which the last scene is kept; empty keeps none.
            freeze: makes the collector of a snapshot; without it none can be looked at.
        """
        self._prepare = prepare
        self._database = database
        self._view = view
        self._recall_key = recall_key
        self._freeze = freeze
        self._opened: OpenedSnapshot | None = None
        self._newest: Scene | None = None
        self._publish: Callable[[Scene], None] = _nowhere
        self._hook = threading.excepthook
        self._collector: Collector | None = None
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        self._choices: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._keeper: threading.Thread | None = None
        self.failure: BaseException | None = None
        """What ended the collector."""

    def start(self, publish: Callable[[Scene], None]) -> None:
        """Begin; `publish` is called in the collector's thread."""
        self._publish = publish
        self._hook, threading.excepthook = threading.excepthook, self._notice_failure
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._collector = collector = self._prepare(self._view)
        collector.look(self._view)
        if self._is_stopped:
            collector.stop()
        asyncio.run(collector.run(self._pass_on))

    def _pass_on(self, scene: Scene) -> None:
        """A scene of the collector."""
        self._newest = scene
        if self._opened is None:
            self._publish(scene)

    def _notice_failure(self, failed: threading.ExceptHookArgs) -> None:
        """The collector's thread cannot raise into the screen: it is shown there, and raised when the screen ends."""
        is_ours = failed.thread is self._thread or (failed.thread is not None and failed.thread.name in THREADS)
        if not is_ours or failed.exc_value is None:
            self._hook(failed)
            return
        error = first_cause(failed.exc_value)
        self.failure = error
        if isinstance(error, GlanceError):
            self._publish(troubled(f"{error.what}: {error.why}" if error.why else error.what))
        else:
            self._publish(troubled(f"glance has a bug: {type(error).__name__}: {error}"))

    def look(self, view: View) -> None:
        """The person looks at something else."""
        opened = self._opened
        if opened is not None and opened.path != view.snapshot:
            opened.stop()
            self._opened = opened = None
        if view.snapshot and self._freeze is not None:
            if opened is None:
                self._opened = OpenedSnapshot(self._freeze, view, self._publish)
            else:
                opened.look(view)
            return
        self._view = view
        if self._collector is not None:
            self._collector.look(view)

    def stop(self) -> None:
        """End, and wait until it is ended."""
        self._is_stopped = True
        if self._opened is not None:
            self._opened.stop()
        if self._collector is not None:
            self._collector.stop()
        if self._thread is not None:
            self._thread.join(_PATIENCE_SECONDS)
            threading.excepthook = self._hook
        self._keep_scene()
        if self._keeper is not None:
            self._choices.put(None)
            self._keeper.join(_PATIENCE_SECONDS)
            self._keeper = None

    def _keep_scene(self) -> None:
        """Keep what was seen last, for the first moment of the next time."""
        scene, self._newest = self._newest, None
        if not self._recall_key or scene is None:
            return
        from glance.pipeline.recalled import text_of  # at the end only

        text = text_of(scene)
        if text:
            self.remember(self._recall_key, text)

    def remember(self, key: str, value: str) -> None:
        """Keep a choice for the next time; a database that fails costs the memory, nothing else."""
        if self._database is None:
            return
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep, args=(self._database,), name="remembered", daemon=True)
            self._keeper.start()
        self._choices.put((key, value))

    def _keep(self, path: Path) -> None:
        from glance.store.remembered import Remembered  # not before there is something to keep

        try:
            store = Remembered.open(path)
        except StoreError as error:
            logger.warning("%s: %s", error.what, error.why)
            return
        try:
            while (choice := self._choices.get()) is not None:
                key, value = choice
                if key == self._recall_key:
                    from glance.pipeline.recalled import MOST_CHARACTERS, MOST_KEPT, PREFIX

                    store.forget_others(key, PREFIX, MOST_KEPT)
                    store.keep(key, value, most=MOST_CHARACTERS)
                else:
                    store.keep(key, value)
        except StoreError as error:
            logger.warning("%s: %s", error.what, error.why)
        finally:
            store.close()


def _nowhere(scene: Scene) -> None:
    """Before the screen listens."""


def first_cause(error: BaseException) -> BaseException:
    """What really went wrong, out of the groups in which tasks hand it on."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def troubled(trouble: str) -> Scene:
    """A scene that says only what went wrong."""
    empty = EMPTY_SCENE
    return Scene(at=empty.at, view=empty.view, window=empty.window, trouble=trouble)


def remembered(path: Path, *more: str) -> dict[str, str]:
    """What was remembered from the last time, long texts of these names too; nothing where that cannot be read."""
    from glance.store.remembered import Remembered  # apsw: only where it is needed

    try:
        if not path.exists():
            return {}
        store = Remembered.open(path)
    except OSError:  # the folder may not be looked into
        return {}
    except StoreError as error:
        logger.warning("%s: %s", error.what, error.why)
        return {}
    try:
        return store.all(*more)
    except StoreError as error:
        logger.warning("%s: %s", error.what, error.why)
        return {}
    finally:
        store.close()


def recall_key_of(paths: Sequence[str]) -> str:
    """The name under which the last scene of a dashboard on these logs is kept; another version keeps its own."""
    named = [__version__, *(path if path == "-" else os.path.abspath(path) for path in paths)]
    digest = hashlib.blake2b("\0".join(named).encode(errors="surrogateescape"), digest_size=12)
    return f"scene.{digest.hexdigest()}"


def names_of(paths: Sequence[str]) -> tuple[str, ...]:
    """Short names of logs, for the first frame."""
    return tuple("standard input" if path == "-" else Path(path).name or path for path in paths)
