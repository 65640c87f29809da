"""What can be done on the page of snapshots, bound there, where these commands go before all others."""

from __future__ import annotations

from glance.commands.command import Command, Situation


def _on_snapshots(now: Situation) -> bool:
    """Valid on the page while nothing is typed."""
    return now.panel == "snapshots" and not now.is_typing


def _on_one(now: Situation) -> bool:
    """Valid there while a snapshot has the cursor."""
    return _on_snapshots(now) and now.can_open


SNAPSHOT_COMMANDS: tuple[Command, ...] = (
    Command("snapshot.open", "enter", "focused.open", "open", "look at the snapshot as at live logs; esc comes back",
            "snapshots", _on_one, rank=1),
    Command("snapshot.details", "z", "focused.details", "details", "show all that is in the snapshot, or the list",
            "snapshots", _on_one, rank=3),
    Command("snapshot.note", "n", "focused.note", "note", "write a note to the snapshot; noted ones are kept longest",
            "snapshots", _on_one, rank=2),
    Command("snapshot.mark", "v", "focused.mark", "mark", "mark the snapshot to be compared with another",
            "snapshots", _on_one, rank=3),
    Command("snapshot.compare", "c", "focused.compare", "compare",
            "compare with the marked one: figures and functions that changed", "snapshots", _on_one, rank=3),
    Command("snapshot.export", "E", "focused.export", "file",
            "write the snapshot as a .glance file into this directory", "snapshots", _on_one, rank=3),
    Command("snapshot.remove", "D,delete", "focused.remove", "delete", "delete the snapshot; pressed twice",
            "snapshots", _on_one, rank=4),
    Command("snapshot.sort", "s", "focused.sort", "sort", "order snapshots by time, size or what asked for them",
            "snapshots", _on_snapshots, rank=4),
    Command("snapshot.search", "slash", "focused.search", "search", "show only snapshots whose words have a text",
            "snapshots", _on_snapshots, rank=4),
)  # fmt: skip
"""What is done with snapshots."""
