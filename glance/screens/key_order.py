"""Keys in the order in which they were typed, each with what the one before it did.

Textual hands every key at once to the widget that has the keys then, and looks up what it is bound to only when it has
come all the way back: what is typed right behind a key that opens a page, or a line to type in, would be taken for
commands of what stood there before.
"""

from __future__ import annotations

from collections import deque
from time import monotonic

from textual import events
from textual.message import Message

from glance.screens.quick_escape import QuickKey

PATIENCE_SECONDS = 0.5
"""After which the next key goes on though nothing came back: what had the keys has gone."""
ROWS_SECONDS = 2.0
"""After which a key that waits for rows goes on without them; with one behind it that is for no row, it is as above."""
LOOK_SECONDS = 0.02
"""How often a key that waits for rows looks whether they are there."""


class KeyDone(Message):
    """Goes the way of a key, right behind it: where it arrives, the key has done what it does."""


class KeyOrder:
    """The keys that wait for the one before them."""

    def __init__(self) -> None:
        """Nothing was typed."""
        self._waiting: deque[events.Key] = deque()
        self.row_keys: frozenset[str] = frozenset()
        """Those that mean a row, and nothing before there is one."""
        self.joining_keys: frozenset[str] = frozenset()
        """Those that leave a page for what its row leads to, or without one for everything."""
        self.is_under_way = False
        """A key is on its way, or held."""
        self.is_held = False
        """The next key waits for rows."""
        self.taken = 0
        """Keys that went on their way so far."""

    def add(self, key: events.Key) -> None:
        """Take a key that was typed."""
        self._waiting.append(key)

    def split(self, key: QuickKey, *, is_alt: bool) -> None:
        """Take what a key of two stands for, before all others."""
        self._waiting.extendleft(reversed(tuple(key.parts(is_alt=is_alt))))

    def hold(self) -> bool:
        """Let the next key wait, and all behind it, if it means a row and was typed just now; whether it does."""
        first = self._waiting[0] if self._waiting else None
        if first is None or first.key not in self.row_keys | self.joining_keys:
            return False
        patience = ROWS_SECONDS if all(key.key in self.row_keys for key in self._waiting) else PATIENCE_SECONDS
        self.is_held = monotonic() < first.time + patience
        self.is_under_way = self.is_under_way or self.is_held
        return self.is_held

    def next(self) -> events.Key | None:
        """The key whose turn it is, which is under way now; None when there is none."""
        self.is_held = False
        self.is_under_way = bool(self._waiting)
        self.taken += self.is_under_way
        return self._waiting.popleft() if self._waiting else None

    @property
    def has_more(self) -> bool:
        """Some wait."""
        return bool(self._waiting)
