"""Alerts as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from glance.domain import units
from glance.domain.alerts.builtin import NO_DATA
from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.rule_text import rule_text
from glance.domain.alerts.wording import moment, utc, words_of
from glance.domain.safe_text import safe_text
from glance.pipeline.alert_listing import AlertListing

MOST_CELLS = 100


def listed(listing: AlertListing, output: str) -> str:
    """Every rule in a line."""
    rows = [_row(listing, name) for name in listing.names]
    if output == "json":
        return json.dumps(rows, indent=2)
    cells = [("NAME", "STATE", "LAST SIGNAL", "RULE")]
    for row in rows:
        last = "" if row["last_at"] is None else f"{row['last_status']} {moment(row['last_at'])}"
        cells.append((row["name"], row["state"], last, row["rule"] or row["trouble"]))
    return table(cells)


def _row(listing: AlertListing, name: str) -> dict[str, Any]:
    events = listing.events(name, 1)
    rule = listing.rule(name)
    broken = listing.broken.get(name)
    return {
        "name": name,
        "state": listing.standing(name),
        "is_built_in": listing.is_built_in(name),
        "rule": None if rule is None or broken else condition(listing, name),
        "words": None if rule is None or broken else words_of(rule),
        "trouble": broken.reason if broken else "",
        "last_status": events[0].status if events else None,
        "last_at": events[0].at if events else None,
    }


def condition(listing: AlertListing, name: str) -> str:
    """The rule as it is written."""
    rule = listing.rule(name)
    if rule is None:
        return listing.definitions[name].text or ""
    return words_of(rule) if name == NO_DATA else rule_text(rule)


def signals(name: str, events: Sequence[AlertEvent], output: str) -> str:
    """What an alert signalled, newest first."""
    if output == "json":
        return json.dumps([event.as_mapping() for event in events], indent=2)
    if not events:
        return f"Alert({safe_text(name)}) has not yet emitted any signals"
    cells = [("AT", "STATE", "SEGMENT", "VALUE", "WORST", "SAMPLES")]
    for event in events:
        segment = safe_text(event.segment, 40)
        cells.append(
            (moment(event.at), event.status, segment, event.value_words, event.worst_words, units.exact(event.samples))
        )
    return "\n".join([table(cells), *evidence(events[0])])


def evidence(event: AlertEvent) -> list[str]:
    """Paths and lines of the window in which it turned."""
    lines = ["", f"last signal: {safe_text(event.message)}"]
    lines += [f"  {units.count(hits):>6}  {safe_text(path, MOST_CELLS)}" for path, hits in event.evidence.paths]
    return lines + [f"  | {safe_text(line, 160)}" for line in event.evidence.lines]


def definition(listing: AlertListing, name: str, output: str) -> str:
    """How a rule is defined, and where its events go."""
    rule, made = listing.rule(name), listing.definitions.get(name)
    values: dict[str, Any] = {**_row(listing, name), "made_at": made.made_at if made else None}
    values["text"] = made.text if made else None
    if rule is not None and name not in listing.broken:
        metric = rule.metric
        values |= {
            "severity": rule.severity,
            "metric": metric.as_mapping(),
            "comparator": rule.comparator,
            "threshold": rule.threshold,
            "clear_threshold": rule.clear_threshold,
            "window_seconds": rule.window_seconds,
            "for_seconds": rule.for_seconds,
            "keep_firing_seconds": rule.keep_firing_seconds,
            "min_samples": rule.min_samples,
            "after_samples": rule.after_samples,
            "after_seconds": rule.after_seconds,
            "repeat_seconds": rule.repeat_seconds,
        }
    values["states"] = [
        {"segment": state.segment.decode("utf-8", "surrogateescape"), "phase": state.phase, **state.data}
        for state in listing.states
        if state.rule == name
    ]
    values["outputs"] = [_output(listing, index) for index in range(len(listing.outputs))]
    if output == "json":
        return json.dumps(values, indent=2)
    return "\n".join(_definition_lines(listing, values))


def _output(listing: AlertListing, index: int) -> dict[str, Any]:
    state = listing.outputs[index]
    names = ("name", "waiting", "sent", "failed", "dropped", "last_sent_at", "trouble")
    return {name: getattr(state, name) for name in names}


def _definition_lines(listing: AlertListing, values: dict[str, Any]) -> list[str]:
    rows = [
        ("name", values["name"]),
        ("rule", values["rule"] or values["text"] or ""),
        ("means", values["words"] or ""),
    ]
    rows.append(("state", values["state"]))
    seen = listing.seen_at(values["name"])
    if seen is not None:
        rows.append(("looked at", moment(seen)))
    rows.append(("trouble", values["trouble"]))
    rows.append(("made", "comes with glance" if values["made_at"] is None else moment(values["made_at"])))
    for told in values["outputs"]:
        words = f"{told['name']}: {told['sent']} sent, {told['waiting']} waiting"
        words += "".join(f", {told[what]} {what}" for what in ("failed", "dropped") if told[what])
        rows.append(("output", f"{words}{': ' if told['trouble'] else ''}{told['trouble']}"))
    return [f"{name:<9} {safe_text(str(text))}" for name, text in rows if text]


def observed(listing: AlertListing, now: float, output: str) -> str:
    """Which alerts ring, as the monitor of Puppylog words it."""
    rows = [_observed(listing, name) for name in listing.names if listing.standing(name) not in ("off", "broken")]
    if output == "json":
        return json.dumps({"at": now, "alerts": rows})
    lines = [utc(float(int(now)))]
    for row in rows:
        words = {"calm": "All good!!!", "ringing": "Ringing a bell!!!", "recovered": "Recovered"}[row["state"]]
        last = row["last"]
        if last is not None:
            where = f" of {safe_text(last['segment'], 40)}" if last["segment"] else ""
            words += f", Last signal at {moment(last['at'])}{where}, value: {last['value_words']} ({last['limit']})"
        lines.append(f"{row['name']}: {words}")
    return "\n".join(lines)


def _observed(listing: AlertListing, name: str) -> dict[str, Any]:
    events = listing.events(name)
    fired = next((event for event in events if event.status == "firing"), None)
    standing = listing.standing(name)
    state = "ringing" if standing == "firing" else "calm" if fired is None else "recovered"
    if fired is None:
        return {"name": name, "state": state, "last": None}
    segment = fired.segment.decode("utf-8", "surrogateescape")
    last = {"at": fired.at, "segment": segment, "value": fired.value, "threshold": fired.threshold}
    return {"name": name, "state": state, "last": {**last, "value_words": fired.value_words, "limit": _limit(fired)}}


def _limit(event: AlertEvent) -> str:
    sign = "below" if event.worst < event.threshold else "above"
    return f"{sign} {event.threshold:g}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Cells in columns, the last as long as it is."""
    safe = [[safe_text(cell, MOST_CELLS * 4) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in safe) for column in range(len(safe[0]) - 1)]
    return "\n".join(
        "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in safe
    )
