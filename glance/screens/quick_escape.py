"""A key right behind esc: a terminal sends the same bytes for alt with that key, and Textual takes them for that.

Who types quickly means two keys, and so does who types over a slow connection, where both come at once. It is alt with
that key where that does something: by the settings, or where a query is typed.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser

ESC = "\x1b"
MORE = "[O\x1b"
"""What begins the name of a key when it stands behind esc, or is esc itself."""
AS_ONE = {"\t": "shift+tab", "\x7f": "ctrl+w"}
"""What Textual takes them for, as shells do; they are no keys that somebody presses at once after esc."""
NAMES = {"\r": "alt+enter"}
EDITING = frozenset({"alt+b", "alt+d", "alt+f", "alt+enter"})
"""What means something where a text of several words is typed."""


class QuickKey(events.Key):
    """esc and the keys of a sign right behind it; as one key it is alt with that sign."""

    def __init__(self, sign: str, keys: Iterable[events.Key]) -> None:
        """Both.

        Args:
            sign: what stood behind esc.
            keys: what it is by itself.
        """
        self.keys = (events.Key("escape", ESC), *keys)
        super().__init__(NAMES.get(sign, f"alt+{self.keys[-1].key}"), None)

    def parts(self, *, is_alt: bool) -> Iterable[events.Key]:
        """What was pressed, alt with a key or one key after the other."""
        return (events.Key(self.key, None),) if is_alt else self.keys


class KeyParser(XTermParser):
    """Takes apart what a terminal sends."""

    @property
    def is_waiting(self) -> bool:
        """It may be esc, or the beginning of another key."""
        return self._timeout_time is not None

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        """The keys of some signs that belong together."""
        sign = sequence if alt else sequence.removeprefix(ESC)
        if len(sign) == 1 and (alt or (len(sequence) == 2 and sign not in MORE and sign not in AS_ONE)):
            yield QuickKey(sign, super()._sequence_to_key_events(sign))
        else:
            yield from super()._sequence_to_key_events(sequence, alt)
