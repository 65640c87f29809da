"""Addresses in the text that Go's profiles are printed as, and the names that follow them as remarks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from glance.domain.profiles.parts import NO_LABELS, LabelSet
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker

ADDRESS = re.compile(r"0x[0-9a-f]{1,40}")
OFFSET = re.compile(r"\+0x[0-9a-f]+$")
PLACE = re.compile(r"([0-9]{1,9})")
SYMBOL_PARTS = 4
LABELS = "# labels: "
LABEL = re.compile(r'[{, ]*+"((?:[^"\\]|\\.)*+)": *+"((?:[^"\\]|\\.)*+)"')
ESCAPED = re.compile(r"\\(.)")
LAST_ADDRESS = (1 << 64) - 1
EXIT = "runtime.goexit"


class AddressStacks:
    """Makes stacks of addresses, with the names that the remarks below each stack give them."""

    def __init__(self, maker: StackMaker) -> None:
        """Begin with nothing, for a profile that is being made."""
        self.maker = maker
        self.lines: dict[int, tuple[tuple[int, int, int], ...]] = {}
        self.pending: tuple[str, tuple[int, ...]] | None = None
        self.symbols: dict[int, list[tuple[str, str, int]]] = {}
        self.label_set = NO_LABELS

    def remark(self, line: str) -> None:
        """A line that begins with `#`: a symbol or labels of the stack above it, or nothing that is needed."""
        if line.startswith(LABELS):
            self.label_set = labels_of(line.removeprefix(LABELS))
            return
        parts = [part for part in line.split("\t") if part]
        if len(parts) != SYMBOL_PARTS or ADDRESS.fullmatch(parts[1]) is None:
            return
        file, _, number = parts[3].rpartition(":")
        if PLACE.fullmatch(number):
            name = OFFSET.sub("", parts[2].rstrip())
            self.symbols.setdefault(int(parts[1], 16), []).append((name, file, int(number)))

    def stack(self, addresses: Sequence[int]) -> int:
        """The row of a stack whose remarks have been given. The addresses are those to return to."""
        calls = [address - 1 for address in addresses]
        known = {address: self.row(address) for address in dict.fromkeys(calls)}
        rows = [known[address] for address in calls]
        if len(calls) > 1 and self.symbols and calls[-1] not in self.symbols:
            # the only one that Go leaves out below others
            rows[-1] = self.maker.location(calls[-1], ((self.maker.function(EXIT), 0, 0),))
        row = self.maker.stack(tuple(rows), self.label_set)
        self.symbols.clear()
        self.label_set = NO_LABELS
        return row

    def row(self, address: int) -> int:
        """The row of the location at an address, with the names it has here, or had before."""
        if address in self.symbols:
            lines = tuple((self.maker.function(name, file), line, 0) for name, file, line in self.symbols[address])
            self.lines[address] = lines
        return self.maker.location(address, self.lines.get(address, ()))


def addresses_of(text: str) -> list[int]:
    """Addresses to return to. Of a thread Go prints nothing but zeros, many of them: they are one that is unknown.

    Raises:
        ProfileError: one is none.
    """
    found = [int(each, 16) for each in ADDRESS.findall(text)]
    if found and max(found) > LAST_ADDRESS:
        raise ProfileError(f"malformed sample: failed to parse as hex 64-bit number: {text.strip()[:40]}")
    return [each for each in found if each] or [1] * bool(found)


def labels_of(text: str) -> LabelSet:
    """Labels as Go prints them: `{"route":"/slow"}`."""
    found: dict[str, tuple[str, ...]] = {}
    at = 0
    while match := LABEL.match(text, at):
        found[unquoted(match[1])] = (unquoted(match[2]),)
        at = match.end()
    return LabelSet(found)


def unquoted(text: str) -> str:
    """A text as it was before Go put it into quotes."""
    return ESCAPED.sub(lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1]), text)
