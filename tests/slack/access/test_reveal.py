"""Whole numbers: for the permitted alone, and in the audit before they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.slack.access import AccessPolicy, Denial, DenialReason, parse_request
from bot.slack.access.policy import UnverifiedProfile
from bot.storage.database import Database
from tests.slack.access import samples as slack
from tests.slack.access.samples import CHANNEL, HOME, USER, House, open_house
from tests.toys import TARGET

if TYPE_CHECKING:
    from pathlib import Path

    from bot.storage.audit_log import AuditEntry

CLICK = parse_request(slack.action())
PERMITTED = AccessPolicy(home=HOME, reveal_users=frozenset({USER}))


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


async def entries(house: House) -> list[AuditEntry]:
    return [entry async for entry in house.audit.entries()]


async def test_nobody_may_unless_listed(database: Database) -> None:
    house = open_house(database)

    assert await house.authorizer.may_reveal(USER, CLICK) == Denial(DenialReason.REVEAL)
    assert await house.authorizer.authorize_reveal(CLICK, [TARGET], ["tencent"]) == Denial(DenialReason.REVEAL)
    (entry,) = await entries(house)
    assert (entry.outcome, entry.reveal) == ("refused: reveal", False)


async def test_who_is_listed_may_and_it_is_in_the_audit_by_then(database: Database) -> None:
    house = open_house(database, PERMITTED)

    assert await house.authorizer.authorize_reveal(CLICK, [TARGET], ["tencent"]) is None
    (entry,) = await entries(house)
    assert (entry.user, entry.channel, entry.command, entry.reveal) == (USER, CHANNEL, "reveal", True)
    assert entry.targets == (house.audit.hash_target(TARGET),)
    assert await house.authorizer.may_reveal("U0OTHER01", CLICK) == Denial(DenialReason.REVEAL)


async def test_members_of_a_listed_group_may(database: Database) -> None:
    house = open_house(database, AccessPolicy(home=HOME, reveal_usergroups=frozenset({"S0ONCALL1"})))
    assert await house.authorizer.may_reveal(USER, CLICK) == Denial(DenialReason.REVEAL)

    house.people.groups = {"S0ONCALL1": frozenset({USER})}
    assert await house.authorizer.may_reveal(USER, CLICK) is None
    house.people.groups = {"S0ONCALL1": UnverifiedProfile("usergroups:read")}
    assert await house.authorizer.may_reveal(USER, CLICK) == Denial(DenialReason.UNCHECKED, "usergroups:read")


async def test_what_cannot_be_audited_is_not_revealed(tmp_path: Path) -> None:
    without_tables = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    house = open_house(without_tables, PERMITTED)

    assert await house.authorizer.may_reveal(USER, CLICK) is None
    assert await house.authorizer.authorize_reveal(CLICK, [TARGET], ["tencent"]) == Denial(DenialReason.AUDIT)
    await without_tables.aclose()
