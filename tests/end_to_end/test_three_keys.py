"""From "500s are rising" in the demo to the raw line of one of them."""

from __future__ import annotations

import re

from tests.end_to_end.terminal import environment, glance

KEYS = ("5", "enter", "l")
"""The panel of status, its worst class, the lines."""
RAW = re.compile(r'"(GET|POST|PUT|DELETE|HEAD) /\S+ HTTP/[0-9.]+" 5[0-9][0-9] ')
"""Of a line as it stands in the log: that of the cursor is written out below the list."""


def test_the_demos_errors_are_three_keys_away(tmp_path):
    # Bursts come now and then: some hours of traffic have some, whatever the time of the day is.
    words = ("demo", "--seed", "1", "--window", "6h", "--rate", "8")
    with glance(*words, size=(120, 35), env=environment(HOME=str(tmp_path))) as terminal:
        terminal.shows(lambda text: "LIVE" in text and re.search(r"5xx +[0-9.<]+% +[1-9]", text))
        for key in KEYS:
            terminal.press(key)
        terminal.shows(
            lambda text: re.search(r"1 of [1-9][0-9,]*", text) and are_errors(statuses(text)) and RAW.search(text)
        )
        terminal.press("q")
        assert terminal.ends() == 0


def statuses(text: str) -> list[str]:
    """Of the lines that are listed."""
    return re.findall(r"(?m)^.[^│\n]*? ([0-9]{3}) +[0-9.]+k?B ", text)


def are_errors(found: list[str]) -> bool:
    """Some are listed, and each is an error of the server; the page may have been put up before the filter's answer."""
    return bool(found) and all(status.startswith("5") for status in found)
