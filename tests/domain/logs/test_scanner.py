"""Noise of scanners: probe paths that were refused, and nothing that a site really has."""

from __future__ import annotations

import pytest

from glance.domain.logs.scanner import is_noise, is_probe, scanner_name

PROBES = [
    "/wp-login.php", "/blog/wp-admin/", "/wordpress/wp-admin/setup-config.php", "/xmlrpc.php", "/wp-config.php.bak",
    "/wp-content/plugins/x/shell.php", "/.env", "/api/.env.production", "/.git/HEAD", "/.git/config", "/.GIT/config",
    "/.aws/credentials", "/.DS_Store", "/phpmyadmin/", "//phpMyAdmin-2.8.2.3/scripts/setup.php", "/pma/index.php",
    "/adminer.php", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/cgi-bin/luci", "/boaform/admin/formLogin",
    "/HNAP1/", "/manager/html", "/solr/admin/info/system", "/actuator/env", "/owa/auth/logon.aspx", "/server-status",
    "/backup.zip", "/db_backup.sql", "/shell.php", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
    "/..\\..\\windows\\win.ini", "https://10.0.2.105:773/wp-login.php", "/%2Egit/config",
]  # fmt: skip
REAL = [
    "", "/", "*", "/index.html", "/login", "/admin", "/users/7", "/api/environment", "/blog/tags/mysql",
    "/blog/tags/shell", "/blog/tags/script", "/.well-known/acme-challenge/x", "/user/register", "/git/log",
    "/wp-content/uploads/2024/cat.jpg", "/wp-json/wp/v2/posts", "/favicon.ico", "/robots.txt", "/apple-touch-icon.png",
    "/docs/environments", "/shells", "/backups/list", "/info", "/test", "/jenkins-and-you", "/files/a..b.txt",
]  # fmt: skip


@pytest.mark.parametrize("path", PROBES)
def test_what_scanners_try_everywhere_is_a_probe(path: str) -> None:
    assert is_probe(path.encode())
    assert is_noise(path.encode(), b"404")
    assert is_noise(path.encode(), b"403")


@pytest.mark.parametrize("path", REAL)
def test_what_a_site_may_have_is_none(path: str) -> None:
    assert not is_probe(path.encode())


@pytest.mark.parametrize("status", [b"200", b"301", b"500", b"", b"4", b"4xx"])
def test_what_was_answered_is_no_noise(status: bytes) -> None:
    assert not is_noise(b"/wp-login.php", status)


def test_scanners_name_themselves() -> None:
    assert scanner_name(b"Mozilla/5.00 (Nikto/2.1.5) (Evasions:None) (Test:006607)") == b"nikto"
    assert scanner_name(b"Mozilla/5.0 zgrab/0.x") == b"zgrab"
    assert scanner_name(b"curl/8.0") == b""


def test_a_long_path_takes_no_long_time() -> None:
    assert not is_probe(b"/wp-content/" * 100_000)
    assert not is_probe(b"/%2e" * 250_000)
