"""Metrics in the text format of Prometheus, version 0.0.4: families of samples, each name and label as it must be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""What a server says that this is."""

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")

Kind = Literal["counter", "gauge", "histogram", "summary", "untyped"]
PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}
"""What may follow the name of a family in the names of its samples."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value under its labels."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    """`_sum` or `_count` of a summary or a histogram, or its `_bucket`."""


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one name."""

    name: str
    help: str
    kind: Kind
    samples: tuple[Sample, ...]

    def __post_init__(self) -> None:
        """Refuse names that no reader would take, and samples that say two things at once."""
        if not NAME.fullmatch(self.name) or (self.kind == "counter") != self.name.endswith("_total"):
            raise ValueError(f"not the name of a {self.kind}: {self.name}")
        seen = set()
        for sample in self.samples:
            if sample.part not in PARTS.get(self.kind, ("",)):
                raise ValueError(f"no part of a {self.kind}: {sample.part}")
            if not all(LABEL.fullmatch(label) for label in sample.labels):
                raise ValueError(f"not a label: {', '.join(sample.labels)}")
            seen.add((sample.part, frozenset(sample.labels.items())))
        if len(seen) < len(self.samples):
            raise ValueError(f"two samples of {self.name} have the same labels")


def metrics_text(families: Iterable[Family]) -> str:
    """The families that have samples, in order."""
    return "".join(f"{line}\n" for family in families if family.samples for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {_in_help(family.help)}"
    yield f"# TYPE {family.name} {family.kind}"
    for sample in family.samples:
        labels = ",".join(f'{name}="{_in_label(value)}"' for name, value in sample.labels.items())
        yield f"{family.name}{sample.part}{f'{{{labels}}}' if labels else ''} {number(sample.value)}"


def number(value: float) -> str:
    """A value as the format has it: whole numbers with every digit."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)


def _in_help(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _in_label(text: str) -> str:
    return _in_help(text).replace('"', r"\"")
