"""What every test stands on: a clean environment, and the real logs where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("glance", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("glance")


@pytest.fixture(autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No settings of whoever runs the tests, and a home of the test's own. Gives that home."""
    for name in os.environ:
        if name.startswith(("GLANCE_", "_GLANCE", "XDG_")) or name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture(scope="session")
def go_program(request: pytest.FixtureRequest) -> Path:
    """A Go server with known faults that serves its profiles; skipped where there can be no Go."""
    from tests.go_target import built  # few tests want it

    cache = request.config.cache
    assert cache is not None
    return built(cache.mkdir("go"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT
