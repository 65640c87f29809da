"""Reports that google/pprof's own tests expect, and with which choices they are made."""

from __future__ import annotations

from typing import NamedTuple

from tests.domain.profiles.captured import DATA

GOLDENS = DATA / "pprof-goldens"
ALWAYS = {"nodecount": 20, "nodefraction": 0.05, "edgefraction": 0.01, "compact_labels": True, "unit": "minimum"}


class Golden(NamedTuple):
    """One report."""

    name: str
    source: str
    report: str
    choices: dict[str, object]
    regexp: str = ""

    @property
    def text(self) -> str:
        """What pprof prints."""
        return (GOLDENS / f"pprof.{self.name}").read_text(encoding="utf-8")

    @property
    def profile(self) -> bytes:
        """Of what it is made."""
        return (GOLDENS / f"input.{self.source}.pb.gz").read_bytes()


def golden(name: str, regexp: str = "", **choices: object) -> Golden:
    """One, whose name tells its source and its report."""
    words = name.split(".")
    report = next(word for word in ("text", "tree", "peek", "tags", "traces", "comments", "callgrind") if word in words)
    said: dict[str, object] = {"granularity": "functions"}
    for word in words:
        if word in {"functions", "filefunctions", "files", "lines", "addresses"}:
            said["granularity"] = word
        elif word in {"noinlines", "relative_percentages"}:
            said[word] = True
        elif word == "cum":
            said["by_cum"] = True
        elif word in {"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"}:
            said["sample_index"] = word
    return Golden(name, words[0], report, ALWAYS | said | choices, regexp)


COVERED = [
    golden("cpu.addresses.traces"),
    golden("cpu.callgrind"),
    golden("cpu.comments"),
    golden("cpu.cum.lines.text.focus.hide", hide="line[X3]0", focus="[12]00"),
    golden("cpu.cum.lines.text.hide", hide="line[X3]0"),
    golden("cpu.cum.lines.text.show", show="[12]00"),
    golden("cpu.cum.lines.tree.show_from", show_from="line2"),
    golden("cpu.flat.addresses.noinlines.text"),
    golden("cpu.flat.filefunctions.noinlines.text"),
    golden("cpu.flat.functions.noinlines.text"),
    golden("cpu.flat.functions.text"),
    golden("cpu.peek", regexp="line.*01"),
    golden("cpu.tags"),
    golden("cpu.tags.focus.ignore", tagignore="tag[13]", tagfocus="key[12]"),
    golden("cpu.traces"),
    golden("cpusmall.flat.addresses.tree", nodecount=4),
    golden("heap.callgrind"),
    golden("heap.comments"),
    golden("heap.cum.lines.tree.focus", focus="[24]00"),
    golden("heap.cum.relative_percentages.tree.focus", focus="[24]00"),
    golden("heap.flat.files.text"),
    golden("heap.flat.files.text.focus", focus="[12]00", taghide="[X3]00"),
    golden("heap.flat.inuse_objects.text"),
    golden("heap.flat.inuse_objects.text.all_frames"),
    golden("heap.tags"),
    golden("heap.tags.unit", unit="bytes"),
    golden("heap_alloc.flat.alloc_objects.text"),
    golden("heap_request.relative_percentages.tags.focus", tagfocus="400kb:"),
    golden("heap_request.tags.focus", tagfocus="400kb:"),
    golden("heap_tags.traces"),
    golden("long_name_funcs.text"),
    golden("unknown.flat.functions.call_tree.text", nodecount=5),
]


STALE = "heap.flat.files.seconds.text"
"""It lies there, but no test of pprof makes it; the official tool prints something else."""


def names() -> list[str]:
    """All reports that there are."""
    return sorted(path.name.removeprefix("pprof.") for path in GOLDENS.glob("pprof.*"))
