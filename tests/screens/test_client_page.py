"""The page of clients: what it asks, groups, sorts, tells of a row, and the lines that shut out."""

from __future__ import annotations

import pytest

from glance.domain.client_board import ClientBoard, ClientRow, ClientWish
from tests.scenes import AT
from tests.screens.running import stage
from tests.stage import HOSTILE

SIZES = [(80, 24), (120, 35), (200, 55), (40, 12)]
REASONS = ("12 requests for paths that scanners try", "40 of its requests, 90.0%, found nothing")
ROWS = (
    ClientRow(
        b"203.0.113.7", 900, 0.5, 12.5, 20, 3, 44, 120_000, 1, "person", "", b"Mozilla/5.0 (X11)", 2, AT - 60, AT
    ),
    ClientRow(b"2001:db8::1", 44, 0.1, 0.2, 40, 0, 40, 1000, 1, "tool", "curl", b"curl/8", 1, AT - 50, AT, "", REASONS),
    ClientRow(b"2.3.4.5", 4, 0.1, 0.2, 0, 0, 1, 10, 1, "crawler", "GPTBot", b"GPTBot/1", 1, AT - 9, AT, "a.example"),
    ClientRow(b"not-an-address", 1, last_at=AT, first_at=AT),
)


def board(wish, rows=ROWS) -> ClientBoard:
    return ClientBoard(wish, rows, distinct=8412, hits=1800)


@pytest.mark.parametrize("size", SIZES)
async def test_a_opens_the_page_and_tells_of_the_row_with_the_cursor(size):
    async with stage(size) as on:
        await on.publish()
        await on.press("a")
        wish = on.engine.views[-1].page
        assert isinstance(wish, ClientWish)
        assert wish.named >= min(size[1] - 8, 20)
        assert "reading" in on.text("addresses")
        await on.publish(AT + 1, page=board(wish))
        text = on.text("addresses")
        assert "203.0.113.7" in text
        assert "900" in text
        await on.press("down")
        assert "12 requests for paths that scanner" in on.text("addresses")
        if size[0] >= 120:
            assert "4 of 8,412" in text
            assert "GPTBot" in text
            assert "a.example" in text
        await on.press("escape")
        assert on.engine.views[-1].page is None


async def test_enter_filters_by_a_client_or_a_network():
    async with stage() as on:
        await on.press("a")
        await on.publish(page=board(on.engine.views[-1].page))
        await on.press("enter")
        assert on.engine.views[-1].filter == "client=203.0.113.7"
        await on.press("backspace", "n")
        wish = on.engine.views[-1].page
        assert (wish.grouping, wish.named) == ("network", 0)
        assert "reading" in on.text("addresses")
        network = ClientRow(b"203.0.113.0/24", 900, 0.5, addresses=3, first_at=AT - 5, last_at=AT)
        await on.publish(AT + 1, page=board(wish, (network,)))
        assert "3 addresses" in on.text("addresses")
        await on.press("enter")
        assert on.engine.views[-1].filter == "client=203.0.113.0/24"


async def test_b_shows_lines_that_shut_out_and_y_copies_the_marked_one():
    copied: list[str] = []
    async with stage((80, 24)) as on:
        on.app.copy_to_clipboard = copied.append
        await on.press("a")
        await on.publish(page=board(on.engine.views[-1].page))
        await on.press("y", "b")
        text = on.text("addresses")
        assert "nft insert rule inet filter input ip saddr 203.0.113.7 drop" in text
        assert "ufw prepend deny from 203.0.113.7 to any" in text
        assert "nothing is run" in text
        await on.press("b", "b", "y")
        assert copied == ["203.0.113.7", "deny 203.0.113.7;"]
        await on.press("escape")
        assert "nft" not in on.text("addresses")
        assert on.overview.wish.zoomed == "addresses"


async def test_what_is_no_address_cannot_be_shut_out():
    async with stage() as on:
        await on.press("a")
        await on.publish(page=board(on.engine.views[-1].page))
        await on.press("G", "b")
        assert "is no network" in on.text("addresses")
        await on.press("up")
        assert "is no network" not in on.text("addresses")


async def test_s_sorts_and_shift_n_switches_names_off_for_good():
    async with stage() as on:
        await on.press("a")
        await on.publish(page=board(on.engine.views[-1].page))
        await on.press("s", "s", "s")
        assert on.engine.views[-1].page.sort == "suspicion"
        await on.press("N")
        assert on.engine.views[-1].page.named == 0
        assert ("reverse_names", "off") in on.engine.remembered
        await on.press("N")
        assert on.engine.views[-1].page.named > 0


async def test_no_names_are_wanted_where_that_was_switched_off():
    async with stage(known={"reverse_names": "off"}) as on:
        await on.press("a")
        assert on.engine.views[-1].page.named == 0


async def test_nothing_is_said_in_words():
    async with stage() as on:
        await on.press("a")
        await on.publish(page=ClientBoard(on.engine.views[-1].page))
        assert "no requests in the last 15m" in on.text("addresses")
        await on.press("b", "y", "enter", "n", "s")
        assert on.engine.views[-1].filter == ""


async def test_hostile_text_is_cleaned():
    rows = (ClientRow(HOSTILE.encode(), 3, agent=HOSTILE.encode(), name=HOSTILE, crawler=HOSTILE, reasons=(HOSTILE,)),)
    async with stage((200, 55)) as on:
        await on.press("a")
        await on.publish(page=board(on.engine.views[-1].page, rows))
        await on.press("b", "y")
        for text in (on.text("addresses"), on.screen_text):
            assert "\x1b" not in text
            assert "\x9b" not in text
            assert "\u202e" not in text


async def test_keys_of_a_row_are_offered_where_there_is_one():
    async with stage((120, 35)) as on:
        await on.publish()
        await on.press("a")
        await on.publish(AT + 1, page=board(on.engine.views[-1].page, rows=()))
        assert "enter filter" not in on.text("keys")
        assert "deny line" not in on.text("keys")
        await on.publish(AT + 2, page=board(on.engine.views[-1].page))
        assert "enter filter" in on.text("keys")
        assert "b deny line" in on.text("keys")
