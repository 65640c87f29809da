"""A mistake in a part of a filter, before the part knows where in the filter it stands."""

from __future__ import annotations


class Mistake(ValueError):  # noqa: N818 - not for users: what reads the whole filter makes a FilterError of it
    """A value, or another part, cannot be what it should."""

    def __init__(self, why: str, at: int = 0, hint: str = "") -> None:
        """Say what is wrong.

        Args:
            why: one line.
            at: the character of the part at which it is.
            hint: what to write instead.
        """
        super().__init__(why)
        self.why = why
        self.at = at
        self.hint = hint
