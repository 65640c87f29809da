"""Multiply the values of profiles, so that they can be compared or added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from glance.domain.profiles.merge import check_compatible
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Ints

Floats = npt.NDArray[np.float64]
LARGEST = 2.0**63


def scaled(profile: Profile, ratio: float) -> Profile:
    """Every value times a ratio, rounded half away from zero; samples that come to nothing are dropped.

    Raises:
        ProfileError: a value becomes too large.
    """
    return scaled_each(profile, [ratio] * len(profile.sample_types))


def scaled_each(profile: Profile, ratios: Sequence[float]) -> Profile:
    """Likewise with a ratio for each sample type.

    A ratio of 1 leaves a value as it is; and as in pprof only the others decide whether a sample stays:
    with the ratios 1 and 0.1 a sample of 7 and 1 is dropped.

    Raises:
        ProfileError: there are not as many ratios as sample types, or a value becomes too large.
    """
    types = len(profile.sample_types)
    if len(ratios) != types:
        raise ProfileError(f"mismatched scale ratios, got {len(ratios)}, want {types}")
    changed = [column for column, ratio in enumerate(ratios) if ratio != 1]
    if not changed:
        return profile
    values = profile.values.copy()
    for column in changed:
        values[:, column] = times(values[:, column], ratios[column])
    return profile.with_values(values).kept(np.asarray((values[:, changed] != 0).any(axis=1), dtype=np.bool_))


def times(values: Ints, ratio: float) -> Ints:
    """Values times a ratio, rounded; exact for -1, which is how profiles are subtracted.

    Raises:
        ProfileError: one becomes too large.
    """
    if ratio == -1:
        if values.size and int(values.min()) == -(1 << 63):
            raise ProfileError("a value becomes too large when it is scaled")
        return -values
    exact = values.astype(np.float64) * ratio
    whole = np.trunc(exact)
    whole += np.where(np.abs(exact - whole) >= 0.5, np.copysign(1.0, exact), 0.0)
    return as_ints(whole)


def divided(profile: Profile, divisor: float) -> Profile:
    """Every value divided and cut off at the point; samples stay, whatever comes out.

    Raises:
        ProfileError: the divisor is not above 0, or a value becomes too large.
    """
    if not divisor > 0:
        raise ProfileError("zero divisor specified")
    if divisor == 1:
        return profile
    return profile.with_values(as_ints(np.trunc(profile.values.astype(np.float64) * (1.0 / divisor))))


def normalized(profile: Profile, base: Profile) -> Profile:
    """The profile scaled so that each sample type sums up to what it does in the base.

    Raises:
        ProfileError: the two count different things, or a value becomes too large.
    """
    check_compatible(profile, base)
    ratios = [theirs / ours if ours else 0.0 for ours, theirs in zip(sums(profile), sums(base), strict=True)]
    return scaled_each(profile, ratios)


def sums(profile: Profile) -> list[int]:
    """The sum of each sample type, with signs."""
    values = profile.values
    if values.size and float(np.abs(values.astype(np.float64)).sum(axis=0).max()) >= LARGEST / 2:
        return [sum(column) for column in values.T.tolist()]
    return values.sum(axis=0).tolist()  # type: ignore[no-any-return]


def as_ints(values: Floats) -> Ints:
    """Whole numbers as such.

    Raises:
        ProfileError: one does not fit into 64 bits, or is none.
    """
    if values.size and not bool((np.abs(values) < LARGEST).all()):
        raise ProfileError("a value becomes too large when it is scaled")
    return values.astype(np.int64)
