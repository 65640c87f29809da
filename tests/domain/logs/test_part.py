"""The part of a bucket that a filter leaves counts like the records it is made of."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.figures import Figures
from glance.domain.logs.part import part_of
from glance.domain.logs.span import Span
from tests.domain.logs.brute import bucket_of, make_records, records_of

RECORDS = make_records(200, seed=3)


@given(st.lists(st.booleans(), min_size=200, max_size=200))
def test_a_part_has_the_chosen_records_in_their_order(chosen: list[bool]) -> None:
    bucket = bucket_of(RECORDS)
    part = part_of(bucket, np.array(chosen))

    wanted = [record for record, is_chosen in zip(records_of(bucket), chosen, strict=True) if is_chosen]
    assert records_of(part) == wanted
    assert (part.source, part.offset, part.length, part.lines) == (bucket.source, 0, bucket.length, bucket.lines)
    assert part.gaps.tolist() == [index for index, is_chosen in enumerate(chosen) if not is_chosen]
    for column in part.texts.values():
        assert set(np.unique(column.ids)) == set(range(len(column.values)))  # every value is used


def test_figures_with_a_choice_are_those_of_the_chosen_records_alone() -> None:
    class Failed:
        def select(self, bucket: object) -> np.ndarray:
            return np.array([record.status == b"500" for record in RECORDS])

    some = Figures(memory_bytes=1 << 20, top=5, span=Span(), where=Failed())
    some.add(bucket_of(RECORDS))
    alone = Figures(memory_bytes=1 << 20, top=5, span=Span())
    alone.add(bucket_of([record for record in RECORDS if record.status == b"500"]))

    assert some.tally.hits == alone.tally.hits > 0
    assert some.top_lists() == alone.top_lists()
    assert some.statuses() == alone.statuses() == ((500, some.tally.hits),)
    assert some.series() == alone.series()
