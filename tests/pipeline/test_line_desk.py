"""The page of lines is answered with the raw lines of its records: exactly those, wherever their bytes are now."""

from __future__ import annotations

import asyncio
import gzip
import os
import stat
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.series import LogSeries
from glance.domain.raw_line import LineRows, LinesWish
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline import line_desk
from glance.pipeline.line_desk import LineDesk
from glance.pipeline.log_feed import LogFeed
from glance.sources.archive import Archive
from glance.sources.source import Source
from glance.sources.stdin import Pipe
from glance.sources.tail import Tail

BEGIN = 1_763_812_800
WINDOW = Window(BEGIN - 10, BEGIN + 999_990, 3600)


def said(number: int, path: str, at: int | None = None, end: bytes = b"\n") -> bytes:
    """A line of the combined format."""
    moment = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(BEGIN + (number if at is None else at)))
    target = f"/{number}/{path}"
    return f'203.0.113.{number % 250} - - [{moment}] "GET {target} HTTP/1.1" 200 {number} "-" "é"'.encode() + end


class Reading:
    """Logs that are read, and the desk that answers for them."""

    def __init__(self, *sources: Source, memory_bytes: int = 64 << 20) -> None:
        self.feeds = [LogFeed(source) for source in sources]
        self.series = LogSeries(memory_bytes)
        self.news = asyncio.Event()
        self.desk = LineDesk(lambda: self.feeds, self._recorded, self.news.set)

    async def _recorded(self, source: str) -> tuple[()]:
        return ()

    async def poll(self, most_bytes: int = 1 << 20) -> None:
        """Read what is new."""
        for feed in self.feeds:
            while True:
                for chunk in await feed.source.poll(most_bytes):
                    for bucket in feed.take(chunk):
                        self.series.add(bucket)
                if feed.source.is_at_end:
                    break

    def answer(self, wish: LinesWish, **view: object) -> LineRows:
        """The rows of now."""
        return self.desk.answer(View(lines=wish, **view), self.series, WINDOW, BEGIN + 100.0)  # type: ignore[arg-type]

    async def until(self, wish: LinesWish, holds, **view: object) -> LineRows:
        """The first answer of which this holds."""
        async with asyncio.timeout(20):
            while not holds(answer := self.answer(wish, **view)):
                self.news.clear()
                await self.news.wait()
            return answer

    async def close(self) -> None:
        """Let go."""
        self.desk.forget()
        for feed in self.feeds:
            await feed.source.close()


def texts(rows: LineRows) -> list[str]:
    """The lines, and that none of them had to be made of its record."""
    assert not any(line.is_rebuilt for line in rows.lines)
    return [line.text for line in rows.lines]


PIECES = st.one_of(
    st.tuples(st.just("record"), st.text("aZ/日é%.-", max_size=12)),
    st.tuples(st.just("crlf"), st.text("aZ/日é%.-", max_size=12)),
    st.tuples(st.just("garbage"), st.text("aZ \"'[é\\x00", max_size=30)),
    st.tuples(st.just("blank"), st.sampled_from(["", " ", "\r"])),
    st.tuples(st.just("long"), st.just("x")),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from([150, 1000, 1 << 20]), st.integers(0, 3))
