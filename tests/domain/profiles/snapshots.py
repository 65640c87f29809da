"""What other tools make of the files that stand beside the project."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from glance.domain.profiles.call_tree import function_counts
from glance.domain.profiles.profile import Profile

FRAME = re.compile(r'"name": "((?:[^"\\]|\\.)*)",\s+"selfWeight": ([0-9]+),\s+"totalWeight": ([0-9]+)')


def speedscope_counts(path: Path) -> Counter[tuple[str, str]]:
    """Self and total weight by name, as speedscope's tests have them, of all profiles of a file together."""
    found: Counter[tuple[str, str]] = Counter()
    for name, own, total in FRAME.findall(path.read_text(encoding="utf-8")):
        found[name, "self"] += int(own)
        found[name, "total"] += int(total)
    return Counter({key: value for key, value in found.items() if value})


def our_counts(profile: Profile, index: int) -> Counter[tuple[str, str]]:
    """The same, as counted here."""
    found: Counter[tuple[str, str]] = Counter()
    for each in function_counts(profile, index):
        found[each.name, "self"] += each.flat
        found[each.name, "total"] += each.cum
    return Counter({key: value for key, value in found.items() if value})
