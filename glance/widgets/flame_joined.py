"""The page of profiles where it was opened from traffic: what it shows in words, and the quiet time to compare with."""

from __future__ import annotations

from dataclasses import replace

from textual.geometry import Size
from textual.strip import Strip

from glance.domain.flame_board import FlameAnswer, FlamePicture
from glance.domain.joint import QUIET, Joint
from glance.messages import SituationChanged
from glance.widgets import flame_moves as moves
from glance.widgets.drawing import Line, Picture, clean, words
from glance.widgets.flame_chooser import FlameChooser
from glance.widgets.frame import Frame, framed
from glance.widgets.joint_words import joint_words, time_words


class FlameJoined(FlameChooser):
    """Shows the code of what was pointed at."""

    _is_to_be_told = False
    """Somebody has just asked for the quiet time before."""
    _sought = ""
    """The function to be selected as soon as its profile is drawn."""
    _led = ""
    """The profile that somebody was led to by another page: who comes by a way of his own is not shown it again."""

    @property
    def joint(self) -> Joint | None:
        """What was pointed at; None where the page was not opened so."""
        return self._wish.joint

    def join(self, joint: Joint) -> None:
        """Show the code of this traffic: it is about to be opened."""
        self._sought = ""
        led, self._led = self._led, ""
        if led and led == self._wish.name:
            self._wish = replace(self._wish, name="", value="", polls=(), base_polls=())
            self._state = replace(self._state, polls=(), marked=())
        if joint != self._wish.joint:
            base = "" if self._wish.base == QUIET else self._wish.base
            self._wish = replace(self._wish, joint=joint, base=base, span=None, polls=(), base_polls=())
            self._state = replace(self._state, polls=(), marked=())

    def seek(self, profile: str, function: str, value: str) -> None:
        """Select a function: all of its frames are marked.

        Args:
            profile: in which one; empty is the one that is shown.
            function: its name; empty selects none.
            value: the type of the value that is counted.
        """
        self._sought = function
        if profile:
            self._led = profile
            everything = {"label": ("", ""), "group": "", "focus": "", "base": "", "is_up": False, "span": None}
            self._want(name=profile, value=value, polls=(), base_polls=(), **everything)
            self._state = replace(self._state, polls=(), marked=())
        if self._sight is not None:
            self._select_sought(self._sight.picture)

    def _select_sought(self, picture: FlamePicture) -> None:
        """Select the function, if it is of this picture."""
        sight, wish = self._sight, self._wish
        if not self._sought or sight is None or (picture.name, picture.wish.joint) != (wish.name, wish.joint):
            return
        function, self._sought = self._sought, ""
        if function in sight.index:
            state = replace(self._state, zooms=(), focus="", turn="icicle")
            self._state = moves.to_name(sight, state, sight.index[function])
            self._set(part="flame")

    def _take(self, answer: FlameAnswer) -> None:
        """Show what was drawn; nothing where nothing was polled then."""
        is_gone = answer.picture is None and answer.polled is not None and not answer.is_working
        if is_gone and self._sight is not None:
            self._sight = None
            self.post_message(SituationChanged())
        super()._take(answer)
        self._tell_quiet(answer)

    def _tell_quiet(self, answer: FlameAnswer) -> None:
        """Say once what is compared with, and that it is as if both were of the same size; or why there is nothing."""
        if not self._is_to_be_told or self._wish.base != QUIET or answer.is_working or answer.quiet is None:
            return
        picture = answer.picture
        if answer.has_quiet and (picture is None or picture.base != QUIET):
            return
        self._is_to_be_told = False
        size = ", as if both were of the same size" if answer.has_quiet and self._wish.is_normalized else ""
        self._set(said=f"{self._against()}{size}")

    def _see(self, picture: FlamePicture) -> None:
        super()._see(picture)
        self._select_sought(picture)

    def draw(self, size: Size) -> Picture:
        """The page of now, with what it is about."""
        self._state = replace(self._state, about=self._about(), against=self._against())
        answer = self._answer
        if self._sight is None and answer is not None and answer.polled is not None and not answer.is_working:
            return self._unpolled(size)
        return super().draw(size)

    def _unpolled(self, size: Size) -> Picture:
        """Nothing was polled in this time."""
        width = max(1, size.width - 2)
        names = ", ".join(clean(one.name, 40) for one in self.scene.targets[:3])
        told = ("no profile was polled in this time; esc goes back", f"polled now: {names}" if names else "")
        strips = [Strip.blank(width, self.inks.ground)] * max(1, (size.height - 6) // 3)
        for text, ink in zip(told, (self.inks.text, self.inks.label), strict=True):
            strips += [Line(width, self.inks.ground).skip(3).put(one, ink).strip() for one in words(text, width - 6)]
        title = f"profile of {self._state.about}"
        return framed(size, Frame((), self.has_focus, title=title), strips, (), self.inks)

    # Words --------------------------------------------------------------------------------------

    def _about(self) -> str:
        """What is shown, in words: time, route, how many polls; empty where it was not opened from traffic."""
        answer = self._answer
        joint = self._wish.joint
        if answer is None or joint is None or (answer.polled is None and not joint.route):
            return ""
        picture = answer.picture
        if picture is not None and picture.wish.joint is not None:
            joint = picture.wish.joint
        about = joint_words(joint if answer.polled is not None else replace(joint, interval=None), self.scene,
                            answer.polled)  # fmt: skip
        if answer.polled is None:  # of a file: its time is its own
            about = f"route {clean(joint.route, 80)}"
        if picture is None:
            return about
        if joint.route and not picture.route[0]:
            about += " · all samples, none says its route"
        elif joint.route and not picture.route[1]:
            about += " · none of its samples"
        note = next((clean(one.note, 40) for one in answer.profiles if one.name == picture.name), "")
        return f"{about} · {note}" if note and answer.polled is not None else about

    def _against(self) -> str:
        """The quiet time that is compared with, or why there is none; empty where none is wanted."""
        answer = self._answer
        if answer is None or self._wish.base != QUIET or answer.polled is None:
            return ""
        if answer.quiet is None:
            return "" if answer.is_working else "nothing before it to compare with"
        when = time_words(answer.quiet, self.scene.at)
        return f"against the quiet {when}" if answer.has_quiet else f"not polled at {when}: nothing to compare with"

    # What a person can do -----------------------------------------------------------------------

    def action_compare(self) -> None:
        """Compare with the quiet time before, then with other profiles, then with none."""
        answer, sight = self._answer, self._sight
        is_polled = answer is not None and answer.polled is not None and sight is not None
        if not is_polled or sight is None or self._wish.base not in ("", QUIET):
            super().action_compare()
            return
        shown = self._profile_name
        if self._wish.base == "":
            self._is_to_be_told = True
            self._want(name=shown, base=QUIET, joint=self._wish.joint or Joint())
            self._set(said="", sort="change")
            return
        others = [name for name in self._ready if name != shown]
        kind = shown.rpartition(" ")[2]
        alike = [name for name in others if name.rpartition(" ")[2] == kind]
        base = alike[-1] if alike else ""
        self._want(base=base)
        self._set(said="" if base else "compared with nothing", sort="change" if base else "cum")
