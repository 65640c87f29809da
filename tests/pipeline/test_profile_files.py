"""Profiles are told from logs by their first bytes: no log of the corpus is taken for one, and nothing is imported."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from glance.pipeline.profile_files import is_profile, parted
from tests.pipeline.fault_server import profile

DATA = Path(__file__).parents[2].parent / "shared" / "data"
COMBINED = b'192.0.2.1 - - [22/Nov/2026:14:00:01 +0000] "GET /a HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X11; Linux) 7" 12\n'
CADDY = b'{"level":"info","ts":1.5,"request":{"method":"GET","uri":"/"},"status":200}\n'
SPEEDSCOPE = b'{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[]},"profiles":[]}'
ODD_LOG = b"2026-11-22T14:00:01Z INFO worker; started in 12\n2026-11-22T14:00:02Z INFO state 6\n"


def kept(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "file"
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize(
    "data",
    [
        profile(3),
        gzip.decompress(profile(3)),
        b"main;work;hash 12\nmain;work 3\n",
        gzip.compress(b"main;work;hash 12\n", mtime=0),
        SPEEDSCOPE,
        b"goroutine profile: total 3\n3 @ 0x1 0x2\n",
        b"heap profile: 1: 2 [3: 4] @ heap/524288\n",
        b"P1;T1;main.py:main:3;main.py:work:9 120\n",
        b"goroutine 1 [running]:\nmain.main()\n\t/src/main.go:9 +0x1d\n",
    ],
)
def test_a_profile_by_what_is_in_it(tmp_path: Path, data: bytes) -> None:
    assert is_profile(kept(tmp_path, data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        COMBINED,
        gzip.compress(COMBINED, mtime=0),
        b"\x16\x03\x01\x02" + COMBINED,
        CADDY,
        ODD_LOG,
        b"#Fields: date time cs-method sc-status\n2026-11-22 14:00:01 GET 200\n",
        b"[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok; state 6\n",
        b"\x1f\x8b\x08 no gzip at all",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        bytes(range(256)),
    ],
)
def test_no_profile(tmp_path: Path, data: bytes) -> None:
    assert not is_profile(kept(tmp_path, data))


def test_what_is_no_file_is_left_to_those_who_read_logs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert not any(map(is_profile, (str(tmp_path), str(tmp_path / "absent"), str(tmp_path / "pipe"), "*.log", "a\0b")))


def test_both_keep_their_order(tmp_path: Path) -> None:
    paths = [kept_as(tmp_path, name, data) for name, data in (("b", profile(1)), ("a", COMBINED), ("c", profile(2)))]

    assert parted([*paths, "-"]) == ((paths[1], "-"), (paths[0], paths[2]))


def kept_as(tmp_path: Path, name: str, data: bytes) -> str:
    (tmp_path / name).write_bytes(data)
    return str(tmp_path / name)


@pytest.mark.skipif(not DATA.is_dir(), reason="the corpora stand beside the project")
def test_no_log_of_the_corpus_is_a_profile_and_real_profiles_are() -> None:
    logs = [str(path) for path in sorted((DATA / "logs").rglob("*")) if path.is_file()]
    profiles = [
        str(path)
        for folder, pattern in (("go-captures", "*.pb.gz"), ("pprof/dd-trace-go", "*.pprof"), ("perf", "*/*.perf"))
        for path in sorted((DATA / folder).glob(pattern))
    ]

    assert len(logs) > 100
    assert len(profiles) > 30
    assert [path for path in logs if is_profile(path)] == []
    assert [path for path in profiles if not is_profile(path)] == []


def test_nothing_is_imported_for_a_usual_log(tmp_path: Path) -> None:
    paths = [kept_as(tmp_path, name, data) for name, data in (("a", COMBINED), ("b", CADDY))]
    program = (
        "import sys; from glance.pipeline.profile_files import parted; found = parted(sys.argv[1:]);"
        "print(len(found[0]), 'numpy' in sys.modules, any('domain.profiles' in name for name in sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True, check=True).stdout

    assert said == "2 False False\n"
