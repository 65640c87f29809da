"""What a daemon says of itself, as plain values for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glance.domain.profiles.poll import TargetStatus
from glance.domain.scene import AlertNotice, HistoryStatus, Scene, SourceStatus
from glance.paths import database_file
from glance.pipeline.daemon_plan import DaemonPlan
from glance.pipeline.periodic_report import PeriodicReport

MOST_ALERTS = 20
"""Newest alerts that are told."""


@dataclass(frozen=True, slots=True)
class DaemonFacts:
    """What does not change while it runs."""

    pid: int
    started: float
    """Epoch seconds."""
    version: str
    log: str
    url: str = ""
    """Where it answers over HTTP; empty is nowhere."""


def status_of(facts: DaemonFacts, plan: DaemonPlan, scene: Scene, report: PeriodicReport | None) -> dict[str, Any]:
    """Everything that `glance daemon status` tells."""
    return {
        "pid": facts.pid,
        "version": facts.version,
        "started": facts.started,
        "config": plan.config,
        "log": facts.log,
        "url": facts.url,
        "paths": list(plan.paths),
        "at": scene.at,
        "lines": scene.lines_total,
        "unparsed": scene.unparsed_total,
        "lines_per_second": scene.lines_per_second,
        "lag_seconds": scene.lag_seconds,
        "sources": [_source(source) for source in scene.sources],
        "targets": [_target(target) for target in scene.targets],
        "history": _history(plan, scene.history),
        "gaps": [
            {"source": gap.source, "reason": gap.reason, "at": gap.at, "lines": gap.lines, "bytes": gap.bytes}
            for gap in scene.gaps
        ],
        "alerts": {
            "rule": scene.alert_rule,
            "firing": sum(notice.is_firing for notice in scene.alerts),
            "latest": [_alert(notice) for notice in scene.alerts[:MOST_ALERTS]],
        },
        "reports": _report(report),
        "trouble": scene.trouble,
    }


def _source(source: SourceStatus) -> dict[str, Any]:
    return {
        "path": source.path,
        "condition": source.condition,
        "format": source.format,
        "lines": source.lines,
        "unparsed": source.unparsed,
        "size_bytes": source.size_bytes,
        "pending_bytes": source.pending_bytes,
        "lag_bytes": source.lag_bytes,
        "note": source.note,
    }


def _target(target: TargetStatus) -> dict[str, Any]:
    return {
        "name": target.name,
        "address": target.address,
        "condition": target.condition,
        "polls": {kind.kind: kind.polls for kind in target.kinds},
        "last_at": target.at,
        "bytes": target.bytes_total,
        "seconds": target.seconds_total,
        "restarts": target.restarts,
        "note": target.words,
    }


def _history(plan: DaemonPlan, status: HistoryStatus) -> dict[str, Any]:
    return {
        "path": str(database_file(plan.settings.db)) if plan.settings.history else None,
        "condition": status.condition,
        "size_bytes": status.size_bytes,
        "waiting_lines": status.waiting_lines,
        "note": status.note,
    }


def _alert(notice: AlertNotice) -> dict[str, Any]:
    return {
        "rule": notice.rule,
        "segment": notice.segment,
        "state": notice.state if notice.recovered_at is None else "resolved",
        "message": notice.message,
        "triggered_at": notice.triggered_at,
        "recovered_at": notice.recovered_at,
        "value": notice.value,
        "highest": notice.highest,
    }


def _report(report: PeriodicReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "path": report.plan.path,
        "seconds": report.plan.seconds,
        "written": report.written,
        "written_at": report.written_at,
        "next_in_seconds": report.seconds_left,
        "trouble": report.trouble,
    }
