"""How Slack reaches a running app: its Socket Mode connections as Slack counts them, or the signed requests that came by HTTP.

No method of Slack's tells which address it calls: that its requests arrive is all that can be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.doctor.check import Check, Health
from bot.errors import DatabaseError
from bot.presentation.times import duration
from bot.slack.requests.inbox_tables import KEEP, REQUESTS
from bot.slack.transport.connection_errors import SOCKET_MODE

if TYPE_CHECKING:
    from datetime import datetime

    from bot.i18n import Language
    from bot.storage.database import Database

_LAST = sa.select(sa.func.max(REQUESTS.c.taken_at))
_KEPT_HOURS = round(KEEP.total_seconds() / 3600)


def check_socket(alive: int, counted: int | None, language: Language) -> list[Check]:
    """`alive`: connections of this process; `counted`: those of the whole app, by Slack's latest hello."""
    here = language.plural(alive, "{count} connection of this process is open", "{count} connections of this process are open")
    if counted is None:
        return [Check(SOCKET_MODE, Health.OK, here)]
    said = language.say("{here}; of the whole app, Slack counted {counted}", here=here, counted=counted)
    return [Check(SOCKET_MODE, Health.OK, said)]


def check_http(signed: int, unsigned: int, language: Language) -> list[Check]:
    """`signed`: requests that came with a valid signature since the start; `unsigned`: with another."""
    name = language.say("HTTP mode")
    said = language.plural(signed, "{count} signed request since the start", "{count} signed requests since the start")
    if not unsigned:
        return [Check(name, Health.OK, said)]
    refused = language.plural(unsigned, "{count} with a wrong signature", "{count} with a wrong signature")
    step = language.say("Somebody else may have sent them; else compare SLACK_SIGNING_SECRET with the app's")
    return [Check(name, Health.WARNING, language.comma_list([said, refused]), step)]


async def check_arrivals(database: Database, now: datetime, language: Language) -> list[Check]:
    """When the last request of Slack's came, for whoever looks from outside; nothing when the database does not say."""
    name = language.say("HTTP mode")
    try:
        last = await database.read(lambda connection: connection.execute(_LAST).scalar_one())
    except DatabaseError:
        return []
    if last is not None:
        said = language.say("the last request from Slack came {age} ago", age=duration(now - last, language))
        return [Check(name, Health.OK, said)]
    said = language.say("no request from Slack in {hours} h; Slack does not tell which address it calls", hours=_KEPT_HOURS)
    step = language.say("Compare the app's request URLs with smsstatus manifest --http https://HOST")
    return [Check(name, Health.WARNING, said, step)]
