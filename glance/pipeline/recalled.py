"""The last scene of a dashboard, kept so that the next one on the same logs has something to show at once.

It stands until history is read, some tenths of a second later, and says of when it is.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from glance.domain.raw_line import LineRows
from glance.domain.scene import Scene
from glance.domain.snapshot_order import IDLE
from glance.domain.view import View

PREFIX = "scene."
MOST_CHARACTERS = 1_000_000
MOST_KEPT = 24
"""Dashboards whose last scene is kept."""


def text_of(scene: Scene) -> str:
    """A scene as it is kept; empty when it is not worth it."""
    if not scene.lines_total or scene.view.end is not None or scene.view.filter or scene.trouble:
        return ""
    # their page is not open at first
    view = replace(scene.view, lines=None, page=None, compare=None, interval=None, order=None)
    kept = replace(scene, view=view, page=None, raw=LineRows(), comparison=None, interval=None, snapshots=IDLE)
    text = msgspec.json.encode(kept).decode()
    return text if len(text) <= MOST_CHARACTERS else ""


def scene_of(text: str, view: View) -> Scene | None:
    """The scene that was kept, if it answers this view; the rows that fit on a screen may be more or fewer now."""
    try:
        scene = msgspec.json.decode(text, type=Scene)
    except msgspec.DecodeError:
        return None
    if scene.view.window != view.window:
        return None
    return replace(scene, is_recalled=True)
