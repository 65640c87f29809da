"""The README's pictures are there, and small enough to load at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pictures.__main__ import CODE, FOLDER, LIGHT, SHOTS

MOST_BYTES = 300_000


@pytest.mark.parametrize("name", [shot.name for shot in (*SHOTS, *CODE, LIGHT)])
def test_picture_is_there_and_small(name: str) -> None:
    path: Path = FOLDER / f"{name}.svg"

    assert path.read_text(encoding="utf-8").startswith("<svg")
    assert path.stat().st_size < MOST_BYTES
