"""Who may ask, and who not."""

from __future__ import annotations

import pytest

from glance.service.gate import new_token
from tests.service.asking import Told, served

TOKEN = "a-token-of-24-characters"


async def test_this_machine_needs_no_token() -> None:
    async with served(Told()) as (session, url), session.get(f"{url}/metrics") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:80", "", "[::2]:80", "a@b", "["])
async def test_a_name_of_others_is_refused_on_this_machine(host: str) -> None:
    async with served(Told()) as (session, url), session.get(f"{url}/metrics", headers={"Host": host}) as answer:
        assert answer.status in (400, 421)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:9", "[::1]:80", "stats.example"])
async def test_its_own_names_are_not(host: str) -> None:
    headers = {"Host": host}
    async with (
        served(Told(), hosts=("Stats.Example",)) as (session, url),
        session.get(f"{url}/metrics", headers=headers) as answer,
    ):
        assert answer.status == 200


async def test_no_other_page_may_ask() -> None:
    async with served(Told()) as (session, url):
        for origin, status in (
            ("http://evil.example", 403),
            ("null", 403),
            ("http://[", 403),
            ("http://a@b]", 403),
            (url, 200),
        ):
            async with session.get(f"{url}/metrics", headers={"Origin": origin}) as answer:
                assert answer.status == status
                assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, ""),
        ({"Authorization": f"Bearer {TOKEN}x"}, ""),
        ({"Authorization": f"Basic {TOKEN}"}, ""),
        ({"Authorization": "Bearer "}, ""),
        ({"Authorization": "Bearer é"}, ""),
        ({}, "?token="),
        ({}, f"?token={TOKEN[:-1]}"),
        ({}, "?token=%ff%00"),
        ({"Cookie": f"glance_0={TOKEN}"}, ""),
    ],
)
async def test_without_the_token_nothing_is_told(headers: dict[str, str], query: str) -> None:
    told = Told()
    async with served(told, TOKEN, is_loopback=False) as (session, url):
        for path in ("/metrics", "/api/v1/report", "/api/v1/openapi.json", "/", "/nothing", "/ws"):
            async with session.get(f"{url}{path}{query}", headers=headers) as answer:
                assert answer.status == 401, path
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
                assert answer.content_type == "application/problem+json"
                assert "token" in (await answer.json())["what"]
    assert not told.asked


async def test_with_it_all_is_told() -> None:
    async with served(Told(), TOKEN, is_loopback=False) as (session, url):
        for headers, query in (({"Authorization": f"Bearer {TOKEN}"}, ""), ({}, f"?token={TOKEN}")):
            async with session.get(f"{url}/metrics{query}", headers=headers) as answer:
                assert answer.status == 200
        async with session.get(
            f"{url}/metrics", headers={"Host": "any.example", "Authorization": f"bearer {TOKEN}"}
        ) as found:
            assert found.status == 200


async def test_that_it_lives_is_told_to_all() -> None:
    told = Told()
    async with served(told, TOKEN, is_loopback=False) as (session, url):
        for state, status in (("ok", 200), ("starting", 200), ("failing", 503)):
            told.standing = state
            async with session.get(f"{url}/healthz") as answer:
                assert (answer.status, await answer.json()) == (status, {"status": state})


async def test_a_browser_shows_it_once() -> None:
    async with served(Told(), TOKEN, is_loopback=False) as (session, url):
        async with session.get(f"{url}/?fontsize=20&token={TOKEN}", allow_redirects=False) as answer:
            assert answer.status == 303
            assert answer.headers["Location"] == "/?fontsize=20"
            cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert TOKEN not in cookie
        async with session.get(f"{url}/metrics") as found:
            assert found.status == 200


def test_a_made_token_is_long() -> None:
    assert len(new_token()) >= 32
    assert new_token() != new_token()
