"""`x` writes what is on the screen: the figures of its window and filter, a picture, the answer of a query."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from glance.browser import DRIVER, VARIABLE
from glance.cli.export_calls import export_scene, export_table
from glance.domain.scene import SourceStatus
from glance.domain.sql_board import SqlBoard, SqlResult, SqlWish
from glance.screens.exporting import local_picture
from glance.screens.settings import Exports
from tests.scenes import AT
from tests.screens.running import stage
from tests.stage import HOSTILE

EXPORTS = Exports(export_scene, export_table)
OSC52 = "\x1b]52;c;eA==\x07"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


async def written(on, key: str, folder: Path, ending: str) -> Path:
    """The file that a key writes."""
    before = set(folder.glob(f"*.{ending}"))
    await on.press("x")
    await on.press(key)
    await on.app.workers.wait_for_complete()
    await on.pilot.pause()
    (path,) = set(folder.glob(f"*.{ending}")) - before
    return path


async def test_x_asks_in_which_form_and_esc_writes_nothing(folder):
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        await on.press("x")
        for words in ("JSON", "CSV", "Markdown", "SVG", "HTML", "esc closes"):
            assert words in on.screen_text
        assert "copy path" not in on.screen_text
        await on.press("escape")
        assert list(folder.iterdir()) == []
        assert on.focused == "paths"


@pytest.mark.parametrize(("key", "ending"), [("j", "json"), ("c", "csv"), ("m", "md"), ("h", "html")])
async def test_a_file_has_the_figures_that_are_seen(folder, key, ending):
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        await on.press("f", *"status>=500", "enter")
        await on.publish(matched=1234, matched_of=99_999)
        path = await written(on, key, folder, ending)
        assert path.name in on.text("header")
        assert "this directory" in on.text("header")
        assert path.name.startswith("glance-access.log-")
        text = path.read_text()
        scene = on.overview.scene
        assert f"{scene.totals.hits:,}" in text or str(scene.totals.hits) in text
        assert "status&gt;=500" in text or "status>=500" in text or ending == "csv"
        if ending == "json":
            told = json.loads(text)
            assert told["filter"] == "status>=500"
            assert told["window"]["name"] == scene.view.window
            assert [row["name"] for row in told["top"]["paths"]] == [row.name for row in scene.ranking("paths").rows]


@pytest.mark.parametrize("size", [(80, 24), (120, 35)])
async def test_the_picture_is_of_the_screen_and_asks_no_network(folder, size):
    async with stage(size, exports=EXPORTS) as on:
        await on.publish(sources=(SourceStatus(HOSTILE, "/x", "reading"),))
        path = await written(on, "s", folder, "svg")
        text = path.read_text()
        assert [one for one in re.findall(r"https?://[^\"')\s]+", text) if "w3.org" not in one] == []
        assert "@font-face" not in text
        assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", text)
        drawn = ET.fromstring(text)
        said = "".join(drawn.itertext()).replace("\xa0", " ")
        assert "/api/v1/users/me" in said
        assert "JSON" not in said  # what asked is gone
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said)


async def test_the_path_of_the_last_file_can_be_copied(folder):
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        path = await written(on, "j", folder, "json")
        await on.press("x")
        assert "copy path" in on.screen_text
        await on.press("p")
        assert on.app.clipboard == str(path)
        assert "copied the path" in on.text("header")


async def test_a_second_file_of_the_same_moment_has_a_name_of_its_own(folder):
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        first, second = [await written(on, "c", folder, "csv") for _ in range(2)]
        assert second.stem == f"{first.stem}-2"


async def test_where_nothing_can_be_written_a_private_folder_is_named(folder, monkeypatch):
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        gone = folder / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        await on.press("x", "j")
        await on.app.workers.wait_for_complete()
        await on.pilot.pause()
        assert len(list((folder / "state" / "glance" / "exports").iterdir())) == 1
        assert "wrote glance-" in on.text("header")


async def test_the_answer_of_a_query_is_what_its_page_exports(folder):
    rows = (("/a", 12, None), (f"=1+1{OSC52}", 7, 0.5))
    result = SqlResult("SELECT 1", ("path", "hits", "p95"), rows, True, False, 0.1, 99, AT)
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        await on.press("semicolon", "1")
        asked = on.engine.views[-1].page
        assert isinstance(asked, SqlWish)
        await on.publish(page=SqlBoard(asked, run=1, result=result))
        told = json.loads((await written(on, "j", folder, "json")).read_text())
        assert told == [
            {"path": "/a", "hits": 12, "p95": None},
            {"path": f"=1+1{OSC52}", "hits": 7, "p95": 0.5},
        ]
        with (await written(on, "c", folder, "csv")).open(newline="") as file:
            table = list(csv.reader(file))
        assert table[:2] == [["path", "hits", "p95"], ["/a", "12", ""]]
        assert table[2][0].startswith("'=1+1")
        assert "\x1b" not in table[2][0]
        text = (await written(on, "m", folder, "md")).read_text()
        assert text.startswith("| path | hits | p95 |")
        assert "\x1b" not in text
        assert "<!doctype html>" in (await written(on, "h", folder, "html")).read_text()[:20]


async def test_before_the_first_scene_there_is_nothing_to_export(folder):
    async with stage(exports=EXPORTS) as on:
        await on.press("x")
        assert "nothing to export yet" in on.text("header")
        assert list(folder.iterdir()) == []


async def test_a_browser_writes_nothing_on_the_machine_of_the_logs(folder, monkeypatch):
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        monkeypatch.setenv(VARIABLE, DRIVER)
        await on.press("x", "j")
        assert "not from a browser" in on.text("header")
        assert list(folder.iterdir()) == []


async def test_a_form_can_be_clicked(folder):
    async with stage((120, 35), exports=EXPORTS) as on:
        await on.publish()
        await on.press("x")
        lines = on.screen_text.splitlines()
        y = next(number for number, text in enumerate(lines) if "Markdown" in text)
        await on.pilot.click(offset=(lines[y].index("Markdown"), y))
        await on.app.workers.wait_for_complete()
        assert len(list(folder.glob("*.md"))) == 1


def test_what_a_picture_says_of_other_places_is_taken_out():
    svg = '<svg><!-- http://a --><style>@font-face { src: url("http://b") } x { font-family: arial; }</style></svg>'
    assert "http" not in local_picture(svg)
    assert "arial" not in local_picture(svg)


async def test_no_picture_is_taken_of_what_was_opened_meanwhile(folder):
    async with stage(exports=EXPORTS) as on:
        await on.publish()
        on.app.action_help()
        on.overview._take_picture()  # the help has no place yet: there is nothing to be seen of it
        await on.pilot.pause()
        await on.press("escape")
        assert "no picture was taken" in on.text("header")
        assert not list(folder.glob("*.svg"))
