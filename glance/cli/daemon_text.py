"""What a daemon says of itself, for a person."""

from __future__ import annotations

import glob
import math
import os
import time
from collections.abc import Mapping
from typing import Any

from glance.domain.safe_text import safe_text
from glance.domain.units import age, duration, exact, iso, size

_MOST_ALERTS = 5


def render(values: Mapping[str, Any]) -> str:
    """Its state, a line for each thing that can be wrong."""
    began = values["started"]
    state = "is ending" if values["is_stopping"] else "is running" if values["is_ready"] else "is starting"
    lines = [f"glance {state}: pid {values['pid']}, since {iso(math.floor(began))} ({age(time.time() - began)})"]
    lines += [_row("trouble", values["trouble"]), _row("settings", values["reload_trouble"])]
    lines += [_source(source) for source in values["sources"]]
    lines += [_row("profiles", _target(target)) for target in values.get("targets", ())]
    lines += [_row("gap", _gap(gap)) for gap in values["gaps"]]
    lag = values["lag_seconds"]
    newest = "" if lag is None else f", the newest {age(lag)} old"
    lines.append(_row("read", f"{exact(values['lines'])} lines, {exact(values['unparsed'])} not understood{newest}"))
    lines += [_row("history", _history(values["history"])), *_alerts(values["alerts"])]
    lines += [_row("reports", _reports(values["reports"])), _row("config", values["config"])]
    lines.append(_row("answers", values["url"]))
    lines.append(_row("log", values["log"] or "standard error"))
    return "\n".join(line for line in lines if line)


def started(values: Mapping[str, Any], log: str) -> str:
    """That it is up, and what it waits for."""
    paths = ", ".join(safe_text(path) for path in values["paths"])
    lines = [f"glance is up: pid {values['pid']}, reads {paths}"]
    awaited = [
        path for path in values["paths"] if path != "-" and not glob.has_magic(path) and not os.path.exists(path)
    ]
    lines += [f"  {safe_text(path)} does not exist yet: it is waited for" for path in awaited]
    if values["history"]["note"]:
        lines.append(f"  {safe_text(values['history']['note'])}")
    if values["url"]:
        lines.append(f"  answers at {values['url']}metrics and {values['url']}api/v1/report")
    lines.append(f"  its log: {safe_text(log)}")
    return "\n".join(lines)


def _row(name: str, text: str) -> str:
    return f"  {name:<9} {safe_text(text)}" if text else ""


def _target(target: Mapping[str, Any]) -> str:
    polls = sum(target["polls"].values())
    parts = [target["condition"], f"{exact(polls)} {'poll' if polls == 1 else 'polls'}", size(target["bytes"])]
    return f"{target['name']}: {', '.join([*parts, *([target['note']] if target['note'] else [])])}"


def _source(source: Mapping[str, Any]) -> str:
    parts = [source["condition"], source["format"], f"{exact(source['lines'])} lines"]
    if source["unparsed"]:
        parts.append(f"{exact(source['unparsed'])} not understood")
    behind = source["lag_bytes"] + source["pending_bytes"]
    parts.append(f"{size(behind)} behind" if behind else "nothing behind")
    parts.append(source["note"])
    return _row("source", f"{source['path']}: {', '.join(part for part in parts if part)}")


def _gap(gap: Mapping[str, Any]) -> str:
    amount = f"{exact(gap['lines'])} lines" if gap["lines"] else size(gap["bytes"])
    return f"{gap['source']}: {amount} {gap['reason']}"


def _history(history: Mapping[str, Any]) -> str:
    if history["path"] is None:
        return "off"
    return ", ".join(part for part in (history["path"], history["condition"], history["note"]) if part)


def _alerts(alerts: Mapping[str, Any]) -> list[str]:
    firing = alerts["firing"]
    lines = [_row("alerts", f"{firing} firing" if firing else f"none firing{_watched(alerts['rule'])}")]
    for alert in alerts["latest"][:_MOST_ALERTS]:
        over = "" if alert["recovered_at"] is None else f", over since {iso(math.floor(alert['recovered_at']))}"
        lines.append(_row("", f"{alert['message']}{over}"))
    return lines


def _watched(rule: str) -> str:
    return f"; watches for {rule}" if rule else ""


def _reports(reports: Mapping[str, Any] | None) -> str:
    if reports is None:
        return "none"
    last = "" if reports["written_at"] is None else f", the last {iso(math.floor(reports['written_at']))}"
    trouble = f"; {reports['trouble']}" if reports["trouble"] else ""
    return (
        f"{reports['path']}: {exact(reports['written'])} written{last}, "
        f"the next in {duration(reports['next_in_seconds'])}{trouble}"
    )
