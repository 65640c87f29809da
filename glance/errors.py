"""The exceptions a user can meet.

GlanceError
├── UsageError      the command line asks for something impossible     exit 2
├── ConfigError     a bad file, variable or value                      exit 3
├── StoreError      the database failed                                exit 4
├── SourceError     a log cannot be read                               exit 5
└── FormatError     a log cannot be understood                         exit 6
"""

from __future__ import annotations


class GlanceError(Exception):
    """A failure told to the user in three parts, instead of a traceback."""

    exit_code = 1

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        """Say what failed, why, and what to do next.

        Args:
            what: what did not work, one line.
            why: the cause, when it is known.
            hint: what the user can do about it.
        """
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint


class UsageError(GlanceError):
    """The command line asks for something impossible."""

    exit_code = 2


class ConfigError(GlanceError):
    """A configuration file, variable or value is wrong."""

    exit_code = 3


class StoreError(GlanceError):
    """The database failed."""

    exit_code = 4


class SourceError(GlanceError):
    """A log cannot be read."""

    exit_code = 5


class FormatError(GlanceError):
    """A log, or a format string, cannot be understood."""

    exit_code = 6
