"""Answers of pages are told apart by all that they say: a page that gets an equal one is not drawn again."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import glance.domain
from glance.domain.page import PageAnswer


def answers() -> list[type[PageAnswer]]:
    """All kinds of answers."""
    for module in pkgutil.iter_modules(glance.domain.__path__):
        if module.name.endswith("_board"):
            importlib.import_module(f"glance.domain.{module.name}")
    found, waiting = [], [PageAnswer]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        found += kinds
        waiting += kinds
    return [kind for kind in found if kind.__module__.startswith("glance.")]


@pytest.mark.parametrize("kind", answers(), ids=lambda kind: kind.__name__)
def test_no_answer_compares_less_than_it_says(kind: type[PageAnswer]) -> None:
    assert kind.__eq__ is object.__eq__ or kind.__eq__ is vars(kind).get("__eq__")
    assert kind.__eq__ is not PageAnswer.__eq__
