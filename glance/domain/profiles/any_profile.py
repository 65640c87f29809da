"""Read a profile of whatever format: told apart by what is in it, never by its name."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import replace

from glance.domain.profiles import austin, folded, go_text, go_trace, goroutine_dump, old_cpu, perf_script, proto
from glance.domain.profiles.any_reading import AnyReading
from glance.domain.profiles.damage import Damages
from glance.domain.profiles.gunzip import GZIP, MAGIC, unpacked
from glance.domain.profiles.json_profile import json_reading
from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.perf_script import PerfChoice
from glance.domain.profiles.plain_text import MARKS, plain_text
from glance.domain.profiles.profile_error import ProfileError

Reader = Callable[[bytes, Limits, PerfChoice | None], AnyReading]
BEGINNING = 64 << 10
CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r\f\x1b")
OTHERS = (
    (b"PERFILE2", "it is perf's own file", "print it with `perf script`"),
    (b"FLR\0", "it is a recording of Java Flight Recorder", "turn it into folded stacks first"),
    (austin.BINARY, "it is Austin's binary format", "turn it into text with `mojo2austin`"),
    (b"\x28\xb5\x2f\xfd", "it is packed with zstd", "unpack it first: `zstd -d`"),
    (b"BZh", "it is packed with bzip2", "unpack it first: `bunzip2`"),
    (b"\xfd7zXZ\0", "it is packed with xz", "unpack it first: `unxz`"),
    (
        b"PK\x03\x04",
        "it is a zip archive",
        "unpack it first; a snapshot of glance is for glance suspect, or glance itself",
    ),
    (b"\x7fELF", "it is a program, not a profile of it", ""),
)
OBJECT = re.compile(r'\{\s*(?:["}]|$)')
DOUBTFUL = 20
"""A text has at most one control in so many bytes."""
PAGES = ("<!doctype", "<html", "<?xml", "<!--")
KNOWN = (
    "pprof, ?debug=1 and ?debug=2, folded stacks, perf script, speedscope, austin, cpuprofile and Go traces are read"
)


def read_any(
    data: bytes,
    name: str = "",
    *,
    is_strict: bool = False,
    limits: Limits = LIMITS,
    perf: PerfChoice | None = None,
) -> AnyReading:
    """A profile of any format, packed with gzip or not.

    Args:
        data: all of its bytes.
        name: where it is from, for errors only.
        is_strict: any damage is an error: for what is merged or written.
        limits: how much it may be.
        perf: what is read of perf's events.

    Raises:
        ProfileError: no format fits, nothing of it can be shown, or it is too large.
    """
    try:
        return reading_of(data, is_strict=is_strict, limits=limits, perf=perf)
    except ProfileError as error:
        if not name:
            raise
        raise ProfileError(error.why, error.hint, what=f"cannot use the profile {name}") from error


def reading_of(data: bytes, *, is_strict: bool, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """A profile of any format."""
    start = beginning(data)
    if start and not start.strip():
        raise ProfileError("empty input file", "there is nothing in it")
    for magic, why, hint in OTHERS:
        if start.startswith(magic):
            raise ProfileError(why, hint or KNOWN)
    read = reader_of(start)
    if read is None:
        try:
            return proto_reading(data, is_strict=is_strict, limits=limits)
        except ProfileError:
            read = doubtful_reader(start)
            if read is None:
                raise
    damages = Damages(is_strict=is_strict)
    found = read(unpacked(data, limits, damages), limits, perf)
    words = (*damages.words, *found.damages)
    if is_strict and words:
        raise ProfileError(words[0], "only whole profiles are merged and written")
    return replace(found, damages=words)


def proto_reading(data: bytes, *, is_strict: bool, limits: Limits) -> AnyReading:
    """A profile of pprof."""
    if is_strict:
        return AnyReading(proto.read(data, limits=limits))
    reading = proto.read_leniently(data, limits=limits)
    return AnyReading(reading.profile, reading.damages)


def doubtful_reader(start: bytes) -> Reader | None:
    """What reads a text with some controls in its names; None where it is no such text."""
    controls = len(start) - len(start.translate(None, CONTROLS))
    if b"\0" in start or controls * DOUBTFUL > len(start):
        return None
    text = plain_text(start)
    return next((read for fits, read in READERS if fits(text)), None)


def beginning(data: bytes) -> bytes:
    """The first bytes, unpacked; nothing where they cannot be."""
    if not data.startswith(MAGIC):
        return data[:BEGINNING]
    found, rest = b"", data[:BEGINNING]
    while rest.startswith(MAGIC) and len(found) < BEGINNING:
        unpacker = zlib.decompressobj(GZIP)
        try:
            found += unpacker.decompress(rest, BEGINNING)
        except zlib.error:
            break
        rest = unpacker.unused_data
    return found


def reader_of(start: bytes) -> Reader | None:
    """What reads a profile that begins like this; None where that is what reads profile.proto.

    Raises:
        ProfileError: it is text of no format that is known.
    """
    if go_trace.is_go_trace(start):
        return trace_reading
    if start and is_text(start):
        return text_reader_of(plain_text(start))
    return old_cpu_reading if old_cpu.words_of(start) is not None else None


def is_text(data: bytes) -> bool:
    """There are no controls at its beginning that no text has."""
    if data.startswith(tuple(mark for mark, _ in MARKS)):
        return True
    return len(data[:4096].translate(None, CONTROLS)) == len(data[:4096])


def text_reader_of(start: str) -> Reader:
    """What reads a text that begins like this.

    Raises:
        ProfileError: it is of no format that is known.
    """
    body = start.lstrip()
    if OBJECT.match(body):
        return any_json_reading
    if body[:16].lower().startswith(PAGES):
        raise ProfileError("it is a web page or XML, not a profile", KNOWN)
    for fits, read in READERS:
        if fits(start):
            return read
    if body.startswith("["):  # so does `[unknown];main 3`
        return any_json_reading
    raise ProfileError("unrecognized profile format", KNOWN)


def any_json_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """Profiles that are JSON."""
    del perf
    return json_reading(plain, limits)


def trace_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """A trace of Go."""
    del perf
    found = go_trace.read_go_trace(plain, limits=limits)
    return AnyReading(found.timed.profile(), found.damages, "Go trace", found.timed)


def old_cpu_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """A CPU profile from before profile.proto."""
    del perf
    return AnyReading(old_cpu.read_old_cpu(plain, limits=limits), (), "old CPU profile")


def go_text_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """What `?debug=1` prints."""
    del perf
    return AnyReading(go_text.read_go_text(plain, limits=limits), (), "text of ?debug=1")


def goroutine_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """What `goroutine?debug=2` prints."""
    del perf
    found = goroutine_dump.read_goroutines(plain, limits=limits)
    return AnyReading(found.profile, found.damages, "text of ?debug=2", goroutines=found.goroutines)


def austin_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """What Austin prints."""
    del perf
    found = austin.read_austin(plain, limits=limits)
    return AnyReading(found.profile, found.damages, "austin", found.timed)


def perf_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """What `perf script` prints."""
    found = perf_script.read_perf_script(plain, choice=perf, limits=limits)
    return AnyReading(found.profile, found.damages, "perf script", found.timed)


def folded_reading(plain: bytes, limits: Limits, perf: PerfChoice | None) -> AnyReading:
    """Folded stacks."""
    del perf
    found = folded.read_folded(plain, limits=limits)
    return AnyReading(found.profile, found.damages, "folded stacks")


READERS: tuple[tuple[Callable[[str], bool], Reader], ...] = (
    (go_text.is_go_text, go_text_reading),
    (goroutine_dump.is_goroutine_dump, goroutine_reading),
    (austin.is_austin, austin_reading),
    (perf_script.is_perf_script, perf_reading),
    (folded.is_folded, folded_reading),
)
