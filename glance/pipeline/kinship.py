"""Which of the logs that were named are rotated predecessors of others: they are read as part of those."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from glance.domain.logs.checkpoint import Checkpoint
from glance.pipeline.log_feed import source_name
from glance.sources.discovery import FoundSource
from glance.sources.family import live_name, stem_name


@dataclass(slots=True)
class Kinship:
    """Logs, each with those of its predecessors that were named too."""

    logs: list[FoundSource] = field(default_factory=list)
    predecessors: dict[str, list[str]] = field(default_factory=dict)
    """Paths by the name of the log."""

    def known_for(self, log: FoundSource, checkpoints: Sequence[Checkpoint]) -> tuple[Checkpoint, ...]:
        """What is on record of a log, but for predecessors that were passed over before and are wanted now."""
        wanted = set(self.predecessors.get(source_name(log.path), ()))
        return tuple(one for one in checkpoints if one.state != "ignored" or one.path not in wanted)


def kinship(found: Sequence[FoundSource], known: Collection[str]) -> Kinship:
    """Sort logs into families.

    A file that was rotated from a log that is named too, or is on record, holds lines of that log: read
    as a log of its own, they would be counted again.

    Args:
        found: what was named.
        known: names of the logs on record.
    """
    kin = Kinship()
    names = {source_name(one.path): one for one in found}
    for name, one in names.items():
        live = _live_of(name)
        is_own = live == name or name in known or (live not in names and live not in known)
        if is_own or one.kind not in ("file", "archive"):
            kin.logs.append(one)
            continue
        kin.predecessors.setdefault(live, []).append(name)
        if live not in names and not any(log.path == live for log in kin.logs):
            kin.logs.append(FoundSource(live))
    return kin


def _live_of(name: str) -> str:
    """The name of the log that a file would have been rotated from; the same name when it was not."""
    folder, file = os.path.split(name)
    live = live_name(file)
    return os.path.join(folder, live if live != file else stem_name(file))
