"""The exceptions a user can meet.

GlanceError
├── UsageError      the command line asks for something impossible     exit 2
│   ├── FilterError a filter is wrong, with the place of the mistake   exit 2
│   └── QueryError  a query is wrong, with the place where that shows  exit 2
├── ConfigError     a bad file, variable or value                      exit 3
├── StoreError      the database failed                                exit 4
├── SourceError     a log cannot be read                               exit 5
└── FormatError     a log cannot be understood                         exit 6
"""

from __future__ import annotations

import unicodedata


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


class MarkedError(UsageError):
    """Something written is not understood. Its `why` has three lines: reason, text, a mark under the mistake."""

    about = "cannot understand it"

    def __init__(self, why: str, hint: str = "", *, text: str = "", at: int = 0) -> None:
        """Say what is wrong, and where.

        Args:
            why: the mistake, one line.
            hint: what the user can do about it.
            text: what was written.
            at: the character of it at which the mistake is; less than 0 where nobody knows.
        """
        super().__init__(self.about, f"{why}\n{_marked(text, at)}" if at >= 0 else why, hint)
        self.reason = why
        self.text = text
        self.at = at


class FilterError(MarkedError):
    """A filter cannot be understood."""

    about = "cannot understand the filter"


class RuleError(MarkedError):
    """An alert rule cannot be understood."""

    about = "cannot understand the alert rule"


class ConditionError(MarkedError):
    """A condition on figures cannot be understood."""

    about = "cannot understand the condition"


class QueryError(MarkedError):
    """A query cannot be answered."""

    about = "cannot answer the query"

    def __init__(self, why: str, hint: str = "", *, text: str = "", at: int = -1) -> None:
        """As of anything written; mostly nobody knows where the mistake is."""
        super().__init__(why, hint, text=text, at=at)


MOST_SHOWN = 70
"""Characters of a filter that are shown around a mistake."""


def _marked(text: str, at: int) -> str:
    """The text as one line, and one below it with a mark under that character."""
    start = max(0, at - MOST_SHOWN // 2) if len(text) > MOST_SHOWN else 0
    shown = "".join(sign if sign.isprintable() else " " for sign in text[start : start + MOST_SHOWN])
    before = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in shown[: at - start])
    return f"{shown}\n{' ' * before}^"


class ConfigError(GlanceError):
    """A configuration file, variable or value is wrong."""

    exit_code = 3


class StoreError(GlanceError):
    """The database failed."""

    exit_code = 4

    def __init__(self, what: str, why: str = "", hint: str = "", *, is_passing: bool = False) -> None:
        """Say what failed, and whether it may work later: busy, full and the like do, damage does not."""
        super().__init__(what, why, hint)
        self.is_passing = is_passing


class HistoryBusyError(StoreError):
    """Another process writes the history."""


class SourceError(GlanceError):
    """A log cannot be read."""

    exit_code = 5


class FormatError(GlanceError):
    """A log, or a format string, cannot be understood."""

    exit_code = 6
