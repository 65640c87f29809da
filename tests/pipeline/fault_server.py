"""A server that answers as a test says, down to the last byte; and polls on it whose time the test turns."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.poll import KindStatus, Poll, TargetStatus
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto_writer import written
from glance.domain.profiles.target import targets_of
from glance.pipeline.polling import Polling

Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]

INDEX = b"<table><tr><td>1</td><td><a href='allocs?debug=1'>allocs</a></td></tr>\n" + b"".join(
    b"<tr><td>2</td><td><a href='%s?debug=1'>%s</a></td></tr>\n" % (name, name)
    for name in (b"block", b"goroutine", b"heap", b"mutex", b"profile")
)


def profile(*counts: int, types: tuple[tuple[str, str], ...] = (("samples", "count"), ("cpu", "nanoseconds"))) -> bytes:
    """A gzipped profile with a stack for each count."""
    samples = [
        Sample((Location(lines=(Line(Function(f"main.f{row}"), 1),), address=row + 1),), (count,) * len(types))
        for row, count in enumerate(counts)
    ]
    named = [ValueType(*one) for one in types]
    return written(Profile.of(named, samples, period_type=ValueType("x", "y"), period=1, time_nanos=10**18))


CONTENTION = (("contentions", "count"), ("delay", "nanoseconds"))


def reply(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """An answer as it goes over the wire."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


class FaultServer:
    """Remembers what it was asked for, and answers by the last part of the path."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, bytes | Answer] = {"": reply(INDEX), "profile": reply(profile(3))}
        self.ended = asyncio.Event()
        """A connection was closed by who asked."""
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            if await reader.readexactly(1) == b"\x16":  # TLS, to which a server of Go says this
                writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
                return
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            self.asked.append(path)
            answer = self.answers.get(path.partition("?")[0].rpartition("/")[2], reply(b"no", "404 Not Found"))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                work = asyncio.ensure_future(answer(path, writer))
                gone = asyncio.ensure_future(reader.read())
                await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
                if not work.done():
                    self.ended.set()
                for task in (work, gone):
                    task.cancel()
                await asyncio.wait((work, gone))
        except (ConnectionError, asyncio.IncompleteReadError):
            self.ended.set()
        finally:
            writer.close()


@asynccontextmanager
async def fault_server() -> AsyncIterator[FaultServer]:
    """A running one."""
    made = FaultServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


class TurnedClock:
    """Time goes on when a poller waits, and then as far as it waits."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)


class PollStage:
    """Polls whose polls and states are seen."""

    def __init__(self, polling: Polling, clock: TurnedClock) -> None:
        self.polling = polling
        self.clock = clock
        self.polls: list[Poll] = []
        polling.listen(self.polls.append)

    @property
    def status(self) -> TargetStatus:
        return self.polling.statuses[0]

    def kind(self, name: str) -> KindStatus:
        """How one kind is doing."""
        return next(kind for kind in self.status.kinds if kind.kind == name)

    async def until(self, holds: Callable[[], object]) -> None:
        """Go on until this holds."""
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 - states have no event
                await asyncio.sleep(0.001)


@asynccontextmanager
async def polled(*targets: str, plan: PollPlan | None = None, **options: object) -> AsyncIterator[PollStage]:
    """Targets that are polled, in a time of their own."""
    clock = TurnedClock()
    polling = Polling(
        targets_of(targets), plan or PollPlan(kinds=("cpu",)), clock=clock, chance=random.Random(1).random,
        pause=clock.pause, **options,
    )  # fmt: skip
    stage = PollStage(polling, clock)
    running = asyncio.create_task(polling.run())
    try:
        yield stage
    finally:
        running.cancel()
        await asyncio.wait([running])
        if not running.cancelled():
            running.result()
