"""The gate's settings: Slack's ids with commas between, and one clear line for what is none."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import AppSettings, load_settings
from bot.errors import SettingsError
from bot.i18n import ENGLISH
from bot.slack.access import AccessPolicy, Directory, open_authorizer, policy_of
from bot.slack.access.rate_limiter import UserRateLimiter
from bot.slack.requests.audit import AuditRecorder
from bot.storage.audit_log import AuditLog
from bot.storage.database import Database
from bot.storage.keyring import Keyring
from tests.cases import each
from tests.toys import ToyClock


def general(**environ: str) -> AppSettings:
    return load_settings(environ, []).general


def test_nothing_set_is_everybody_at_home_and_no_guest_no_outsider_no_reveal() -> None:
    one = general()

    lists = (one.allowed_teams, one.allowed_channels, one.allowed_users, one.allowed_usergroups)
    assert lists == (frozenset(),) * 4
    assert (one.reveal_users, one.reveal_usergroups) == (frozenset(), frozenset())
    assert (one.allow_guests, one.allow_externals, one.user_rate, one.audit_days) == (False, False, 30, 365)


def test_ids_are_read_with_blanks_and_a_last_comma() -> None:
    assert general(SMSSTATUS_ALLOWED_USERS=" U0ASKER01, W0ASKER02 ,").allowed_users == {"U0ASKER01", "W0ASKER02"}


@each(
    ("key", "value"),
    [
        ("SMSSTATUS_ALLOWED_TEAMS", "acme"),
        ("SMSSTATUS_ALLOWED_CHANNELS", "#incidents"),
        ("SMSSTATUS_ALLOWED_USERS", "U0ASKER01 U0ASKER02"),
        ("SMSSTATUS_ALLOWED_USERS", "@ann"),
        ("SMSSTATUS_ALLOWED_USERGROUPS", "U0ASKER01"),
        ("SMSSTATUS_REVEAL_USERS", "u0asker01"),
        ("SMSSTATUS_REVEAL_USERGROUPS", "oncall"),
        ("SMSSTATUS_ALLOW_GUESTS", "perhaps"),
        ("SMSSTATUS_USER_RATE", "0"),
        ("SMSSTATUS_AUDIT_DAYS", "0"),
    ],
)
def test_what_is_none_is_one_line_that_names_the_key(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        general(**{key: value})

    (line,) = raised.value.said_in(ENGLISH)
    assert line.startswith(key)


def test_the_gate_is_opened_with_what_is_set_in_the_workspace_of_the_installation() -> None:
    settings = general(
        SMSSTATUS_ALLOWED_TEAMS="T0SISTER1",
        SMSSTATUS_ALLOWED_CHANNELS="C0CHANNEL1",
        SMSSTATUS_ALLOWED_USERS="U0ASKER01",
        SMSSTATUS_ALLOWED_USERGROUPS="S0ONCALL1",
        SMSSTATUS_ALLOW_GUESTS="true",
        SMSSTATUS_ALLOW_EXTERNALS="true",
        SMSSTATUS_REVEAL_USERS="U0ASKER02",
        SMSSTATUS_REVEAL_USERGROUPS="S0LEADS01",
        SMSSTATUS_USER_RATE="5",
    )
    identity = AuthorizeResult(enterprise_id="E0OURS001", team_id="T0HOME001", bot_token="xoxb-1")
    clock = ToyClock()
    audit = AuditLog(Database("sqlite:///:memory:"), Keyring("a secret of sixteen characters"), clock)

    people, rate = Directory(AsyncWebClient(token="xoxb-1"), clock), UserRateLimiter(settings.user_rate, clock)
    gate = open_authorizer(settings, identity, people, rate, AuditRecorder(audit))

    assert gate.policy == AccessPolicy(
        home="T0HOME001",
        enterprise="E0OURS001",
        teams=frozenset({"T0SISTER1"}),
        channels=frozenset({"C0CHANNEL1"}),
        users=frozenset({"U0ASKER01"}),
        usergroups=frozenset({"S0ONCALL1"}),
        guests=True,
        externals=True,
        reveal_users=frozenset({"U0ASKER02"}),
        reveal_usergroups=frozenset({"S0LEADS01"}),
    )
    assert gate.rate.per_minute == 5


@each(
    ("told", "home", "enterprise"),
    [
        ({"team_id": "T0HOME001"}, "T0HOME001", None),
        ({"team_id": "T0HOME001", "enterprise_id": "E0OURS001"}, "T0HOME001", "E0OURS001"),
        ({"team_id": "E0OURS001", "enterprise_id": "E0OURS001", "is_enterprise_install": True}, "E0OURS001", "E0OURS001"),
        ({"team_id": "E0OURS001"}, "E0OURS001", "E0OURS001"),
        ({"enterprise_id": "E0OURS001"}, "E0OURS001", "E0OURS001"),
    ],
)
def test_an_installation_is_a_workspaces_or_an_organisations_whichever_auth_test_names(
    told: dict[str, Any], home: str, enterprise: str | None
) -> None:
    identity = AuthorizeResult.from_auth_test_response(auth_test_response={"user_id": "U0BOT0001", **told}, bot_token="xoxb-1")

    policy = policy_of(general(), identity)

    assert (policy.home, policy.enterprise) == (home, enterprise)
