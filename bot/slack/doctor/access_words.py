"""Who may ask, in words: what `doctor` says of the access policy, with the settings that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.i18n import Language
    from bot.slack.access import AccessPolicy


def who_may_ask(policy: AccessPolicy, name: str, language: Language) -> str:
    """Whom the app answers. `name` is that of the workspace, or of the organisation, that it is installed in."""
    say = language.say
    lists = (
        ("SMSSTATUS_ALLOWED_CHANNELS", policy.channels),
        ("SMSSTATUS_ALLOWED_USERS", policy.users),
        ("SMSSTATUS_ALLOWED_USERGROUPS", policy.usergroups),
    )
    parts = (
        _at_home(policy, name, language),
        *(say("only those in {key}", key=key) for key, listed in lists if listed),
        "" if policy.guests else say("no guests ({key})", key="SMSSTATUS_ALLOW_GUESTS"),
        "" if policy.externals else say("no one from another organisation ({key})", key="SMSSTATUS_ALLOW_EXTERNALS"),
    )
    return language.semicolon_list(parts)


def forgotten_home(policy: AccessPolicy, language: Language) -> str:
    """What is doubtful about the allowed workspaces; empty: nothing."""
    if not policy.teams or policy.home in policy.teams or policy.home == policy.enterprise:
        return ""
    return language.say(
        "{key} does not list {team}, where the app is installed: people there get no answer",
        key="SMSSTATUS_ALLOWED_TEAMS",
        team=policy.home,
    )


def _at_home(policy: AccessPolicy, name: str, language: Language) -> str:
    if policy.teams:
        teams = language.comma_list(sorted(policy.teams))
        return language.say("people of the workspaces {teams} ({key})", teams=teams, key="SMSSTATUS_ALLOWED_TEAMS")
    if policy.enterprise:
        return language.say("people of the organisation {id}, in each of its workspaces", id=policy.enterprise)
    return language.say("people of the workspace {team} ({id})", team=name, id=policy.home)
