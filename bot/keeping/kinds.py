"""Every kind of data that is kept: the tables of the database, the files beside it, and what a running process holds in memory.

SECURITY.md says the same with its reasons. Tests compare this with the schema and with the stores that ARCHITECTURE.md bounds, so
that nothing is kept that is not told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.receipts.lease import LEASES
from bot.receipts.tables import PROOFS, QUARANTINE, RAWS, RECEIPTS, REPLIES, TOTALS
from bot.slack.access.shared_rate import REQUESTS_OF_PEOPLE
from bot.slack.alerting.store import ALERTS
from bot.slack.alerting.store import KEEP as KEEP_ALERTS
from bot.slack.requests.inbox_tables import KEEP as KEEP_REQUESTS
from bot.slack.requests.inbox_tables import KEYS, REQUESTS
from bot.slack.state.answers import ANSWERS
from bot.slack.state.answers import KEEP as KEEP_ANSWERS
from bot.slack.state.drafts import DRAFTS
from bot.slack.state.drafts import KEEP as KEEP_DRAFTS
from bot.slack.state.help_throttle import AGAIN_AFTER, INTRODUCTIONS
from bot.slack.watching.store import KEEP as KEEP_WATCHES
from bot.slack.watching.store import WATCHES
from bot.storage.audit_log import AUDIT
from bot.storage.shared_limits import SHARES
from bot.storage.unlisted_codes import RETENTION, UNKNOWN_CODES
from bot.timing.shares import KEPT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from bot.config import AppSettings
    from bot.i18n import Phrase


class Numbers(Enum):
    """How phone numbers are kept in one kind of data."""

    SEALED = "sealed"
    HASHED = "hashed"
    MASKED = "hashed, masked"  # found by the hash, shown by the mask
    NONE = "none"
    WHOLE = "whole"  # in memory alone

    @property
    def words(self) -> Phrase:
        """For people."""
        return _WORDS[self]


_WORDS = {
    Numbers.SEALED: phrase("sealed"),
    Numbers.HASHED: phrase("hashed"),
    Numbers.MASKED: phrase("hashed, masked"),
    Numbers.NONE: phrase("none"),
    Numbers.WHOLE: phrase("in full"),
}


@dataclass(frozen=True, slots=True)
class StoredKind:
    """What one table holds."""

    table: sa.Table
    what: Phrase
    numbers: Numbers
    kept: Phrase
    dated: str = ""  # the column with the time of a row; empty: rows tell no time
    ahead: timedelta = timedelta()  # how far that column is ahead of the row's beginning


@dataclass(frozen=True, slots=True)
class HeldKind:
    """What a running process holds in memory, in these modules of `bot/`."""

    name: str
    what: Phrase
    numbers: Numbers
    kept: Phrase
    modules: frozenset[str]


def stored_kinds(general: AppSettings) -> Sequence[StoredKind]:
    """The tables, with the periods that the settings name."""
    receipts, audit = (_period(timedelta(days=days)) for days in (general.receipt_days, general.audit_days))
    always, sealed, none = phrase("always"), Numbers.SEALED, Numbers.NONE
    answers_end = phrase("{period} after its end", period=_period(KEEP_WATCHES))
    codes_end = phrase("{period} after it was last seen", period=_period(RETENTION))
    emptied = phrase("until answered; the empty row {period}", period=_period(KEEP_REQUESTS))
    a_day = phrase("{period} at most", period=_period(timedelta(days=1) + timedelta(seconds=KEPT_SECONDS)))
    ids = phrase("{period}; of a share {longer}", period=_period(KEEP_REQUESTS), longer=_period(KEEP_ANSWERS))
    windows = phrase("open windows, and buttons that run a command")
    return (
        StoredKind(RECEIPTS, phrase("receipts"), Numbers.MASKED, receipts, "taken_at"),
        StoredKind(REPLIES, phrase("customers' replies"), Numbers.MASKED, receipts, "taken_at"),
        StoredKind(QUARANTINE, phrase("receipts that could not be read"), sealed, receipts, "taken_at"),
        StoredKind(RAWS, phrase("receipts not read yet"), sealed, phrase("until they are read"), "taken_at"),
        StoredKind(ANSWERS, phrase("questions behind answers"), sealed, _period(KEEP_ANSWERS), "updated_at"),
        StoredKind(WATCHES, phrase("watched messages"), sealed, answers_end),
        StoredKind(DRAFTS, windows, sealed, _period(KEEP_DRAFTS), "expires_at", KEEP_DRAFTS),
        StoredKind(REQUESTS, phrase("requests from Slack"), sealed, emptied, "taken_at"),
        StoredKind(KEYS, phrase("IDs of requests"), none, ids),
        StoredKind(INTRODUCTIONS, phrase("who has seen the help"), none, _period(AGAIN_AFTER), "at"),
        StoredKind(ALERTS, phrase("alerts"), none, _period(KEEP_ALERTS), "told_at"),
        StoredKind(AUDIT, phrase("audit"), Numbers.HASHED, audit, "at"),
        StoredKind(UNKNOWN_CODES, phrase("unknown codes"), none, codes_end, "first_at"),
        StoredKind(TOTALS, phrase("number of receipts"), none, always),
        StoredKind(PROOFS, phrase("fingerprint of the key"), none, always),
        StoredKind(LEASES, phrase("which process does what"), none, always),
        StoredKind(SHARES, phrase("which process may ask how often"), none, a_day),
        StoredKind(REQUESTS_OF_PEOPLE, phrase("how often somebody asked within a minute"), none, a_day, "at"),
    )


def held_kinds() -> Sequence[HeldKind]:
    """What is in memory, in groups; ARCHITECTURE.md bounds each store."""
    whole, none = Numbers.WHOLE, Numbers.NONE
    until_full = phrase("until space is needed or the process ends")
    return (
        HeldKind(
            "cached_answers", phrase("providers' answers"), whole, phrase("10 minutes at most"), frozenset({"lookup/cache.py"})
        ),
        HeldKind(
            "recent_reports",
            phrase("reports behind recent answers, open windows"),
            whole,
            until_full,
            frozenset({"slack/state/answers.py", "slack/state/drafts.py"}),
        ),
        HeldKind(
            "under_way",
            phrase("lookups, lists, watches, receipts and messages under way"),
            whole,
            phrase("until they are done"),
            frozenset(
                {
                    "grammar/file_text.py",
                    "lookup/single_flight.py",
                    "observability/redaction.py",
                    "providers/http.py",
                    "receipts/callbacks.py",
                    "slack/messaging/outbox.py",
                    "slack/requests/unwritten.py",
                    "slack/state/batch_runs.py",
                    "slack/transport/files.py",
                    "slack/watching/watcher.py",
                    "statistics/shared_counts.py",
                    "web/request_body.py",
                }
            ),
        ),
        HeldKind(
            "people",
            phrase("Slack profiles, languages, times of requests"),
            none,
            until_full,
            frozenset(
                {
                    "slack/access/directory.py",
                    "slack/access/rate_limiter.py",
                    "slack/access/shared_rate.py",
                    "slack/locales.py",
                    "slack/messaging/poster.py",
                    "slack/requests/own_requests.py",
                    "slack/requests/reservations.py",
                    "slack/state/help_throttle.py",
                }
            ),
        ),
        HeldKind(
            "figures",
            phrase("counts, signatures, templates, codes, metrics"),
            none,
            until_full,
            frozenset(
                {
                    "alerts/reader.py",
                    "lookup/registers.py",
                    "observability/metrics.py",
                    "providers/optional_actions.py",
                    "statistics/cache.py",
                    "storage/unlisted_codes.py",
                    "timing/rate_limits.py",
                }
            ),
        ),
        HeldKind(
            "connections",
            phrase("connections, pages of the database"),
            Numbers.SEALED,
            phrase("until they are closed"),
            frozenset({"storage/sqlite_engine.py", "web/listener.py", "web/server.py"}),
        ),
    )


def _period(length: timedelta) -> Phrase:
    """In days, or in hours where it is no whole number of days."""
    if length % timedelta(days=1):
        return phrase("{hours} h", hours=length // timedelta(hours=1))
    return phrase("{days} d", days=length.days)
