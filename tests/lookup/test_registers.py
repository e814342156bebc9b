"""The registers' service: asked side by side until the deadline, each once for all its accounts, kept for a minute, shared."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.i18n import phrase
from bot.lookup.registers import KEPT_SECONDS, RegisterService
from bot.model import ProviderFault, RegisterAnswer, ReviewState, Signature, Standing
from bot.providers.optional_actions import Lack, OptionalAction, OptionalActions
from tests.packaged import CATALOGUE
from tests.toys import ToyClock, ToyProvider, finds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.providers.base import Register
    from bot.timing.fair_queue import Askers

FOUND = Signature("示例", ReviewState.APPROVED)


@dataclass
class ToyRegister:
    """A register that answers by `script`, and remembers on whose behalf it was asked."""

    script: Callable[[str], Awaitable[Sequence[Signature]]]
    asked: list[Askers] = field(default_factory=list)
    probe_name: str = "probe"

    def takes(self, name: str) -> bool:
        return not name.startswith("SMS_")

    async def find(self, name: str, askers: Askers) -> Sequence[Signature]:
        self.asked.append(askers)
        return await self.script(name)


class ToyHolder(ToyProvider):
    """A provider with a register."""

    def __init__(self, signatures: Register[Signature], **more: Any) -> None:
        super().__init__(finds(), **more)
        self.signatures = signatures


async def has_it(_name: str) -> Sequence[Signature]:
    return (FOUND,)


async def never(_name: str) -> Sequence[Signature]:
    await asyncio.Event().wait()
    return ()


async def crash(_name: str) -> Sequence[Signature]:
    raise ZeroDivisionError


def service_of(*providers: ToyProvider, clock: ToyClock | None = None, seconds: float = 5) -> RegisterService:
    return RegisterService(providers, CATALOGUE, clock=clock or ToyClock(), deadline_seconds=seconds)


async def test_a_register_is_asked_once_for_all_the_accounts_that_share_it_and_a_provider_without_one_never() -> None:
    shared = ToyRegister(has_it)
    apps = [ToyHolder(shared, name="tencent", account=account) for account in ("1", "2")]

    report = await service_of(*apps, ToyProvider(finds(), name="other")).signature("示例", asker="li")

    assert report.answers == (RegisterAnswer("tencent", ("1", "2"), (FOUND,)),)
    assert len(shared.asked) == 1
    assert report.standing is Standing.USABLE


async def test_an_answer_is_kept_for_a_minute_and_a_fault_is_not() -> None:
    clock, faults = ToyClock(), [ProviderError(ProviderFault("InternalError")), None, None]

    async def script(_name: str) -> Sequence[Signature]:
        if (fault := faults.pop(0)) is not None:
            raise fault
        return ()

    register = ToyRegister(script)
    service = service_of(ToyHolder(register), clock=clock)

    standings = [(await service.signature("示例", asker="li")).standing for _ in range(3)]
    assert standings == [Standing.UNANSWERED, Standing.NOT_FOUND, Standing.NOT_FOUND]
    assert len(register.asked) == 2
    clock.advance(seconds=KEPT_SECONDS + 1)
    await service.signature("示例", asker="li")
    assert len(register.asked) == 3


async def test_equal_questions_share_a_call_whose_turn_is_then_each_ones() -> None:
    gate = asyncio.Event()

    async def waits(_name: str) -> Sequence[Signature]:
        await gate.wait()
        return (FOUND,)

    register = ToyRegister(waits)
    service = service_of(ToyHolder(register))
    asked = [asyncio.ensure_future(service.signature("示例", asker=name)) for name in ("li", "ann")]
    await asyncio.sleep(0)
    gate.set()

    assert [report.found[0][1] for report in await asyncio.gather(*asked)] == [FOUND, FOUND]
    assert len(register.asked) == 1
    names: list[str] = []
    register.asked[0].watch(lambda asker: names.append(asker.name))
    assert names == ["li", "ann"]


async def test_what_is_late_or_breaks_costs_its_own_answer_and_is_explained() -> None:
    late, broken = ToyHolder(ToyRegister(never), name="tencent"), ToyHolder(ToyRegister(crash), name="aliyun")
    service = service_of(late, broken, ToyHolder(ToyRegister(has_it), name="third"), seconds=0.05)

    report = await service.signature("示例", asker="li")
    await service.aclose()

    faults = {answer.provider: answer.fault for answer in report.unanswered}
    assert {name: fault.code for name, fault in faults.items() if fault} == {
        "tencent": "Transport.Deadline",
        "aliyun": "Transport.Crash",
    }
    assert all(fault and fault.explanation and fault.explanation.family != "unlisted" for fault in faults.values())
    assert report.standing is Standing.USABLE


async def test_a_right_that_is_lacking_is_told_by_its_name() -> None:
    actions = OptionalActions(lambda _code: Lack.RIGHT, ToyClock())
    action = OptionalAction("GetSmsSign", "dysms:GetSmsSign", phrase("checks of signatures"))

    async def refused() -> Sequence[Signature]:
        raise ProviderError(ProviderFault("isp.RAM_PERMISSION_DENY"))

    report = await service_of(ToyHolder(ToyRegister(lambda _name: actions.ask(action, refused)))).signature("示例", asker="li")

    assert [answer.lacked_right for answer in report.answers] == ["dysms:GetSmsSign"]


async def test_only_the_chosen_are_asked_all_where_none_of_them_has_a_register_and_none_that_cannot_have_the_name() -> None:
    one, two = (ToyHolder(ToyRegister(has_it), name=name) for name in ("one", "two"))
    service = service_of(one, two)

    async def asked(name: str, *chosen: str) -> list[str]:
        return [answer.provider for answer in (await service.signature(name, asker="li", providers=chosen)).answers]

    assert [await asked("示例", "two", "x"), await asked("示例", "x"), await asked("SMS_1")] == [["two"], ["one", "two"], []]
