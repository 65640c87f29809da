"""Reads Prometheus' text format 0.0.4 as strictly as its description is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

COMMENT = re.compile(r"# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)")
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
VALUE = re.compile(r"[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf)|NaN")
PARTS = {"summary": ("", "_sum", "_count"), "histogram": ("_bucket", "_sum", "_count")}
KINDS = {"counter", "gauge", "summary", "histogram", "untyped"}
UNESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}

Key = tuple[str, frozenset[tuple[str, str]]]


@dataclass
class ReadFamily:
    """What was read of one name."""

    help: str
    kind: str = ""
    values: dict[Key, float] = field(default_factory=dict)

    def value(self, part: str = "", **labels: str) -> float:
        """The value under these labels."""
        return self.values[part, frozenset(labels.items())]


def read(text: str) -> dict[str, ReadFamily]:
    """The families of a text; fails at whatever the format forbids."""
    assert not text or text.endswith("\n"), "the last line has no end"
    families: dict[str, ReadFamily] = {}
    name = ""
    for line in text.split("\n")[:-1]:
        assert line, "an empty line"
        if line.startswith("#"):
            found = COMMENT.fullmatch(line)
            assert found, line
            what, of, rest = found.groups()
            if what == "HELP":
                assert of not in families, f"{of} stands in two places"
                assert not name or families[name].values, f"{name} has no samples"
                assert re.fullmatch(r"(?:[^\\]|\\[\\n])+", rest), rest
                name, families[of] = of, ReadFamily(rest)
            else:
                assert of == name, f"the type of {of} stands below {name}"
                assert rest in KINDS, rest
                assert not families[name].kind, f"{name} has two types"
                families[name].kind = rest
            continue
        found = SAMPLE.fullmatch(line)
        assert found, line
        of, labels, value = found.groups()
        family = families[name]
        assert family.kind, f"{name} has no type"
        part = of.removeprefix(name)
        assert of.startswith(name), f"{of} stands below {name}"
        assert part in PARTS.get(family.kind, ("",)), of
        pairs = list(read_labels(labels or ""))
        assert len({label for label, _ in pairs}) == len(pairs), f"a label twice: {line}"
        assert VALUE.fullmatch(value), value
        assert family.kind != "counter" or float(value) >= 0, line
        assert ("quantile" in dict(pairs)) == (family.kind == "summary" and not part), line
        key = (part, frozenset(pairs))
        assert key not in family.values, f"twice: {line}"
        family.values[key] = float(value)
    return families


def read_labels(text: str) -> Iterator[tuple[str, str]]:
    """The labels between the braces."""
    at = 0
    while at < len(text):
        found = LABEL.match(text, at)
        assert found, text[at:]
        name, value, _ = found.groups()
        assert not name.startswith("__"), name
        yield name, re.sub(r"\\[\\\"n]", lambda escape: UNESCAPED[escape[0]], value)
        at = found.end()
