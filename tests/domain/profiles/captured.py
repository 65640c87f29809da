"""Real profiles, which stand beside the project and not in it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[3].parent / "shared" / "data"
CAPTURES = DATA / "go-captures"
needs_data = pytest.mark.skipif(not CAPTURES.is_dir(), reason="the real profiles stand beside the project")
KINDS = {
    "cpu": "m123",
    "heap": "merged.heap",
    "allocs": "merged.allocs",
    "block": "merged.block",
    "mutex": "merged.mutex",
    "goroutine": "merged.goroutine",
}
"""Of each kind the file that `go tool pprof -proto` made of its three captures."""


def captures(kind: str) -> list[bytes]:
    """Three profiles of one process."""
    return [(CAPTURES / f"{kind}{number}.pb.gz").read_bytes() for number in (1, 2, 3)]


def merged_by_pprof(kind: str) -> bytes:
    """What the official tool makes of them, unpacked."""
    return gzip.decompress((CAPTURES / f"{KINDS[kind]}.pb.gz").read_bytes())


def references() -> list[Path]:
    """Files with true counts, beside the profile they are of."""
    return sorted(path for folder in ("pprof", "pgo") for path in (DATA / folder).rglob("*.ref.json"))


def profile_of(reference: Path) -> bytes:
    """The profile that a reference is of."""
    return reference.with_name(reference.name.removesuffix(".ref.json")).read_bytes()


def counts_of(reference: Path) -> dict[str, Any]:
    """What it says."""
    found: dict[str, Any] = json.loads(reference.read_text(encoding="utf-8"))
    return found


def candidates() -> list[Path]:
    """Everything under the folders of profiles that is not an expectation."""
    expectations = (".ref.json", ".pprof-top.txt", ".string", ".st.json", ".speedscope-snapshot.txt", ".tsv")
    folders = ("pprof", "pgo", "pgo-cases", "go-captures")
    files = (path for folder in folders for path in (DATA / folder).rglob("*") if path.is_file())
    return sorted(path for path in files if not path.name.endswith(expectations))
