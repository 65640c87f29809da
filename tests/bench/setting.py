"""Where and how large the measurements are."""

from __future__ import annotations

import compileall
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.synthetic import RATE, SyntheticLog, synthetic_log

ROOT = Path(__file__).resolve().parent.parent.parent
GLANCE = (sys.executable, "-m", "glance")
DROPPED = ("GLANCE_", "_GLANCE", "XDG_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TEXTUAL", "PYTHON")
"""What these begin is not handed on: settings of whoever measures would change what is measured."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Sizes, the number of runs, and the folders."""

    cache: Path
    """Logs are kept here for the next time."""
    work: Path
    """Removed at the end."""
    is_quick: bool
    say: Callable[[str], None]
    """Told of what is going on."""

    def small_or(self, quick: int, full: int) -> int:
        """A size, by what was asked for."""
        return quick if self.is_quick else full

    @property
    def environment(self) -> dict[str, str]:
        """What programs that are measured see: a good terminal, and a home of their own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        home = self.work / "home"
        home.mkdir(exist_ok=True)
        return kept | {
            "HOME": str(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        }

    def log(self, layout: str, lines: int) -> SyntheticLog:
        """A log that may be kept from an earlier time."""
        return synthetic_log(self.cache, layout, lines, say=self.say)

    def live_log(self, lines: int, rate: float = RATE, *, end: float) -> SyntheticLog:
        """A log that ends at a moment, to be written on."""
        return synthetic_log(self.work, "timed", lines, rate=rate, end=end, say=self.say)


@contextmanager
def setting(cache: Path, *, is_quick: bool, say: Callable[[str], None]) -> Iterator[Setting]:
    """Make the folders, and remove the one for work at the end."""
    cache.mkdir(parents=True, exist_ok=True)
    compileall.compile_dir(ROOT / "glance", quiet=1)  # as after the first start
    work = Path(tempfile.mkdtemp(prefix="glance-bench-"))
    try:
        yield Setting(cache, work, is_quick, say)
    finally:
        shutil.rmtree(work, ignore_errors=True)
