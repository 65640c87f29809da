"""Tells systemd, or whoever listens on NOTIFY_SOCKET, how the daemon is."""

from __future__ import annotations

import logging
import os
import socket
import time

logger = logging.getLogger(__name__)

_MOST_SECONDS = 1.0


class Supervisor:
    """Whoever started the daemon and wants to hear of it; often nobody."""

    def __init__(self) -> None:
        """Take the address from the environment, and out of it: it is not for our children."""
        self._address = os.environ.pop("NOTIFY_SOCKET", "")
        microseconds = os.environ.pop("WATCHDOG_USEC", "")
        is_ours = os.environ.pop("WATCHDOG_PID", "") in ("", str(os.getpid()))
        self.watchdog_seconds = int(microseconds) / 1e6 if microseconds.isdigit() and is_ours else 0.0
        """A sign of life is wanted at least so often; 0 is never."""

    def ready(self, status: str) -> None:
        """All is up."""
        self._tell(f"READY=1\nSTATUS={status}")

    def reloading(self) -> None:
        """The settings are read anew; `ready` follows."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """It ends."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """A sign of life."""
        self._tell("WATCHDOG=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
                told.settimeout(_MOST_SECONDS)
                told.sendto(state.encode(), address)
        except OSError as error:
            logger.warning("cannot tell %s how it goes: %s", self._address, error)
