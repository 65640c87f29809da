"""Profiles that are JSON: which of the formats it is."""

from __future__ import annotations

from glance.domain.profiles.any_reading import AnyReading
from glance.domain.profiles.json_text import json_object
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.speedscope import speedscope_profiles
from glance.domain.profiles.v8_profile import v8_reading


def json_reading(data: bytes, limits: Limits) -> AnyReading:
    """A profile of speedscope or of V8.

    Raises:
        ProfileError: it is neither, or not valid.
    """
    whole = json_object(data, limits)
    if "profiles" in whole or "speedscope" in str(whole.get("$schema", ""))[:200]:
        found = speedscope_profiles(whole, limits)
        several = found.profiles if len(found.profiles) > 1 else ()
        return AnyReading(found.profiles[found.active].profile, (), "speedscope", profiles=several)
    if "nodes" in whole or "head" in whole:
        v8 = v8_reading(whole, limits)
        return AnyReading(v8.profile, v8.damages, "cpuprofile", v8.timed)
    if "traceEvents" in whole:
        raise ProfileError("it is a trace of Chrome, not a profile", "save the profile alone, as .cpuprofile")
    raise ProfileError("it is JSON of no format that is known", "profiles of speedscope and of V8 are read")
