"""A log in a folder of its own, and somebody who keeps the books of who reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sources.bookkeeper import Bookkeeper


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.fixture
async def keep_books(log: Path) -> AsyncIterator[Callable[..., Bookkeeper]]:
    """Makes bookkeepers, whose tails are closed after the test."""
    made: list[Bookkeeper] = []

    def make(path: Path = log, **options: Any) -> Bookkeeper:
        made.append(Bookkeeper(path, **options))
        return made[-1]

    yield make
    for books in made:
        await books.kill()


@pytest.fixture
def books(keep_books: Callable[..., Bookkeeper]) -> Bookkeeper:
    return keep_books()
