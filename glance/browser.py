"""Whether the screen is a browser: whoever sits there looks, and changes nothing on the machine of the logs."""

from __future__ import annotations

import os

VARIABLE = "TEXTUAL_DRIVER"
"""By this Textual is told to draw for a browser."""
DRIVER = "textual.drivers.web_driver:WebDriver"

NOT_HERE = "not from a browser: nothing is changed on the machine of the logs"


def is_browser() -> bool:
    """The screen is shown in a browser."""
    return os.environ.get(VARIABLE) == DRIVER
