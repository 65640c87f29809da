"""Numbers of short texts are those that a dictionary gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.word_table import LONGEST, Words, WordTable, words_of

TEXTS = st.binary(max_size=LONGEST).map(lambda text: text.replace(b"\0", b"0"))


def words(texts: list[bytes]) -> Words:
    """The words of texts that stand side by side."""
    ends = np.cumsum([len(text) for text in texts], dtype=np.intp)
    return words_of(b"".join(texts), ends - np.array([len(text) for text in texts], np.intp), ends)


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=40), max_size=6), st.lists(TEXTS, min_size=1))
def test_it_finds_what_was_added_and_nothing_else(batches: list[list[bytes]], asked: list[bytes]) -> None:
    """Whatever is asked, in whatever portions it came."""
    table, model = WordTable(), dict[bytes, int]()
    for batch in batches:
        fresh = [text for text in dict.fromkeys(batch) if text not in model]
        for text in fresh:
            model[text] = len(model)
        if fresh:
            table.add(words(fresh), np.array([model[text] for text in fresh], np.int64))
    known = [*asked, *model]

    assert table.find(words(known)).tolist() == [model.get(text, -1) for text in known]
    assert len(table) == len(model)


def test_it_grows_and_crowded_places_are_told_apart() -> None:
    """Far more texts than there was room for at first."""
    table = WordTable()
    texts = [b"10.%d.%d.%d" % (number % 7, number // 256 % 256, number % 256) for number in range(50_000)]
    texts = list(dict.fromkeys(texts))
    for start in range(0, len(texts), 999):
        part = texts[start : start + 999]
        assert (table.find(words(part)) == -1).all()
        table.add(words(part), np.arange(start, start + len(part)))

    assert table.find(words(texts)).tolist() == list(range(len(texts)))


def test_equal_texts_of_one_batch_have_one_number() -> None:
    """A damaged bucket may say one value twice."""
    table = WordTable()
    table.add(words([b"a", b"b", b"a"]), np.array([4, 5, 4]))

    assert table.find(words([b"b", b"a", b"c"])).tolist() == [5, 4, -1]
