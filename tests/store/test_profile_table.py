"""The ring of profiles in the database: read by time, bounded by room and age, beside whoever writes history."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.errors import StoreError
from glance.store.history import History
from glance.store.profile_table import ProfileTable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glance.db"


def filled(path: Path) -> ProfileTable:
    """Ten polls of two kinds of one target, ten seconds apart, a hundred bytes each."""
    table = ProfileTable.open(path)
    for number in range(10):
        kind = "cpu" if number % 2 else "allocs"
        start = 1000.0 + 10 * number
        table.add("api", kind, bytes([number]) * 100, start=start, end=start + 10, note="n" if number == 3 else "")
    return table


def test_polls_are_found_by_time_target_and_kind(path):
    table = filled(path)
    assert [head.start for head in table.heads(1025, 1055)] == [1020, 1030, 1040, 1050]
    assert [head.number for head in table.heads(kind="cpu")] == [2, 4, 6, 8, 10]
    assert table.heads(target="other") == []
    assert [head.start for head in table.heads(most=2)] == [1080, 1090]
    head = table.heads(1035, 1036)[0]
    assert (head.target, head.kind, head.end, head.size_bytes, head.note) == ("api", "cpu", 1040, 100, "n")
    assert table.data(head.number) == b"\x03" * 100
    assert table.newest("api", "allocs").start == 1080
    assert table.newest("api", "block") is None
    (allocs, cpu) = table.targets()
    assert (allocs.kind, allocs.polls, cpu.start, cpu.end, cpu.size_bytes) == ("allocs", 5, 1010, 1100, 500)
    table.close()


def test_the_oldest_go_beyond_the_room(path):
    table = filled(path)
    assert table.retain(1100, most_bytes=350, most_age_seconds=1e9) == 7
    assert [head.start for head in table.heads()] == [1070, 1080, 1090]
    assert table.retain(1100, most_bytes=350, most_age_seconds=1e9) == 0
    assert table.retain(1100, most_bytes=10, most_age_seconds=1e9) == 2  # the newest stays
    assert table.size_bytes == 100
    table.close()


def test_those_that_are_too_old_go(path):
    table = filled(path)
    assert table.retain(1100, most_bytes=1 << 30, most_age_seconds=45) == 5
    assert [head.end for head in table.heads()] == [1060, 1070, 1080, 1090, 1100]
    table.close()


def test_a_profile_that_is_gone_meanwhile_is_left_out(path):
    table = filled(path)
    heads = table.heads()
    table.retain(1100, most_bytes=100, most_age_seconds=1e9)
    assert table.datas(heads) == [b"\x09" * 100]
    assert table.data(heads[0].number) is None
    assert table.forget("api") == 1
    assert table.heads() == []
    table.close()


def test_it_is_written_beside_the_writer_of_history_and_read_by_others(path):
    history = History.open(path)
    table = filled(path)
    reader = ProfileTable.open_to_read(path)
    assert reader is not None
    assert len(reader.heads()) == 10
    with pytest.raises(StoreError, match="cannot keep profiles"):
        reader.add("api", "cpu", b"x", start=1, end=2)
    reader.close()
    table.close()
    history.close()


def test_nothing_was_ever_kept(path):
    assert ProfileTable.open_to_read(path) is None
    table = ProfileTable.in_memory()
    assert (table.heads(), table.size_bytes, table.targets()) == ([], 0, [])
    table.close()
