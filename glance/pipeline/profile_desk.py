"""Answers the page of profiles: holds them by name, reads files and makes trees in threads, never in a tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from glance.domain.flame_board import FlameAnswer, FlamePicture, FlameWish, ProfileNote, SourceView

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile
    from glance.pipeline.profile_file import ProfileFile
    from glance.sources.source_code import SourceCode

MOST_HELD = 100
"""Profiles beyond this push out the oldest that came by `add`."""

MOST_PICTURES = 4
"""Trees that are remembered: what was looked at just now comes back at once."""


class ProfileDesk:
    """Answers one wish after the other, in the collector's thread. While nobody looks nothing is read or made."""

    def __init__(self, told: Callable[[], None]) -> None:
        """Hold nothing yet.

        Args:
            told: called from any thread when there is more to be answered than at the last time.
        """
        self._told = told
        self._held: dict[str, Profile] = {}
        self._notes: dict[str, ProfileNote] = {}
        self._added: list[str] = []
        """Those that came by `add`, the oldest first."""
        self._files: dict[str, ProfileFile] = {}
        self._pictures: dict[tuple[object, ...], FlamePicture] = {}
        self._shown: FlamePicture | None = None
        self._source: SourceView | None = None
        self._working: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._finding: asyncio.Task[None] | None = None
        self._mistake: tuple[object, str] = (None, "")
        self._code: SourceCode | None = None
        self._first: tuple[FlameWish | None, FlamePicture | None] = (None, None)
        """What was wanted last, and the picture that was made of it first."""

    # What there is ------------------------------------------------------------------------------

    def open(self, paths: Sequence[str]) -> None:
        """Files to be read when somebody looks; the last one is shown first."""
        from glance.pipeline.profile_file import ProfileFile, names_of  # only where there are some

        for name, path in zip(names_of(paths), paths, strict=True):
            self._files[name] = ProfileFile(path)
            self._notes[name] = ProfileNote(name, "reading", note="waits to be read")

    def add(self, name: str, profile: Profile, at: float, note: str = "") -> None:
        """Hold a profile, in place of one of the same name. In the collector's thread.

        Args:
            name: under which it is shown.
            profile: it.
            at: when it was taken, epoch seconds.
            note: what to know of it, in words of ours.
        """
        if name not in self._held:
            self._added.append(name)
        self._take(name, profile, at, note)
        while len(self._added) > MOST_HELD:
            self.remove(self._added[0])
        self._told()

    def remove(self, name: str) -> None:
        """Hold a profile no longer."""
        self._held.pop(name, None)
        self._notes.pop(name, None)
        if name in self._added:
            self._added.remove(name)

    def _take(self, name: str, profile: Profile, at: float, note: str) -> None:
        self._held[name] = profile
        self._notes.pop(name, None)  # the newest last
        seconds = profile.duration_nanos / 1e9
        self._notes[name] = ProfileNote(name, "ready", at, seconds, len(profile), 1.0, note)

    # Answering ----------------------------------------------------------------------------------

    def answer(self, wish: FlameWish) -> FlameAnswer:
        """What the page shows now."""
        self._end_what_is_done()
        if self._files and self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
        name, base = self._named(wish)
        is_working = False
        if name:
            key = self._key(replace(wish, source=""), name, base)
            picture = self._pictures.get(key)
            if picture is not None:
                self._shown = picture
            elif self._mistake[0] != key and self._working is None:
                self._working = asyncio.get_running_loop().create_task(self._make(key, wish, name, base))
            is_working = picture is None and self._mistake[0] != key
            self._see_source(wish, name)
        source = self._source if self._source is not None and self._source.function == wish.source else None
        mistake = "" if is_working else self._mistake[1]
        return FlameAnswer(
            wish,
            self._all_notes(),
            self._shown,
            is_working,
            source,
            mistake,
            self._is_first(wish, is_made=not is_working),
        )

    def _is_first(self, wish: FlameWish, *, is_made: bool) -> bool:
        """What is shown is the first picture for a wish: one that came later is not shown while all stands still."""
        wish = replace(wish, source="")
        if self._first[0] != wish:
            self._first = (wish, None)
        if self._first[1] is None and is_made:
            self._first = (wish, self._shown)
        return is_made and self._shown is not None and self._first[1] is self._shown

    def _all_notes(self) -> tuple[ProfileNote, ...]:
        """Everything that there is or will be."""
        return tuple(
            replace(note, done=self._files[name].done, note=self._files[name].stage)
            if note.standing == "reading" and name in self._files and self._files[name].stage
            else note
            for name, note in self._notes.items()
        )

    def _named(self, wish: FlameWish) -> tuple[str, str]:
        """The profile that is wanted and its base, as far as they are there."""
        ready = [name for name, note in self._notes.items() if note.standing == "ready"]
        name = wish.name if wish.name in self._held else ready[-1] if ready and not wish.name else ""
        return name, wish.base if wish.base in self._held and wish.base != name else ""

    def _key(self, wish: FlameWish, name: str, base: str) -> tuple[object, ...]:
        """What a picture depends on; a profile that was replaced is another one."""
        return (wish, name, base, id(self._held[name]), id(self._held.get(base)))

    async def _make(self, key: tuple[object, ...], wish: FlameWish, name: str, base: str) -> None:
        """Make a picture in a thread."""
        from glance.domain.profiles.profile_error import ProfileError
        from glance.pipeline.flame_picture import picture_of  # numpy and all of the formats: only on this page

        profile, before, note = self._held[name], self._held.get(base), self._notes[name]
        try:
            found = await asyncio.to_thread(picture_of, wish, (name, profile), (base, before), (note.at, note.seconds))
        except ProfileError as error:
            self._mistake = (key, ": ".join(filter(None, (error.what, error.why))))
        else:
            while len(self._pictures) >= MOST_PICTURES:
                del self._pictures[next(iter(self._pictures))]
            self._pictures[key] = found
            self._mistake = (None, "")
        self._told()

    async def _read(self) -> None:
        """Read the files, one after the other, each in a thread."""
        from glance.errors import GlanceError

        while self._files:
            name, file = next(iter(self._files.items()))
            try:
                reading = await asyncio.to_thread(file.read, self._told)
            except GlanceError as error:
                words = ": ".join(filter(None, (error.what, error.why)))
                self._notes[name] = ProfileNote(name, "failed", note=words)
            else:
                note = reading.damages[0] if reading.damages else ""
                at = reading.profile.time_nanos / 1e9 or file.changed_at
                self._take(name, reading.profile, at, note)
            del self._files[name]
            self._told()

    def _see_source(self, wish: FlameWish, name: str) -> None:
        """Find the source of the function that has the cursor."""
        shown = self._shown
        if not wish.source or shown is None or (self._source is not None and self._source.function == wish.source):
            return
        if self._finding is None:
            self._finding = asyncio.get_running_loop().create_task(self._find(self._held[name], wish))

    async def _find(self, profile: Profile, wish: FlameWish) -> None:
        """Find the source of a function in a thread."""
        from glance.pipeline.function_source import source_of  # only where a source is looked at
        from glance.sources.source_code import SourceCode

        self._code = self._code or SourceCode()
        self._source = await asyncio.to_thread(source_of, profile, wish, self._code)
        self._told()

    def _end_what_is_done(self) -> None:
        """A bug in a task is not hidden."""
        for task in (self._working, self._reading, self._finding):
            if task is not None and task.done():
                task.result()
        self._working = None if self._working is not None and self._working.done() else self._working
        self._reading = None if self._reading is not None and self._reading.done() else self._reading
        self._finding = None if self._finding is not None and self._finding.done() else self._finding

    def forget(self) -> None:
        """Nobody looks: keep no trees."""
        self._pictures.clear()
        self._first = (None, None)
        self._shown = self._source = None
        self._mistake = (None, "")
