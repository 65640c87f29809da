"""What is done with snapshots in a thread beside the collector: taking one, and what a person ordered."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from glance.domain import units
from glance.domain.safe_text import safe_text
from glance.domain.snapshot_order import Errand, SnapshotOrder
from glance.errors import StoreError
from glance.pipeline.held_moment import HeldMoment
from glance.pipeline.poll_keeper import PollKeeper
from glance.pipeline.report import ReportOptions
from glance.pipeline.snapshooting import Wish, profiles_of, taken
from glance.pipeline.snapshot_plan import SnapshotPlan
from glance.sources.scrape import Access
from glance.store.snapshot_file import SUFFIX, SnapshotFile, write_snapshot
from glance.store.snapshot_shelf import SnapshotShelf, contents_of

logger = logging.getLogger(__name__)


class Say(Protocol):
    """Tells a person how it goes."""

    def __call__(self, words: str, *, is_busy: bool = False, is_bad: bool = False) -> None:
        """These words, made safe."""


class SnapshotWork:
    """Works in one thread after the other."""

    def __init__(
        self, plan: SnapshotPlan, say: Say, clock: Callable[[], float], kept: PollKeeper | None = None
    ) -> None:
        """Do nothing yet.

        Args:
            plan: how.
            say: tells a person how it goes.
            clock: epoch seconds.
            kept: has what was polled and is in no database.
        """
        self._plan = plan
        self._kept = kept
        self._say = say
        self._clock = clock
        self._shelf = SnapshotShelf(plan.shelf)

    def take(self, held: HeldMoment, errand: Errand) -> str:
        """Take a snapshot, and keep it; returns what to say of it, empty where none was to be taken.

        Args:
            held: the moment.
            errand: why it is taken.

        Raises:
            GlanceError: there is nothing to keep, or it cannot be kept.
        """
        plan, rule, now = self._plan, errand.rule, errand.now
        if rule and self._was_taken(rule, now):
            return ""
        wish = Wish(
            "alert" if rule else "person",
            f"{rule}: {errand.message.removeprefix(f'{rule}: ')}" if rule else "",
            filter=held.filter,
            around_seconds=errand.around_seconds,
            targets=plan.targets,
            access=plan.access or Access(),
            cpu_seconds=plan.cpu_seconds,
        )
        for_whom = f"alert {rule}: " if rule else ""
        profiles = profiles_of(wish, plan.database, self._clock, self._progress(for_whom), kept=self._kept)
        self._say(f"{for_whom}taking a snapshot: records and lines …", is_busy=True)
        found = taken(held, ReportOptions(routes=held.routes), wish, now, profiles=profiles, lines=held.opened)
        shelved, gone = self._shelf.add(found.manifest, found.contents, now=now, allowance=plan.allowance)
        told = f"{for_whom}kept as {shelved.id}, {units.size(shelved.size_bytes)}"
        missing = len(found.manifest.failures)
        told += f" · without {units.counted(missing, 'profile')}" if missing else ""
        told += f" · {len(gone)} older let go" if gone else ""
        logger.info("snapshot %s", told)
        return told

    def _was_taken(self, rule: str, now: float) -> bool:
        """Another glance, or the one before this, took one for the rule a short time ago."""
        for one in self._shelf.all():
            found = one.manifest
            if found is not None and found.why == "alert" and found.alert.startswith(f"{rule}:"):
                return 0 <= now - found.made_at < self._plan.cooldown_seconds
        return False

    def _progress(self, for_whom: str) -> Callable[[int], None]:
        """What is said each second while profiles are fetched."""
        names = ", ".join(safe_text(target.name, 40) for target in self._plan.targets)
        seconds = self._plan.cpu_seconds
        if names:
            self._say(f"{for_whom}taking a snapshot: profiles of {names}, CPU for {seconds} s", is_busy=True)

        def show(passed: int) -> None:
            if passed <= seconds:
                words = f"{for_whom}taking a snapshot: profiles of {names}, {passed} of {seconds} s"
                self._say(words, is_busy=True)

        return show

    def do(self, order: SnapshotOrder) -> None:
        """Do what was ordered.

        Raises:
            GlanceError: it cannot be done.
        """
        if order.kind == "remove":
            self._say(f"removed {self._shelf.remove(order.id)}")
        elif order.kind == "note":
            found = self._shelf.note(order.id, order.text)
            self._say(f"noted at {found.id}: {safe_text(order.text, 60)}" if order.text else f"no note at {found.id}")
        elif order.kind == "export":
            self._export(self._shelf.own_path(order.id), Path(order.text))

    def _export(self, path: Path, folder: Path) -> None:
        """Write a snapshot into a folder, under its own name."""
        place = folder / f"{path.name.removesuffix(SUFFIX)}{SUFFIX}"
        if not os.access(folder, os.W_OK):
            raise StoreError(f"cannot write into {folder}", "it is not for you to write there")
        with SnapshotFile.open(path) as file:
            write_snapshot(place, file.manifest, contents_of(file))
        self._say(f"wrote {safe_text(place.name)} in {safe_text(str(folder), 60)}")
