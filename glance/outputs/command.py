"""A command that is run for each transition: what happened is in its environment and on its standard input."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile

from glance.domain.alerts.event import AlertEvent
from glance.domain.safe_text import safe_text
from glance.errors import ConfigError
from glance.outputs.output import DeliveryError, name_of

TIMEOUT_SECONDS = 30.0
PREFIX = "GLANCE_ALERT_"
_FIELDS = ("key", "rule", "status", "severity", "segment", "value", "worst", "threshold", "condition", "message")


class Command:
    """Never a shell: the words of the setting are the program and its arguments, and stay as they are."""

    is_damped = True

    def __init__(self, command: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Run this.

        Raises:
            ConfigError: it cannot be split into words.
        """
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise ConfigError("cannot understand alert_command", str(error), "close its quotes") from error
        if not self._words:
            raise ConfigError("alert_command is empty", "", "name a program")
        self._timeout = timeout_seconds
        self.name = name_of("command", safe_text(os.path.basename(self._words[0]), 80), command)

    def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
        """Run the command and wait for its end.

        Raises:
            DeliveryError: it cannot be run, fails, or takes too long.
        """
        with tempfile.TemporaryFile() as stdin:
            stdin.write(event.as_json().encode() + b"\n")
            stdin.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
                    self._words,
                    stdin=stdin,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, **environment(event)},
                    start_new_session=True,
                )
            except OSError as error:
                raise DeliveryError(f"cannot run {self._words[0]}: {error.strerror or error}") from error
        code = self._wait(process)
        if code:
            why = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
            raise DeliveryError(f"{self._words[0]}: {why}")

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        try:
            return process.wait(self._timeout)
        except subprocess.TimeoutExpired as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise DeliveryError(f"{self._words[0]}: not done after {self._timeout:g} s, and was ended") from error


def environment(event: AlertEvent) -> dict[str, str]:
    """What the command finds in its environment; nothing in it can steer a terminal."""
    told = event.as_mapping()
    named = {PREFIX + field.upper(): safe_text(str(told[field])) for field in _FIELDS}
    return {**named, f"{PREFIX}STARTED_AT": f"{event.started_at:.3f}", f"{PREFIX}AT": f"{event.at:.3f}"}
