"""A suspect: a function of one's own, the rule that names it, and the numbers that speak against it.

Rules look at what is measured, never at source code. Each states its thresholds here and nowhere else: the
least share of all that the profile counts, and the least number of events behind that share, since a
share of few samples is chance. A *fault* is hardly ever wanted; a *hint* may well be as it should be.
"""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.profiles.measurement import label


@dataclass(frozen=True, slots=True)
class Rule:
    """Why a function is suspected, and from where on."""

    name: str
    """One word or two, the same for ever: for scripts."""
    words: str
    """What is wrong, as it stands behind the name of a function."""
    least_share: float
    """Of everything that the profile counts."""
    least_events: float = 8.0
    """Samples, waits or goroutines behind it, where anybody can tell."""
    is_fault: bool = True
    """Hardly ever wanted; else a hint."""
    noun: str = ""
    """What the total is, where the type of the value does not say it."""


COMPILE = Rule("compile", "compiles anew what could be kept", 0.05, 5.0)
COPY = Rule("deep-copy", "copies whole structures", 0.10)
IMPORT = Rule("import", "imports while it runs", 0.10, is_fault=False)
ENCODE = Rule("encode", "spends much on encoding and decoding", 0.20, is_fault=False)
REFLECT = Rule("reflect", "spends much on reflection", 0.10, is_fault=False)
FORMAT = Rule("format", "spends much on formatting text", 0.10, is_fault=False)
ALLOCATE = Rule("allocate", "spends much on allocating memory", 0.15, is_fault=False)
ALLOCATED = Rule("allocated", "allocates most of all memory", 0.50, is_fault=False)
COLLECT = Rule("collect", "allocates most while collecting garbage takes much", 0.25, is_fault=False)
HOLD = Rule("lock-held", "holds a lock others wait for", 0.20, noun="lock waits")
WAIT = Rule("lock-wait", "waits for a lock", 0.20, is_fault=False, noun="lock waits")
PILE_UP = Rule("pile-up", "has goroutines piled up in it", 0.30, 100.0, noun="goroutines")
GROWTH = Rule("growth", "keeps more and more memory", 0.20, 4.0, noun="growth")
GAINED = Rule("gained", "has more memory in use than before", 0.20, 4.0, is_fault=False, noun="growth")
GREW = Rule("grew", "takes a larger share than before", 0.03)

RULES = (
    COMPILE, COPY, IMPORT, ENCODE, REFLECT, FORMAT, ALLOCATE, ALLOCATED, COLLECT,
    HOLD, WAIT, PILE_UP, GROWTH, GAINED, GREW,
)  # fmt: skip
"""All of them."""

DEVIATIONS = 3.0
"""A change is told from so many standard deviations on: of hundreds of functions some pass two by chance."""
LEAST_DELAY_NANOS = 10_000_000
"""Waits for a lock that are less in all than this harm nobody."""
LEAST_DELAY_PART = 0.01
"""Likewise, of the time in which they were counted, where the profile tells that."""
LEAST_POLLS = 4
"""Fewer profiles of memory cannot tell growth from memory that goes up and down: a hint, and said."""
LEAST_GROWTH_BYTES = 1 << 20
LEAST_GROWTH_PART = 0.10
"""Of the memory in use at first. Memory that grew by less than both is none that grows."""
ROUGH_EVENTS = 200
"""Shares of fewer samples in all are rough, which is said."""

TYPE_WORDS = {
    "cpu": "CPU", "wall": "wall time", "time": "time", "alloc_space": "allocated", "inuse_space": "in use",
    "delay": "lock waits", "goroutine": "goroutines", "threadcreate": "threads",
}  # fmt: skip
"""What types of values are called in sentences."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was there in the base."""

    share: float
    time_nanos: int = 0
    """When the base was taken; 0 where it does not say."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One function, one rule, and the numbers."""

    rule: Rule
    function: str
    """As the profile names it."""
    callee: str
    """What it calls that tells it; empty where it is the function itself."""
    value: int
    total: int
    """What the share is of."""
    type: str
    unit: str
    file: str = ""
    line: int = 0
    detail: str = ""
    """More numbers, in words."""
    is_in_request: bool = False
    """At least half of it is while a request is answered."""
    before: Before | None = None
    """None where there is no base to compare with."""

    @property
    def share(self) -> float:
        """Of the total."""
        return self.value / self.total if self.total else 0.0

    @property
    def is_new(self) -> bool:
        """There was nothing of it in the base."""
        return self.before is not None and self.before.share == 0.0

    @property
    def subject(self) -> str:
        """`regexp.Compile under main.handleSlow`, or the function alone."""
        return f"{self.callee} under {self.function}" if self.callee else self.function

    @property
    def amount(self) -> str:
        """`250ms of 800ms CPU`."""
        noun = self.rule.noun or TYPE_WORDS.get(self.type, self.type)
        return f"{label(self.value, self.unit)} of {label(self.total, self.unit)} {noun}".rstrip()

    @property
    def rank(self) -> tuple[bool, float, str, str]:
        """Faults first, then the largest share."""
        return not self.rule.is_fault, -self.share, self.function, self.rule.name


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was looked at, whether or not something was found in it."""

    kind: str
    """`cpu`, `memory`, `locks`, `goroutines` …"""
    profiles: int
    total: int
    type: str
    unit: str
    events: float | None = None
    """Samples behind the total, where anybody can tell."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All suspects, the gravest first."""

    suspects: tuple[Suspect, ...]
    inspected: tuple[Inspected, ...]
    notes: tuple[str, ...] = ()
    """What the reader ought to know about them."""
