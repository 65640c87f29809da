"""What a person has chosen on the page of profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glance.domain.profiles.flame_layout import FRAME, FlameZoom

Part = Literal["flame", "top", "calls", "source"]
PARTS: tuple[Part, ...] = ("flame", "top", "calls", "source")
Turn = Literal["icicle", "flame", "leaves"]
TURNS: tuple[Turn, ...] = ("icicle", "flame", "leaves")
"""Callers above; callers below; from the leaves up."""
Sort = Literal["cum", "flat", "name", "change"]
WHOLE = FlameZoom()


@dataclass(frozen=True, slots=True)
class FlameState:
    """All of it; the tree and what is made of it are elsewhere."""

    part: Part = "flame"
    """What has the keys, and, where there is room for one only, is shown."""
    other: Part = "calls"
    """What is shown beside the top table where there is room for two."""
    zooms: tuple[FlameZoom, ...] = ()
    """What was zoomed into, one after the other; the last has the whole width."""
    chosen: tuple[str, ...] = ()
    """The frame with the cursor: names from below the root."""
    kind: int = FRAME
    """What kind of block that is."""
    is_above: bool = False
    """Around a function: the frame is one of its callers."""
    function: str = ""
    """The function that is selected in a table, where no frame of it has the cursor."""
    turn: Turn = "icicle"
    focus: str = ""
    """The function that everything is drawn around."""
    is_chain_open: bool = False
    top: int = 0
    """Rows of the graph that are scrolled out."""
    search: str = ""
    typed: str = ""
    is_typing: bool = False
    sort: Sort = "cum"
    unit: str = "auto"
    row: int = 0
    """Of the top table."""
    first: int = 0
    """The row of the top table that is shown first."""
    call: int = 0
    """The row of callers and callees."""
    line: int | None = None
    """Lines of the source that are scrolled out; None until somebody scrolls: then what counts most is seen."""
    has_polls: bool = False
    """The profile came by polling: its polls stand above everything."""
    polls: tuple[int, ...] = ()
    """Those that are chosen, by their numbers; empty is all of the window."""
    marked: tuple[int, ...] = ()
    """Those that others are compared with."""
    about: str = ""
    """What is shown, where the page was opened from traffic: time, route, polls."""
    against: str = ""
    """The quiet time before that it is compared with."""
    said: str = ""
    """What is to be said once, in words of ours."""

    @property
    def zoom(self) -> FlameZoom:
        """What has the whole width."""
        return self.zooms[-1] if self.zooms else WHOLE
