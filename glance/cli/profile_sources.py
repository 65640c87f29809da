"""Profiles for `glance profile`: read or fetched, merged, and a base taken away, as the tool of Go does it."""

from __future__ import annotations

import asyncio
import os
import sys
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

import click

from glance.cli.profile_options import Request
from glance.domain.profiles.alignment import aligned, with_a_mapping
from glance.domain.profiles.diff import difference
from glance.domain.profiles.limits import LIMITS
from glance.domain.profiles.merge import merge
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import Reading, read, read_all, read_leniently
from glance.domain.profiles.prune import with_all_frames, without_uninteresting
from glance.domain.safe_text import safe_text
from glance.errors import GlanceError, SourceError, UsageError

T = TypeVar("T")
STDIN = "-"
BEGINNING = 4096
FIRST_FIELD = b"\x0a"
"""Of profile.proto, when it is a message: the types of its values."""
CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r\f\x1b")
"""What no text has."""


def say(text: str) -> None:
    """A line on standard error."""
    click.echo(f"glance: {text}", err=True)


def looked_at(request: Request) -> Profile:
    """The profile that a report is about: all sources merged, less their base.

    Sources that cannot be used are said and left out, as long as one is left.

    Raises:
        GlanceError: none is left, or they do not fit each other.
    """
    if request.base and request.diff_base:
        raise UsageError("--base and --diff-base cannot both be", "", "leave one out")
    sources = request.sources
    profile = gathered(sources, request)
    if request.base or request.diff_base:
        base = gathered(request.base or request.diff_base, request)
        profile = difference(profile, base, is_marked=bool(request.diff_base), is_normalized=request.normalize)
    elif request.normalize:
        raise UsageError("--normalize needs a base", "", "--base SOURCE, or --diff-base SOURCE")
    return prepared(profile, request)


def prepared(profile: Profile, request: Request) -> Profile:
    """A profile as reports take it: without the frames that it says to drop."""
    profile, trouble = (with_all_frames(profile), "") if request.all_frames else without_uninteresting(profile)
    if trouble:
        say(safe_text(trouble))
    if request.add_comment:
        profile = replace(profile, comments=(*profile.comments, request.add_comment))
    return profile


def gathered(sources: Sequence[str], request: Request) -> Profile:
    """All of these as one profile; a single one stays as it is.

    Raises:
        GlanceError: none can be used, or they do not fit each other.
    """
    found: list[Profile] = []
    failed: list[GlanceError] = []
    for source, data in zip(sources, data_of(sources, request), strict=True):
        try:
            if isinstance(data, GlanceError):
                raise data
            reading = named(source, whole_reading_of if request.must_be_whole else reading_of, data)
        except GlanceError as error:
            failed.append(error)
            continue
        for damage in reading.damages:
            say(f"{safe_text(source)}: {safe_text(damage)}")
        found.append(with_a_mapping(reading.profile))
    if not found or (failed and request.must_be_whole):
        raise failed[0]
    for each in failed:
        say(f"{each.what}: {each.why}" if each.why else each.what)
    if failed:
        say(f"{len(found)} of {len(sources)} profiles are used")
    return found[0] if len(found) == 1 else merge(aligned(found))


def strict(sources: Sequence[str], request: Request) -> list[Profile]:
    """Each of these, for what is written: one that is damaged ends it.

    Raises:
        GlanceError: one cannot be used.
    """
    datas: list[bytes] = []
    for data in data_of(sources, request):
        if isinstance(data, GlanceError):
            raise data
        datas.append(data)
    if all(map(is_protobuf, datas)):
        with suppress(ProfileError):  # which one it is, is found out below
            return read_all(datas)
    return [named(source, strict_reading_of, data) for source, data in zip(sources, datas, strict=True)]


def reading_of(data: bytes) -> Reading:
    """The profile in these bytes, whatever its format.

    Raises:
        ProfileError: nothing of it can be shown.
    """
    if is_protobuf(data):
        return read_leniently(data)
    from glance.domain.profiles.any_profile import read_any  # all formats behind it: 70 ms

    return read_any(data)


def whole_reading_of(data: bytes) -> Reading:
    """The same, of a profile of pprof only if nothing of it is missing.

    Raises:
        ProfileError: nothing of it can be shown, or it is damaged.
    """
    return Reading(read(data)) if is_protobuf(data) else reading_of(data)


def strict_reading_of(data: bytes) -> Profile:
    """The profile in these bytes, of which nothing is missing.

    Raises:
        ProfileError: it is damaged.
    """
    if is_protobuf(data):
        return read(data)
    from glance.domain.profiles.any_profile import read_any  # all formats behind it: 70 ms

    return read_any(data, is_strict=True).profile


def is_protobuf(data: bytes) -> bool:
    """Whether it begins as profiles of pprof do; what does not may be one all the same."""
    start = data[:BEGINNING]
    if start.startswith(b"\x1f\x8b"):
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(start, BEGINNING)
        except zlib.error:
            return False
    return start[:1] == FIRST_FIELD and len(start.translate(None, CONTROLS)) < len(start)


def named(source: str, reader: Callable[[bytes], T], data: bytes) -> T:
    """What is read, and an error that says of which source it is.

    Raises:
        ProfileError: it cannot be used.
    """
    try:
        return reader(data)
    except ProfileError as error:
        raise ProfileError(safe_text(error.why), error.hint, what=f"cannot use {safe_text(source)}") from error


def data_of(sources: Sequence[str], request: Request) -> list[bytes | SourceError]:
    """The bytes of each source; in place of one that cannot be had, why."""
    if sources.count(STDIN) > 1:
        raise UsageError("standard input can be read once only", "it is named twice", "name one of them only")
    from glance.sources.scrape import is_url  # asyncio behind it, which is imported here anyway

    urls = [source for source in sources if is_url(source)]
    fetched = dict(zip(urls, fetched_data(urls, request), strict=True)) if urls else {}
    return [fetched[source] if source in fetched else file_data(source) for source in sources]


def file_data(source: str) -> bytes | SourceError:
    """The bytes of a file or of standard input; too many are no error yet, for its reader says so."""
    most = LIMITS.packed_bytes + LIMITS.unpacked_bytes
    try:
        if source == STDIN:
            return sys.stdin.buffer.read(most)
        with open(source, "rb") as file:
            if os.path.isdir(source):
                raise IsADirectoryError(21, "it is a directory")
            return file.read(most)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return SourceError(f"cannot read {safe_text(source)}", reason or "")


def fetched_data(urls: Sequence[str], request: Request) -> list[bytes | SourceError]:
    """What running programs answer."""
    from glance.sources.scrape import Access, fetch_all, target_of  # ssl behind it: only for URLs

    access = Access(
        request.token, request.tls_ca, request.tls_cert, request.tls_key, request.insecure, request.timeout,
        request.seconds,
    )  # fmt: skip
    try:
        targets = [target_of(url, request.seconds) for url in urls]
    except SourceError as error:
        return [error] * len(urls)
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        for target in targets:
            if target.seconds:
                say(f"taking a profile for {target.seconds} s: {target.name}")
        return asyncio.run(fetch_all(targets, access))
    longest = max(target.seconds for target in targets)
    names = ", ".join(target.name for target in targets)

    def show(passed: int) -> None:
        how_far = f"{min(passed, longest)} of {longest} s" if longest else f"{passed} s"
        sys.stderr.write(f"\r\x1b[K{f'taking a profile, {how_far}: {names}'[:79]}")
        sys.stderr.flush()

    try:
        return asyncio.run(fetch_all(targets, access, show))
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
