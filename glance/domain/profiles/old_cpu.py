"""Read the CPU profiles of gperftools and of Go before profile.proto: a row of machine words."""

from __future__ import annotations

import numpy as np

from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker

WORDS = ("<u4", ">u4", "<u8", ">u8")
HEADER_WORDS = 5
VERSION = 3
MOST_COUNT = 1 << 62
TYPES = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
ALIKE = 32
"""One stack in so many may differ where all others share a frame that the signal handler has pushed."""


def words_of(data: bytes) -> tuple[str, list[int]] | None:
    """The kind of its words and the header, where it begins like such a profile."""
    for kind in WORDS:
        size = np.dtype(kind).itemsize
        if len(data) < HEADER_WORDS * size:
            continue
        header = np.frombuffer(data, kind, HEADER_WORDS).tolist()
        if header[:2] == [0, VERSION] and header[2] in {0, 1} and header[3] > 0 and header[4] == 0:
            return kind, header
    return None


def read_old_cpu(data: bytes, *, limits: Limits = LIMITS) -> Profile:
    """A profile of such words; frames are addresses, for it has no names.

    Raises:
        ProfileError: it is none, or it is cut off.
    """
    found = words_of(data)
    if found is None:
        raise ProfileError("unrecognized profile format")
    kind, header = found
    if header[2]:
        raise ProfileError("this profile of Java is from before profile.proto", "take it with a newer agent")
    words = np.frombuffer(data, kind, len(data) // np.dtype(kind).itemsize)
    period = min(int(header[3]), MOST_COUNT // 1000) * 1000
    stacks = without_handlers(samples_of(words[HEADER_WORDS:].tolist(), limits))
    maker = StackMaker(TYPES, limits)
    for count, addresses in stacks:
        row = maker.stack(tuple([maker.location(address) for address in addresses]))
        maker.add(row, count, count * period)
    return maker.profile(period_type=TYPES[1], period=period)


def samples_of(words: list[int], limits: Limits) -> list[tuple[int, list[int]]]:
    """Counts and stacks, the leaf first; calls are where they were made, not where they return to.

    Raises:
        ProfileError: a stack is longer than the file.
    """
    found: list[tuple[int, list[int]]] = []
    at = 0
    while at + 1 < len(words):
        count, depth = words[at], words[at + 1]
        if depth > len(words) - at - 2:
            raise ProfileError("unrecognized profile format", "the profile is cut off or damaged")
        addresses = words[at + 2 : at + 2 + depth]
        at += 2 + depth
        if count == 0 and addresses == [0]:
            break
        if depth > limits.depth or len(found) >= limits.messages or count > MOST_COUNT:
            raise ProfileError("the profile is too large")
        found.append((count, addresses[:1] + [address - 1 for address in addresses[1:] if address]))
    return found


def without_handlers(samples: list[tuple[int, list[int]]]) -> list[tuple[int, list[int]]]:
    """Without up to two frames of the signal handler, and without a leaf that stands there twice."""
    margin = len(samples) // ALIKE
    for _ in range(2):
        seconds: dict[int, int] = {}
        for _, stack in samples:
            if len(stack) > 1:
                seconds[stack[1]] = seconds.get(stack[1], 0) + 1
        pushed = next((each for each, count in seconds.items() if count >= len(samples) - margin), None)
        if pushed is not None:
            samples = [
                (count, stack[:1] + stack[2:] if len(stack) > 1 and stack[1] == pushed else stack)
                for count, stack in samples
            ]
    return [
        (count, stack[:1] + stack[2:] if len(stack) > 1 and stack[0] == stack[1] + 1 else stack)
        for count, stack in samples
    ]
