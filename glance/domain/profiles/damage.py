"""What was wrong with a profile that can be looked at all the same."""

from __future__ import annotations

from glance.domain.profiles.profile_error import ProfileError


class Damages:
    """Collects damage in words, or refuses the first of it.

    Strict is for whatever is merged or written: any damage raises. Lenient is for looking.
    """

    def __init__(self, *, is_strict: bool) -> None:
        """Nothing yet."""
        self.is_strict = is_strict
        self.words: list[str] = []
        self.reasons: list[str] = []

    def note(self, reason: str, remedy: str) -> None:
        """Something is wrong.

        Args:
            reason: what, in pprof's words.
            remedy: what is done about it when the profile is only looked at.

        Raises:
            ProfileError: when strict.
        """
        if self.is_strict:
            raise ProfileError(reason)
        self.reasons.append(reason)
        self.words.append(f"{reason}: {remedy}")
