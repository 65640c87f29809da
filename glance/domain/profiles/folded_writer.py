"""Write folded stacks: one line for each stack, sorted, the counts of equal stacks together."""

from __future__ import annotations

from glance.domain.profiles.parts import raw_of
from glance.domain.profiles.profile import Profile

NAMELESS = "[unknown]"
UNFOLDABLE = str.maketrans({";": ":", "\n": " ", "\r": " "})
"""A semicolon ends a frame, and the end of a line a stack."""


def folded(profile: Profile, index: int, *, with_inlined: bool = True) -> bytes:
    """A profile as folded stacks, sorted by their bytes; stacks that come to 0 are left out.

    Args:
        profile: the samples.
        index: the column of the value, see `value_choice.value_index`.
        with_inlined: inlined calls are frames too; else only the function that is really there.
    """
    sums: dict[str, int] = {}
    stacks = stack_texts(profile, with_inlined=with_inlined)
    for stack, value in zip(stacks, profile.values[:, index].tolist(), strict=True):
        sums[stack] = sums.get(stack, 0) + value
    lines = sorted(raw_of(f"{stack or NAMELESS} {value}\n") for stack, value in sums.items() if value)
    return b"".join(lines)


def stack_texts(profile: Profile, *, with_inlined: bool = True) -> list[str]:
    """The stack of each sample as text, the root first."""
    tables = profile.tables
    texts = location_texts(profile, with_inlined=with_inlined)
    starts, stack = tables.samples.stack_starts.tolist(), tables.samples.stack.tolist()
    return [
        ";".join([texts[row] for row in reversed(stack[starts[at] : starts[at + 1]])]) for at in range(len(profile))
    ]


def location_texts(profile: Profile, *, with_inlined: bool = True) -> list[str]:
    """Each location as text, the outermost of its frames first."""
    strings, tables = profile.strings, profile.tables
    names = [frame_text(strings[row]) for row in tables.functions.names.tolist()]
    rows, starts = tables.locations.line_functions.tolist(), tables.locations.line_starts.tolist()
    found: list[str] = []
    for at, address in enumerate(tables.locations.addresses.tolist()):
        lines = rows[starts[at] : starts[at + 1]]
        if not with_inlined:
            lines = lines[-1:]
        frames = [names[row] if row >= 0 else NAMELESS for row in reversed(lines)]
        found.append(";".join(frames) if frames else f"0x{address:x}")
    return found


def frame_text(name: str) -> str:
    """A name as it can stand in a folded stack."""
    return name.translate(UNFOLDABLE) or NAMELESS
