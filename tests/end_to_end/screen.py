"""What a terminal shows of the bytes it is sent: text in cells, without colours.

It knows the sequences that full-screen programs and progress bars write; whether there are others
is the business of the byte oracle.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

from wcwidth import wcwidth

_TOKEN = re.compile(
    r"\x1b\[(?P<private>[?<>=]?)(?P<numbers>[\d;]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|(?P<control>[\r\n\b])"
    r"|(?P<text>[^\x00-\x1f\x7f\x1b]+)"
    r"|(?P<cut>\x1b(?:\[[?<>=]?[\d;]*[ -/]*|\][^\x07\x1b]*)?\Z)"
    r"|."
)


class Screen:
    """Cells of one character; the second half of a wide one is an empty string."""

    def __init__(self, columns: int, lines: int) -> None:
        """Start with an empty screen."""
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._wraps = True
        self.x = self.y = 0
        self.resize(columns, lines)

    def resize(self, columns: int, lines: int) -> None:
        """Take another size and forget what was there: a full-screen program paints it anew."""
        self.columns, self.lines = columns, lines
        # A terminal keeps its cursor inside; text may come before the program knows of the new size.
        self.x, self.y = min(self.x, columns - 1), min(self.y, lines - 1)
        self._clear()

    def _clear(self) -> None:
        """Empty every cell."""
        self.rows = [[" "] * self.columns for _ in range(self.lines)]

    @property
    def text(self) -> str:
        """Its lines, each as wide as the screen."""
        return "\n".join("".join(row) for row in self.rows)

    def feed(self, data: bytes) -> None:
        """Show what a program wrote."""
        text = self._rest + self._decoder.decode(data)
        self._rest = ""
        for token in _TOKEN.finditer(text):
            kind = token.lastgroup
            if kind == "text":
                self._put(token["text"])
            elif kind == "final":
                self._do(token["private"], token["numbers"], token["final"])
            elif kind == "control":
                self._move(token["control"])
            elif kind == "cut":
                self._rest = token["cut"]

    def _put(self, text: str) -> None:
        """Write characters from the cursor on."""
        for character in text:
            width = 1 if character < "\u0300" else wcwidth(character)
            if width <= 0:
                self._attach(character)
                continue
            if self.x + width > self.columns:
                if not self._wraps:
                    continue
                self.x = 0
                self._line_feed()
            row = self.rows[self.y]
            self._break(row, self.x)
            self._break(row, self.x + width)
            row[self.x] = character
            if width == 2:
                row[self.x + 1] = ""
            self.x += width

    def _attach(self, mark: str) -> None:
        """Put a mark on the character before the cursor."""
        if self.x:
            self.rows[self.y][self.x - 1] += mark

    def _break(self, row: list[str], x: int) -> None:
        """A wide character whose second half is written over loses its first."""
        if 0 < x < self.columns and row[x] == "":
            row[x - 1] = row[x] = " "

    def _line_feed(self) -> None:
        """Go a line down, and scroll at the lower edge."""
        self.y += 1
        if self.y >= self.lines:
            self.y = self.lines - 1
            self.rows = [*self.rows[1:], [" "] * self.columns]

    def _move(self, control: str) -> None:
        """Obey a control character."""
        if control == "\n":
            self._line_feed()
        else:
            self.x = 0 if control == "\r" else max(0, self.x - 1)

    def _do(self, private: str, numbers: str, final: str) -> None:
        """Obey a sequence, where it changes what is in the cells."""
        values = [int(number) for number in numbers.split(";") if number]
        if final in "hl" and private == "?":
            if 7 in values:
                self._wraps = final == "h"
            if 1049 in values:
                self._clear()
        elif private:
            return
        elif final == "H":
            line, column = [*values, 1, 1][:2]
            self.y, self.x = min(line, self.lines) - 1, min(column, self.columns) - 1
        elif final == "A":
            self.y = max(0, self.y - (values or [1])[0])
        elif final == "K":
            start = 0 if values == [2] else self.x
            self.rows[self.y][start:] = [" "] * (self.columns - start)
        elif final == "J":
            self._clear()
