"""What is found by hashes is what the dictionary says."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial

import pytest

from glance.domain.logs import hash_index
from glance.domain.logs.dictionary import OTHER, Dictionary
from glance.domain.logs.hash_index import IS_SECRET, HashIndex


@pytest.mark.parametrize("kind", [str, bytes])
@pytest.mark.parametrize("distinct", [1, 5, 300, 20_000])
def test_every_text_has_the_number_of_the_dictionary(kind: type, distinct: int) -> None:
    """Whatever comes again, within one column too, and however often the tables grew."""
    chance, known, index = random.Random(distinct), {}, HashIndex()  # type: ignore[var-annotated]
    for _ in range(60):
        numbers = [int(distinct * chance.random() ** 3) for _ in range(500)]
        texts = [f"10.0.{number}" if kind is str else b"10.0.%d" % number for number in numbers]

        found = index.numbers(texts, lambda some: [known.setdefault(text, len(known)) for text in some])

        assert found.tolist() == [known[text] for text in texts]


def test_what_the_dictionary_does_not_know_is_not_remembered() -> None:
    """It may know it the next time."""
    index = HashIndex()

    for texts, known, numbers in ((["a", "b", "a"], {"b": 7}, [-1, 7, -1]), (["a", "b"], {"a": 3}, [3, 7])):
        assert index.numbers(texts, lambda some, known=known: [known.get(one, -1) for one in some]).tolist() == numbers


def test_only_the_first_texts_are_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are looked up in the dictionary, again and again."""
    monkeypatch.setattr(hash_index, "MOST", 100)
    index, asked = HashIndex(), []

    def numbers_of(texts: Sequence[str]) -> list[int]:
        asked.extend(texts)
        return [int(text) for text in texts]

    texts = [str(number) for number in range(1000)]
    for start in range(0, 1000, 50):
        assert index.numbers(texts[start : start + 50], numbers_of).tolist() == list(range(start, start + 50))
    asked.clear()

    assert index.numbers(texts, numbers_of).tolist() == list(range(1000))
    assert 850 <= len(asked) <= 950


@pytest.mark.skipif(not IS_SECRET, reason="the key of hashes is no secret here")
def test_a_dictionary_with_an_index_is_one_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """New values, known ones and those for which there is no room."""
    chance = random.Random(3)
    columns = [list({b"%d" % chance.randrange(9000): 0 for _ in range(2000)}) for _ in range(12)]
    for limit in (1 << 62, 400_000):
        indexed, plain = Dictionary(limit), Dictionary(limit)
        for column in columns:
            monkeypatch.setattr(hash_index, "MANY", 50)
            found = indexed.keys(column).tolist()
            monkeypatch.setattr(hash_index, "MANY", 1 << 60)

            assert found == plain.keys(column).tolist()
        assert indexed.values == plain.values
        assert indexed.is_full == plain.is_full == (OTHER in plain.values) == (limit < 1 << 60)


def test_no_more_texts_are_indexed_than_are_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many come at once; and a text that comes often is one."""
    monkeypatch.setattr(hash_index, "MOST", 100)
    index = HashIndex()
    for texts in (["a", "b"] * 5000, [str(number) for number in range(1000)]):
        index.numbers(texts, partial(map, len))

    assert 80 <= index._count <= 100
    assert len(index._hashes) <= 1024
