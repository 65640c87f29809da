"""Rotation, case by case: each line once, whatever rotates the log and whether glance runs or not."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.sources.bookkeeper import Bookkeeper, append, numbered, rotate


async def test_t01_rename_while_the_server_goes_on_writing_to_the_old_file(log, books):
    append(log, numbered(0, 20))
    await books.read_all()
    with log.open("ab") as server:
        rotate(log)
        for number in range(20, 70):
            server.write(numbered(number, 1))
            server.flush()
            if number % 7 == 0:
                await books.read_all()
    append(log, numbered(70, 20))
    await books.read_all()

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 90)
    assert books.gaps == []


@pytest.mark.parametrize("times", [1, 2, 3, 20])
async def test_t02_rotated_while_glance_was_down(log, books, times):
    append(log, numbered(0, 10))
    await books.read_all()
    await books.kill()
    append(log, numbered(10, 10))
    for number in range(times):
        rotate(log)
        append(log, numbered(20 + number * 10, 10))

    assert await books.restart() == numbered(10, 10 + times * 10)
    assert await books.restart() == b""
    assert books.gaps == []


async def test_t02_a_predecessor_that_was_removed_is_a_gap(log, books):
    append(log, numbered(0, 10))
    await books.read_all()
    append(log, numbered(10, 10))
    await books.read(most_bytes=1)
    books.commit()
    await books.kill()
    rotate(log)
    append(log, numbered(20, 10))
    log.with_name("access.log.1").unlink()

    assert await books.restart() == numbered(20, 10)
    assert books.lost("rotated_away") >= 0
    assert await books.restart() == b""
    assert len(books.gaps) == 1, "it is told once"


async def test_t02_a_number_that_is_missing_is_a_gap(log, books):
    append(log, numbered(0, 10))
    await books.read_all()
    await books.kill()
    for number in range(3):
        rotate(log)
        append(log, numbered(10 + number * 10, 10))
        os.utime(log, ns=(0, 10**18 + number))
    os.utime(log.with_name("access.log.3"), ns=(0, 10**17))
    log.with_name("access.log.2").unlink()

    assert await books.restart() == numbered(20, 20)
    assert books.lost("rotated_away") == 0
    assert [gap.generation for gap in books.gaps] == [0], "one that was never seen"


async def test_t07_an_inode_that_is_given_again(log, books):
    expected = b""
    for number in range(200):
        written = numbered(number * 10, 3) + b"x" * number + b"\n"
        append(log, written)
        expected += written
        if number % 3 == 0:
            await books.kill()
        await books.read_all()
        log.unlink()
        await books.read_all()

    assert b"\n".join(books.lines) + b"\n" == expected


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
async def test_t08_deleted_and_created_anew(log, books, is_running):
    append(log, numbered(0, 10))
    await books.read_all()
    append(log, numbered(10, 10))
    if not is_running:
        await books.kill()
    log.unlink()
    append(log, numbered(20, 10))
    if not is_running:
        books.start()
    await books.read_all()

    if is_running:
        assert b"\n".join(books.lines) + b"\n" == numbered(0, 30)
        assert books.gaps == []
    else:
        assert b"\n".join(books.lines) + b"\n" == numbered(0, 10) + numbered(20, 10)
        assert len(books.gaps) == 1
        assert books.gaps[0].reason in ("rotated_away", "truncated"), "the inode may have been given again"


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
async def test_t09_a_link_that_is_switched(tmp_path, log, books, is_running):
    def lead_to(name: str) -> None:
        (tmp_path / "fresh").symlink_to(tmp_path / name)
        (tmp_path / "fresh").replace(log)

    lead_to("monday")
    assert await books.read_all() == b""
    assert books.tail.status.condition == "missing"
    append(tmp_path / "monday", numbered(0, 10))
    await books.read_all()
    append(tmp_path / "monday", numbered(10, 10))
    if not is_running:
        await books.kill()
    append(tmp_path / "tuesday", numbered(20, 10))
    lead_to("tuesday")
    if not is_running:
        books.start()

    assert await books.read_all() == numbered(10, 20)
    lead_to("monday")
    append(tmp_path / "monday", numbered(30, 5))
    assert await books.read_all() == numbered(30, 5)
    lead_to("tuesday")
    assert await books.restart() == b""
    assert books.gaps == []


async def test_t11_a_predecessor_that_only_begins_alike_is_read(log, books):
    same = numbered(0, 60)  # more than a kilobyte
    append(log, same)
    await books.read_all()
    append(log.with_name("access.log.1"), same + numbered(100, 10))

    assert await books.wait(100) == same + numbered(100, 10)


async def test_t12_a_line_in_two_writes_with_a_kill_between(log, books):
    append(log, b"first\nabc")
    assert await books.read_all() == b"first\n"
    await books.kill()
    append(log, b"def\n")

    assert await books.restart() == b"abcdef\n"
    assert books.lines == [b"first", b"abcdef"]


@pytest.mark.parametrize("loss", ["renamed", "deleted"])
async def test_t13_an_unfinished_line_of_a_rotated_file_comes_once_and_flagged(log, books, loss):
    append(log, b"one\nunfini")
    await books.read_all()
    if loss == "renamed":
        rotate(log)
    else:
        log.unlink()
    append(log, b"two\n")

    assert await books.wait(0) == b"two\n"
    assert await books.wait(4.9) == b""
    assert await books.wait(5) == b"unfini"
    assert books.chunks[-1].is_partial
    assert await books.wait(100) == b""
    assert await books.restart() == b""


async def test_t13_the_late_end_of_such_a_line_is_no_line(log, books):
    append(log, b"one\nunfini")
    await books.read_all()
    rotate(log)
    append(log, b"two\n")
    await books.wait(0)
    await books.wait(6)
    append(log.with_name("access.log.1"), b"shed\nthree\n")
    await books.restart()

    assert books.lines == [b"one", b"two", b"unfini", b"three"]


async def test_f31_rotated_at_every_poll(log, books):
    append(log, numbered(0, 3))
    await books.read_all()
    for number in range(1, 30):
        for _ in range(number % 3 + 1):
            rotate(log)
            log.touch()
        append(log, numbered(number * 10, 3))
        await books.read_all()

    expected = numbered(0, 3) + b"".join(numbered(number * 10, 3) for number in range(1, 30))
    assert b"\n".join(books.lines) + b"\n" == expected
    assert books.gaps == []


async def test_f31_several_rotations_between_two_polls(log, books):
    append(log, numbered(0, 3))
    await books.read_all()
    for number in range(1, 8):
        append(log, numbered(number * 10, 3))
        rotate(log)
        append(log, numbered(number * 10 + 5, 3))
        if number % 3 == 0:
            await books.read_all()
    await books.read_all()

    expected = numbered(0, 3) + b"".join(numbered(one * 10, 3) + numbered(one * 10 + 5, 3) for one in range(1, 8))
    assert b"\n".join(books.lines) + b"\n" == expected
    assert books.gaps == []


async def test_f32_no_file_for_minutes(log, books, caplog):
    append(log, numbered(0, 3))
    await books.read_all()
    rotate(log)
    for _ in range(100):
        assert await books.wait(3) == b""
    assert books.tail.status.condition == "missing"
    append(log, numbered(3, 3))

    assert await books.read_all() == numbered(3, 3)
    assert books.tail.status.condition == "following"
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 0


async def test_f37_touch_and_chmod_read_nothing_again(log, books):
    append(log, numbered(0, 10))
    await books.read_all()
    os.utime(log, ns=(5, 5))
    assert await books.read_all() == b""
    log.chmod(0o600)
    assert await books.read_all() == b""
    os.utime(log)
    assert await books.restart() == b""
    assert books.gaps == []


async def test_generations_are_never_forgotten_when_they_are_retired(log, books: Bookkeeper):
    append(log, numbered(0, 50))
    await books.read_all()
    rotate(log)
    append(log, numbered(50, 5))
    await books.read_all()
    await books.wait(31)
    assert {known.state for known in books.checkpoints.values()} == {"active", "retired"}
    shutil.copy(log.with_name("access.log.1"), log)

    assert await books.wait(1) == b"", "what an old file holds is known when it comes back under the name"
