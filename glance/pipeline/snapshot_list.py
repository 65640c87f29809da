"""Lists the snapshots of a shelf for their page, and compares two, in threads; the folder is looked at now and then."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from glance.domain.snapshot import Manifest
from glance.domain.snapshot_board import SnapshotBoard, SnapshotDiff, SnapshotRow, SnapshotWish
from glance.domain.snapshot_words import contents
from glance.errors import GlanceError, StoreError
from glance.pipeline.snapshot_plan import SnapshotPlan
from glance.store.snapshot_shelf import Shelved, SnapshotShelf

LOOK_SECONDS = 2.0
"""How often the folder is looked at while the page is open: another glance may have taken one."""


class SnapshotList:
    """The page, while it is open. Used in the collector's thread."""

    def __init__(
        self, plan: SnapshotPlan | None, told: Callable[[], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Look at nothing yet.

        Args:
            plan: where they are; None is nowhere.
            told: called from a thread when there is more to show.
            monotonic: seconds that never go back.
        """
        self._plan = plan
        self._told = told
        self._monotonic = monotonic
        self._shelf = SnapshotShelf(plan.shelf) if plan is not None else None
        self._rows: tuple[SnapshotRow, ...] = ()
        self._signature: object = None
        self._trouble = ""
        self._serial = 0
        self._looked_at = float("-inf")
        self._looked_for = -1
        self._looking: threading.Thread | None = None
        self._comparing: threading.Thread | None = None
        self._compared: tuple[str, str] = ("", "")
        self._diff: SnapshotDiff | None = None

    def answer(self, wish: SnapshotWish, news: int) -> SnapshotBoard:
        """What there is.

        Args:
            wish: what is wanted.
            news: another number when something was taken, noted or removed.
        """
        if self._shelf is None or self._plan is None:
            return SnapshotBoard(wish, trouble="no snapshots are kept here")
        now = self._monotonic()
        is_due = news != self._looked_for or now - self._looked_at >= LOOK_SECONDS
        if is_due and not _is_busy(self._looking):
            self._looked_for, self._looked_at = news, now
            self._looking = _begun(self._look)
        self._compare(wish)
        return SnapshotBoard(
            wish,
            self._rows,
            str(self._plan.shelf),
            is_reading=self._serial == 0,
            trouble=self._trouble,
            size_bytes=sum(row.size_bytes for row in self._rows),
            most_bytes=self._plan.allowance.most_bytes,
            diff=self._diff if self._compared == (wish.before, wish.after) else None,
            is_comparing=_is_busy(self._comparing),
            serial=self._serial,
        )

    def _look(self) -> None:
        """Read what is there, unless it is what was there."""
        assert self._shelf is not None
        signature = _signature(self._shelf)
        if signature == self._signature and self._serial:
            return
        try:
            self._rows, self._trouble = tuple(map(row_of, self._shelf.all())), ""
        except StoreError as error:
            self._rows, self._trouble = (), f"{error.what}: {error.why}"
        self._signature = signature
        self._serial += 1
        self._told()

    def _compare(self, wish: SnapshotWish) -> None:
        """Begin to compare two others."""
        wanted = (wish.before, wish.after)
        if wanted == self._compared or _is_busy(self._comparing):
            return
        self._compared, self._diff = wanted, None
        paths = {row.id: row.path for row in self._rows}
        if wish.before not in paths or wish.after not in paths:
            self._compared = ("", "")
            return

        def work() -> None:
            from glance.pipeline.snapshot_difference import difference_of  # numpy, and profiles: only where compared

            try:
                self._diff = difference_of(paths[wish.before], paths[wish.after])
            except GlanceError as error:
                words = ": ".join(filter(None, (error.what, error.why)))
                self._diff = SnapshotDiff(wish.before, wish.after, trouble=words)
            self._serial += 1
            self._told()

        self._comparing = _begun(work)


def _begun(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="snapshots", daemon=True)
    thread.start()
    return thread


def _is_busy(thread: threading.Thread | None) -> bool:
    return thread is not None and thread.is_alive()


def _signature(shelf: SnapshotShelf) -> object:
    """What changes with the folder."""
    try:
        with os.scandir(shelf.folder) as entries:
            return sorted((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in entries)
    except OSError as error:
        return error.errno


def row_of(one: Shelved) -> SnapshotRow:
    """A row of the list."""
    row = SnapshotRow(one.id, str(one.path), one.size_bytes, one.trouble)
    found = one.manifest
    if found is None:
        return row
    return replace(
        row,
        made_at=found.made_at,
        start=found.start,
        end=found.end,
        is_of_alert=found.why == "alert",
        alert=found.alert,
        note=found.note,
        filter=found.filter,
        records=found.records,
        lines=sum(log.lines for log in found.logs),
        profiles=len(found.profiles),
        build=_build(found),
        details=tuple(contents(found)),
    )


def _build(found: Manifest) -> str:
    """The first build that is known, in a few letters."""
    return next((one.build_id.rpartition("/")[2][:12] for one in found.builds if one.build_id), "")
