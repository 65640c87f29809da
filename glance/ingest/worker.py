"""What a spawned worker runs: reads tasks from standard input, writes buckets to standard output.

A task is a pickled Stretch behind its length in eight bytes; the first message is the readers. It
ends when its standard input does, so it never outlives the glance that started it.
"""

from __future__ import annotations

import contextlib
import gc
import io
import pickle
import signal
import sys
from collections.abc import Sequence
from typing import BinaryIO

from glance.domain.logs.bucket import LogBucket
from glance.ingest.reader import LineReader
from glance.ingest.stretch import StretchGoneError, parse_stretch

LENGTH_BYTES = 8


def framed(message: object) -> bytes:
    """A message as it goes through the pipe."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH_BYTES, "little") + data


def _answered(buckets: list[LogBucket]) -> bytes:
    """Buckets as they go through the pipe: each of their thousands of texts is there once, so none is looked for."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True
    pickler.dump(buckets)
    return stream.tell().to_bytes(LENGTH_BYTES, "little") + stream.getbuffer()


def _received(stream: BinaryIO) -> object:
    """The next message.

    Raises:
        EOFError: there is none.
    """
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        raise EOFError
    return pickle.loads(stream.read(int.from_bytes(head, "little")))  # noqa: S301 - from our own parent


def serve(tasks: BinaryIO, results: BinaryIO) -> None:
    """Receive the readers, then parse stretches until there are no more."""
    with contextlib.suppress(EOFError):
        answer_tasks(_received(tasks), tasks, results)  # type: ignore[arg-type]


def answer_tasks(readers: Sequence[LineReader], tasks: BinaryIO, results: BinaryIO) -> None:
    """Parse stretches until there are no more."""
    try:
        while True:
            stretch = _received(tasks)
            try:
                answer = _answered(parse_stretch(stretch, readers))  # type: ignore[arg-type]
            except (StretchGoneError, OSError) as error:
                answer = framed(StretchGoneError(str(error)))
            results.write(answer)
            results.flush()
    except (EOFError, BrokenPipeError):
        return


def main() -> None:
    """Work until the parent ends, or closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal's group; the parent says when to end
    gc.disable()  # millions of short-lived tuples, none in a cycle
    serve(sys.stdin.buffer, sys.stdout.buffer)
