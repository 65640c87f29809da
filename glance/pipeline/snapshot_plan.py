"""How a dashboard or a daemon takes snapshots, as the settings want it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from glance.browser import is_browser
from glance.config import DEFAULTS, Settings
from glance.domain.snapshot import Allowance

if TYPE_CHECKING:
    from glance.domain.profiles.target import Target
    from glance.sources.scrape import Access

FOLDER_SUFFIX = ".snapshots"
"""As the store has it, which is not imported for this."""

MOST_RECORDS = 1_000_000
"""Of a snapshot that is taken beside a dashboard or a daemon, which go on meanwhile; the newest are kept."""


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """Where snapshots lie, what is in one, and when an alert may take one."""

    shelf: Path
    allowance: Allowance = field(default_factory=Allowance)
    is_on_alert: bool = True
    """Alerts take them, where their rule says so."""
    cooldown_seconds: float = DEFAULTS.snapshot_cooldown
    cpu_seconds: int = DEFAULTS.snapshot_seconds
    targets: tuple[Target, ...] = ()
    access: Access | None = None
    """What they want to be shown; None is nothing."""
    database: Path | None = None
    """Where polled profiles are."""
    most_records: int = MOST_RECORDS


def snapshots_of(settings: Settings, database: Path) -> SnapshotPlan | None:
    """How snapshots are taken; None for visitors in a browser, who take none.

    Args:
        settings: what was set.
        database: where history is, or would be.

    Raises:
        ConfigError: a file of a token cannot be read.
    """
    if is_browser():
        return None
    targets: tuple[Target, ...] = ()
    access = None
    if settings.pprof_targets or settings.pprof:
        from glance.pipeline.poll_setup import access_of, chosen_targets  # few poll anything

        targets, access = chosen_targets(settings), access_of(settings.pprof)
    return SnapshotPlan(
        database.with_suffix(FOLDER_SUFFIX),
        Allowance(settings.snapshot_mb << 20, most_count=settings.snapshot_count),
        settings.snapshots and settings.history,  # who wants nothing kept takes one by hand only
        settings.snapshot_cooldown,
        settings.snapshot_seconds,
        targets,
        access,
        database if settings.history else None,
    )
