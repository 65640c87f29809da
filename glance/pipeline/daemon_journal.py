"""The daemon's own log: what is new since the last scene, told once."""

from __future__ import annotations

import logging
import time

from glance.domain.profiles.poll import TargetStatus
from glance.domain.safe_text import safe_text
from glance.domain.scene import AlertNotice, Scene, SourceStatus
from glance.domain.units import iso

logger = logging.getLogger("glance.daemon")

UNREAD_SECONDS = 60.0
"""Lines that are not understood are told of no more often."""

_LONGEST_LINE = 200
_NOT_READ = ("missing", "failing", "waiting")


def write_journal(level: int = logging.INFO) -> None:
    """Let everything that is logged go to standard error, a line each, with its moment in UTC."""
    formatter = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("glance").setLevel(level)


class Journal:
    """Compares each scene with the one before."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._sources: dict[str, SourceStatus] = {}
        self._targets: dict[str, str] = {}
        self._alerts: dict[tuple[str, str, float], bool] = {}
        self._began: float | None = None
        """When the first scene was made: alerts of before were told by the daemon of before."""
        self._troubles = ("", "")
        self._unread = 0
        self._unread_at = float("-inf")

    def read(self, scene: Scene) -> None:
        """Tell what is new in a scene."""
        self._began = scene.at if self._began is None else self._began
        for source in scene.sources:
            self._read_source(source)
        for target in scene.targets:
            self._read_target(target)
        self._read_alerts(scene.alerts)
        troubles = (scene.trouble, scene.history.note)
        for trouble, before in zip(troubles, self._troubles, strict=True):
            if trouble and trouble != before:
                logger.warning("%s", safe_text(trouble))
        self._troubles = troubles
        self._read_unread(scene)

    def _read_source(self, source: SourceStatus) -> None:
        before = self._sources.get(source.path)
        self._sources[source.path] = source
        path = safe_text(source.path)
        is_other = source.condition != before.condition if before is not None else source.condition in _NOT_READ
        if is_other:
            logger.info("%s: %s%s", path, source.condition, f" ({safe_text(source.note)})" if source.note else "")
        if source.format and (before is None or before.format != source.format):
            logger.info("%s: reads as %s", path, safe_text(source.format))

    def _read_target(self, target: TargetStatus) -> None:
        """Tell of a target that is polled no more, or again."""
        before = self._targets.get(target.name, "")
        if target.condition in ("waiting", before):
            return
        self._targets[target.name] = target.condition
        words = f" ({safe_text(target.words)})" if target.words else ""
        logger.info("profiles of %s: %s%s", safe_text(target.name), target.condition, words)

    def _read_alerts(self, notices: tuple[AlertNotice, ...]) -> None:
        known = {}
        for notice in reversed(notices):
            if notice.state == "pending":
                continue
            key = (notice.rule, notice.segment, notice.triggered_at)
            was_over = self._alerts.get(key)
            known[key] = notice.recovered_at is not None
            if notice.recovered_at is not None and notice.recovered_at < (self._began or 0.0):
                continue
            if was_over is None:
                logger.warning("%s", safe_text(notice.message))
            if notice.recovered_at is not None and not was_over:
                logger.warning("%s is over since %s", safe_text(notice.rule), iso(notice.recovered_at))
        self._alerts = known

    def _read_unread(self, scene: Scene) -> None:
        """Tell of lines that no format reads, with one of them, as fluffy does in its log."""
        self._unread = min(self._unread, scene.unparsed_total)  # reading began anew
        count = scene.unparsed_total - self._unread
        if count <= 0 or scene.at - self._unread_at < UNREAD_SECONDS:
            return
        self._unread, self._unread_at = scene.unparsed_total, scene.at
        example = (
            f", such as {safe_text(scene.unparsed_lines[-1].text)[:_LONGEST_LINE]}" if scene.unparsed_lines else ""
        )
        logger.warning("%d lines were not understood%s", count, example)
