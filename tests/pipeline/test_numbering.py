"""The same value has the same number in all buckets, however it is looked up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.bucket import TextColumn, constant
from glance.domain.logs.series import LogSeries
from glance.pipeline import numbering
from glance.pipeline.numbering import Numbering
from glance.store.column_codec import PackedText, encode_text

VALUES = st.lists(st.one_of(st.binary(max_size=20), st.ip_addresses().map(lambda one: str(one).encode())), min_size=1)


def packed(values: list[bytes]) -> PackedText:
    """A stored column of these values."""
    return PackedText(encode_text(TextColumn(constant(1), tuple(values))))


@settings(deadline=None)
@given(st.lists(VALUES, max_size=5), st.integers(100, 4000), st.data())
def test_numbers_tell_the_values(columns: list[list[bytes]], limit: int, data: st.DataObject) -> None:
    """Of short values and long ones, many and few, all and some, and in a dictionary that overflows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbering, "MANY", 2)
        series = LogSeries(limit, keeps_numbers=True)
        one = Numbering(series)
        dictionary = one.dictionaries["client"]
        for number, values in enumerate(columns):
            column = packed(values)
            places = np.array(data.draw(st.lists(st.integers(0, len(values) - 1), min_size=1)), np.intp)
            for wanted, keys in (
                ([values[place] for place in places.tolist()], one.some("client", column, places)),
                (values, one.keys(number, "client", column)),
                (values, one.keys(number, "client", column)),
            ):
                told = [dictionary.values[key] for key in keys.tolist()]
                others = [pair for pair in zip(wanted, told, strict=True) if pair[0] != pair[1]]
                assert all(name == b"(other)" and dictionary.is_full for _, name in others)
                again = dictionary.keys(wanted)
                assert again.tolist() == keys.tolist()


def test_a_column_that_says_nothing_has_the_empty_value() -> None:
    """One number, for all its records."""
    one = Numbering(LogSeries(keeps_numbers=True))

    keys = one.keys(3, "user", None)

    assert [one.dictionaries["user"].values[key] for key in keys.tolist()] == [b""]
    assert one.known(3, "user") is keys
