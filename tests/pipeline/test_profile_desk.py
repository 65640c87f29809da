"""The desk of profiles: reads files and makes pictures in threads, and answers with what there is."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from glance.domain.flame_board import FlameWish
from glance.domain.joint import Joint
from glance.domain.profiles.proto import read
from glance.pipeline.function_source import line_counts, source_of
from glance.pipeline.profile_desk import MOST_HELD, ProfileDesk
from glance.pipeline.profile_file import names_of
from glance.sources.source_code import SourceCode
from tests.domain.profiles.captured import CAPTURES, needs_data

pytestmark = needs_data


class Desk:
    """A desk, and waiting for what it tells."""

    def __init__(self):
        self.told = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.desk = ProfileDesk(lambda: loop.call_soon_threadsafe(self.told.set))

    async def settled(self, wish):
        """The answer when nothing is worked on any more."""
        async with asyncio.timeout(20):
            while True:
                answer = self.desk.answer(wish)
                is_reading = any(note.standing == "reading" for note in answer.profiles)
                has_source = not wish.source or answer.source is not None or answer.picture is None
                if not answer.is_working and not is_reading and has_source:
                    return answer
                await self.told.wait()
                self.told.clear()


def capture(name):
    return read((CAPTURES / f"{name}.pb.gz").read_bytes())


async def test_files_are_read_when_somebody_looks_and_the_last_one_is_shown(tmp_path):
    broken = tmp_path / "broken.pb.gz"
    broken.write_bytes(b"\x1f\x8bnothing")
    on = Desk()
    on.desk.open([str(CAPTURES / "cpu1.pb.gz"), str(broken), str(tmp_path / "gone"), str(CAPTURES / "m123.pb.gz")])

    first = on.desk.answer(FlameWish())
    answer = await on.settled(FlameWish())

    assert (first.picture, {note.standing for note in first.profiles}) == (None, {"reading"})
    assert {note.name: note.standing for note in answer.profiles} == {
        "cpu1.pb.gz": "ready", "broken.pb.gz": "failed", "gone": "failed", "m123.pb.gz": "ready",
    }  # fmt: skip
    assert answer.picture.name == "m123.pb.gz"
    assert (answer.picture.total, answer.picture.value) == (2_520_000_000, ("cpu", "nanoseconds"))


async def test_a_profile_that_was_added_takes_the_place_of_its_namesake():
    on = Desk()
    on.desk.add("live", capture("cpu1"), 1.0)
    old = (await on.settled(FlameWish())).picture
    on.desk.add("live", capture("cpu2"), 2.0)
    new = (await on.settled(FlameWish())).picture

    assert (old.at, new.at) == (1.0, 2.0)
    assert not (await on.settled(FlameWish())).is_awaited  # while all stands still it is not shown
    assert (await on.settled(FlameWish(value="samples"))).is_awaited
    assert old.tree is not new.tree
    assert (await on.settled(FlameWish())).picture is new  # made once


async def test_the_oldest_that_were_added_are_let_go_of():
    on = Desk()
    profile = capture("cpu1")
    for number in range(MOST_HELD + 3):
        on.desk.add(f"poll {number}", profile, float(number))

    names = [note.name for note in (await on.settled(FlameWish())).profiles]

    assert (len(names), names[0]) == (MOST_HELD, "poll 3")


async def test_two_are_compared_as_if_of_one_size():
    on = Desk()
    on.desk.add("a", capture("cpu1"), 1.0)
    on.desk.add("b", capture("cpu3"), 2.0)
    picture = (await on.settled(FlameWish(name="b", base="a"))).picture
    as_is = (await on.settled(FlameWish(name="b", base="a", is_normalized=False))).picture
    tree = picture.tree

    assert picture.factor == picture.base_total / picture.total != 1
    assert abs(int(tree.totals[0]) - 2 * int(tree.olds[0])) <= len(tree)  # both halves are of one size
    assert int(as_is.tree.totals[0]) == as_is.total + as_is.base_total
    assert int(tree.old_samples[0]) * 10_000_000 == picture.base_total


async def test_what_cannot_be_drawn_is_told():
    on = Desk()
    on.desk.add("cpu", capture("cpu1"), 1.0)
    on.desk.add("heap", capture("heap1"), 2.0)

    assert "sample_index" in (await on.settled(FlameWish(value="what"))).mistake
    assert (await on.settled(FlameWish(name="heap", base="cpu"))).mistake
    assert not (await on.settled(FlameWish())).mistake


async def test_the_source_of_a_function_has_what_its_lines_count_for(tmp_path):
    source = tmp_path / "example.com" / "gotarget" / "main.go"
    source.parent.mkdir(parents=True)
    source.write_bytes((CAPTURES / "gotarget.go.txt").read_bytes())
    profile = capture("m123")
    wish = FlameWish(source="main.handleSlow")

    view = source_of(profile, wish, SourceCode(str(tmp_path), environment={}))
    (hot,) = [row for row in view.rows if "MustCompile" in row.text]

    assert (hot.flat, hot.cum) == (0, 810_000_000)
    assert view.path == str(source)
    assert {row.number: (row.flat, row.cum) for row in view.rows if row.cum} == line_counts(profile, wish.source, 1)
    assert not source_of(profile, wish, SourceCode("/nowhere", environment={})).path


async def test_the_source_comes_with_the_answer():
    on = Desk()
    on.desk.add("cpu", capture("m123"), 1.0)
    answer = await on.settled(FlameWish(source="regexp.MustCompile"))

    assert answer.source.function == "regexp.MustCompile"
    assert [row.cum for row in answer.source.rows if row.cum] == [810_000_000]


async def test_lines_of_the_source_count_for_the_value_that_is_shown():
    on = Desk()
    on.desk.add("cpu", capture("m123"), 1.0)
    on.desk.add("heap", capture("heap1"), 2.0)
    seconds = await on.settled(FlameWish("cpu", source="regexp.MustCompile"))
    samples = await on.settled(FlameWish("cpu", source="regexp.MustCompile", value="samples"))

    assert [row.cum for row in seconds.source.rows if row.cum] == [810_000_000]
    assert [row.cum for row in samples.source.rows if row.cum] == [81]
    other = await on.settled(FlameWish("heap", source="regexp.MustCompile", value="samples"))
    assert other.mistake


def test_short_names_of_files_tell_them_apart():
    assert names_of(["/a/x/cpu.pb", "/a/y/cpu.pb", "/b/heap.pb", "/b/heap.pb"]) == [
        "x/cpu.pb", "y/cpu.pb", "heap.pb", "heap.pb (2)",
    ]  # fmt: skip


async def test_the_source_is_in_step_with_the_picture_whatever_that_is_of():
    on = Desk()
    on.desk.add("before", capture("cpu1"), 1.0)
    on.desk.add("cpu", capture("m123"), 2.0)
    wish = FlameWish("cpu", source="main.handleSlow")

    async def most(wanted):
        answer = await on.settled(wanted)
        while answer.source is None or on.desk._seen[2] is not answer.picture:  # that of the last picture, until then
            await asyncio.sleep(0.01)
            answer = await on.settled(wanted)
        return max((row.cum for row in answer.source.rows), default=0)

    whole = await most(wish)
    picture = on.desk.answer(wish).picture
    for key in picture.labels:
        parts = [await most(replace(wish, label=(key, value))) for value in picture.label_values[key]]
        assert sum(parts) == whole  # all of it is on one line
        assert max(parts) <= whole
    assert await most(replace(wish, base="before")) == whole
    assert await most(replace(wish, joint=Joint(route="/slow"))) == whole
    assert await most(replace(wish, joint=Joint(route="/json"))) == 0


async def test_lines_count_for_the_value_of_the_picture_whatever_the_base_would_show_first():
    on = Desk()
    on.desk.add("a", replace(capture("cpu1"), default_sample_type="samples"), 1.0)
    on.desk.add("b", capture("m123"), 2.0)
    answer = await on.settled(FlameWish("b", base="a", source="main.handleSlow"))
    assert answer.picture.value == ("cpu", "nanoseconds")
    assert max(row.cum for row in answer.source.rows) == 810_000_000
