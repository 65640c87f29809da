"""Finds out how to read a log: what the person said, or what a look at it says."""

from __future__ import annotations

from glance.domain.safe_text import safe_text
from glance.ingest.detect import AUTO, Detection, chosen, detect
from glance.ingest.reader import LineReader
from glance.sources.server_config import server_formats

_BEFORE, _AFTER = 16, 40
"""Characters of a line that are shown on either side of the place where it leaves a format."""


def understand(sample: bytes, *, path: str, head: bytes = b"", wanted: str = AUTO) -> Detection:
    """The readers of a log.

    Args:
        sample: whole lines, the newest there are.
        path: its name.
        head: its beginning, where a header may stand.
        wanted: name of a format, a format string, or `auto`.

    Raises:
        FormatError: the format string cannot be understood.
    """
    if wanted != AUTO:
        return chosen(wanted, sample, head=head)
    return detect(sample, path=path, head=head, declared=_declared(path))


def _declared(path: str) -> tuple[LineReader, ...]:
    """Readers for the formats that the server's own configuration declares, where it can be read."""
    declared = server_formats(path)
    if not declared:
        return ()
    from glance.ingest.named import declared_readers  # compiles format strings: only where there are any

    return declared_readers(declared)


def refusal(found: Detection) -> str:
    """Why a log cannot be understood."""
    misfit = misfit_of(found)
    return f"{found.reason}; {misfit}" if misfit else found.reason


def misfit_of(found: Detection) -> str:
    """Where a line leaves the format that it comes nearest to; empty when it comes near none."""
    near = found.nearest
    if near is None:
        return ""
    before, after = near.line[: near.column], near.line[near.column :]
    shown = f"{'…' if near.column > _BEFORE else ''}{safe_text(before[-_BEFORE:])}▸{safe_text(after, _AFTER)}"
    return f"{near.words} comes nearest, but has {near.expected} at column {near.column + 1}: {shown}"
