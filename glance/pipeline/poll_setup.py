"""The targets of a collector as the settings want them."""

from __future__ import annotations

import os
from pathlib import Path

from glance.browser import is_browser
from glance.config import Settings
from glance.domain.profiles.poll_plan import ELSEWHERE, Pairs, plan_of
from glance.domain.profiles.target import Target, targets_of
from glance.errors import ConfigError
from glance.pipeline.keeping import Keeping
from glance.pipeline.poll_keeper import WIRE_BYTES
from glance.pipeline.polling import Polling
from glance.sources.scrape import Access

HISTORY_SHARE = 4
"""Profiles have this part of the room of history at most: they lie in the same file."""

LONGEST_TOKEN = 4096


def polling_of(settings: Settings, keeping: Keeping, database: Path) -> Polling | None:
    """What polls the targets of the settings; None where there are none.

    Where another glance writes the same history, profiles are kept in memory only.

    Raises:
        ConfigError: a file of a token cannot be read.
    """
    targets = chosen_targets(settings)
    if not targets or is_browser():  # every visitor would poll them once more
        return None
    plan = plan_of(without(settings.pprof, *ELSEWHERE))
    return Polling(
        targets,
        plan,
        database=database if keeping.recorder is not None else None,
        most_bytes=min(plan.keep_mb << 20, (settings.history_mb << 20) // HISTORY_SHARE),
        access=access_of(settings.pprof),
    )


def chosen_targets(settings: Settings) -> tuple[Target, ...]:
    """The targets of the command line; else those of the file."""
    return targets_of(settings.pprof_targets or tuple(dict(settings.pprof).get("targets", "").split()))


def without(pairs: Pairs, *names: str) -> Pairs:
    """Settings but for these."""
    return tuple(pair for pair in pairs if pair[0] not in names)


def access_of(pairs: Pairs) -> Access:
    """What targets want to be shown.

    Raises:
        ConfigError: a file of it cannot be read.
    """
    given = {name: os.path.expanduser(value) for name, value in pairs if name in ELSEWHERE}
    return Access(
        token=token_in(given["token_file"]) if given.get("token_file") else "",
        tls_ca=given.get("tls_ca", ""),
        tls_cert=given.get("tls_cert", ""),
        tls_key=given.get("tls_key", ""),
        most_bytes=WIRE_BYTES,
    )


def token_in(path: str) -> str:
    """The token in a file.

    Raises:
        ConfigError: it cannot be read, or holds none.
    """
    try:
        with open(path, "rb") as file:
            token = file.read(LONGEST_TOKEN + 1).strip().decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the token in {path}", str(error), "see token_file under [pprof]") from error
    if not token or len(token) > LONGEST_TOKEN or not token.isprintable():
        raise ConfigError(f"there is no token in {path}", "one line of letters, digits and signs", "")
    return token
