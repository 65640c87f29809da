"""What a reader remembers of a log is bounded."""

from __future__ import annotations

from glance.domain.logs.catalogue import format_named
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
