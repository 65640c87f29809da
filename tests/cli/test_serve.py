"""`glance serve` as a command: what it takes, what it refuses, and what a visitor's dashboard is told."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from glance.browser import DRIVER, VARIABLE, is_browser
from glance.cli import serve
from glance.cli.main import main
from glance.cli.serving import check_listen, is_loopback, place_of
from glance.cli.watch import has_screen
from glance.config import DEFAULTS
from glance.errors import GlanceError
from glance.pipeline.daemon_plan import DaemonPlan
from glance.service.listening import Door, cannot_listen
from glance.setting_value import parse_listen, parse_token


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text("")
    return path


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--help"]) == 0
    out = capsys.readouterr().out
    assert "\n  glance serve /var/log/nginx/access.log\n" in out
    assert "/api/v1/openapi.json" in out


def test_help_imports_nothing_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    assert main(["serve", "--help"]) == 0
    assert main(["daemon", "start", "--help"]) == 0


@pytest.mark.parametrize("missing", ["aiohttp", "textual_serve"])
def test_without_the_extra_it_says_how_to_get_it(
    missing: str, log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["serve", "--port=0", str(log)]) == 1
    said = capsys.readouterr().err
    assert "is not installed" in said
    assert "pip install 'glance-tui[web]'" in said


def test_a_daemon_without_the_extra_says_so_too(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert main(["daemon", "start", "--listen=127.0.0.1:0", str(log)]) == 1
    assert "pip install 'glance-tui[serve]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says", "code"),
    [
        (["-"], "standard input cannot be served", 2),
        (["--token=short", "LOG"], "the token cannot be used", 2),
        (["--token=with a blank in it", "LOG"], "the token cannot be used", 2),
        (["--port=99999", "LOG"], "--port", 2),
        (["--host=no.such.host.invalid", "LOG"], "is no address of this machine", 1),
        (["--host=192.0.2.1", "--port=0", "LOG"], "is no address of this machine", 1),
        (["/no/such/folder/a.log"], "there is no directory /no/such/folder", 5),
        (["reprot"], "did you mean glance report?", 2),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], says: str, code: int, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *(str(log) if word == "LOG" else word for word in words)]) == code
    assert says in capsys.readouterr().err


def test_a_port_in_use_is_named(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", f"--port={port}", str(log)]) == 1
    said = capsys.readouterr().err
    assert f"port {port} is in use" in said
    assert "--port 0" in said


def test_low_ports_are_for_root() -> None:
    assert "root" in cannot_listen("127.0.0.1", 80, PermissionError(13, "Permission denied"), "").why


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_is_known(host: str) -> None:
    try:
        door = Door(host, 0)
    except GlanceError:
        pytest.skip(f"there is no {host} here")
    assert door.is_loopback
    assert door.url.startswith("http://")
    door.close()


def test_everywhere_is_shown_as_here() -> None:
    door = Door("0.0.0.0", 0)
    assert not door.is_loopback
    assert door.url == f"http://localhost:{door.port}/"
    door.close()


def test_a_visitor_sees_the_same_logs_in_the_same_way() -> None:
    settings = replace(
        DEFAULTS, window="1h", theme="glance-light", history=False, alert_threshold=2.5, format="combined"
    )
    words = serve.dashboard_words(DaemonPlan(("/a.log", "/b/*.log"), settings, "/c.toml"))

    at = words.index("watch")
    assert words[at - 2 : at] == ["--config", "/c.toml"]
    assert words[at + 1 :] == [
        "--format=combined", "--window=1h", "--theme=glance-light", "--alert-threshold=2.5", "--no-history",
        "--", "/a.log", "/b/*.log",
    ]  # fmt: skip


def test_a_browser_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_browser()
    monkeypatch.setenv(VARIABLE, DRIVER)
    assert is_browser()
    assert has_screen()


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("9464", ("127.0.0.1", 9464)),
        (":0", ("127.0.0.1", 0)),
        ("[::1]:9464", ("::1", 9464)),
        ("localhost:1", ("localhost", 1)),
    ],
)
def test_where_to_listen_is_read(written: str, means: tuple[str, int]) -> None:
    assert place_of(parse_listen(written)) == means


@pytest.mark.parametrize("written", ["localhost", "a:b", "::1:80", "1.2.3.4:65536", "a:-1", "x:٣"])
def test_what_is_no_place_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="expected an address and a port"):
        parse_listen(written)


def test_nowhere_is_empty() -> None:
    assert parse_listen("") == parse_token("") == ""


@pytest.mark.parametrize(
    ("host", "is_here"), [("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("a.b", False)]
)
def test_others_need_a_token(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here
    settings = replace(DEFAULTS, listen=f"{host}:1")
    check_listen(replace(settings, listen_token="long-enough"))
    if is_here:
        check_listen(settings)
    else:
        with pytest.raises(GlanceError, match="could read the logs"):
            check_listen(settings)
