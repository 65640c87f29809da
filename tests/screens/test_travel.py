"""Where a window ends when it is moved: half steps, the oldest, and live again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.scene import EMPTY_SCENE, HistoryStatus, Scene
from glance.domain.view import View
from glance.domain.window import WINDOWS, window_at, window_choice
from glance.screens.travel import moved, oldest
from tests.scenes import AT

FIXED = [choice.name for choice in WINDOWS if choice.seconds is not None]


def shown(view, at=AT, history=12 * 86400):
    """The scene that answers a view, as the collector makes it, without the figures."""
    window = window_at(window_choice(view.window), at if view.end is None else view.end, at - history)
    return Scene(at, view, window, history=HistoryStatus("recording", at - history, at))


@pytest.mark.parametrize("name", FIXED)
def test_half_a_window_back_and_forward_again(name):
    view = View(window=name)
    live = shown(view)
    seconds = window_choice(name).seconds
    first = replace(view, end=moved(view, live, -0.5))
    assert shown(first).window.end == live.window.end - seconds / 2
    second = replace(view, end=moved(first, shown(first), -0.5))
    assert shown(second).window.end == live.window.end - seconds
    assert moved(second, shown(second), 0.5) == pytest.approx(first.end)
    assert moved(first, shown(first), 0.5) is None


def test_a_whole_window_is_the_one_before():
    view = View()
    live = shown(view)
    before = replace(view, end=moved(view, live, -1))
    assert shown(before).window.end == live.window.start


def test_nothing_is_older_than_the_oldest():
    view = View(window="1h")
    scene = shown(view, history=2.2 * 3600)
    for _ in range(5):
        view = replace(view, end=moved(view, scene, -1))
        scene = shown(view, history=2.2 * 3600)
    first = scene.history.first_at
    assert scene.window.start <= first < scene.window.start + scene.window.step_seconds
    assert view.end == oldest(view, scene)


def test_what_is_all_on_the_screen_cannot_be_moved():
    view = View(window="1h")
    scene = shown(view, history=600)
    assert moved(view, scene, -0.5) is None
    assert oldest(view, scene) is None


def test_a_longer_window_at_the_oldest_end_is_not_moved_forward_by_going_back():
    view = View(window="15m")
    view = replace(view, end=oldest(view, shown(view)))
    longer = replace(view, window="6h")
    assert moved(longer, shown(longer), -0.5) == view.end


def test_without_history_one_can_go_back_as_far_as_one_likes():
    view = View()
    scene = replace(shown(view), history=HistoryStatus())
    assert moved(view, scene, -1) == pytest.approx(scene.window.end - 900, abs=0.01)
    assert oldest(view, scene) is None


def test_forward_of_live_and_everything_stay():
    assert moved(View(), shown(View()), 0.5) is None
    everything = View(window="all")
    assert moved(everything, shown(everything), -0.5) is None
    assert moved(replace(everything, end=AT - 50), shown(everything), -0.5) == AT - 50


def test_before_the_first_scene_nothing_moves():
    assert moved(View(), EMPTY_SCENE, -0.5) is None
    assert oldest(View(), EMPTY_SCENE) is None


def test_a_silent_log_can_be_left_backward():
    """The newest record is long ago: going back from live must not be taken for coming forward."""
    view = View()
    scene = replace(shown(view), history=HistoryStatus("recording", AT - 86400, AT - 700))
    assert moved(view, scene, -0.5) is not None


def test_a_log_that_ended_comes_back_to_its_end():
    view = View()
    ended = window_at(window_choice("15m"), AT - 86400, None)
    scene = replace(shown(view), window=ended, is_live=False, history=HistoryStatus("off", AT - 90000, AT - 86400))
    back = replace(view, end=moved(view, scene, -0.5))
    assert back.end == pytest.approx(ended.end - 450, abs=0.01)
    assert moved(back, replace(scene, view=back), 0.5) is None


@given(
    st.sampled_from(FIXED),
    st.lists(st.sampled_from((-1, -0.5, 0.5, 1)), max_size=30),
    st.floats(60, 40 * 86400),
)
def test_wherever_one_goes_something_is_known(name, steps, history):
    view = View(window=name)
    for step in steps:
        scene = shown(view, history=history)
        view = replace(view, end=moved(view, scene, step))
    if view.end is not None:
        window = shown(view, history=history).window
        assert window.end > AT - history
        assert view.end < AT
