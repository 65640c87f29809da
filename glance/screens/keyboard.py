"""An application that takes one key after the other."""

from __future__ import annotations

from functools import cached_property, partial

from textual import events, on
from textual.app import App
from textual.binding import Keymap

from glance.commands.every import joining_keys, row_keys
from glance.screens.key_order import LOOK_SECONDS, PATIENCE_SECONDS, KeyDone, KeyOrder
from glance.screens.quick_escape import EDITING, QuickKey
from glance.widgets.page import Page
from glance.widgets.panel import Panel


class Keyboard(App[None], inherit_bindings=False):
    """Hands out the keys; what they do is for those who inherit it."""

    _guarded = -1
    """The key under way that is not waited for forever."""

    @cached_property
    def _keys(self) -> KeyOrder:
        """Those that wait."""
        return KeyOrder()

    def set_keymap(self, keymap: Keymap) -> None:
        """Take other keys for some commands."""
        super().set_keymap(keymap)
        self._keys.row_keys, self._keys.joining_keys = row_keys(keymap), joining_keys(keymap)

    async def on_event(self, event: events.Event) -> None:
        """Take what comes; a key only when the one before it has done what it does."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._keys.add(event)
        if self._keys.is_under_way:
            self._guard()
        else:
            await self._take_key()

    async def _take_key(self) -> None:
        """Let the next key do what it does; of esc with a key right behind it, first the one and then the other.

        A key that means a row waits for the rows of a page that was just opened.
        """
        while not self._waits_for_rows() and (key := self._keys.next()) is not None:
            if isinstance(key, QuickKey):
                is_edited = isinstance(self.focused, Page) and self.focused.is_typing and key.key in EDITING
                self._keys.split(key, is_alt=is_edited or key.key in self.active_bindings)
                continue
            owner = self.focused or self.screen
            await super().on_event(key.set_sender(self))
            if owner.post_message(KeyDone()):
                self._guard()
                return

    @on(KeyDone)
    async def end_key(self, message: KeyDone) -> None:
        """A key has come back."""
        message.stop()
        await self._take_key()

    def _waits_for_rows(self) -> bool:
        """The next key means a row of a page that has none yet: it looks again in a moment."""
        was_held, self._keys.is_held = self._keys.is_held, False
        waits = isinstance(self.focused, Panel) and self.focused.is_reading and self._keys.hold()
        if waits and not was_held:
            self.set_timer(LOOK_SECONDS, self._look_again)
        return waits

    async def _look_again(self) -> None:
        """Whether there are rows by now."""
        if self._keys.is_held and self.screen_stack:  # none is left at the end
            self._keys.is_held = False
            await self._take_key()

    def _guard(self) -> None:
        """Do not let those that wait do so forever: what the key under way was for may have gone."""
        if self._keys.has_more and not self._keys.is_held and self._guarded != self._keys.taken:
            self._guarded = self._keys.taken
            self.set_timer(PATIENCE_SECONDS, partial(self._lose_patience, self._guarded))

    async def _lose_patience(self, taken: int) -> None:
        """The key that was waited for then does not come back."""
        if self._keys.taken == taken and not self._keys.is_held and self.screen_stack:
            await self._take_key()
