"""`doctor` where people ask: for the permitted alone, however they ask, and nothing secret in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.scenario import TENCENT_ACCOUNT
from tests.slack.conftest import ANNOUNCING, BOTH_MODES, Office, Offices, payload_of, words_of

if TYPE_CHECKING:
    from bot.config import Mode

LI = "U0LIWEI01"


def grant_all(office: Office) -> None:
    bot = office.workspace.bot
    office.workspace.state.bot = replace(bot, scopes=bot.scopes | {"chat:write.public"})


@BOTH_MODES
async def test_the_permitted_read_alone_that_all_is_well(offices: Offices, mode: Mode) -> None:
    async with offices.open(mode, SMSSTATUS_REVEAL_USERS=LI) as office:
        grant_all(office)
        found = await office.ask("doctor")
        said = words_of(found)
    assert found.ephemeral_to == LI
    assert said.startswith("✅ All well: ")
    assert "ok: Slack, Scopes, Who may ask, " in said
    assert ("HTTP mode" if mode == "http" else "Socket Mode") in said
    assert len(said.splitlines()) <= 4


async def test_who_is_not_permitted_is_told_why_and_whom_to_ask(offices: Offices) -> None:
    async with offices.open(SMSSTATUS_REVEAL_USERS=LI) as office:
        for refused in (await office.ask("doctor", user="ann"), await office.say("doctor", user="ann", channel="dm-ann")):
            assert "lets see full numbers can run the doctor" in words_of(refused)
            assert "your workspace's admins" in words_of(refused)
        assert office.sandbox.providers.tencent.calls == []


async def test_a_mention_is_answered_for_the_asker_alone_and_what_failed_stands_first(offices: Offices) -> None:
    async with offices.open(timings=ANNOUNCING, SMSSTATUS_REVEAL_USERS=LI) as office:
        account = replace(TENCENT_ACCOUNT, secret_key="another")
        office.sandbox.providers.tencent.accounts = (account,)
        found = await office.say(f"<@{office.workspace.bot.bot_user_id}> doctor", messages=2)
        announced, _ = office.seen()
        said = words_of(found)
        assert "Checking Slack, the providers and the database …" in words_of(announced)
        assert announced.ephemeral_to == found.ephemeral_to == LI
        lines = said.splitlines()
        assert lines[0] == "❌ 2 failed · 1 warning"
        assert lines[1].startswith("❌ Tencent 1400006666: ")
        assert "AuthFailure.SignatureFailure" in lines[1]
        assert [line[0] for line in lines if line[0] in "❌⚠"] == ["❌", "❌", "❌", "⚠"]
        for secret in ("another", "xoxb-", "sandbox-signing", str(office.sandbox.data), TENCENT_ACCOUNT.secret_id):
            assert secret not in payload_of(found)


async def test_in_a_direct_message_it_is_read_in_chinese(offices: Offices) -> None:
    async with offices.open(SMSSTATUS_LANGUAGE="zh", SMSSTATUS_REVEAL_USERS=LI) as office:
        grant_all(office)
        found = await office.say("诊断", channel="dm-li")
        assert words_of(found).startswith("✅ 一切正常：")
