"""Profiles for `glance suspect`: each by itself, for memory that grows is seen over several."""

from __future__ import annotations

from collections.abc import Sequence

from glance.cli.profile_options import Request
from glance.cli.profile_sources import data_of, named, prepared, reading_of, say
from glance.domain.profiles.profile import Profile
from glance.domain.safe_text import safe_text
from glance.errors import GlanceError


def separate(sources: Sequence[str], request: Request) -> list[Profile]:
    """Every profile of these sources; those that cannot be used are said and left out, as long as one is left.

    Raises:
        GlanceError: none is left.
    """
    found: list[Profile] = []
    failed: list[GlanceError] = []
    for source, data in zip(sources, data_of(sources, request), strict=True):
        try:
            if isinstance(data, GlanceError):
                raise data
            reading = named(source, reading_of, data)
        except GlanceError as error:
            failed.append(error)
            continue
        for damage in reading.damages:
            say(f"{safe_text(source)}: {safe_text(damage)}")
        found.append(prepared(reading.profile, request))
    if failed and not found:
        raise failed[0]
    for each in failed:
        say(f"{each.what}: {each.why}" if each.why else each.what)
    return found
