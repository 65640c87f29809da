"""What a snapshot says of itself, in words; text of others is in them, and passes the gate later."""

from __future__ import annotations

from collections.abc import Iterator

from glance.domain import units
from glance.domain.snapshot import Build, LogPart, Manifest, ProfilePart


def why(manifest: Manifest) -> str:
    """Why it was taken, and what was noted."""
    words = f"alert {manifest.alert}".rstrip() if manifest.why == "alert" else ""
    return ": ".join(filter(None, (words, manifest.note.replace("\n", " ")))) or "by hand"


def failure_words(manifest: Manifest) -> list[str]:
    """Which profiles are missing and why, in one line those of a target that have one reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in manifest.failures:
        found.setdefault((one.target, one.words), []).append(one.kind)
    return [f"{', '.join(kinds)} of {target}: {words}" for (target, words), kinds in found.items()]


def contents(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """What is in it: a name, and words."""
    for log in manifest.logs:
        yield "log", _log(log)
    for build in manifest.builds:
        yield "program", _build(build)
    for one in manifest.profiles:
        yield "profile", _profile(one)
    for words in failure_words(manifest):
        yield "missing", words
    for note in manifest.notes:
        yield "note", note


def _log(log: LogPart) -> str:
    told = f"{log.path}: {units.counted(log.records, 'record')}, {units.counted(log.lines, 'raw line')}"
    return f"{told} ({log.words})" if log.words else told


def _build(build: Build) -> str:
    guided = {None: "", True: ", built with PGO", False: ", built without PGO"}[build.pgo]
    identity = f", build id {build.build_id}" if build.build_id else ""
    return f"{build.target}: {build.program}{identity}{guided}"


def _profile(one: ProfilePart) -> str:
    told = f"{one.kind} of {one.target}, {one.origin}: {one.member}"
    return f"{told} ({one.words})" if one.words else told