def test_the_line_of_every_record_is_its_line(pieces, poll_bytes, rotations):
    """Whatever stands between the records, however it was read, and when the file was renamed meanwhile."""

    async def run(folder: Path) -> None:
        log = folder / "access.log"
        log.write_bytes(said(100_000, "first", at=0))
        reading = Reading(Tail(log, line_limit=2000, chunk_bytes=512))
        expected = [said(100_000, "first", at=0)[:-1].decode()]
        for number, (kind, text) in enumerate(pieces, 1):
            end = b"\r\n" if kind == "crlf" else b"\n"
            data = said(number, text, end=end) if kind in ("record", "crlf") else text.encode() + b"\n"
            if kind == "long":
                data = b"x" * 5000 + b"\n"
            with log.open("ab") as file:
                file.write(data)
            if kind in ("record", "crlf"):
                expected.append(data.rstrip(b"\r\n").decode())
            if number % 7 == 0:
                await reading.poll(poll_bytes)
            if rotations and number % (10 * rotations) == 0:
                await reading.poll(poll_bytes)
                os.rename(log, folder / f"access.log.{number}")
                log.touch()
        await reading.poll(poll_bytes)
        rows = await reading.until(LinesWish(count=500), lambda rows: not any(one.is_rebuilt for one in rows.lines))
        assert texts(rows) == expected[::-1]
        assert rows.total == len(expected)
        await reading.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def test_rows_are_counted_from_the_newest_and_those_of_several_logs_are_one_list(tmp_path: Path) -> None:
    """Any page of the list is that part of the whole."""
    names = tmp_path / "a.log", tmp_path / "b.log"
    lines: dict[int, bytes] = {}
    for number in range(3000):
        lines[number] = said(number, "x")
    for place, log in enumerate(names):
        log.write_bytes(b"".join(line for number, line in lines.items() if number % 2 == place))
    reading = Reading(*map(Tail, names))
    await reading.poll()
    newest_first = [line[:-1].decode() for line in lines.values()][::-1]

    for first, count in ((0, 60), (1, 1), (59, 200), (2990, 60), (1234, 77)):
        assert texts(reading.answer(LinesWish(first, count, is_still=True))) == newest_first[first : first + count]
    await reading.close()


async def test_a_list_that_stands_still_keeps_its_rows_and_counts_what_comes(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(said(number, "x") for number in range(50)))
    reading = Reading(Tail(log))
    await reading.poll()
    before = texts(reading.answer(LinesWish(10, 5)))

    with log.open("ab") as file:
        file.write(b"".join(said(number, "x") for number in range(50, 57)))
    await reading.poll()

    still = reading.answer(LinesWish(10, 5, is_still=True))
    assert (texts(still), still.newer, still.total) == (before, 7, 50)
    assert texts(reading.answer(LinesWish(17, 5))) == before
    await reading.close()


async def test_a_filter_chooses_the_rows(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(said(number, "odd" if number % 2 else "even") for number in range(100)))
    reading = Reading(Tail(log))
    await reading.poll()

    rows = reading.answer(LinesWish(count=3), filter="path~odd$")

    assert rows.total == 50
    assert [line.log.target for line in rows.lines] == ["/99/odd", "/97/odd", "/95/odd"]
    assert reading.answer(LinesWish(count=3), filter="path~(").total == 50  # the last one that could be understood
    await reading.close()


async def test_a_log_that_was_rotated_away_is_found_again_packed_or_not(tmp_path: Path) -> None:
    """Another process reads on after a restart: nothing is held open, and the names have changed."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(said(number, "old") for number in range(20)))
    reading = Reading(Tail(log))
    await reading.poll()
    known = reading.feeds[0].source.known
    await reading.feeds[0].source.close()
    (tmp_path / "access.log.2.gz").write_bytes(gzip.compress(log.read_bytes()))
    log.write_bytes(said(99, "other"))
    reading.feeds[0].source = Tail(log, checkpoints=known)

    first = reading.answer(LinesWish())
    assert all(line.is_rebuilt for line in first.lines)  # until it is found
    assert "GET /19/old HTTP/1.1" in first.lines[0].text
    rows = await reading.until(LinesWish(), lambda rows: not rows.lines[0].is_rebuilt)
    assert texts(rows) == [said(number, "old")[:-1].decode() for number in reversed(range(20))]
    assert rows.lines[0].file == ""  # no plain file has it
    await reading.close()


async def test_a_log_that_was_written_anew_shows_what_the_records_say(tmp_path: Path) -> None:
    """The same name, the same lengths, other lines: nothing false is shown."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(said(number, "aa") for number in range(10, 20)))
    reading = Reading(Tail(log))
    await reading.poll()
    with log.open("r+b") as file:
        file.write(b"".join(said(number, "bb") for number in range(20, 30)))

    rows = reading.answer(LinesWish())

    assert all(line.is_rebuilt for line in rows.lines)
    assert "/19/aa" in rows.lines[0].text
    await reading.close()


