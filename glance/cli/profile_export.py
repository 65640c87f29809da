"""`glance profile merge` and `export`: profiles are written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING

from glance.cli.profile_options import Request
from glance.cli.profile_sources import strict
from glance.domain.profiles.alignment import aligned, with_a_mapping
from glance.domain.profiles.merge import merge
from glance.domain.profiles.proto_writer import written
from glance.domain.safe_text import safe_text
from glance.errors import GlanceError

if TYPE_CHECKING:
    from glance.domain.profiles.report import Report

MOST_AT_ONCE = 128
"""So many profiles are merged at a time, as the tool of Go does."""


def merge_into(request: Request, output: str) -> None:
    """Merge all sources and write the result.

    Raises:
        GlanceError: one cannot be used, they do not fit each other, or the file cannot be written.
    """
    profiles = [with_a_mapping(each) for each in strict(request.sources, request)]
    found = profiles[0]
    if len(profiles) > 1:
        chunks = [profiles[start : start + MOST_AT_ONCE] for start in range(0, len(profiles), MOST_AT_ONCE)]
        found = merge(aligned(chunks[0]))
        for chunk in chunks[1:]:
            found = merge(aligned([found, merge(aligned(chunk))]))
    write_whole(output, written(found))


def export_to(report: Report, form: str, output: str) -> None:
    """Write what a report is about in another format.

    Raises:
        GlanceError: the file cannot be written.
    """
    write_whole(output, writer_of(form)(report))


def writer_of(form: str) -> Callable[[Report], bytes]:
    """What writes this format; imported when it is wanted."""
    if form == "folded":
        from glance.domain.profiles.folded_writer import folded

        return lambda report: folded(report.profile, report.index)
    if form == "speedscope":
        from glance.domain.profiles.speedscope_writer import speedscope

        return lambda report: speedscope(report.profile, indexes_of(report), name=title_of(report))
    if form == "svg":
        from glance.domain.profiles.flame_svg import flame_svg
        from glance.themes import LIGHT_FRAMES  # textual behind it

        return lambda report: flame_svg(report.profile, report.index, LIGHT_FRAMES, title=title_of(report))
    if form == "callgrind":
        from glance.domain.profiles.callgrind_writer import callgrind

        return callgrind
    from glance.domain.profiles.scale import divided

    return lambda report: written(divided(report.profile, report.choices.divide_by))


def indexes_of(report: Report) -> list[int]:
    """The columns of all values, that of the report first."""
    return [report.index, *(column for column in range(len(report.profile.sample_types)) if column != report.index)]


def title_of(report: Report) -> str:
    """What a picture is called: the program and what was counted."""
    mappings = report.profile.mappings
    program = os.path.basename(mappings[0].file) if mappings else ""
    return safe_text(f"{program} {report.type}".strip())


def write_whole(output: str, data: bytes) -> None:
    """Write a file in one step: whoever reads it sees the old one or the new one, never a part.

    Raises:
        GlanceError: it cannot be written.
    """
    try:
        if output == "-":
            if sys.stdout.isatty() and b"\0" in data[:64]:
                raise GlanceError("a profile is not printed on a terminal", "", "-o FILE, or | another program")
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        target = os.path.realpath(output)
        if os.path.exists(target) and not os.path.isfile(target):  # a pipe, /dev/null: there is nothing to replace
            with open(target, "wb") as file:
                file.write(data)
            return
        replace_file(target, data)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise GlanceError(f"cannot write {safe_text(output)}", reason or "") from error


def replace_file(target: str, data: bytes) -> None:
    """Put a new file in the place of an old one, with its rights.

    Raises:
        OSError: it cannot be written.
    """
    mode = stat.S_IMODE(os.stat(target).st_mode) if os.path.exists(target) else 0o644
    fd, name = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target))
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
