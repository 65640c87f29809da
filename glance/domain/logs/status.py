"""Status codes, and what they mean for the counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldColumn

FINE, CLIENT_ERROR, SERVER_ERROR = 0, 1, 2


def error_class(status: bytes) -> int:
    """FINE, CLIENT_ERROR (4xx) or SERVER_ERROR (5xx)."""
    if len(status) == 3 and status.isdigit():
        return CLIENT_ERROR if status[:1] == b"4" else SERVER_ERROR if status[:1] == b"5" else FINE
    return FINE


def error_classes(column: HeldColumn, statuses: Sequence[bytes]) -> NDArray[np.uint8]:
    """The class of each record of a bucket.

    Args:
        column: its status column.
        statuses: values of the dictionary that numbers it.
    """
    of_key = np.array([error_class(statuses[key]) for key in column.keys], np.uint8)
    return of_key[column.ids]
