"""A stream is cut into whole lines, however its bytes come."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from glance.sources.generation import stream_generation
from glance.sources.line_cutter import LineCutter


@given(
    lines=st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=20),
    last=st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")),
    cuts=st.lists(st.integers(0, 200), max_size=20),
)
def test_any_cut_gives_the_same_lines_and_offsets(lines, last, cuts):
    data = b"".join(line + b"\n" for line in lines) + last
    cutter = LineCutter(stream_generation("-"), line_limit=8)
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})

    chunks = [chunk for begin, end in itertools.pairwise(places) for chunk in cutter.feed(data[begin:end])]
    assert all(chunk.data.endswith(b"\n") and not chunk.is_partial for chunk in chunks)
    partial = cutter.finish()
    chunks += [partial] if partial else []

    assert b"".join(chunk.data for chunk in chunks) == b"".join(line + b"\n" for line in lines if len(line) <= 8) + (
        last if len(last) <= 8 else b""
    )
    assert all(data[chunk.offset : chunk.end] == chunk.data for chunk in chunks)
    assert cutter.long_lines_total == sum(len(line) > 8 for line in [*lines, last])
    assert cutter.offset == len(data)
