"""The collector of a snapshot: makes the same scenes of what a file holds, at the moment that it is of."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.profiles.goroutine_dump import read_goroutines
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read_leniently
from glance.domain.safe_text import safe_text
from glance.domain.scene import HistoryStatus, Scene
from glance.domain.snapshot import Manifest, ProfilePart, RawStretch
from glance.domain.snapshot_order import SnapshotSight
from glance.domain.snapshot_words import why
from glance.domain.view import View
from glance.errors import GlanceError, StoreError
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.frozen_log import frozen_feeds
from glance.pipeline.frozen_polls import FrozenPolls
from glance.pipeline.frozen_stacks import STATES, stacks_of
from glance.pipeline.intake import Intake
from glance.pipeline.snapshot_plan import SnapshotPlan
from glance.pipeline.snapshot_reading import LIMITS, buckets_in, held_bytes
from glance.sources.discovery import Discovery
from glance.store.snapshot_file import SnapshotFile

T = TypeVar("T")
LOOK_SECONDS = 2.0
"""How often a scene is made though nobody asked: only what a page reads from elsewhere can change."""
MOST_BYTES = 1 << 30
"""Of records, and of lines, that are held of one snapshot, whoever made it."""
MOST_SAMPLES = 10_000_000
"""Likewise of its profiles."""
KINDS = ("cpu", "heap", "allocs", "goroutine", "mutex", "block")
"""Of profiles: the first that is there is shown first."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read of a snapshot."""

    manifest: Manifest
    buckets: list[LogBucket] = field(repr=False)
    lines: dict[str, list[tuple[RawStretch, bytes]]] = field(repr=False)
    profiles: list[tuple[ProfilePart, Profile]] = field(repr=False)
    missing: int = 0
    """Members that cannot be read, or for which there is no room."""


def loaded(path: Path) -> Loaded:
    """Read a snapshot, those members that are whole. It takes a while: call it in a thread.

    Raises:
        StoreError: it is none, or cannot be read.
    """
    with SnapshotFile.open(path) as file:
        manifest = file.manifest
        buckets = list(within(buckets_in(file), held_bytes, MOST_BYTES))
        raw = list(within(_lines_in(file), lambda one: len(one[1]), MOST_BYTES))
        profiles = list(within(_profiles_in(file), lambda one: len(one[1]), MOST_SAMPLES))
    wanted = len(manifest.of_kind("bucket")) + len(manifest.raw) + len(manifest.profiles)
    lines: dict[str, list[tuple[RawStretch, bytes]]] = {}
    for stretch, data in raw:
        lines.setdefault(stretch.source, []).append((stretch, data))
    return Loaded(manifest, buckets, lines, profiles, wanted - len(buckets) - len(raw) - len(profiles))


def within(parts: Iterable[T], size: Callable[[T], int], most: int) -> Iterator[T]:
    """The first of some parts, until there is no room for the next."""
    for part in parts:
        most -= size(part)
        if most < 0:
            return
        yield part


def _lines_in(file: SnapshotFile) -> Iterator[tuple[RawStretch, bytes]]:
    for stretch in file.manifest.raw:
        with suppress(StoreError):
            yield stretch, file.data(stretch.member)


def _profiles_in(file: SnapshotFile) -> Iterator[tuple[ProfilePart, Profile]]:
    for part in file.manifest.profiles:
        with suppress(StoreError, ProfileError):
            yield part, _profile(part, file.data(part.member))


def _profile(part: ProfilePart, data: bytes) -> Profile:
    """A profile; a list of goroutines as one that tells what they do."""
    if part.kind == STATES:
        return read_goroutines(data, limits=LIMITS).profile
    return read_leniently(data, limits=LIMITS).profile


class FrozenClock:
    """It is always the end of the snapshot; seconds go by all the same."""

    def __init__(self) -> None:
        """It is the beginning of time until it is known better."""
        self.at = 0.0

    def now(self) -> float:
        """Epoch seconds."""
        return self.at

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


class FrozenCollector(Collector):
    """Reads one snapshot, and answers every view out of it."""

    def __init__(
        self, path: Path, view: View, *, plan: SnapshotPlan | None = None, routes: Routes = BUILT_IN,
        memory_bytes: int = 256 << 20, is_alone: bool = False,
    ) -> None:  # fmt: skip
        """Read nothing yet.

        Args:
            path: of the snapshot.
            view: what is looked at first.
            plan: where other snapshots are.
            routes: by which rules paths become routes.
            memory_bytes: room for records.
            is_alone: there are no logs to go back to.
        """
        clock = FrozenClock()
        options = CollectorOptions(LOOK_SECONDS, memory_bytes, routes, 0.0, follow=False)
        self._laid = FrozenPolls()
        super().__init__(Intake(Discovery(())), options, view, clock, polling=self._laid, snapshots=plan)
        self._frozen_clock = clock
        self._snapshots.is_of_snapshot = True
        self._path = path
        self._sight = SnapshotSight(str(path), safe_text(path.stem, 60), is_alone=is_alone)
        self._history = HistoryStatus()
        self._words = ""

    async def run(self, publish: Callable[[Scene], None]) -> None:
        """Answer until `stop`."""
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._stopping, self._wanted = asyncio.Event(), asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                if not self._is_stopped:
                    await self._load()
                    ticking = group.create_task(self._tick())
                    if not self._is_stopped:
                        await self._stopping.wait()
                    ticking.cancel()
        finally:
            self._desks.forget()
            self._snapshots.close()
            self._axis.forget()
            self._alerting.close()
            self._metrics.close()

    async def _load(self) -> None:
        """Take all that there is; what cannot be read is said."""
        try:
            found = await asyncio.to_thread(loaded, self._path)
        except GlanceError as error:
            self._words = ": ".join(filter(None, (error.what, error.why)))
            self._frozen_clock.at = time.time()
            return
        manifest = found.manifest
        self._frozen_clock.at = manifest.end
        self._sight = replace(
            self._sight, id=manifest.id, made_at=manifest.made_at, start=manifest.start, end=manifest.end,
            why=safe_text(why(manifest), 300), alert=safe_text(manifest.alert, 300),
        )  # fmt: skip
        self._history = HistoryStatus("off", manifest.start, manifest.end)
        self._intake.feeds += frozen_feeds(manifest.logs, found.lines)
        for bucket in sorted(found.buckets, key=lambda one: one.last_ms):
            self._hold(bucket)
            await asyncio.sleep(0)
        counted = [one for one in found.profiles if one[0].kind != STATES]
        self._laid.lay(_in_order(counted), (manifest.start, manifest.end))
        self._desks.stacks.lay(stacks_of(found.profiles))
        if found.missing:
            self._words = (
                f"{found.missing} parts of this snapshot are damaged or too large, and left out; the rest is shown"
            )

    def scene(self) -> Scene:
        """What is to be seen of it."""
        found = super().scene()
        return replace(
            found, frozen=self._sight, history=self._history, is_live=False, lag_seconds=None,
            trouble=self._words or found.trouble,
        )  # fmt: skip


def _in_order(profiles: list[tuple[ProfilePart, Profile]]) -> list[tuple[ProfilePart, Profile]]:
    """The one that is shown first last: of CPU the one that counted more.

    What was polled is of the whole window, what was fetched of a few seconds at its end.
    """
    return sorted(
        profiles,
        key=lambda one: (
            len(one[1]) > 0,
            -KINDS.index(one[0].kind) if one[0].kind in KINDS else -len(KINDS),
            int(one[1].values[:, 0].sum()) if one[0].kind == "cpu" else 0,
            one[0].origin == "fetched",
        ),
    )
