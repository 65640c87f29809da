"""The service behind the demo's traffic: it works, its profiles tell of its work, and it ends when the demo does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from glance.domain.logs.traffic import TrafficMaker, Trouble
from glance.domain.profiles.call_tree import function_counts
from glance.domain.profiles.goroutine_dump import read_goroutines
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import read
from glance.domain.profiles.suspect_search import find_suspects
from glance.pipeline.demo_service import DemoService
from glance.pipeline.demo_shop import ROUTES
from glance.pipeline.suspecting import LocalCode
from glance.sources.pprof_index import index_of

OPENED = 1_800_000_000.0
CART = b'192.0.2.1 - - [x] "GET /api/v1/cart HTTP/2.0" 200 9 "-" "-" 0.030\n'


@pytest.fixture
def service(tmp_path: Path) -> Iterator[DemoService]:
    with DemoService(tmp_path) as started:
        yield started


def asked(service: DemoService, name: str) -> tuple[int, bytes, dict[str, str]]:
    """What it answers."""
    connection = HTTPConnection("127.0.0.1", service.port, timeout=20)
    try:
        connection.request("GET", f"/debug/pprof/{name}")
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def traffic_of(kind: str, route: str = "") -> tuple[TrafficMaker, float]:
    """Made-up traffic, and a moment in such a trouble; of none, a calm one."""
    traffic = TrafficMaker(random.Random(1), OPENED)

    def is_it(trouble: Trouble | None) -> bool:
        return (trouble.kind, trouble.route) == (kind, route) if trouble else not kind

    return traffic, next(OPENED + second for second in range(4000) if is_it(traffic.trouble_at(OPENED + second)))


def profiled(service: DemoService, kind: str, route: str = "", seconds: int = 1) -> Profile:
    """A CPU profile, while it is asked for what the log of that time has."""
    traffic, at = traffic_of(kind, route)
    at += 1
    pause = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked, service, f"profile?seconds={seconds}")
        while not waiting.done():
            service.take(traffic.lines(at, at + 0.1))
            at += 0.1
            pause.wait(0.1)
    status, body, _ = waiting.result()
    assert status == 200
    return read(body)


def shares(profile: Profile) -> dict[str, float]:
    """Of all CPU time, what each function and those below it had."""
    found = {one.name: one.cum for one in function_counts(profile, 1)}
    return {name: value / max(found.values()) for name, value in found.items()}


def test_what_is_slow_in_the_log_is_hot_in_the_profile_down_to_the_line(service: DemoService, tmp_path: Path) -> None:
    profile = profiled(service, "slow", "search")

    found = shares(profile)
    assert found["shop.look_through"] > 0.5
    assert found["shop.look_through"] > found.get("shop.thumbnail", 0)
    labels = {each.labels["route"][0] for each in profile.samples if each.labels}
    assert "/search" in labels
    assert labels <= {route.name for route in ROUTES}
    (suspect,) = [one for one in find_suspects([profile]).suspects if one.rule.name == "compile"]
    assert (suspect.function, suspect.callee, suspect.is_in_request) == ("shop.look_through", "re.compile", True)
    passage = LocalCode().find(suspect.function, suspect.file, suspect.line)
    assert passage.path == str(tmp_path / "shop.py")
    assert "re.compile(" in passage.lines[passage.line - passage.first]


def test_of_the_products_it_is_the_pictures(service: DemoService) -> None:
    assert shares(profiled(service, "slow", "products"))["shop.thumbnail"] > 0.35


def test_its_numbers_are_those_of_its_processor_time(service: DemoService) -> None:
    """What the samples say is near what the system says."""
    asked(service, "profile?seconds=1")  # what is imported for the first profile is no work of the shop
    before = spent(service.pid)
    profile = profiled(service, "slow", "search")
    system = spent(service.pid) - before

    sampled = profile.values[:, 1].sum() / 1e9
    assert profile.values[:, 0].sum() * profile.period == profile.values[:, 1].sum()
    assert 0.02 < sampled < system + 0.1
    assert sampled > 0.3 * system
    assert profile.duration_nanos == 10**9


def spent(pid: int) -> float:
    """Processor seconds of a process."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def test_it_lists_what_it_has(service: DemoService) -> None:
    status, body, _ = asked(service, "")
    index = index_of(body)

    assert status == 200
    assert index is not None
    assert {"profile", "heap", "goroutine"} <= index.names
    assert "mutex" not in index.names
    assert asked(service, "mutex")[0] == 404


def test_there_is_one_profile_at_a_time_as_in_go(service: DemoService) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(asked, service, "profile?seconds=1").result for _ in range(2)]
        (good, _, _), (busy, words, headers) = sorted((answer() for answer in answers), key=lambda one: one[0])

    assert (good, busy, headers["X-Go-Pprof"]) == (200, 500, "1")
    assert b"already in use" in words


def test_memory_that_is_kept_and_threads(service: DemoService) -> None:
    assert len(read(asked(service, "heap")[1])) == 0
    profile = kept_after(service, CART * 5)

    assert [each.type for each in profile.sample_types] == ["inuse_objects", "inuse_space"]
    assert [each.name for each in function_counts(profile, 1) if each.flat] == ["shop.cart"]
    names = {each.name for each in function_counts(read(asked(service, "goroutine")[1]), 0)}
    assert {"shop.main", "pipeline.demo_profiler.rest"} <= names
    states = read_goroutines(asked(service, "goroutine?debug=2")[1]).goroutines
    assert {"IO wait", "running"} == {each.state for each in states.goroutines}


def test_nonsense_and_too_much_harm_nothing(service: DemoService) -> None:
    service.take(
        [
            b"\xff\x00 no line\n",
            b'"GET http://[ HTTP/1.1" 200 0 "-" "-" 0.1\n',
            b'"GET / HTTP/1.1" 200 0 "-" "-" 1.2.3\n',
            b"\n" * 10,
        ]
    )
    for _ in range(50):
        service.take([b"x" * 10_000, b"\n"])
    assert len(kept_after(service, CART)) == 1


def kept_after(service: DemoService, lines: bytes) -> Profile:
    """Memory in use, when there is some."""
    while not len(profile := read(asked(service, "heap")[1])):
        service.take([lines])  # what it has no time for is left out
    return profile


def test_it_ends_at_once(tmp_path: Path) -> None:
    with DemoService(tmp_path) as service:
        assert asked(service, "")[0] == 200
        pid = service.pid
    assert not is_there(pid)
    service.take([b"line\n"])  # too late, and no error


def test_it_ends_though_the_demo_was_killed(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time\n"
        "from glance.pipeline.demo_service import DemoService\n"
        "service = DemoService(pathlib.Path(sys.argv[1]))\n"
        "print(service.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        pid = int(demo.stdout.readline())
        assert is_there(pid)
        demo.send_signal(signal.SIGKILL)
    pause = threading.Event()
    assert any(not is_there(pid) or pause.wait(0.05) for _ in range(200))


def is_there(pid: int) -> bool:
    """Whether a process runs; one that nobody waited for runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
