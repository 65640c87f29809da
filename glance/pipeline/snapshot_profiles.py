"""The profiles of a snapshot: those that were polled in its window, and those fetched for it now."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from glance.domain.profiles.delta import joined
from glance.domain.profiles.goroutine_dump import is_goroutine_dump
from glance.domain.profiles.gunzip import MAGIC
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.plain_text import plain_text
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read_all, read_leniently
from glance.domain.profiles.proto_writer import written
from glance.domain.profiles.target import Target
from glance.domain.safe_text import safe_text
from glance.domain.snapshot import Build, MemberKind, ProfileFailure, ProfilePart
from glance.errors import SourceError, StoreError
from glance.sources.go_build import is_guided
from glance.sources.pprof_index import MOST_BYTES as INDEX_BYTES
from glance.sources.pprof_index import index_of
from glance.sources.scrape import Access, BusyError, fetch_all, target_of
from glance.sources.scrape import Target as Place
from glance.store.profile_table import KeptPoll, ProfileTable

WIRE_BYTES = 32 << 20
"""Of one answer."""
JOINED_BYTES = 64 << 20
"""Of the polls of one target and kind that are joined."""
_LIMITS = Limits(packed_bytes=WIRE_BYTES, unpacked_bytes=128 << 20, messages=2_000_000, frames=10_000_000)
INDEX_SECONDS = 5.0
"""How long is waited for what a target offers."""
BUSY_TRIES, BUSY_SECONDS = 4, 2.0
"""How often, and after how long, a program is asked again that somebody else takes a CPU profile of: a poll of ours
takes some seconds."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Asked(NamedTuple):
    """One thing that a target is asked for."""

    kind: str
    path: str
    debug: int = 0
    is_timed: bool = False


ASKED = (
    Asked("cpu", "profile", is_timed=True),
    Asked("heap", "heap"),
    Asked("goroutine", "goroutine"),
    Asked("goroutines", "goroutine", debug=2),
    Asked("mutex", "mutex"),
    Asked("block", "block"),
)
"""What is fetched; all of it at the same time."""


@dataclass(frozen=True, slots=True)
class TakenProfile:
    """A profile, and what is said of it."""

    data: bytes = field(repr=False)
    part: ProfilePart

    @property
    def member_kind(self) -> MemberKind:
        """What it is as a member."""
        return "goroutines" if self.part.kind == "goroutines" else "profile"

    @property
    def suffix(self) -> str:
        """Of the file that it becomes."""
        return "txt" if self.part.kind == "goroutines" else "pb.gz"


@dataclass(slots=True)
class Taking:
    """What came of it."""

    profiles: list[TakenProfile] = field(default_factory=list)
    failures: list[ProfileFailure] = field(default_factory=list)
    builds: dict[str, Build] = field(default_factory=dict)

    def see(self, target: str, profile: Profile) -> None:
        """Note which build a profile is of."""
        main = profile.mappings[0] if profile.mappings else None
        if main is not None and (main.build_id or main.file) and target not in self.builds:
            self.builds[target] = Build(target, main.file, main.build_id)

    def beside(self, other: Taking) -> Taking:
        """Both; of a build this one's word counts."""
        return Taking(
            [*self.profiles, *other.profiles], [*self.failures, *other.failures], {**other.builds, **self.builds}
        )

    def without(self, other: Taking) -> Taking:
        """All but the profiles of targets and kinds that the other one has."""
        has = {(one.part.target, one.part.kind) for one in other.profiles}
        mine = [one for one in self.profiles if (one.part.target, one.part.kind) not in has]
        return Taking(mine, self.failures, self.builds)


def polled(database: Path, start: float, end: float) -> Taking:
    """What was polled in a stretch of time, joined by target and kind; of goroutines the newest.

    Raises:
        StoreError: it cannot be read.
    """
    table = ProfileTable.open_to_read(database)
    if table is None:
        return Taking()
    with closing(table):
        return polled_in(table, start, end)


def polled_in(table: ProfileTable, start: float, end: float) -> Taking:
    """The same of a table that is open.

    Raises:
        StoreError: it cannot be read.
    """
    found = Taking()
    groups: dict[tuple[str, str], list[KeptPoll]] = {}
    for head in table.heads(start, end):
        groups.setdefault((head.target, head.kind), []).append(head)
    for (target, kind), heads in groups.items():
        try:
            _take_polls(found, table, heads)
        except (ProfileError, StoreError) as error:
            found.failures.append(ProfileFailure(target, kind, f"polled: {error.why or error.what}"))
    return found


