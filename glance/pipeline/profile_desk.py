"""Answers the page of profiles: holds them by name, reads files and makes trees in threads, never in a tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from glance.domain.flame_board import FlameAnswer, FlamePicture, FlameWish, ProfileNote, SourceView
from glance.domain.joint import QUIET
from glance.domain.sample_board import SampleBoard, SampleWish
from glance.pipeline.poll_board import PollBoard
from glance.pipeline.poll_shelf import PollShelf
from glance.pipeline.sample_desk import SampleDesk

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile
    from glance.domain.profiles.timed import TimedSamples
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
        self.samples = SampleDesk()
        """Those of them that know when they were taken."""
        self.shelf = PollShelf()
        """What was polled, beside what was polled before that."""
        self.polls = PollBoard(told)
        """Single polls, and those that were chosen of them."""
        self._notes: dict[str, ProfileNote] = {}
        self._added: list[str] = []
        """Those that came by `add`, the oldest first."""
        self._files: dict[str, ProfileFile] = {}
        self._pictures: dict[tuple[object, ...], FlamePicture] = {}
        self._shown: FlamePicture | None = None
        self._source: SourceView | None = None
        self._seen: tuple[str, str, FlamePicture | None] = ("", "", None)
        """The function of the source, the value that its lines count for, and the profile that says so."""
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

    def told(self) -> None:
        """There is more to be answered than at the last time."""
        self._told()

    @property
    def held(self) -> dict[str, Profile]:
        """All that there are by name; files are read when somebody asks."""
        self._end_what_is_done()
        self._read_files()
        return self._held

    def of_files(self) -> list[tuple[ProfileNote, Profile]]:
        """Those out of files, as far as they are read."""
        return [(self._notes[name], one) for name, one in self.held.items() if name not in self._added]

    @property
    def is_reading(self) -> bool:
        """Files are still read."""
        return bool(self._files)

    def remove(self, name: str) -> None:
        """Hold a profile no longer."""
        self._held.pop(name, None)
        self.samples.drop(name)
        self._notes.pop(name, None)
        if name in self._added:
            self._added.remove(name)

    def _take(self, name: str, profile: Profile, at: float, note: str, timed: TimedSamples | None = None) -> None:
        self._held[name] = profile
        self.samples.hold(name, timed)
        self._notes.pop(name, None)  # the newest last
        seconds = profile.duration_nanos / 1e9
        self._notes[name] = ProfileNote(
            name, "ready", at, seconds, len(profile), 1.0, note, has_times=timed is not None
        )

    # Answering ----------------------------------------------------------------------------------

    def answer(self, wish: FlameWish) -> FlameAnswer:
        """What the page shows now."""
        self._end_what_is_done()
        self._read_files()
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
            self._see_source(wish)
        trouble = "" if name else self.polls.trouble(wish)
        is_working = is_working or (bool(wish.polls) and not name and not trouble)
        value = self._shown.value[0] if self._shown is not None else ""
        source = self._source if self._seen[:2] == (wish.source, value) else None
        mistake = "" if is_working else trouble or self._mistake[1]
        row = self.shelf.named(name)
        is_gone = not name and not wish.polls and wish.joint is not None and self.shelf.is_known and not self._files
        return FlameAnswer(
            wish,
            self._all_notes(),
            None if is_gone else self._shown,
            is_working,
            source,
            mistake,
            is_first=self._is_first(wish, is_made=not is_working),
            line=self.polls.line(wish.name or name),
            polled=self.shelf.span if is_gone or row is not None else None,
            quiet=self.shelf.quiet if row is not None and wish.base == QUIET else None,
            has_quiet=row is not None and row.quiet is not None,
        )

    def map_of_samples(self, wish: SampleWish) -> SampleBoard:
        """When the samples of a profile were taken."""
        self._end_what_is_done()
        return self.samples.answer(wish)

    def _read_files(self) -> None:
        """Begin to read them, unless that was begun."""
        if self._files and self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())

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
        if wish.polls:
            return self.polls.names(wish)
        ready = [name for name, note in self._notes.items() if note.standing == "ready"]
        name = wish.name if wish.name in self._held else ready[-1] if ready and not wish.name else ""
        base = wish.base if self._base(name, wish.base) is not None and wish.base != name else ""
        return name, base

    def _base(self, name: str, base: str) -> Profile | None:
        """What a profile is compared with: another one, or that of the quiet time before."""
        if base != QUIET:
            return self._one(base)
        row = self.shelf.named(name)
        return None if row is None else row.quiet

    def _one(self, name: str) -> Profile | None:
        """A profile by its name, or chosen polls by theirs."""
        picked = self.polls.named(name)
        return self._held.get(name) if picked is None else picked.profile

    def _key(self, wish: FlameWish, name: str, base: str) -> tuple[object, ...]:
        """What a picture depends on; a profile that was replaced is another one."""
        return (wish, name, base, id(self._one(name)), id(self._base(name, base)))

    async def _make(self, key: tuple[object, ...], wish: FlameWish, name: str, base: str) -> None:
        """Make a picture in a thread."""
        from glance.domain.profiles.profile_error import ProfileError
        from glance.pipeline.flame_picture import picture_of  # numpy and all of the formats: only on this page

        picked, profile, before = self.polls.named(name), self._one(name), self._base(name, base)
        note = self._notes[name] if picked is None else picked.note
        assert profile is not None
        taken = (note.at, note.seconds)
        try:
            span = wish.span or self.samples.span_within(name, wish.joint)
            if span is not None and span.profile == name and name in self.samples:
                profile = await asyncio.to_thread(self.samples.profile, span) or profile
                wish, taken = replace(wish, span=span), (profile.time_nanos / 1e9, span.seconds)
            found = await asyncio.to_thread(picture_of, wish, (name, profile), (base, before), taken)
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
                self._take(name, reading.profile, at, note, reading.timed)
            del self._files[name]
            self._told()

    def _see_source(self, wish: FlameWish) -> None:
        """Find the source of the function that has the cursor, in step with the picture."""
        shown = self._shown
        if not wish.source or shown is None or self._seen == (wish.source, shown.value[0], shown):
            return
        if self._finding is None:
            self._finding = asyncio.get_running_loop().create_task(self._find(shown, wish))

    async def _find(self, shown: FlamePicture, wish: FlameWish) -> None:
        """Find the source of a function in a thread."""
        from glance.domain.profiles.profile_error import ProfileError
        from glance.pipeline.flame_picture import samples_of
        from glance.pipeline.function_source import source_of  # only where a source is looked at
        from glance.sources.source_code import SourceCode

        self._code = self._code or SourceCode()
        try:
            profile = await asyncio.to_thread(samples_of, shown)
            shown_value = replace(wish, value=shown.value[0])  # a base may have another default
            if profile is not None:
                self._source = await asyncio.to_thread(source_of, profile, shown_value, self._code)
        except ProfileError as error:  # it has no such value
            self._source = SourceView(wish.source, "", note=error.what)
        self._seen = (wish.source, shown.value[0], shown)
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
        self.polls.forget()
        self.samples.forget()
        self._first = (None, None)
        self._shown = self._source = None
        self._seen = ("", "", None)
        self._mistake = (None, "")
