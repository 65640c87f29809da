"""The source of a suspect: its whole function with what each line counts for, or the lines around its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glance.domain.flame_board import FlameWish, SourceRow, SourceView
from glance.domain.suspect_board import SuspectRow
from glance.pipeline.function_source import source_of
from glance.pipeline.suspecting import LocalCode
from glance.sources.code_syntax import spans_of
from glance.sources.source_code import CODE

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile


def suspect_source(row: SuspectRow, profile: Profile | None, code: LocalCode) -> SourceView:
    """The source of a suspect; may take long.

    Args:
        row: the suspect.
        profile: the samples that it was found in.
        code: finds sources.
    """
    is_code = bool(CODE.search(row.file))
    if profile is not None and is_code:
        view = source_of(profile, FlameWish(source=row.function, value=row.key.kind), code.code)
        if view.path and any(one.number == row.line for one in view.rows):
            return view
    passage = code.find(row.function, row.file, row.line)
    spans = spans_of(passage.path, passage.lines, 1, len(passage.lines))
    rows = tuple(
        SourceRow(number, text, 0, row.value if number == row.line else 0, parts)
        for number, (text, parts) in enumerate(zip(passage.lines, spans, strict=True), passage.first)
    )
    return SourceView(row.function, row.file, passage.path, rows, passage.note)