def _take_polls(found: Taking, table: ProfileTable, heads: Sequence[KeptPoll]) -> None:
    """Join the polls of one target and kind, the newest where they are too many."""
    size, first = 0, len(heads)
    wanted = 1 if heads[0].kind == "goroutine" else len(heads)
    while first > len(heads) - wanted and (first == len(heads) or size + heads[first - 1].size_bytes <= JOINED_BYTES):
        first -= 1
        size += heads[first].size_bytes
    chosen = heads[first:]
    datas = table.datas(chosen)
    if not datas:
        raise ProfileError("it was let go meanwhile")
    words = f"{len(datas)} of {len(heads)} polls"
    try:
        profile = joined(chosen[-1].kind, read_all(datas, limits=_LIMITS))
        data = datas[0] if len(datas) == 1 else written(profile)
    except ProfileError:  # another program serves there now: what it counts cannot be added
        data, chosen, words = datas[-1], chosen[-1:], f"the newest of {len(heads)} polls, which do not add up"
        profile = read_leniently(data, limits=_LIMITS).profile
    last = chosen[-1]
    found.see(last.target, profile)
    start = min(head.start for head in chosen)
    part = ProfilePart(last.target, last.kind, "", "polled", start, last.end, last.note or words)
    found.profiles.append(TakenProfile(data, part))


def fetched(
    targets: Sequence[Target], access: Access, seconds: int, clock: Callable[[], float],
    on_second: Callable[[int], None] | None = None,
) -> Taking:  # fmt: skip
    """Fetch from every target all that there is, at the same time; what fails is noted.

    Args:
        targets: whom to ask.
        access: what they want to be shown.
        seconds: how long a CPU profile is taken.
        clock: epoch seconds.
        on_second: told of every second that went by.
    """
    found = Taking()
    access = replace(access, most_bytes=min(access.most_bytes, WIRE_BYTES))
    wanted = [(target, one) for target in targets for one in ASKED]
    try:
        wanted = _offered(targets, access)
        places = [target_of(url_of(target, one, seconds)) for target, one in wanted]
    except SourceError as error:
        found.failures += [ProfileFailure(target.name, one.kind, error.why or error.what) for target, one in wanted]
        return found
    start = clock()
    answers = asyncio.run(_answers(places, access, on_second)) if places else []
    end = clock()
    for (target, one), answer in zip(wanted, answers, strict=True):
        if isinstance(answer, SourceError):
            found.failures.append(ProfileFailure(target.name, one.kind, answer.why or answer.what))
        else:
            _take_answer(found, target, one, answer, (start, end))
    for target in targets:
        build = found.builds.get(target.name)
        if build is not None and is_here(target):
            found.builds[target.name] = replace(build, pgo=is_guided(build.program, build.build_id))
    return found


def _offered(targets: Sequence[Target], access: Access) -> list[tuple[Target, Asked]]:
    """What each target is asked for: what it lists; all of it where it lists nothing, or cannot say it now.

    Raises:
        SourceError: an address is none.
    """
    places = [target_of(target.url_of("")) for target in targets]
    brief = replace(
        access, timeout_seconds=min(access.timeout_seconds or INDEX_SECONDS, INDEX_SECONDS), most_bytes=INDEX_BYTES
    )
    pages = asyncio.run(fetch_all(places, brief)) if places else []
    wanted: list[tuple[Target, Asked]] = []
    for target, page in zip(targets, pages, strict=True):
        index = None if isinstance(page, SourceError) else index_of(page)
        wanted += [(target, one) for one in ASKED if index is None or one.path in index.names]
    return wanted


async def _answers(
    places: list[Place], access: Access, on_second: Callable[[int], None] | None
) -> list[bytes | SourceError]:
    """What all of them answer; who is being profiled by somebody else just now is asked again."""
    answers = await fetch_all(places, access, on_second)
    for _ in range(BUSY_TRIES):
        busy = [at for at, answer in enumerate(answers) if isinstance(answer, BusyError)]
        if not busy:
            break
        await asyncio.sleep(BUSY_SECONDS)
        again = await fetch_all([places[at] for at in busy], access)
        for at, answer in zip(busy, again, strict=True):
            answers[at] = answer
    return answers


def url_of(target: Target, one: Asked, seconds: int) -> str:
    """Where it is fetched."""
    if one.is_timed:
        return target.url_of(one.path, seconds=seconds)
    return target.url_of(one.path, debug=one.debug) if one.debug else target.url_of(one.path)


def is_here(target: Target) -> bool:
    """It runs on this machine, so that its program may lie here."""
    return target.url.startswith("unix:") or urlsplit(target.url).hostname in _LOOPBACK


def _take_answer(found: Taking, target: Target, one: Asked, data: bytes, span: tuple[float, float]) -> None:
    """Keep an answer where it is what was asked for."""
    words = ""
    if one.kind == "goroutines":
        if not is_goroutine_dump(plain_text(data[: 64 << 10])):
            found.failures.append(ProfileFailure(target.name, one.kind, "the answer is no list of goroutines"))
            return
    else:
        try:
            reading = read_leniently(data, limits=_LIMITS)
        except ProfileError as error:
            found.failures.append(
                ProfileFailure(target.name, one.kind, f"the answer is no profile: {safe_text(error.why)}")
            )
            return
        found.see(target.name, reading.profile)
        words = reading.damages[0] if reading.damages else "" if len(reading.profile) else "it has no samples"
        if not data.startswith(MAGIC):
            data = gzip.compress(data, mtime=0)
    start = span[0] if one.is_timed else span[1]
    found.profiles.append(TakenProfile(data, ProfilePart(target.name, one.kind, "", "fetched", start, span[1], words)))
