"""Takes a snapshot: records, raw lines and profiles of a moment, from logs or history and from running programs."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from glance import __version__
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.span import Span
from glance.domain.logs.summary_document import document, encode
from glance.domain.profiles.target import Target
from glance.domain.safe_text import safe_text
from glance.domain.snapshot import LogPart, Manifest, ProfilePart, RawStretch, Why
from glance.errors import SourceError
from glance.pipeline.poll_keeper import PollKeeper
from glance.pipeline.recalled_bytes import Find, RecalledBytes
from glance.pipeline.report import ReportOptions
from glance.pipeline.snapshot_lines import LogBytes, Opener, RawGathering, beside, raw_lines
from glance.pipeline.snapshot_logs import Moment, summary_of
from glance.pipeline.snapshot_profiles import TakenProfile, Taking, fetched, polled, polled_in
from glance.pipeline.snapshot_records import json_lines
from glance.sources.scrape import Access
from glance.store.bucket_blob import to_blob
from glance.store.history import History
from glance.store.snapshot_file import Content

MOST_RECORD_BYTES = 128 << 20
"""Of records.jsonl, unpacked; the buckets have them all."""
_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]+")
MOST_NAME = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What a snapshot is to keep, but for the logs."""

    why: Why = "person"
    alert: str = ""
    note: str = ""
    filter: str = ""
    """As it was written."""
    around_seconds: float = 60.0
    """Raw lines are kept so long before and after the window."""
    most_raw_bytes: int = 8 << 20
    targets: tuple[Target, ...] = ()
    """From these profiles are fetched."""
    access: Access = field(default_factory=Access)
    cpu_seconds: int = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot that is not stored yet."""

    manifest: Manifest
    contents: tuple[Content, ...] = field(repr=False)


class Remembered(Protocol):
    """What is known of logs, read or held."""

    @property
    def reach(self) -> str:
        """From when to when it goes, in words; empty where there is nothing."""

    def moment(self, now: float) -> Moment:
        """What is kept of it."""


def in_history(history: History) -> Find:
    """What history knows of generations, by its checkpoints."""

    def find(source: str, number: int) -> Checkpoint | None:
        known = [one for one in history.checkpoints(source) if one.generation == number]
        return known[-1] if known else None

    return find


def new_id(at: float) -> str:
    """The id of a snapshot that is made at this moment."""
    return f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def profiles_of(
    wish: Wish, database: Path | None, clock: Callable[[], float], on_second: Callable[[int], None] | None = None,
    *, kept: PollKeeper | None = None,
) -> Callable[[float, float], Taking]:  # fmt: skip
    """Fetch profiles now; returns what joins them with those that were polled in a window.

    Args:
        wish: from whom.
        database: where polled ones are kept; None has none.
        clock: epoch seconds.
        on_second: told of every second that went by.
        kept: has polled ones that are in no database; they go before those of the same that are.
    """
    now = fetched(wish.targets, wish.access, wish.cpu_seconds, clock, on_second) if wish.targets else Taking()

    def with_polled(start: float, end: float) -> Taking:
        held = kept.read_beside(lambda table: polled_in(table, start, end)) if kept is not None else None
        before = polled(database, start, end) if database is not None and database.exists() else Taking()
        return now.beside((held or Taking()).beside(before.without(held or Taking())))

    return with_polled


def taken(
    logs: Remembered, options: ReportOptions, wish: Wish, now: float,
    *, profiles: Callable[[float, float], Taking], history: Path | None = None,
    lines: Callable[[], RecalledBytes] | None = None,
) -> Taken:  # fmt: skip
    """Make a snapshot of what was read.

    Args:
        logs: what was read.
        options: how its figures are made; of the window and the filter nothing, since these are done with.
        wish: what it is to keep.
        now: epoch seconds.
        profiles: those of a window.
        history: the database that was read, where it was no logs.
        lines: opens the bytes of logs in another way than by their paths, or by history.

    Raises:
        SourceError: there is nothing in the window, and no profile either.
        StoreError: history cannot be read.
    """
    moment = logs.moment(now)
    taking = profiles(moment.start, moment.end)
    if not moment.records and not taking.profiles:
        raise _nothing(logs, moment, taking)
    options = replace(options, span=Span(moment.start, moment.end), where=None)
    summary = summary_of(moment, options)
    gathered = _raw(moment, wish, history, lines)
    contents = [Content("summary.json", "summary", _summary_bytes(document(summary)), "the numbers of the window")]
    members, raw = _raw_members(gathered)
    profile_members, parts = _profile_members(taking.profiles)
    records, notes = _record_members(moment, gathered)
    contents += [*records, *members, *profile_members]
    manifest = Manifest(
        new_id(now), now, moment.start, moment.end, wish.why, safe_text(wish.alert), wish.note, wish.filter,
        records=moment.records,
        made_by=f"glance {__version__}",
        logs=_log_parts(moment, gathered),
        raw=raw,
        profiles=parts,
        failures=tuple(taking.failures),
        builds=tuple(taking.builds.values()),
        notes=(*moment.notes, *notes),
    )  # fmt: skip
    return Taken(manifest, tuple(contents))


def _nothing(logs: Remembered, moment: Moment, taking: Taking) -> SourceError:
    reach = logs.reach
    why = f"what was read goes from {reach}" if reach else "there is no record"
    if taking.failures:
        why += f"; {taking.failures[0].target} {taking.failures[0].kind}: {taking.failures[0].words}"
    start, end = (datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in (moment.start, moment.end))
    return SourceError(
        f"there is nothing to keep from {start} to {end}", why, "choose another window with --since and --until"
    )


def _summary_bytes(values: dict[str, object]) -> bytes:
    lines = [f"{encode(key)}: {encode(value)}" for key, value in values.items()]
    return ("{" + ",\n ".join(lines) + "}\n").encode("ascii")


def _raw(moment: Moment, wish: Wish, history: Path | None, lines: Callable[[], RecalledBytes] | None) -> RawGathering:
    """The raw lines of the moment and the time around it."""
    buckets = [part.bucket for part in moment.parts]
    span = (moment.start - wish.around_seconds, moment.end + wish.around_seconds)

    def found(opened: Opener) -> RawGathering:
        return raw_lines(buckets, span, opened, wish.most_raw_bytes)

    if history is None:
        with closing((lines or LogBytes)()) as opened:
            return found(opened)
    with closing(History.open(history, writes=False)) as asked, closing(RecalledBytes(in_history(asked))) as recalled:
        return found(recalled)


def _raw_members(gathered: RawGathering) -> tuple[list[Content], tuple[RawStretch, ...]]:
    """A member for what follows each other in one log; what is said of it."""
    contents, stretches = [], []
    for number, part in enumerate(gathered.parts, 1):
        name = f"lines/{number:04}-{_plain(os.path.basename(part.stretch.source)) or 'log'}"
        contents.append(Content(name, "lines", part.data, "lines as they stand in the log"))
        stretches.append(replace(part.stretch, source=_text(part.stretch.source), member=name))
    return contents, tuple(stretches)


def _profile_members(profiles: Sequence[TakenProfile]) -> tuple[list[Content], tuple[ProfilePart, ...]]:
    contents, parts, used = [], [], set()
    for one in profiles:
        stem = f"profiles/{_plain(one.part.target) or 'target'}-{one.part.kind}-{one.part.origin}"
        name, number = f"{stem}.{one.suffix}", 2
        while name in used:
            name, number = f"{stem}-{number}.{one.suffix}", number + 1
        used.add(name)
        contents.append(Content(name, one.member_kind, one.data, f"{one.part.kind} of {one.part.target}"))
        parts.append(replace(one.part, member=name))
    return contents, tuple(parts)


def _record_members(moment: Moment, gathered: RawGathering) -> tuple[list[Content], list[str]]:
    """The records as glance keeps them, and as lines of JSON; of those the newest, where they are too many."""
    raw = {id(part.bucket): part for part in gathered.parts}
    chosen = [
        one for part in moment.parts if part.chosen.records for one in beside(part.chosen, raw.get(id(part.bucket)))
    ]
    contents = [
        Content(
            f"buckets/{number:04}.bucket", "bucket", to_blob(replace(one, unread=())), "records as glance keeps them"
        )
        for number, one in enumerate(chosen, 1)
    ]
    pieces: list[bytes] = []
    size = left_out = 0
    for one in reversed(chosen):
        piece = b"".join(json_lines([one])) if not left_out else b""
        if left_out or size + len(piece) > MOST_RECORD_BYTES:
            left_out += one.records
            continue
        pieces.append(piece)
        size += len(piece)
    contents.append(Content("records.jsonl", "records", b"".join(reversed(pieces)), "one request a line"))
    words = f"records.jsonl lacks the {left_out:,} oldest records, which the buckets have"
    return contents, [words] if left_out else []


def _log_parts(moment: Moment, gathered: RawGathering) -> tuple[LogPart, ...]:
    records: dict[str, int] = {}
    formats: dict[str, str] = {}
    for part in moment.parts:
        records[part.bucket.source] = records.get(part.bucket.source, 0) + part.chosen.records
        formats[part.bucket.source] = part.words
    lines: dict[str, int] = {}
    for raw in gathered.parts:
        lines[raw.stretch.source] = lines.get(raw.stretch.source, 0) + raw.stretch.lines
    return tuple(
        LogPart(_text(path), _text(formats[path]), count, lines.get(path, 0), gathered.words.get(path, ""))
        for path, count in records.items()
    )


def _plain(name: str) -> str:
    return _UNUSUAL.sub("-", name).strip("-._").replace("..", "-")[:MOST_NAME]


def _text(path: str) -> str:
    """A path as JSON has it."""
    return path.encode("utf-8", "replace").decode("utf-8")
