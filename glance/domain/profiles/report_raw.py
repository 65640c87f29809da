"""Everything that a profile has, as text: what `pprof -raw` prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from glance.domain.profiles.parts import Location, Mapping, Sample
from glance.domain.profiles.profile import Profile
from glance.domain.safe_text import safe_text

LABEL_INDENT = " " * 16
LINE_INDENT = " " * 13
DURATION_SIGNS = 4
"""A duration is cut off after so many, which is a slip of pprof's."""
NANOS = 10**9


def raw_lines(profile: Profile, zone: tzinfo) -> Iterator[str]:
    """All of a profile."""
    yield from (safe_text(f"Comment: {comment}") for comment in profile.comments)
    if profile.doc_url:
        yield safe_text(f"Doc: {profile.doc_url}")
    yield safe_text(f"PeriodType: {profile.period_type.type} {profile.period_type.unit}")
    yield f"Period: {profile.period}"
    if profile.time_nanos:
        yield f"Time: {time_text(profile.time_nanos, zone)}"
    if profile.duration_nanos:
        yield f"Duration: {duration_text(profile.duration_nanos)[:DURATION_SIGNS]}"
    yield "Samples:"
    default = profile.default_sample_type
    yield safe_text(
        " ".join(f"{each.type}/{each.unit}{'[dflt]' * (each.type == default)}" for each in profile.sample_types)
    ).strip()
    for sample in profile.samples:
        yield from sample_lines(sample)
    yield "Locations"
    for location in profile.locations:
        yield from location_lines(location)
    yield "Mappings"
    for mapping in profile.mappings:
        yield mapping_line(mapping)


def time_text(nanos: int, zone: tzinfo) -> str:
    """A moment as Go prints it."""
    try:
        moment = datetime.fromtimestamp(nanos // NANOS, zone)
    except (OverflowError, ValueError, OSError):
        return f"{nanos} ns"
    fraction = f".{nanos % NANOS:09}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} {moment:%z %Z}"


def duration_text(nanos: int) -> str:
    """A duration as Go prints it: `1m2.5s`, `12ms`."""
    sign, nanos = "-" * (nanos < 0), abs(nanos)
    if nanos < NANOS:
        for unit, size in (("ms", 10**6), ("µs", 10**3), ("ns", 1)):
            if nanos >= size:
                return f"{sign}{decimal(nanos, size)}{unit}"
        return "0s"
    minutes, rest = divmod(nanos, 60 * NANOS)
    hours, minutes = divmod(minutes, 60)
    whole = f"{hours}h{minutes}m" if hours else f"{minutes}m" * bool(minutes)
    return f"{sign}{whole}{decimal(rest, NANOS)}s"


def decimal(value: int, size: int) -> str:
    """A quotient of a power of ten, exactly."""
    digits = len(str(size)) - 1
    whole, rest = divmod(value, size)
    return f"{whole}.{rest:0{digits}}".rstrip("0").rstrip(".") if digits and rest else str(whole)


def sample_lines(sample: Sample) -> Iterator[str]:
    """One sample, and its labels."""
    values = "".join(f" {value:10}" for value in sample.values)
    yield f"{values}: {''.join(f'{location.id} ' for location in sample.locations)}"
    if sample.labels:
        words = sorted(f"{key}:[{' '.join(values)}]" for key, values in sample.labels.items())
        yield LABEL_INDENT + safe_text(" ".join(words))
    if sample.numbers:
        yield LABEL_INDENT + safe_text(" ".join(sorted(number_text(sample, key) for key in sample.numbers)))


def number_text(sample: Sample, key: str) -> str:
    """A label that is a number."""
    values, units = sample.numbers[key], sample.units.get(key, ())
    if len(values) == len(units):
        return f"{key}:[{' '.join(f'{value} {unit}' for value, unit in zip(values, units, strict=True))}]"
    return f"{key}:[{' '.join(map(str, values))}]"


def location_lines(location: Location) -> Iterator[str]:
    """One location, and its lines."""
    start = f"{location.id:6}: {location.address:#x} "
    if location.mapping is not None:
        start += f"M={location.mapping.id} "
    start += "[F] " * location.is_folded
    if not location.lines:
        yield start
    for line in location.lines:
        function = line.function
        text = "??"
        if function is not None:
            text = f"{function.name} {function.filename}:{line.line}:{line.column} s={function.start_line}"
            text += f"({function.system_name})" * (function.name != function.system_name)
        yield start + safe_text(text)
        start = LINE_INDENT


def mapping_line(mapping: Mapping) -> str:
    """One mapping."""
    flags = (
        ("[FN]", mapping.has_functions),
        ("[FL]", mapping.has_filenames),
        ("[LN]", mapping.has_line_numbers),
        ("[IN]", mapping.has_inline_frames),
    )
    bits = "".join(bit for bit, is_set in flags if is_set)
    places = f"{mapping.start:#x}/{mapping.limit:#x}/{mapping.offset:#x}"
    return safe_text(f"{mapping.id}: {places} {mapping.file} {mapping.build_id} {bits}")
