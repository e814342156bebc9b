"""The scopes of the bot token beside those of the manifest."""

from __future__ import annotations

from bot.doctor.check import Health
from bot.i18n import ENGLISH
from bot.slack.doctor.scopes import _WITHOUT, check_scopes
from bot.slack.transport.manifest import AGENTS_SCOPE, scopes

SCOPES = scopes(over_http=False)
ALL = frozenset((*SCOPES["bot"], *SCOPES["bot_optional"]))


def found(*granted: str, has_groups: bool = True) -> list[tuple[Health, str]]:
    return [(check.health, check.said) for check in check_scopes(granted, SCOPES, ENGLISH, has_groups=has_groups)]


def test_of_every_scope_in_the_manifest_it_is_known_what_is_missing_without_it() -> None:
    assert set(_WITHOUT) == {*ALL, AGENTS_SCOPE}


def test_over_http_agents_may_be_let_in_and_else_their_scope_is_too_much() -> None:
    over_http = scopes(over_http=True)
    granted = {*ALL, AGENTS_SCOPE}

    assert [check.said for check in check_scopes(granted, over_http, ENGLISH)] == ["as in the manifest"]
    assert [check.said for check in check_scopes(ALL, over_http, ENGLISH)] == ["missing: mcp:connect (Slackbot cannot ask)"]
    assert found(*granted) == [(Health.WARNING, "more than the manifest asks for: mcp:connect")]


def test_what_is_missing_has_failed_what_is_optional_and_too_much_are_warnings() -> None:
    assert found(*ALL) == [(Health.OK, "as in the manifest")]
    assert found(*(ALL - {"chat:write", "files:write"}), "admin", "channels:history") == [
        (Health.FAILED, "missing: chat:write (no answers in threads, none shared)"),
        (Health.WARNING, "missing: files:write (no CSV of an answer)"),
        (Health.WARNING, "more than the manifest asks for: admin, channels:history"),
    ]


def test_user_groups_are_missed_only_where_the_settings_name_some() -> None:
    without = ALL - {"usergroups:read"}
    assert found(*without, has_groups=False) == [(Health.OK, "as in the manifest")]
    assert [health for health, _ in found(*without)] == [Health.WARNING]


def test_what_tells_whether_the_bot_is_in_the_alerts_channel_is_not_too_much() -> None:
    assert found(*ALL, "channels:read", "groups:read") == [(Health.OK, "as in the manifest")]
