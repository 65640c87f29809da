"""What a snapshot has, as the rest of glance understands it: buckets, figures and profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.named_figures import KINDS, Kind, figures_of
from glance.domain.logs.span import Choice
from glance.domain.logs.summary import Summary
from glance.domain.profiles.growth import Comparison, compare
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read_leniently
from glance.domain.snapshot import ProfilePart
from glance.errors import StoreError
from glance.pipeline.report import Report, ReportOptions
from glance.pipeline.snapshot_logs import alone
from glance.store.bucket_blob import of_blob
from glance.store.column_codec import DamagedError
from glance.store.snapshot_file import SnapshotFile

LIMITS = Limits(packed_bytes=64 << 20, unpacked_bytes=128 << 20, messages=2_000_000, frames=10_000_000)

VALUE_BYTES = 50
"""What a value takes beside its text."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure of both."""

    name: str
    kind: Kind
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """How a profile that both have changed."""

    target: str
    kind: str
    comparison: Comparison | None
    trouble: str = ""
    """Why they cannot be compared."""


def buckets_in(file: SnapshotFile) -> Iterator[LogBucket]:
    """Its buckets; those that are damaged are left out, which `damages` tells of."""
    for member in file.manifest.of_kind("bucket"):
        try:
            yield of_blob(file.data(member.name))
        except (StoreError, DamagedError):
            continue


def held_bytes(bucket: LogBucket) -> int:
    """How much memory a bucket takes, about."""
    texts = sum(
        one.ids.nbytes + sum(map(len, one.values)) + VALUE_BYTES * len(one.values) for one in bucket.texts.values()
    )
    return bucket.times.deltas.nbytes + bucket.sizes.nbytes + texts


def summary_in(file: SnapshotFile, *, where: Choice | None = None, top: int = 20) -> Summary:
    """The figures of its window, counted anew from its records."""
    report = Report(ReportOptions(top=top, where=where))
    formats = {log.path: log.format for log in file.manifest.logs}
    records = 0
    for bucket in buckets_in(file):
        records += bucket.records
        report.take(bucket.source, formats.get(bucket.source, ""), alone(bucket))
    if records < file.manifest.records:
        report.note(f"{file.manifest.records - records:,} of {file.manifest.records:,} records are damaged")
    return report.summary()


def figure_changes(before: SnapshotFile, after: SnapshotFile) -> list[FigureChange]:
    """Every figure of both windows."""
    old, new = (
        figures_of(summary_in(file), max(1e-3, file.manifest.end - file.manifest.start)) for file in (before, after)
    )
    return [FigureChange(name, kind, old.get(name), new.get(name)) for name, kind in KINDS.items()]


def profile_changes(before: SnapshotFile, after: SnapshotFile) -> list[ProfileChange]:
    """How the profiles that both have changed, those fetched before those polled."""
    old, new = _by_key(before), _by_key(after)
    names = {one.target for one in before.manifest.profiles}, {one.target for one in after.manifest.profiles}
    is_one = all(len(each) == 1 for each in names)  # one program in both, whatever it was called
    if is_one:
        old = {("", kind): part for (_, kind), part in old.items()}
        new_by = {("", kind): part for (_, kind), part in new.items()}
    else:
        new_by = new
    found: list[ProfileChange] = []
    for key, part in old.items():
        other = new_by.get(key)
        if other is None:
            continue
        try:
            comparison = compare(_profile(before, part), _profile(after, other))
        except (ProfileError, StoreError) as error:
            found.append(ProfileChange(other.target, other.kind, None, error.why or error.what))
        else:
            found.append(ProfileChange(other.target, other.kind, comparison))
    return found


def _by_key(file: SnapshotFile) -> dict[tuple[str, str], ProfilePart]:
    """One profile for each target and kind: that of the moment, where there is one."""
    found: dict[tuple[str, str], ProfilePart] = {}
    for part in sorted(file.manifest.profiles, key=lambda one: one.origin != "fetched"):
        if part.kind != "goroutines":
            found.setdefault((part.target, part.kind), part)
    return found


def _profile(file: SnapshotFile, part: ProfilePart) -> Profile:
    return read_leniently(file.data(part.member), limits=LIMITS).profile
