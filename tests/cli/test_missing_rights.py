"""A key that lacks a right goes on with the rest: `doctor`, `lookup` and its JSON say what is missing, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.scenario import TENCENT_ACCOUNT
from tests.cli.commands import CHINESE, run

if TYPE_CHECKING:
    from bot.sandbox.demo import Sandbox

REFUSED_NUMBER = "+8613811112020"  # refused at submission a minute ago, one on its way, one delivered before
NOBODY = "+8613900000000"
RIGHT = "sms:DescribeSendRecordList"


@pytest.fixture
def without_the_right(sandbox: Sandbox) -> Sandbox:
    sandbox.providers.tencent.accounts = (replace(TENCENT_ACCOUNT, denied=frozenset({"DescribeSendRecordList"})),)
    return sandbox


async def test_with_the_right_refused_and_in_flight_sends_are_found(sandbox: Sandbox) -> None:
    ran = await run(sandbox.environ, "lookup", "--json", REFUSED_NUMBER, "since", "2h")
    found = json.loads(ran.out)
    assert (ran.status, found["outcome"]) == (0, "rejected")
    assert [row["status"] for row in found["deliveries"]] == ["rejected", "pending", "delivered"]
    assert found["deliveries"][0]["code"] == "LimitExceeded.PhoneNumberDailyLimit"
    assert found["deliveries"][0]["explanation"]["title"] == "too many messages to this number"
    notes = [note for part in found["coverage"] for note in part["notes"]]
    assert [note for note in notes if "last 72 h" in note] == [
        "Refused and in-flight sends: last 72 h (Tencent 1400006666).",
        "Refused and in-flight sends: last 72 h (Tencent 1400007777).",
    ]
    shown = await run(sandbox.environ, "lookup", NOBODY, "since", "2h")
    assert "Refused and in-flight sends: last 72 h (Tencent)." in shown.out
    assert "no receipt" not in shown.out


async def test_without_it_the_receipts_are_told_and_what_is_missing(without_the_right: Sandbox) -> None:
    ran = await run(without_the_right.environ, "lookup", "--json", REFUSED_NUMBER, "since", "2h")
    found = json.loads(ran.out)
    assert (ran.status, [row["status"] for row in found["deliveries"]]) == (0, ["delivered"])
    assert f"Refused and in-flight sends: not known ({RIGHT} is missing at Tencent 1400006666)." in found["coverage"][0]["notes"]
    assert found["coverage"][0]["error"] is None
    shown = await run({**without_the_right.environ, **CHINESE}, "lookup", NOBODY, "since", "2h")
    assert shown.out.count(RIGHT) == 1
    assert f"被拒绝和发送中的短信：无法查询（腾讯云缺少 {RIGHT}）。" in shown.out.replace("\n", "")


async def test_doctor_names_the_right_and_what_the_provider_said_of_it(without_the_right: Sandbox) -> None:
    ran = await run(without_the_right.environ, "doctor", "--json")
    warnings = [check for check in json.loads(ran.out)["checks"] if RIGHT in check["said"]]
    assert [(check["name"], check["health"]) for check in warnings] == [
        ("Tencent 1400006666", "warning"),
        ("Tencent 1400007777", "warning"),
    ]
    assert warnings[0]["said"] == (
        f"Not asked for: refused and in-flight sends. The key's policy lacks {RIGHT} (AuthFailure.UnauthorizedOperation)."
    )
    assert warnings[0]["next_step"] == (
        f"Allow {RIGHT} in the key's policy. Tencent says: you are not authorized to perform operation ({RIGHT})."
    )
    assert f"在密钥的权限策略中允许 {RIGHT}" in (await run({**without_the_right.environ, **CHINESE}, "doctor")).out
