"""Storms of 404s: a client that asks for one thing after the other, and finds nothing. Stated rules.

One page that is gone makes many 404s too, but all of one path; so the paths must be different ones.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST_HITS: Final = 20
"""404s of one client, within the window."""
LEAST_PATHS: Final = 10
"""Different paths among them."""
LEAST_SHARE: Final = 0.5
"""Of all its requests."""

RULE: Final = (
    "paths scanners try (/.env, /wp-login …) answered 4xx; "
    f"storms: {LEAST_HITS}+ 404s of a client, {LEAST_PATHS}+ paths, half its requests"
)
"""Both rules of noise in words."""


def stormers(
    clients: NDArray[np.integer], paths: NDArray[np.integer], hits: NDArray[np.integer]
) -> NDArray[np.integer]:
    """The clients that make storms, by their numbers, those with most 404s first.

    Args:
        clients: the client of each 404.
        paths: the path of each 404.
        hits: requests of each client, by its number; whoever is beyond the end has none but its 404s.
    """
    counts = np.bincount(clients)
    own = np.zeros(len(counts), np.int64)
    own[: len(hits)] = hits[: len(counts)]
    is_much = (counts >= LEAST_HITS) & (counts >= LEAST_SHARE * own)
    if not is_much.any():
        return np.zeros(0, np.int64)
    of_them = is_much[clients]
    size = int(paths.max()) + 1
    pairs = np.unique(clients[of_them].astype(np.int64) * size + paths[of_them])
    tried = np.bincount(pairs // size, minlength=len(counts))
    numbers = np.flatnonzero(tried >= LEAST_PATHS)
    return numbers[np.argsort(-counts[numbers], kind="stable")]
