"""Alerts of each kind that reads differently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.alerts.alert import Alert, Ending, Trouble
from bot.alerts.cause import Cause
from bot.alerts.history import Tally
from bot.alerts.reader import Evidence
from bot.codes import Catalogue
from bot.model import CodeKind, Status
from bot.providers.systems import titles
from bot.slack.views import alerts
from tests.reports import NOW, SHANGHAI, delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.i18n import Language
    from bot.slack.views import Message

_MINUTE = timedelta(minutes=1)
_MOBILE = Cause("tencent", None, "China Mobile")
_SINCE = NOW - 20 * _MINUTE
_BAD, _GOOD = Tally(612, 391, 31, 0, 0), Tally(970, 30, 20, 0, 0)
_EXPLAIN = Catalogue.load().explain


def _evidence(*causes: tuple[str, int], cause: Cause = _MOBILE) -> Evidence:
    found = tuple((_EXPLAIN("tencent", CodeKind.RECEIPT, code), count) for code, count in causes)
    carriers = {"China Mobile": _BAD, "China Unicom": _GOOD, "China Telecom": Tally(480, 12)}
    parts = {Cause(cause.system, cause.account, name): tally for name, tally in carriers.items()}
    code = causes[0][0] if causes else ""
    rows = tuple(delivery(Status.FAILED, code=code, sent=NOW - seconds * timedelta(seconds=7)) for seconds in range(3))
    return Evidence(found, parts, rows if causes else ())


_ALERT = Alert(
    _MOBILE, Trouble.FAILING, _SINCE, _SINCE + 4 * _MINUTE, _BAD, yesterday=_GOOD, week_ago=Tally(980, 20), last_at=NOW, id="a1b2"
)
_REFUSED = _evidence(("REJECTD", 300), ("PORT_NOT_REGISTERED", 80), ("XX:0001", 11))
_PROVIDER = replace(_ALERT, cause=Cause("aliyun", "LTAI5t…abcd"), yesterday=None, week_ago=None)
_PHONES = replace(_ALERT, tally=Tally(400, 12, 600, 0, 0), with_handsets=True)
_SLOW = replace(_ALERT, cause=Cause("aliyun"), trouble=Trouble.SLOW, tally=Tally(900, 20, 10, 420, 930))
_SILENT = Alert(Cause("tencent"), Trouble.SILENT, _SINCE, NOW, Tally(), usual=40.0, id="c3d4")
_EVERYWHERE = replace(_evidence(("PORT_NOT_REGISTERED", 391)), parts={Cause("tencent"): _BAD, Cause("aliyun"): Tally(300, 210)})
_OVER = replace(_ALERT, ended_at=NOW - 2 * _MINUTE, closed_at=NOW, ending=Ending.RECOVERED)


def _reader(language: Language) -> alerts.AlertReader:
    return alerts.AlertReader(SHANGHAI, NOW, titles(language), language)


def _open(alert: Alert, evidence: Evidence, muted: alerts.MutedBy | None = None, *, language: Language) -> Message:
    return alerts.alert_message(alert, evidence, _reader(language), muted)


def _over(alert: Alert, *, language: Language) -> Message:
    return alerts.ended_message(alert, _REFUSED if alert.trouble is Trouble.FAILING else _evidence(), _reader(language))


def _reply(*, language: Language) -> Message:
    return alerts.ended_reply(_OVER, _reader(language))


def _still(*, language: Language) -> Message:
    return alerts.still_reply(_ALERT, "U0ANN0001", _reader(language))


def _missed(count: int, *, language: Language) -> Message:
    return alerts.missed_message([_OVER, replace(_OVER, cause=Cause("aliyun"))][:count], _reader(language))


def _failures(count: int, *, language: Language) -> Message:
    shown = replace(_REFUSED, examples=(_REFUSED.examples * 10)[:count])
    return alerts.failures_message(_ALERT, shown, _reader(language), 20)


ALERT_MESSAGES: Mapping[str, Callable[..., Message]] = {
    "alert-carrier": partial(_open, _ALERT, _REFUSED),
    "alert-muted": partial(_open, _ALERT, _REFUSED, alerts.MutedBy("U0ANN0001", NOW + 60 * _MINUTE)),
    "alert-provider-not-compared": partial(_open, _PROVIDER, _evidence(("isv.UNKNOWN", 391), cause=_PROVIDER.cause)),
    "alert-phones-of-one-carrier": partial(_open, _PHONES, _evidence(("MK:0008", 500), ("MI:0013", 100))),
    "alert-everything": partial(_open, replace(_ALERT, cause=Cause()), _EVERYWHERE),
    "alert-unknown-carrier": partial(_open, replace(_ALERT, cause=Cause("aliyun-intl", None, "")), _evidence(("", 391))),
    "alert-slow": partial(_open, _SLOW, _evidence()),
    "alert-silent": partial(_open, _SILENT, _evidence()),
    "alert-over": partial(_over, _OVER),
    "alert-over-slow": partial(_over, replace(_SLOW, ending=Ending.RECOVERED, ended_at=NOW)),
    "alert-over-silent": partial(_over, replace(_SILENT, ending=Ending.RECOVERED, ended_at=NOW)),
    "alert-no-messages-any-more": partial(_over, replace(_OVER, ending=Ending.QUIET)),
    "alert-folded": partial(_over, replace(_OVER, ending=Ending.FOLDED)),
    "alert-over-in-the-thread": _reply,
    "alert-unmuted": _still,
    "alert-missed-one": partial(_missed, 1),
    "alert-missed-two": partial(_missed, 2),
    "alert-failures": partial(_failures, 3),
    "alert-failures-many": partial(_failures, 20),
    "alert-failures-none": partial(_failures, 0),
    "alert-gone": alerts.gone,
    "alert-over-already": alerts.over_already,
    "alert-unavailable": alerts.unavailable,
}
