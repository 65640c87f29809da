"""The terminal that the screens are tested with."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def colourful_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