async def test_an_archive_and_a_pipe_are_read_back_too(tmp_path: Path) -> None:
    packed = tmp_path / "old.log.gz"
    packed.write_bytes(gzip.compress(said(1, "packed")))
    out, into = os.pipe()
    os.write(into, said(2, "piped"))
    os.close(into)
    reading = Reading(Archive(str(packed)), Pipe(out))
    await reading.poll()

    rows = await reading.until(LinesWish(), lambda rows: not rows.lines[1].is_rebuilt)

    assert texts(rows) == [said(2, "piped")[:-1].decode(), said(1, "packed")[:-1].decode()]
    await reading.close()
    os.close(out)


async def test_a_line_of_a_megabyte_is_cut_and_says_how_long_it_is(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    long = said(1, "a" * 900_000, end=b"\r\n")
    log.write_bytes(long + said(2, "b"))
    reading = Reading(Tail(log))
    await reading.poll()

    line = reading.answer(LinesWish()).lines[1]

    assert (line.size_bytes, line.is_rebuilt) == (len(long) - 2, False)
    assert long.startswith(line.text.encode())
    assert 10_000 < len(line.text) < 20_000
    await reading.close()


# Search -------------------------------------------------------------------------------------------


async def test_a_search_finds_what_stands_in_raw_lines_whatever_its_case(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(
        b"".join(said(number, "x?Token=É" if number % 10 == 3 else "y") for number in range(100))
        + b"token in garbage\n"
    )
    reading = Reading(Tail(log))
    await reading.poll()

    for text, rows in (("tOKEN=é", range(6, 100, 10)), ("nowhere", ()), ("/99/y", (0,)), ("token in", ())):
        wish = LinesWish(is_still=True, search=text)
        found = (await reading.until(wish, lambda rows: rows.search.share == 1)).search
        assert (found.text, found.hits, found.rows) == (text, len(rows), tuple(rows))
    await reading.close()


async def test_a_search_in_lines_that_are_gone_asks_their_records(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(said(number, "x" if number % 5 else "wanted") for number in range(20)))
    reading = Reading(Tail(log))
    await reading.poll()
    await reading.feeds[0].source.close()
    log.unlink()

    found = await reading.until(LinesWish(is_still=True, search="WANTED"), lambda rows: rows.search.share == 1)

    assert found.search.rows == (4, 9, 14, 19)
    await reading.close()


# Saving -------------------------------------------------------------------------------------------


async def test_lines_are_saved_as_they_stand_oldest_first_for_their_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "access.log"
    lines = [said(number, "x" * (30_000 if number == 7 else 1)) for number in range(2500)]
    log.write_bytes(b"garbage\n".join(lines))
    reading = Reading(Tail(log))
    await reading.poll()
    first = await reading.until(LinesWish(save=1), lambda rows: rows.saved.startswith("saved"))
    again = await reading.until(LinesWish(save=2), lambda rows: rows.saved.endswith("-2.log"))

    path = Path(first.saved.rpartition(" as ")[2])
    assert first.saved.startswith("saved 2,500 lines as ")
    assert (first.save, again.save) == (1, 2)
    assert path.read_bytes() == b"".join(lines)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(list(tmp_path.glob("glance-lines-*"))) == 2
    await reading.close()


async def test_what_cannot_be_saved_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(said(1, "x"))
    reading = Reading(Tail(log))
    await reading.poll()
    monkeypatch.setattr(line_desk.Path, "cwd", lambda: tmp_path / "gone")

    rows = await reading.until(LinesWish(save=1), lambda rows: rows.saved.startswith("the lines cannot"))

    assert "no such file" in rows.saved.lower()
    await reading.close()
