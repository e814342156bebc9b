"""How Slack reaches a running app: its Socket Mode connections as Slack counts them, or the signed requests that came by HTTP.

No method of Slack's tells which address it calls: that its requests arrive is all that can be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health
from bot.slack.transport.connection_errors import SOCKET_MODE

if TYPE_CHECKING:
    from bot.i18n import Language


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
