"""What a reader remembers of a log is bounded."""

from __future__ import annotations

import pytest

from glance.domain.logs.catalogue import format_named
from glance.domain.logs.timestamp import clf_moment
from glance.ingest import token_memory
from glance.ingest.builder import BucketBuilder
from glance.ingest.pattern import PatternReader


def test_long_tokens_are_forgotten_before_they_fill_the_memory() -> None:
    """Some thousand different addresses of a hundred kilobytes are as much as a million short ones."""
    layout = format_named("combined")
    assert layout is not None
    memory = token_memory.TokenMemory(layout)
    tokens = next(tokens for tokens in memory.groups if isinstance(tokens, token_memory.Tokens))
    assert not memory.is_full

    for number in range(token_memory.MOST_BYTES // 100_000 + 1):
        tokens[b"x" * 100_000 + b"%d" % number]

    assert memory.is_full


def test_a_full_memory_is_left_with_the_next_bucket() -> None:
    """The reader begins anew and reads on."""
    layout = format_named("combined")
    assert layout is not None
    reader = PatternReader(layout)
    memory = reader._memory[0]
    memory.groups[0].size_bytes = token_memory.MOST_BYTES + 1  # type: ignore[union-attr]

    reader.session(BucketBuilder("a.log", 1, 0))

    assert reader._memory[0] is not memory


def test_a_column_with_a_token_that_is_not_valid_leaves_no_trace() -> None:
    """What was new in it is new again the next time, and what it said is said under the right number."""
    layout = format_named("combined")
    assert layout is not None
    memory = token_memory.TokenMemory(layout)
    tokens = next(tokens for tokens in memory.groups if isinstance(tokens, token_memory.Tokens))
    known = tokens.ids([b"1.2.3.4 - - "]).tolist()
    size = tokens.size_bytes

    with pytest.raises(token_memory.NotValidError):
        tokens.ids([b"5.6.7.8 - - ", b"no client", b"1.2.3.4 - - "])

    assert (list(tokens), tokens.size_bytes) == ([b"1.2.3.4 - - "], size)
    ids = tokens.ids([b"9.9.9.9 - bob ", b"1.2.3.4 - - "])
    assert ids.tolist() == [1, *known]
    ((client, clients), (user, users)) = tokens.fields(ids)
    assert [list(memory.values[client])[number] for number in clients] == [b"9.9.9.9", b"1.2.3.4"]
    assert [list(memory.values[user])[number] for number in users] == [b"bob", b""]


@pytest.mark.parametrize(
    "text",
    [
        b"17/May/2015:10:05:%s +0000",
        b"17/May/2015:10:05:%s -0730",
        b"7/May/2015:10:05:%s +00:00",
        b"17/May/2015:10:05:%s.5+0000",
        b"17/May/2015:10:05:%s",
        b"31/Feb/2015:10:05:%s +0000",
        b"17/May/2015:10:65:%s +0000",
        b"17/May/2015:10:05:%s x0000",
    ],
)
def test_a_moment_from_that_of_its_minute_is_the_moment(text: bytes) -> None:
    """Every second, those that a clock does not have, and what is no number."""
    layout = format_named("combined")
    assert layout is not None
    moments = token_memory.Moments(layout)
    for second in (*(b"%02d" % number for number in range(62)), b"5x", b"1:", b" 5", b"-1", "\u0661".encode()):
        told, true = text % second, clf_moment(text % second)
        if true is None:
            with pytest.raises(token_memory.NotValidError):
                moments.ids([told])
        else:
            assert moments.ids([told]).tolist() == [true]
