"""What programs cost: time, memory and processor, from the system's own books."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ran to its end."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    """Memory of its largest process."""
    code: int
    output: bytes


def run_to_end(command: Sequence[str], *, environment: Mapping[str, str], directory: Path, output: Path) -> Finished:
    """Run a program, its output into a file, and tell what it cost."""
    with output.open("wb") as sink:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            cwd=directory,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return Finished(
        seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10, process.returncode, output.read_bytes()
    )


class ProcessTree:
    """A process and all that descend from it."""

    def __init__(self, root: int) -> None:
        """Look at this process."""
        self.root = root

    def members(self) -> list[int]:
        """The living ones."""
        children: dict[int, list[int]] = {}
        for name in os.listdir("/proc"):
            if name.isdigit() and (fields := stat_of(int(name))):
                children.setdefault(int(fields[1]), []).append(int(name))
        found, left = [], [self.root]
        while left:
            process = left.pop()
            found.append(process)
            left += children.get(process, [])
        return found

    def cpu_seconds(self) -> float:
        """Time on a processor so far; of those that have ended too, once their parent knows it."""
        ticks = 0
        for process in self.members():
            if fields := stat_of(process):
                ticks += sum(int(field) for field in fields[11:15])
        return ticks / TICKS_PER_SECOND

    def rss_bytes(self) -> int:
        """Memory in use, shared pages counted for each."""
        total = 0
        for process in self.members():
            try:
                status = Path(f"/proc/{process}/status").read_text()
            except OSError:  # it has just ended
                continue
            total += sum(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmRSS:"))
        return total


def stat_of(process: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, the state first; nothing when it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
