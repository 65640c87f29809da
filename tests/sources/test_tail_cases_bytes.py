"""What stands in a log, case by case: holes, long lines, junk, bytes that are rewritten."""

from __future__ import annotations

import os
import random
import resource

import pytest

from glance.errors import SourceError
from glance.sources.discovery import examine
from tests.sources.bookkeeper import append, numbered


async def test_t06_a_server_that_does_not_append_leaves_a_hole(log, books):
    with log.open("wb", buffering=0) as server:
        server.write(b"x" * 1000 + b"\n")
        assert len(await books.read_all()) == 1001
        os.truncate(log, 0)
        server.write(numbered(0, 1))

        assert await books.read_all() == numbered(0, 1)
        assert books.lost("hole") == 1001
        os.truncate(log, 0)
        await books.kill()
        server.write(numbered(1, 1))

    assert await books.restart() == numbered(1, 1)
    assert books.lost("hole") == 1001 + 1001 + len(numbered(0, 1))
    assert await books.restart() == b""


async def test_t06_a_hole_between_lines(log, books):
    log.write_bytes(numbered(0, 2) + bytes(500) + numbered(2, 2))

    assert await books.read_all() == numbered(0, 4)
    assert [(gap.reason, gap.offset, gap.bytes) for gap in books.gaps] == [("hole", len(numbered(0, 2)), 500)]


async def test_t14_a_line_without_end(log, keep_books):
    books = keep_books()
    log.touch()
    os.truncate(log, 0)
    block = b"x" * (1 << 20)
    with log.open("ab", buffering=0) as server:
        server.write(block)
        await books.read_all()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(64):
            server.write(block)
            await books.read_all()
            if number == 30:
                assert await books.restart() == b""
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        server.write(b"\n" + numbered(0, 1))

    assert await books.read_all() == numbered(0, 1)
    assert after - before < 4 << 10, "KiB"
    assert sum(gap.lines for gap in books.gaps if gap.reason == "line_too_long") == 1
    assert books.lost("line_too_long") == 65 * (1 << 20) + 1


@pytest.mark.parametrize("chunk_bytes", range(1, 18))
async def test_t15_any_cut_of_the_bytes_gives_the_same_lines(log, keep_books, chunk_bytes):
    written = "ä€\n𝄞 clef\n\nend\n".encode() * 5
    log.write_bytes(written)

    assert await keep_books(chunk_bytes=chunk_bytes).read_all() == written


async def test_t16_only_a_newline_ends_a_line(log, books):
    line = b"a\rb\x0bc\x0cd\x1ce\xc2\x85f\xe2\x80\xa8g\r"
    log.write_bytes(line + b"\n")
    await books.read_all()

    assert books.lines == [line]


async def test_t17_junk_never_raises_and_comes_as_it_is(log, books):
    junk = random.Random(17).randbytes(200_000).replace(b"\0", b"\1") + b"\n"
    log.write_bytes(junk + numbered(0, 1))

    assert await books.read_all() == junk + numbered(0, 1)


async def test_t18_other_encodings_are_kept_byte_for_byte_and_utf_16_is_refused(log, books):
    written = b"\xef\xbb\xbfbom\nlatin \xe4\xf6\nbroken \xff\xfe\xc3\n"
    log.write_bytes(written)
    assert await books.read_all() == written

    log.write_bytes("utf-16\n".encode("utf-16"))
    with pytest.raises(SourceError, match="cannot be read as a log") as refused:
        examine(str(log))
    assert refused.value.hint.startswith("iconv")


async def test_t39_space_prepared_in_advance(log, books):
    size = 1 << 20
    log.touch()
    os.posix_fallocate(os.open(log, os.O_RDWR), 0, size)
    assert await books.read_all() == b""
    at = 0
    with log.open("r+b", buffering=0) as server:
        for number in range(5):
            at += server.write(numbered(number, 1) + b"beg")
            assert await books.read_all() == (b"beg" if number else b"") + numbered(number, 1)
            assert await books.restart() == b""
    assert books.lost("hole") == -1
    os.truncate(log, at)
    assert await books.read_all() == b"", "the space that was not needed is given back"
    assert books.gaps == []


async def test_t40_bytes_that_were_rewritten_are_a_new_generation(log, books):
    append(log, numbered(0, 10))
    await books.read_all()
    rewritten = numbered(0, 9) + b"LINE" + numbered(9, 1)[4:]
    with log.open("r+b") as editor:
        editor.write(rewritten)

    assert await books.read_all() == rewritten
    assert books.tail.status.note == "was rewritten"
    assert len(books.checkpoints) == 2
    assert all(line.lower() in numbered(0, 10).split(b"\n") for line in books.lines)


async def test_f38_a_forged_line_is_a_line(log, books):
    """Nobody can tell: the server wrote that newline."""
    append(log, b'1.2.3.4 "GET /\n9.9.9.9 "GET /admin"\n')
    await books.read_all()

    assert len(books.lines) == 2


async def test_t40_a_file_that_lost_its_end_while_glance_was_down_goes_on_and_the_rest_is_a_gap(log, books):
    """As after a power failure: what was read still stands, what was known to follow does not."""
    append(log, numbered(0, 10) + b"unfini")
    await books.read_all()
    await books.kill()
    os.truncate(log, len(numbered(0, 10)) + 2)
    append(log, b"der the moon\n")

    assert await books.restart() == b"under the moon\n"
    assert books.lost("truncated") == -1, "it is longer again"
    await books.kill()
    append(log, b"unfini")
    await books.restart()
    await books.kill()
    os.truncate(log, len(numbered(0, 10) + b"under the moon\n"))
    assert await books.restart() == b""
    assert books.lost("truncated") == len(b"unfini")
