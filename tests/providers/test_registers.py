"""Signatures and templates at both vendors, over real HTTP against the strict stand-ins, as the app opens the adapters."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ProviderError
from bot.model import (
    CarrierRegistration,
    RegistrationReason,
    RegistrationState,
    ReviewState,
    Signature,
    Standing,
    Template,
    TemplateKind,
)
from bot.providers.aliyun.plugin import open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.aliyun.signatures import read_signature
from bot.providers.aliyun.templates import read_template
from bot.providers.base import HasOptionalActions, HasSignatures, HasTemplates
from bot.providers.tencent import signatures as tencent_signatures
from bot.providers.tencent.plugin import open_tencent
from bot.providers.tencent.settings import TencentSettings
from bot.sandbox.providers import AliyunAccount, AliyunStandIn, ProviderFaultKind, SandboxSystem, TencentAccount, TencentStandIn
from bot.sandbox.providers.aliyun_registers import PERSON
from bot.sandbox.providers.registers import SandboxRegisters, SandboxSignature
from bot.sandbox.providers.tencent_registers import COMPANY
from bot.sandbox.register_stories import REFUSED, REGISTERS, SIGNATURE, TEMPLATE, UNDER_WAY
from bot.timing.clock import system_clock
from bot.timing.fair_queue import Asker, Askers
from tests.cases import each
from tests.providers.aliyun_gateway import json_values

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.providers.base import Provider
    from bot.sandbox.providers.server import StandIn

ME = Askers(Asker("li"))
REVIEWED = datetime(2026, 10, 12, 7, 4, tzinfo=UTC)


def aliyun_stand_in(account: AliyunAccount | None = None, registers: SandboxRegisters = REGISTERS) -> AliyunStandIn:
    return AliyunStandIn(accounts=[account or AliyunAccount()], registers=registers)


def tencent_stand_in(account: TencentAccount | None = None, registers: SandboxRegisters = REGISTERS) -> TencentStandIn:
    return TencentStandIn(accounts=[account or TencentAccount()], registers=registers)


@asynccontextmanager
async def opened(stand_in: StandIn) -> AsyncIterator[Any]:
    """The first provider for the stand-in, which is running meanwhile."""
    async with stand_in:
        providers = _providers(stand_in)
        try:
            yield providers[0]
        finally:
            await asyncio.gather(*(provider.aclose() for provider in providers))


def _providers(stand_in: StandIn) -> Sequence[Provider]:
    if isinstance(stand_in, AliyunStandIn):
        account = stand_in.accounts[0]
        values = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": account.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": account.access_key_secret,
            "ALIBABA_CLOUD_SMS_ENDPOINT": stand_in.url,
        }
        return open_aliyun(AliyunSettings.model_validate(values), None, system_clock)
    assert isinstance(stand_in, TencentStandIn)
    keys = stand_in.accounts[0]
    values = {
        "TENCENTCLOUD_SECRET_ID": keys.secret_id,
        "TENCENTCLOUD_SECRET_KEY": keys.secret_key,
        "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666,1400007777",
        "TENCENTCLOUD_SMS_ENDPOINT": stand_in.url,
    }
    return open_tencent(TencentSettings.model_validate(values), None, system_clock)


async def test_alibaba_tells_the_state_at_each_carrier_and_why() -> None:
    async with opened(aliyun_stand_in()) as provider:
        (found,) = await provider.signatures.find(SIGNATURE, ME)
        (under_way,) = await provider.signatures.find(UNDER_WAY, ME)

    no_qualification = (RegistrationReason.NO_QUALIFICATION,)
    assert found.carriers[0] == CarrierRegistration("China Mobile", RegistrationState.NOT_REGISTERED, no_qualification)
    assert [one.state for one in found.carriers[1:]] == [RegistrationState.REGISTERED] * 2
    assert (found.review, found.reviewed_at, found.standing) == (ReviewState.APPROVED, REVIEWED, Standing.BLOCKED)
    assert [one.state.value for one in under_way.carriers] == ["unproven", "registered", "under_way"]


async def test_nothing_of_companies_or_people_is_read_and_a_number_in_the_reviewers_words_is_masked() -> None:
    async with opened(aliyun_stand_in()) as ali, opened(tencent_stand_in()) as tencent:
        names = (SIGNATURE, REFUSED)
        found = [one for provider in (ali, tencent) for name in names for one in await provider.signatures.find(name, ME)]
        found += await ali.templates.find(TEMPLATE, ME)

    assert len(found) == 5
    assert [word for word in (PERSON, COMPANY, "2004393000", "13811112000", "example.com") if word in repr(found)] == []
    assert found[1].refusal == "签名与资质主体不一致，请联系 •••••"


async def test_what_a_vendor_does_not_have_is_not_found_and_no_fault() -> None:
    async with opened(aliyun_stand_in()) as ali, opened(tencent_stand_in()) as tencent:
        assert await ali.signatures.find("【示例】", ME) == ()  # only the bare name is one
        assert await ali.templates.find("SMS_404", ME) == ()
        assert await tencent.signatures.find("示例啊", ME) == ()
        assert await tencent.templates.find("404", ME) == ()
    assert not ali.templates.takes("1234567")
    assert not tencent.templates.takes(TEMPLATE)


async def test_templates_are_found_by_their_code_or_id_with_what_they_are_for() -> None:
    async with opened(aliyun_stand_in()) as ali, opened(tencent_stand_in()) as tencent:
        (of_ali,) = await ali.templates.find(TEMPLATE.lower(), ME)
        (refused,) = await ali.templates.find("SMS_100000002", ME)
        (for_both,) = await tencent.templates.find("1234568", ME)  # is in both lists

    assert of_ali == Template(TEMPLATE, ReviewState.APPROVED, "登录验证码", TemplateKind.CODE, REVIEWED, signatures=(SIGNATURE,))
    assert (refused.kind, refused.refusal) == (TemplateKind.MARKETING, "营销内容缺少退订方式")
    assert (for_both.code, for_both.review) == ("1234568", ReviewState.UNDER_REVIEW)


async def test_a_signature_of_tencents_is_found_on_whichever_page_of_whichever_list_it_is() -> None:
    many = [SandboxSignature(SandboxSystem.TENCENT, f"示例{number}", 0) for number in range(250)]
    abroad = SandboxSignature(SandboxSystem.TENCENT, "Example", 2, international=1)
    stand_in = tencent_stand_in(registers=SandboxRegisters((*many, abroad)))
    async with opened(stand_in) as provider:
        (last,) = await provider.signatures.find("示例249", ME)
        pages = [(call.params["Offset"], call.outcome) for call in stand_in.calls]
        (foreign,) = await provider.signatures.find("Example", ME)

    assert pages == [("0", "OK"), ("100", "OK"), ("200", "OK"), ("0", "OK")]  # the last of them is the international list's
    assert last == Signature("示例249", ReviewState.APPROVED)
    assert foreign == Signature("Example", ReviewState.NOT_IN_FORCE, is_international=True)


async def test_an_account_that_sends_in_china_alone_is_answered_by_its_domestic_list() -> None:
    stand_in = tencent_stand_in()
    async with opened(stand_in) as provider:
        stand_in.faults.refuse("FailedOperation.NotEnterpriseCertification", on=lambda asked: asked.params["International"] == 1)
        (found,) = await provider.signatures.find(SIGNATURE, ME)
        with pytest.raises(ProviderError):
            await provider.signatures.find("nowhere", ME)  # it could be in the list that did not come

    assert found.review is ReviewState.APPROVED


@each(
    ("stand_in", "action", "right"),
    [
        (aliyun_stand_in(AliyunAccount(denied=frozenset({"GetSmsSign"}))), "GetSmsSign", "dysms:GetSmsSign"),
        (
            tencent_stand_in(TencentAccount(app_ids=("1400006666", "1400007777"), denied=frozenset({"DescribeSmsSignList"}))),
            "DescribeSmsSignList",
            "sms:DescribeSmsSignList",
        ),
    ],
    ids=["aliyun", "tencent"],
)
async def test_a_right_that_is_lacking_is_remembered_for_the_account_and_the_rest_goes_on(
    stand_in: StandIn, action: str, right: str
) -> None:
    code = TEMPLATE if isinstance(stand_in, AliyunStandIn) else "1234567"
    async with opened(stand_in) as provider:
        assert isinstance(provider, HasSignatures)
        assert isinstance(provider, HasTemplates)
        assert isinstance(provider, HasOptionalActions)
        for _ in range(2):
            with pytest.raises(ProviderError):
                await provider.signatures.find(SIGNATURE, ME)
        assert await provider.templates.find(code, ME)
        missing = [(one.action.name, one.action.right) for one in provider.missing_actions]

    assert missing == [(action, right)]
    assert [call.action for call in stand_in.calls].count(action) == 1


async def test_each_call_keeps_its_own_limit_whoever_asks() -> None:
    """Eleven checks at Tencent are 22 calls, two more than a second has room for; templates have a second of their own."""
    stand_in = tencent_stand_in()
    async with opened(stand_in) as provider:
        await asyncio.gather(
            *(provider.signatures.find(f"示例{number}", Askers(Asker(str(number)))) for number in range(11)),
            *(provider.templates.find(f"123456{number}", Askers(Asker(str(number)))) for number in range(5)),
        )

    assert len(stand_in.calls) == 32
    assert {call.outcome for call in stand_in.calls} == {"OK"}


@pytest.mark.parametrize("fault", [ProviderFaultKind.RATE_LIMITED, ProviderFaultKind.RESET, ProviderFaultKind.HTTP_500])
async def test_a_passing_failure_is_repeated(fault: ProviderFaultKind) -> None:
    stand_in = aliyun_stand_in()
    async with opened(stand_in) as provider:
        stand_in.faults.play(fault, times=1)

        assert len(await provider.signatures.find(SIGNATURE, ME)) == 1


@each(
    ("status", "reason", "state", "read"),
    [
        (3, "DETECT_SUCCESS", "registered", "proven"),
        (1, "DETECTING", "unproven", "being_proven"),
        ("-1", "REGISTERING", "under_way", "under_way"),
        (0, "SIGNATURE_QUALIFICATION_ERROR", "failed", "name_not_of_qualification"),
        (0, "qualification_error", "failed", "qualification_refused"),
        (0, "SIGNATURE_ERROR", "failed", "name_refused"),
        (0, "ONE_CODE_MULTIPLE_SIGN", "failed", "shared_extension"),
        (0, "REGISTER_TIMEOUT", "failed", "timed_out"),
        (0, "OTHERS_ERROR", "failed", "other"),
        (0, "A_NEW_ONE", "failed", "other"),
        (2, "NO_SEND_RECORD", "lapsed", "unused"),
        (2, "EXT_CODE_RECYCLE", "lapsed", "extension_withdrawn"),
        (2, "SUBPORT_RECYCLE", "lapsed", "port_withdrawn"),
        (-2, "UNBINDING_QUA", "not_registered", "no_qualification"),
        (-2, "BINDING_INCOMPLETE_QUA", "not_registered", "incomplete_qualification"),
        (-2, "NON_REGISTER", "not_registered", "not_started"),
        (7, "", "unknown", None),
        (None, None, "unknown", None),
    ],
)
def test_each_state_and_reason_of_alibabas_is_read(status: object, reason: str | None, state: str, read: str | None) -> None:
    carrier = {"OperatorCode": "telecom", "RegisterStatus": status, "RegisterStatusReasons": [{"ReasonCode": reason}]}
    found = read_signature({"SignStatus": 1, "SignIspRegisterDetailList": [carrier]}, SIGNATURE)

    assert found.carriers == (
        CarrierRegistration("China Telecom", RegistrationState(state), tuple(map(RegistrationReason, [read] if read else []))),
    )


NAMES = (
    *("SignName", "SignStatus", "AuditInfo", "SignIspRegisterDetailList", "TemplateStatus", "TemplateType", "SignList"),
    *("TemplateName", "RelatedSignName", "StatusCode", "ReviewReply", "TemplateId", "International"),
)
CARRIERS = st.lists(st.fixed_dictionaries({"OperatorCode": json_values, "RegisterStatusReasons": json_values}), max_size=3)
FIELDS = st.dictionaries(st.sampled_from(NAMES), json_values | CARRIERS)


@given(FIELDS)
def test_an_odd_field_costs_itself_alone(body: dict[str, Any]) -> None:
    """An entry has a review or a carrier; whatever else is odd, it is read without a word."""
    for read in (read_signature, read_template):
        try:
            read(body, SIGNATURE)
        except ValueError as error:
            assert str(error).startswith("OK, but no")  # noqa: PT017 - what else is raised is the failure
    tencent_signatures.read_signature(body, 0)


async def test_rows_that_are_none_are_passed_over() -> None:
    stand_in = tencent_stand_in()
    async with opened(stand_in) as provider:
        stand_in.faults.play(ProviderFaultKind.GARBAGE_ROWS)

        assert await provider.signatures.find(SIGNATURE, ME) == ()
        assert await provider.templates.find("1234567", ME) == ()


def test_a_carrier_that_is_not_known_yet_is_named_as_it_came() -> None:
    broadnet = {"OperatorCode": "Broadnet", "RegisterStatus": 3}
    unicom = {"OperatorCode": "UNICOM", "RegisterStatus": 3}

    found = read_signature({"SignIspRegisterDetailList": [broadnet, unicom]}, SIGNATURE)

    assert [one.carrier for one in found.carriers] == ["China Unicom", "broadnet"]
    assert found.standing is Standing.USABLE


def test_the_worst_of_all_carriers_is_how_a_signature_stands_once_its_review_is_passed() -> None:
    def stands(status: int, *carriers: int) -> str:
        registered = [{"OperatorCode": str(index), "RegisterStatus": one} for index, one in enumerate(carriers)]
        return read_signature({"SignStatus": status, "SignIspRegisterDetailList": registered}, SIGNATURE).standing.value

    assert [stands(1, 3, 3, 3), stands(1, 3, 1, 3), stands(1, 3, -1, 1), stands(1, -1, 0, 3)] == [
        "usable",
        "unproven",
        "waiting",
        "blocked",
    ]
    assert [stands(0, 3), stands(2, 3), stands(10, 3), stands(9, 3), stands(9), stands(1)] == [
        "waiting",
        "blocked",
        "blocked",
        "usable",
        "unknown",
        "usable",
    ]
