"""What a rule would have done on logs that are there."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import click

from glance.cli.progress import ReadingBar
from glance.cli.reading import total_bytes
from glance.domain import units
from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.rule_text import rule_text
from glance.domain.alerts.wording import moment, words_of
from glance.domain.safe_text import safe_text
from glance.pipeline.alert_replay import AlertReplay


def replay(rule: AlertRule, paths: Sequence[str], form: str, output: str) -> int:
    """Read the logs and print every transition.

    Raises:
        SourceError: a log cannot be read.
        FormatError: it is not understood.
    """
    events: list[AlertEvent] = []
    with ReadingBar(total_bytes(list(paths))) as bar:
        found = AlertReplay(rule, events.append, now=time.time(), format=form, on_progress=bar.show)
        for path in paths:
            found.read(path)
        found.finish()
    click.echo(_as_json(found, events) if output == "json" else _as_text(found, events))
    return 0


def _as_json(found: AlertReplay, events: Sequence[AlertEvent]) -> str:
    span = found.span
    told = {
        "rule": rule_text(found.rule),
        "words": words_of(found.rule),
        "start": None if span is None else span[0],
        "end": None if span is None else span[1],
        "records": found.records,
        "late": found.late,
        "ahead": found.ahead,
        "fired": sum(event.status == "firing" for event in events),
        "still_firing": [watched.state.segment.decode("utf-8", "surrogateescape") for watched in found.firing],
        "events": [event.as_mapping() for event in events],
    }
    return json.dumps(told, indent=2)


def _as_text(found: AlertReplay, events: Sequence[AlertEvent]) -> str:
    lines = [f"rule: {safe_text(rule_text(found.rule))}", f"      {safe_text(words_of(found.rule))}"]
    if found.span is None:
        return "\n".join([*lines, "there are no records in it"])
    start, end = found.span
    lines.append(f"log:  {units.exact(found.records)} records from {moment(start)} to {moment(end)}")
    if found.late:
        lines.append(f"      {units.exact(found.late)} that stand more than 5 min too late were left out")
    if found.ahead:
        lines.append(f"      {units.exact(found.ahead)} that claim to be of the future were left out")
    for event in events:
        lines += ["", f"{'FIRES' if event.status == 'firing' else 'RECOVERS'}  {safe_text(event.message)}"]
        if event.status == "resolved":
            lines.append(f"  after {units.age(event.at - event.started_at)}, at worst {event.worst_words}")
        else:
            lines += [f"  {units.count(hits):>6}  {safe_text(path, 100)}" for path, hits in event.evidence.paths]
    fired = sum(event.status == "firing" for event in events)
    times = {0: "would not have fired", 1: "would have fired once"}.get(fired, f"would have fired {fired} times")
    still = f"; {len(found.firing)} still firing at the end of the log" if found.firing else ""
    return "\n".join([*lines, "", f"it {times}{still}"])
