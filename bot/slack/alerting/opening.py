"""Opens alerts from the settings: what their buttons need, and the alerter where they are on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.alerts.reader import HistoryReader
from bot.receipts.lease import Lease
from bot.slack.alerting.alerter import Alerter
from bot.slack.alerting.service import AlertPolicy, AlertService
from bot.slack.alerting.store import AlertStore

if TYPE_CHECKING:
    from bot.codes import Catalogue
    from bot.config import AppSettings
    from bot.observability.metrics import Metrics
    from bot.slack.locales import LocaleResolver
    from bot.slack.messaging.poster import Poster
    from bot.state import State

LEASE = "alerts"


def open_alerts(
    general: AppSettings, state: State, catalogue: Catalogue, poster: Poster, locales: LocaleResolver, *, metrics: Metrics
) -> tuple[AlertService, Alerter | None]:
    """The alerts; without an alerter where no channel is set, or nothing fills the receipt store."""
    store = AlertStore(state.database, state.keyring, state.clock)
    policy = AlertPolicy(general.alert_channel, general.alert_quiet_hours, general.zone)
    service = AlertService(HistoryReader(state.receipts.store, catalogue), store, poster, locales, policy, state.clock)
    is_on = bool(general.alert_channel) and state.ingests_receipts
    return service, Alerter(service, Lease(state.database, LEASE), metrics) if is_on else None
