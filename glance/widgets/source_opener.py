"""What leaves the page of profiles: the source of a function in an editor, files of what is shown."""

from __future__ import annotations

from glance.domain.flame_board import FlameAnswer, SourceView
from glance.domain.page import PageFile
from glance.messages import SourceRequested
from glance.widgets.code_drawing import hottest
from glance.widgets.drawing import clean
from glance.widgets.flame_files import files_of
from glance.widgets.poll_chooser import PollChooser


class SourceOpener(PollChooser):
    """Asks for the source first where it was not looked at yet."""

    _opening = ""
    """The function whose source is to be opened as soon as it is found."""

    @property
    def files(self) -> tuple[PageFile, ...]:
        """The graph as a picture, its stacks, its samples."""
        return () if self._sight is None or self.is_empty else files_of(self._sight, self._state)

    def action_edit(self) -> None:
        """Open the source of the selected function at the line that counts most."""
        sight, answer = self._sight, self._answer
        selected = sight.function(self._state, self._cells) if sight is not None else -1
        if sight is None or answer is None or selected < 0:
            self._set(said="select a function first")
            return
        name = sight.tree.names[selected]
        if answer.source is not None and answer.source.function == name:
            self._open(answer.source)
            return
        self._opening = name
        self._set(said="looking for the source …")
        self._want(source=name)

    def _take(self, answer: FlameAnswer) -> None:
        super()._take(answer)
        source = answer.source
        if self._opening and source is not None and source.function == self._opening:
            self._open(source)

    def _open(self, source: SourceView) -> None:
        """Have an editor opened, or say why not."""
        self._opening = ""
        if not source.path:
            file = clean(source.file, 200)
            why = clean(source.note, 200) or f"{file} is not on this machine" if file else "the profile does not say"
            self._set(said=f"its source was not found: {why}")
            return
        self._set(said="")
        self.post_message(SourceRequested(source.path, line_of(source)))


def line_of(source: SourceView) -> int:
    """The line that counts most; the first of those that are shown where none does."""
    counted = [row for row in source.rows if row.number]
    return counted[hottest(counted)].number if counted else 1
