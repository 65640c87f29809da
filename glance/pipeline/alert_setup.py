"""The alerts of a collector as the settings want them."""

from __future__ import annotations

import logging
from pathlib import Path

from glance.browser import is_browser
from glance.config import Settings
from glance.errors import StoreError
from glance.outputs.settings import outputs_of
from glance.pipeline.alert_rules import configured_rules
from glance.pipeline.alerting import Alerting
from glance.pipeline.followed_alerts import AlertWatch, FollowedAlerts
from glance.pipeline.keeping import Keeping
from glance.store.alert_table import AlertTable

logger = logging.getLogger(__name__)


def alerting_of(settings: Settings, keeping: Keeping, database: Path) -> AlertWatch:
    """Every rule in force, kept where history is kept.

    Where another glance writes the same history, that one watches and sends: here its alerts are only shown.

    Args:
        settings: what was set.
        keeping: history.
        database: where it is.

    Raises:
        ConfigError: an output cannot be what the settings say.
    """
    if keeping.following is not None:
        return FollowedAlerts(database, Alerting(configured_rules(settings)).words)
    outputs = () if is_browser() else outputs_of(settings)  # every visitor would send them once more
    alerting = Alerting(configured_rules(settings), _table(keeping, database), outputs)
    try:
        alerting.restore()
    except StoreError as error:
        logger.warning("%s: %s", error.what, error.why)
        alerting.close()
        alerting = Alerting(configured_rules(settings), None, outputs)
        alerting.restore()
    return alerting


def _table(keeping: Keeping, database: Path) -> AlertTable | None:
    """Where alerts are kept; None where nothing is."""
    if keeping.recorder is None:
        return None
    try:
        return AlertTable.open(database)
    except StoreError as error:
        logger.warning("%s: %s", error.what, error.why)
        return None
