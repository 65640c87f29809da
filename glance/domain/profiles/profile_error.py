"""A profile that cannot be used."""

from __future__ import annotations

from glance.errors import FormatError


class ProfileError(FormatError):
    """A profile cannot be understood, or cannot be joined with another one. `why` has the reason, in pprof's words."""

    def __init__(self, why: str, hint: str = "", *, what: str = "cannot use the profile") -> None:
        """Say why.

        Args:
            why: the reason, one line.
            hint: what the user can do about it.
            what: what did not work; whoever knows the name of the file says it here.
        """
        super().__init__(what, why, hint)
