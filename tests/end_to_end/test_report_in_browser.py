"""The HTML report in a real browser, where one is installed: nothing of a log runs, nothing is fetched."""

from __future__ import annotations

import select
import shutil
import socket
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from glance.cli.main import main

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")


class Names(HTMLParser):
    """Every element of a page as the browser has it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.handlers: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
def test_a_hostile_log_runs_nothing_and_fetches_nothing(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        away = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        attacks = (
            f"<script>document.title='run';fetch('{away}')</script>",
            f"</style><style>@import url({away});</style>",
            f"</title><img src={away} onerror=document.title='run'>",
            f"<link rel=stylesheet href={away}><iframe src={away}></iframe><svg onload=fetch('{away}')>",
            f"' style='background:url({away})",
            f"--t:1;background:url({away})",
        )
        line = '10.0.0.1 - - [22/Nov/2026:14:00:00 +0000] "GET /%s HTTP/1.1" 200 5 "%s" "%s"\n'
        log = tmp_path / "access.log"
        log.write_text("".join(line % (attack.replace(" ", "%20"), attack, attack) for attack in attacks))
        assert main(["report", "-o", "html", str(log)]) == 0
        page = tmp_path / "report.html"
        page.write_bytes(capfdbinary.readouterr().out)

        command = [BROWSER, *QUIET, f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", page.as_uri()]
        found = subprocess.run(command, capture_output=True, check=True, timeout=50)
        seen = found.stdout.decode()

        assert "&lt;script&gt;document.title='run'" in seen
        assert "<title>access.log" in seen
        names = Names(seen)
        assert not names.handlers
        assert not names.names & {"script", "img", "iframe", "object", "embed", "form", "base"}
        assert select.select([server], [], [], 0)[0] == []  # nobody called
