"""Prints the daemon's own log."""

from __future__ import annotations

import os
import time
from collections import deque
from io import BufferedReader
from pathlib import Path

import click

from glance.domain.safe_text import safe_text
from glance.errors import GlanceError

_LOOK_SECONDS = 0.25


def print_log(path: Path, lines: int, *, follow: bool) -> int:
    """Print the last lines, and what comes; returns the exit code.

    Raises:
        GlanceError: there is no such log.
    """
    try:
        file = open(path, "rb")  # noqa: SIM115 - another file may take its place
    except OSError as error:
        raise GlanceError(
            f"there is no log {path}", error.strerror or "", "it is made by: glance daemon start"
        ) from error
    try:
        for line in deque(file, maxlen=lines):
            _print(line)
        while follow:
            file = _print_more(file, path)
            time.sleep(_LOOK_SECONDS)
    finally:
        file.close()
    return 0


def _print_more(file: BufferedReader, path: Path) -> BufferedReader:
    """Print what came; returns the file to go on with, which is another one after a rotation."""
    for line in file:
        _print(line)
    try:
        there, here = os.stat(path), os.fstat(file.fileno())
    except FileNotFoundError:
        return file
    if (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino):
        file.close()
        return open(path, "rb")
    if here.st_size < file.tell():
        file.seek(0)
    return file


def _print(line: bytes) -> None:
    click.echo(safe_text(line.rstrip(b"\r\n").decode(errors="replace")))
