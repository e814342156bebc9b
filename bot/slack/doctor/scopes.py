"""The scopes of the bot token beside those of the manifest: what is missing, and what is granted beyond it. Pure.

Slack names them with every answer, in `x-oauth-scopes` (https://docs.slack.dev/authentication/installing-with-oauth).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health
from bot.i18n import phrase
from bot.slack.access.policy import GROUPS_SCOPE, USERS_SCOPE
from bot.slack.transport.manifest import AGENTS_SCOPE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.i18n import Language, Phrase

_WITHOUT: Mapping[str, Phrase] = {
    "commands": phrase("no slash command and no shortcuts"),
    "chat:write": phrase("no answers in threads, none shared"),
    "app_mentions:read": phrase("no answers to mentions"),
    "im:history": phrase("no answers in direct messages"),
    "mpim:history": phrase("no answers in group direct messages"),
    USERS_SCOPE: phrase("no time zones, and nobody known as a guest"),
    "chat:write.public": phrase("no sharing to channels that the bot is not in"),
    "files:read": phrase("no lists of numbers as a file"),
    "files:write": phrase("no CSV of an answer"),
    AGENTS_SCOPE: phrase("Slackbot cannot ask"),
    GROUPS_SCOPE: phrase("nobody is known to be in the user groups of the settings"),
}
_MEMBERSHIP = frozenset({"channels:read", "groups:read"})  # tell whether the bot is in the channel of the alerts


def check_scopes(
    granted: Collection[str], scopes: Mapping[str, Collection[str]], language: Language, *, has_groups: bool = True
) -> list[Check]:
    """The findings. `scopes` are the manifest's, `bot` and `bot_optional`; `has_groups`: the settings name user groups."""
    name, step = language.say("Scopes"), language.say("Add them under OAuth & Permissions and reinstall the app")
    granted = {*granted} if has_groups else {*granted, GROUPS_SCOPE}
    lacked = {kind: [one for one in scopes.get(kind, ()) if one not in granted] for kind in ("bot", "bot_optional")}
    checks = []
    for kind, health in (("bot", Health.FAILED), ("bot_optional", Health.WARNING)):
        if missing := lacked[kind]:
            said = language.say(
                "missing: {scopes}", scopes=language.semicolon_list(_with_purpose(one, language) for one in missing)
            )
            checks.append(Check(name, health, said, step))
    if beyond := sorted(granted - _MEMBERSHIP - {scope for some in scopes.values() for scope in some}):
        said = language.say("more than the manifest asks for: {scopes}", scopes=language.comma_list(beyond))
        checks.append(
            Check(name, Health.WARNING, said, language.say("Remove them under OAuth & Permissions and reinstall the app"))
        )
    return checks or [Check(name, Health.OK, language.say("as in the manifest"))]


def _with_purpose(scope: str, language: Language) -> str:
    """`chat:write (no answers in threads, none shared)`."""
    without = _WITHOUT.get(scope)
    return language.say("{scope} ({without})", scope=scope, without=without.said_in(language)) if without else scope
