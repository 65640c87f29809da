"""The last scene is there at once the next time, and only where it answers what is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from glance.domain.scene import Scene
from glance.domain.view import View
from glance.pipeline.collector import Collector
from glance.pipeline.engine import Engine, recall_key_of, remembered
from glance.pipeline.recalled import MOST_KEPT, scene_of, text_of
from glance.store.remembered import Remembered
from tests.scenes import scene_at


def test_a_scene_comes_back_as_it_was() -> None:
    scene = scene_at()
    assert scene_of(text_of(scene), scene.view) == replace(scene, is_recalled=True)


@pytest.mark.parametrize(
    "scene",
    [
        replace(scene_at(), lines_total=0),
        replace(scene_at(), trouble="a bug"),
        replace(scene_at(), view=View(end=1_700_000_000.0)),
    ],
    ids=["empty", "trouble", "past"],
)
def test_what_is_not_worth_it_is_not_kept(scene: Scene) -> None:
    assert text_of(scene) == ""


@pytest.mark.parametrize("text", ["", "{", '{"at": "yesterday"}', "[]"])
def test_what_was_damaged_or_is_of_another_version_is_nothing(text: str) -> None:
    assert scene_of(text, View()) is None


def test_another_window_is_another_question() -> None:
    scene = scene_at()
    assert scene_of(text_of(scene), View(window="24h")) is None


def test_each_set_of_logs_has_its_own() -> None:
    assert recall_key_of(["/a"]) != recall_key_of(["/a", "/b"])
    assert recall_key_of(["a"]) == recall_key_of([str(Path("a").absolute())])


def test_the_database_does_not_fill_with_them(tmp_path: Path) -> None:
    store = Remembered.open(tmp_path / "glance.db")
    for number in range(3 * MOST_KEPT):
        store.forget_others(f"scene.{number}", "scene.", MOST_KEPT)
        store.keep(f"scene.{number}", "x" * 20_000, most=1_000_000)
    store.keep("theme", "glance-light")
    assert store.all() == {"theme": "glance-light"}
    assert 0 < len(store.all(*(f"scene.{number}" for number in range(3 * MOST_KEPT)))) <= MOST_KEPT + 1
    store.close()


def test_the_engine_keeps_the_last_one(tmp_path: Path) -> None:
    path, key, scene = tmp_path / "glance.db", "scene.x", scene_at()
    engine = Engine(_no_collector, path, scene.view, recall_key=key)
    engine._pass_on(scene)
    engine.stop()

    assert scene_of(remembered(path, key)[key], scene.view) == replace(scene, is_recalled=True)


def _no_collector(view: View) -> Collector:
    """There is nothing to read."""
    raise SystemExit
