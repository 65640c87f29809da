"""From a flame graph to the heat map of its samples, to the flame graph of a part of them, and back."""

from __future__ import annotations

import asyncio
import random
import re
from contextlib import asynccontextmanager

import pytest

from glance.domain.flame_board import FlameWish
from glance.domain.sample_board import SampleBoard, SampleWish
from glance.pipeline.profile_desk import ProfileDesk
from glance.widgets.flame_chooser import ALONE
from glance.widgets.flame_page import FlamePage
from glance.widgets.sample_page import SamplePage
from tests.screens.running import stage

SIZES = [(80, 24), (120, 35), (200, 55), (40, 12)]


def perf_script(samples: list[tuple[float, str]]) -> str:
    """What `perf script` prints of samples with two frames each."""
    events = [
        f"app  1 [000]  {at:.6f}:     10 cpu-clock:\n\t    1 {name} (/bin/app)\n\t    2 main (/bin/app)\n"
        for at, name in samples
    ]
    return "\n".join(events) + "\n"


SAMPLES = [(100.1 + number / 25, f"f{number % 3}") for number in range(60)]
"""From 100.1 to 102.46 s, 25 a second."""


class Watched:
    """The pages of a dashboard with a real desk behind them."""

    def __init__(self, on, paths):
        self.on = on
        self._told = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.desk = ProfileDesk(lambda: loop.call_soon_threadsafe(self._told.set))
        self.desk.open(paths)

    async def press(self, *keys):
        """Press keys, each answered before the next."""
        for key in keys:
            await self.on.press(key)
            await self.answer()

    async def answer(self):
        """Hand the page what it asks for, until it asks for nothing else."""
        async with asyncio.timeout(20):
            while True:
                wish = self.on.engine.views[-1].page
                if isinstance(wish, SampleWish):
                    answer = self.desk.map_of_samples(wish)
                elif isinstance(wish, FlameWish):
                    answer = self.desk.answer(wish)
                    while answer.is_working or any(note.standing == "reading" for note in answer.profiles):
                        await self._told.wait()
                        self._told.clear()
                        answer = self.desk.answer(wish)
                else:
                    answer = None
                await self.on.publish(page=answer)
                if self.on.engine.views[-1].page == wish:
                    return

    @property
    def flame(self) -> FlamePage:
        return self.on.overview.query_one(FlamePage)

    @property
    def map(self) -> SamplePage:
        return self.on.overview.query_one(SamplePage)

    @property
    def board(self) -> SampleBoard:
        return self.map.board

    @property
    def counted(self) -> int:
        """Samples in the tree that is shown."""
        return int(self.flame._sight.tree.samples[0])


@asynccontextmanager
async def watched(*paths, size=(120, 35), **settings):
    async with stage(size, **settings) as on:
        found = Watched(on, [str(path) for path in paths])
        await on.publish()
        await found.press("p")
        yield found


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "perf.txt"
    path.write_text(perf_script(SAMPLES))
    return path


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_shows_when_the_samples_were_taken(script, size):
    async with watched(script, size=size) as on:
        await on.press("H")
        text = on.on.text("samples")
        assert "heat map · samples" in text
        if size[1] >= 24:
            assert sum(map(sum, on.board.hits)) == len(SAMPLES)
            assert "60 samples" in text
            assert "100" in text.splitlines()[-4]  # the axis
        await on.press("escape")
        assert on.on.focused == "profile"
        assert on.counted == len(SAMPLES)


async def test_a_selection_becomes_the_flame_graph_of_exactly_these_samples(script):
    async with watched(script) as on:
        await on.press("H", "right", "g", "left", "v", "right", "up", "up")
        state = on.map.state(on.board)
        chosen = sum(
            row[column]
            for y, row in enumerate(on.board.hits)
            for column in range(on.board.columns)
            if state.marks(on.board, type(state.cursor)(column, y))
        )
        await on.press("enter")
        assert 0 < on.counted == chosen < len(SAMPLES)
        assert f"{chosen} samples of 10" in on.on.text("profile")
        await on.press("escape")
        assert on.on.focused == "samples"
        assert on.map.state(on.board) == state  # as it was left
        await on.press("escape", "escape", "escape")
        assert on.on.focused == "profile"
        assert on.counted == len(SAMPLES)


async def test_the_samples_in_the_tree_equal_the_cells_wherever_one_goes(tmp_path):
    chance = random.Random(7)
    path = tmp_path / "perf.txt"
    edges = [100 + chance.randrange(250) / 50 for _ in range(60)]
    samples = [(at, chance.choice("abc")) for at in (*edges, *(chance.uniform(99, 105) for _ in range(80)))]
    path.write_text(perf_script(samples))  # in no order
    async with watched(path) as on:
        await on.press("H")
        for _ in range(3):
            keys = [chance.choice(("left", "right", "up", "down", "n")) for _ in range(5)]
            await on.press(*keys, "v", *keys[:3], "right")
            state = on.map.state(on.board)
            chosen = sum(
                hits
                for y, row in enumerate(on.board.hits)
                for x, hits in enumerate(row)
                if state.marks(on.board, type(state.cursor)(x, y))
            )
            await on.press("enter")
            assert on.on.focused == ("profile" if chosen else "samples")
            if chosen:
                assert on.counted == chosen
                await on.press("escape")
            await on.press("v")


async def test_the_mouse_selects_as_keys_do(script):
    async with watched(script) as on:
        await on.press("H")
        x, y = on.on.overview.panel("samples").region.offset
        await on.on.pilot.mouse_down(offset=(x + 12, y + 20))
        await on.on.pilot.hover(offset=(x + 22, y + 10))
        await on.on.pilot.mouse_up(offset=(x + 22, y + 10))
        assert "selected" in on.on.text("samples")
        await on.press("enter")
        assert on.on.focused == "profile"


async def test_without_times_it_says_so(tmp_path, script):
    path = tmp_path / "folded.txt"
    path.write_text("main;f 3\nmain;g 4\n")
    async with watched(script, path) as on:
        await on.press("H")
        assert on.on.focused == "profile"
        assert "no times" in on.on.text("profile")
        await on.press("left_square_bracket", "H")
        assert on.on.focused == "samples"
        await on.press("enter", "right_square_bracket")
        assert on.counted == 7  # of the other profile: no span belongs to it


async def test_alone_esc_leads_back_to_the_whole_and_then_out(script):
    async with watched(script, page="profile", known={ALONE: "on"}) as on:
        await on.press("H", "enter", "escape", "escape")
        assert on.on.focused == "profile"
        assert on.on.app.return_code is None
        await on.on.press("escape")
        assert on.on.app.return_code == 0


async def test_the_map_of_the_log_is_one_key_away(script):
    async with watched(script) as on:
        await on.press("H", "h")
        assert on.on.focused == "heat"


async def test_the_mark_of_the_cursor_stands_in_no_number(tmp_path):
    path = tmp_path / "short.txt"
    path.write_text(perf_script([(184_694.2, "a"), (184_694.4, "b")]))
    async with watched(path) as on:
        await on.press("H")
        text = on.on.text("samples")
        assert "▴" in text
        assert not re.search(r"[0-9]▴|▴[0-9]", text)
