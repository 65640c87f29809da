"""What a goroutine does, read from its stack alone: where in the scheduler it is. That costs its program nothing."""

from __future__ import annotations

from collections.abc import Sequence

BY_FRAME = (
    ("runtime.chanrecv", "chan receive"),
    ("runtime.chansend", "chan send"),
    ("runtime.selectgo", "select"),
    ("runtime.block", "select (no cases)"),
    ("runtime.netpollblock", "IO wait"),
    ("internal/poll.runtime_pollWait", "IO wait"),
    ("internal/sync.runtime_SemacquireMutex", "sync.Mutex.Lock"),
    ("sync.runtime_SemacquireMutex", "sync.Mutex.Lock"),
    ("sync.runtime_SemacquireRWMutexR", "sync.RWMutex.RLock"),
    ("sync.runtime_SemacquireRWMutex", "sync.RWMutex.Lock"),
    ("sync.runtime_SemacquireWaitGroup", "sync.WaitGroup.Wait"),
    ("sync.runtime_notifyListWait", "sync.Cond.Wait"),
    ("sync.runtime_Semacquire", "semacquire"),
    ("runtime.semacquire", "semacquire"),
    ("time.Sleep", "sleep"),
    ("runtime.timeSleep", "sleep"),
    ("runtime.runfinq", "finalizer wait"),
    ("runtime.goparkunlock", "waiting"),
    ("runtime.gopark", "waiting"),
    ("syscall.Syscall", "syscall"),
    ("internal/runtime/syscall.", "syscall"),
)
"""Beginnings of names, the surest first, and the words that Go has for it."""
DEEPEST = 8
"""So far from the leaf it can be told."""
RUNNING = "running"


def state_of(names: Sequence[str]) -> str:
    """The state of a goroutine with these functions, the leaf first."""
    near = names[:DEEPEST]
    for beginning, state in BY_FRAME:
        if any(name.startswith(beginning) for name in near):
            return state
    return RUNNING
