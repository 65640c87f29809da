"""An application that takes one key after the other."""

from __future__ import annotations

from functools import cached_property, partial

from textual import events, on
from textual.app import App

from glance.screens.key_order import GLANCE_SECONDS, PATIENCE_SECONDS, KeyDone, KeyOrder
from glance.screens.quick_escape import EDITING, QuickKey
from glance.widgets.page import Page
from glance.widgets.panel import Panel


class Keyboard(App[None], inherit_bindings=False):
    """Hands out the keys; what they do is for those who inherit it."""

    @cached_property
    def _keys(self) -> KeyOrder:
        """Those that wait."""
        return KeyOrder()

    async def on_event(self, event: events.Event) -> None:
        """Take what comes; a key only when the one before it has done what it does."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._keys.add(event)
        if not self._keys.is_under_way:
            await self._take_key()
        elif self._keys.is_first_to_wait:
            self.set_timer(PATIENCE_SECONDS, partial(self._lose_patience, self._keys.taken))

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
                return

    @on(KeyDone)
    async def end_key(self, message: KeyDone) -> None:
        """A key has come back."""
        message.stop()
        await self._take_key()

    def _waits_for_rows(self) -> bool:
        """The next key means a row of a page that has none yet: it looks again in a moment."""
        waits = isinstance(self.focused, Panel) and self.focused.is_reading and self._keys.hold()
        if waits:
            self.set_timer(GLANCE_SECONDS, partial(self._go_on, self._keys.taken))
        return waits

    async def _go_on(self, taken: int) -> None:
        """Look again whether there are rows for the key that waits for them."""
        if self._keys.taken == taken:
            await self._take_key()

    async def _lose_patience(self, taken: int) -> None:
        """The key that was waited for then does not come back."""
        if self._keys.taken == taken:
            await self._take_key()
        if self._keys.has_more:
            self.set_timer(PATIENCE_SECONDS, partial(self._lose_patience, self._keys.taken))
