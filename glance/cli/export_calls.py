"""What the screen calls to have something made into a file; the forms are imported when one is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glance.domain.page import PageTable
    from glance.domain.scene import Scene


def export_scene(scene: Scene, form: str) -> bytes:
    """Everything on the screen, as a file."""
    from glance.cli.exporting import exported

    return exported(scene, form)


def export_table(table: PageTable, form: str) -> bytes:
    """The table of a page, as a file."""
    from glance.cli.exporting import exported_table

    return exported_table(table, form)
