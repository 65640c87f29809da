"""A screen of which everything that is seen can be written into a file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work

from glance.browser import NOT_HERE, is_browser
from glance.domain.page import PageFile, PageTable
from glance.domain.scene import Scene
from glance.errors import GlanceError
from glance.paths import state_dir
from glance.screens.pages import PageViewer
from glance.screens.settings import Exports, ScreenSettings
from glance.widgets.drawing import clean
from glance.widgets.header import Header
from glance.widgets.inks import Inks
from glance.widgets.page import Page

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = {"json": "json", "csv": "csv", "markdown": "md", "html": "html", "svg": "svg"}
PATH_SECONDS = 10.0
"""How long it is said where a file is."""
FONTS = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

_REMOTE = re.compile(r"@font-face\s*\{[^}]*\}\s*|<!--.*?-->\s*", re.S)
_FAMILY = re.compile(r"font-family: (?:Fira Code, monospace|arial);")


class ExportViewer(PageViewer, inherit_bindings=False):
    """Asks for a form, writes, and says where."""

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """Nothing was exported."""
        super().__init__(settings, inks)
        self._exports = settings.exports
        self._is_alone = settings.is_alone
        self._last_export = ""

    def action_export(self) -> None:
        """Ask in which form."""
        if is_browser():
            self.query_one(Header).say(NOT_HERE)
            return
        if not self.scene.at or self._exports is None:
            self.query_one(Header).say("there is nothing to export yet")
            return
        from glance.screens.export_chooser import ExportChooser  # not before the first frame

        note = "the page of lines saves its lines by s" if self.view.lines is not None else ""
        has_table = self._own_table() is not None
        own = tuple(self._own_files().values())
        has_log = not self._is_alone
        chooser = ExportChooser(
            self.inks, has_table=has_table, last=self._last_export, note=note, own=own, has_log=has_log
        )
        self.app.push_screen(chooser, self._export)

    def _own_table(self) -> PageTable | None:
        """The table of the open page, where it has one."""
        page = self.focused if self.view.page is not None else None
        return page.table if isinstance(page, Page) else None

    def _own_files(self) -> dict[str, PageFile]:
        """Files that the open page has besides, by their forms."""
        page = self.focused if self.view.page is not None else None
        return {file.form: file for file in page.files} if isinstance(page, Page) else {}

    def _export(self, form: str | None) -> None:
        """A form was chosen."""
        if form and (file := self._own_files().get(form)) is not None:
            self._write_own(file)
        elif form == "path":
            self.app.copy_to_clipboard(clean(self._last_export, len(self._last_export)))
            self.query_one(Header).say("copied the path")
        elif form == "svg":
            self.call_after_refresh(self._take_picture)
        elif form and self._exports is not None:
            table = self._own_table() if form != "html" else None
            self._write(self._exports, self.scene, table, form)

    def _take_picture(self) -> None:
        """Write what is on the screen, unless something stands above it again."""
        if self.app.screen is not self:
            self.query_one(Header).say("no picture was taken: something else was opened")
            return
        title = " ".join(["glance", *(clean(source.name, 60) for source in self.scene.sources[:2])])
        picture = local_picture(self.app.export_screenshot(title=title))
        self._write(None, self.scene, None, "svg", picture.encode("utf-8", "replace"))

    @work(group="export")
    async def _write_own(self, file: PageFile) -> None:
        """Make a file of the page's own and write it, away from the loop."""
        from glance.pipeline.export_file import export_name, write_export  # not before the first frame

        at = self.scene.at
        await self._wrote(lambda: write_export(file.make(), export_name([file.about], at), file.ending))

    @work(group="export")
    async def _write(
        self, exports: Exports | None, scene: Scene, table: PageTable | None, form: str, data: bytes = b""
    ) -> None:
        """Make the file and write it, away from the loop."""
        from glance.pipeline.export_file import export_name, write_export  # not before the first frame

        def work_on() -> Path:
            made = data
            if exports is not None:
                made = exports.scene(scene, form) if table is None else exports.table(table, form)
            name = export_name([source.name for source in scene.sources], scene.at)
            return write_export(made, name, ENDINGS[form])

        await self._wrote(work_on)

    async def _wrote(self, work_on: Callable[[], Path]) -> None:
        """Have a file written in a thread, and say where it is, or why there is none."""
        from glance.pipeline.export_file import FOLDER  # not before the first frame

        try:
            path = await asyncio.to_thread(work_on)
        except GlanceError as error:
            self.query_one(Header).say(clean(f"{error.what}: {error.why}"), PATH_SECONDS)
            return
        self._last_export = str(path)
        place = clean(str(path.parent)) if path.parent == state_dir() / FOLDER else "this directory"
        self.query_one(Header).say(f"wrote {clean(path.name)} in {place}", PATH_SECONDS)


def local_picture(svg: str) -> str:
    """A picture that asks nothing of any network: with the fonts of whoever looks at it."""
    return _FAMILY.sub(f"font-family: {FONTS};", _REMOTE.sub("", svg))
