"""Profiles for the rules on suspects, written as stacks."""

from __future__ import annotations

from collections.abc import Mapping

from glance.domain.profiles.folded import read_folded
from glance.domain.profiles.parts import Function, LabelSet, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile

CPU = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
HEAP = (
    ValueType("alloc_objects", "count"), ValueType("alloc_space", "bytes"),
    ValueType("inuse_objects", "count"), ValueType("inuse_space", "bytes"),
)  # fmt: skip
LOCKS = (ValueType("contentions", "count"), ValueType("delay", "nanoseconds"))
GOROUTINES = (ValueType("goroutine", "count"),)
SERVE = "net/http.HandlerFunc.ServeHTTP net/http.(*conn).serve"


def location(frame: str) -> Location:
    """A frame as `main.work:12`."""
    name, _, line = frame.partition(":")
    is_own = name.startswith("main.")
    file = (
        f"/root/go/pkg/mod/{name}@v1.0.0/x.go"
        if "/x/lib" in name
        else f"/usr/local/go/src/{name.rpartition('.')[0]}/x.go"
    )
    file = "/src/app/main.go" if is_own else file
    return Location(lines=(Line(Function(name, name, file), int(line or 1)),))


def made(types: tuple[ValueType, ...], *stacks: tuple[str, tuple[int, ...]], route: str = "", **header) -> Profile:
    """A profile of Go: stacks with the leaf first, parted by spaces."""
    labels = LabelSet({"route": (route,)}) if route else LabelSet()
    known: dict[str, Location] = {}
    samples = [
        Sample(tuple(known.setdefault(frame, location(frame)) for frame in stack.split()), values, labels)
        for stack, values in stacks
    ]
    return Profile.of(types, samples, **header)


def cpu(stacks: Mapping[str, int], **header) -> Profile:
    """A CPU profile of so many samples of 10 ms."""
    header.setdefault("period", 10**7)
    return made(
        CPU, *((stack, (count, count * 10**7)) for stack, count in stacks.items()), period_type=CPU[1], **header
    )


def heap(stacks: Mapping[str, int], seconds: int = 0) -> Profile:
    """Memory in use, in KiB; as much was ever allocated."""
    rows = [(stack, (size, size << 10, size, size << 10)) for stack, size in stacks.items()]
    return made(
        HEAP, *rows, period_type=ValueType("space", "bytes"), period=512 << 10,
        time_nanos=(1_700_000_000 + seconds) * 10**9,
    )  # fmt: skip


def python(*lines: str) -> Profile:
    """Folded stacks as py-spy writes them."""
    return read_folded("\n".join(lines).encode()).profile
