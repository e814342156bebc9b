"""`smsstatus signature` and `smsstatus template`: what they print, as JSON too, and with which exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.check_rendering import render_check
from bot.i18n import ENGLISH
from bot.presentation.as_json.check import check_to_json
from bot.providers.systems import titles
from bot.sandbox.providers import ProviderFaultKind
from tests.check_reports import SIGNATURES, TEMPLATES
from tests.cli.commands import CHINESE, run
from tests.cli.test_rendering import CHINESE as IN_CHINESE
from tests.cli.test_rendering import printed
from tests.golden_files import as_json, folder, kept
from tests.reports import SHANGHAI, TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language
    from bot.model import SignatureReport, TemplateReport
    from bot.sandbox.demo import Sandbox

CHECKS: Mapping[str, SignatureReport | TemplateReport] = {
    "signature-not-registered": SIGNATURES["not-registered"],
    "signature-incomplete": SIGNATURES["incomplete"],
    "template-refused": TEMPLATES["refused"],
}


@pytest.mark.parametrize("language", [ENGLISH, IN_CHINESE], ids=lambda language: language.code)
@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("width", [40, 100])
def test_the_check_is_the_one_that_was_found_good(*, name: str, language: Language, width: int) -> None:
    shown = printed(render_check(CHECKS[name], titles(language), zone=SHANGHAI, language=language), width)

    assert shown == kept(f"{folder('terminal', language)}/{name}-{width}.txt", shown)


@pytest.mark.parametrize("name", CHECKS)
def test_the_object_is_the_one_that_was_found_good(name: str) -> None:
    shown = as_json(check_to_json(CHECKS[name], TITLES))

    assert shown == kept(f"json/{name}.json", shown)


async def test_a_signature_is_checked_by_command_by_words_and_as_json(sandbox: Sandbox) -> None:
    by_command = await run(sandbox.environ, "signature", "示例")
    by_words = await run({**sandbox.environ, **CHINESE}, "签名【示例】")
    as_object = await run(sandbox.environ, "signature", "【示例】", "--json")
    template = await run(sandbox.environ, "template", "SMS_100000002")

    assert by_command.out.startswith(
        "Signature 【示例】 is not registered at China Mobile (Alibaba)\nFix: us (bind a qualification in the console)\n"
    )
    assert by_words.out.startswith("签名【示例】在中国移动未报备（阿里云）\n")
    found: dict[str, Any] = json.loads(as_object.out)
    assert (found["signature"], found["state"]) == ("示例", "blocked")
    assert found["registers"][1]["found"][0]["carriers"][0]["reasons"] == ["no_qualification"]
    assert template.out.startswith("Template SMS_100000002 was refused at review\n")
    assert {ran.status for ran in (by_command, by_words, as_object, template)} == {0}


async def test_the_exit_status_tells_how_much_was_answered(sandbox: Sandbox) -> None:
    without, number = await run(sandbox.environ, "signature"), await run(sandbox.environ, "signature", "+8613711112222")
    await sandbox.providers.tencent.die()
    one = await run(sandbox.environ, "signature", "示例")
    sandbox.providers.aliyun.faults.play(ProviderFaultKind.HTML_502)
    none = await run(sandbox.environ, "signature", "示例")

    assert [ran.status for ran in (without, number, one, none)] == [2, 2, 1, 3]
    assert number.err == "`+86 137****2222` looks like a phone number. To look it up, leave out `signature`.\n"
    assert none.out.startswith("Signature 【示例】: cannot tell\n")


async def test_doctor_names_the_right_that_a_check_lacks_and_goes_on(sandbox: Sandbox) -> None:
    for stand_in, action in ((sandbox.providers.aliyun, "GetSmsSign"), (sandbox.providers.tencent, "DescribeSmsTemplateList")):
        stand_in.faults.refuse("isp.RAM_PERMISSION_DENY" if action == "GetSmsSign" else "UnauthorizedOperation", on=action)

    said = await run(sandbox.environ, "doctor")

    assert said.status == 0
    assert "ok       Alibaba LTAI…0001: answers" in said.out
    assert "Not asked for: checks of signatures. The key's policy lacks dysms:GetSmsSign" in said.out
    assert "Not asked for: checks of templates. The key's policy lacks sms:DescribeSmsTemplateList" in said.out
    assert "checks of templates. The key's policy lacks dysms:GetSmsTemplate" not in said.out
