"""The page of profiles: how soon a key is answered, and that a large profile never makes the screen wait."""

from __future__ import annotations

import json
import sys
import time

from tests.bench.dashboard import shown_after, terminal
from tests.bench.large_profile import large_profile
from tests.bench.outcome import Outcome, Samples, megabytes_text, seconds_text
from tests.bench.process import run_to_end
from tests.bench.setting import GLANCE, ROOT, Setting

KEYS = (
    (b"\r", "all › ", False),
    (b"\x1b", "all › ", True),
    (b"i", "callers below", False),
    (b"i", "leaves first", False),
    (b"i", "leaves first", True),
    (b"/", "a part of a name", False),
    (b"\x1b", "a part of a name", True),
)
"""A key, and what is then on the screen, or no more."""


def measured(setting: Setting) -> list[Outcome]:
    """Both rows."""
    return [key_to_paint(setting), opening(setting)]


def key_to_paint(setting: Setting) -> Outcome:
    """From a key on a profile of 10,000 nodes to the frame that answers it."""
    path = large_profile(setting.cache, 1_450)
    waits: list[float] = []
    with terminal(setting, *GLANCE, "flame", str(path)) as shown:
        shown_after(shown, "functions")
        shown.send(b"j")
        for number in range(setting.small_or(len(KEYS), 5 * len(KEYS))):
            key, pattern, is_absent = KEYS[number % len(KEYS)]
            shown.run(0.3 + 0.03 * (number % 10))
            shown.draw()
            pressed = time.monotonic()
            shown.send(key)
            at = shown.wait_for(pattern, 5.0, is_absent=is_absent)
            if at is None:
                raise ValueError(f"the key {key!r} was not answered with {pattern!r}:\n{shown.text()}")
            if key != b"\x1b":  # Textual waits 100 ms to see that it begins no other key
                waits.append(at - pressed)
    samples = Samples(tuple(waits))
    return Outcome(
        "key to paint on a flame graph of 10,000 nodes: zoom, turn, another tree, search",
        f"≤ 50 ms at the median of {len(waits)}",
        seconds_text(samples.median),
        f"{seconds_text(min(waits))}..{seconds_text(max(waits))}",
        samples.median <= 0.05,
        {"seconds": samples.values},
    )


def opening(setting: Setting) -> Outcome:
    """What the screen waits for while a profile of 16 MB, packed, is read, drawn and let go of."""
    path = large_profile(setting.cache, setting.small_or(20_000, 1_020_000))
    command = (sys.executable, "-m", "tests.bench.flame_watch", str(path))
    longest, busy, told = [], [], {}
    for _ in range(setting.small_or(1, 3)):
        done = run_to_end(command, environment=setting.environment, directory=ROOT, output=setting.work / "answer")
        if done.code:
            raise ValueError(f"reading a large profile: exit code {done.code}")
        told = json.loads(done.output)
        longest.append(told["longest"])
        busy.append(told["longest_busy"])
        told["peak_bytes"] = done.peak_bytes
    samples = Samples(tuple(longest))
    size = f"{path.stat().st_size / (1 << 20):.0f} MB"
    return Outcome(
        f"longest wait of the screen while a profile of {size}, packed, with {told['nodes']:,} nodes is opened",
        "≤ 100 ms",
        f"{seconds_text(samples.best)}; of it {seconds_text(min(busy))} for glance's own work",
        f"{samples.words(seconds_text)}; two values after {told['seconds']:.0f} s, "
        f"{megabytes_text(told['peak_bytes'])}",
        samples.best <= 0.1,
        {"longest": samples.values, "longest_busy": busy, **told},
    )
