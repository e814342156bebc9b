"""The registers: asks every account's vendor about one signature or template, concurrently, until the deadline.

What was answered is kept for a minute, and equal questions share a call: a whole team looks when everybody's messages fail. A
call that is late runs on, so that the next who asks finds its answer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog
from cachetools import TTLCache

from bot.errors import ProviderError
from bot.lookup.report_merge import explained
from bot.lookup.single_flight import DEADLINE_FAULT
from bot.model import ProviderFault, RegisterAnswer, Signature, SignatureReport, Template, TemplateReport
from bot.providers.base import HasSignatures, HasTemplates
from bot.providers.optional_actions import ActionMissingError, Lack
from bot.timing.fair_queue import Asker, Askers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.codes import Catalogue
    from bot.model.register import Entry
    from bot.providers.base import Provider, Register
    from bot.timing.clock import Clock

T = TypeVar("T", bound="Entry")

KEPT_SECONDS = 60.0
MOST_KEPT = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Holder(Generic[T]):
    """A register, and the accounts that share it."""

    register: Register[T]
    provider: str
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Flight:
    """A call under way, on behalf of all who wait for it. Its task never raises."""

    askers: Askers
    task: asyncio.Task[RegisterAnswer[Any]]


Key = tuple[int, str]
"""Which register, and the name."""


class RegisterService:
    """Signatures and templates, over the given providers. `observe` learns how each call ended."""

    def __init__(
        self,
        providers: Sequence[Provider],
        catalogue: Catalogue,
        *,
        clock: Clock,
        deadline_seconds: float,
        observe: Callable[[str, ProviderFault | None], None] = lambda _provider, _fault: None,
    ) -> None:
        self.of_signatures: tuple[Holder[Signature], ...] = tuple(_holders(providers, _signatures))
        self.of_templates: tuple[Holder[Template], ...] = tuple(_holders(providers, _templates))
        self._catalogue = catalogue
        self._clock = clock
        self._deadline = deadline_seconds
        self._observe = observe
        self._commands = count()
        self._kept: TTLCache[Key, RegisterAnswer[Any]] = TTLCache(MOST_KEPT, KEPT_SECONDS, timer=lambda: clock().timestamp())
        self._under_way: dict[Key, _Flight] = {}

    async def signature(self, name: str, *, asker: str, providers: Iterable[str] = (), spent: float = 0.0) -> SignatureReport:
        """What is known of the signature at the deadline, of which `spent` seconds are gone. Never raises.

        `providers`: those to ask, if they have registers; all by default.
        """
        answers = await self._check(_chosen(self.of_signatures, providers), name, asker, spent)
        return SignatureReport(name, self._clock(), answers)

    async def template(self, code: str, *, asker: str, providers: Iterable[str] = (), spent: float = 0.0) -> TemplateReport:
        """The same of the template, where codes have this form."""
        answers = await self._check(_chosen(self.of_templates, providers), code, asker, spent)
        return TemplateReport(code, self._clock(), answers)

    @property
    def names(self) -> tuple[str, ...]:
        """The providers that have registers."""
        return tuple(dict.fromkeys([one.provider for one in self.of_signatures] + [one.provider for one in self.of_templates]))

    async def probe(self) -> None:
        """Ask every register for something, so that each account's lacks become known. Never raises."""
        holders: list[Holder[Any]] = [*self.of_signatures, *self.of_templates]
        await asyncio.gather(*(self._check([holder], holder.register.probe_name, "doctor", 0.0) for holder in holders))

    async def aclose(self) -> None:
        """Cancel the calls under way."""
        tasks = [flight.task for flight in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _check(self, holders: Sequence[Holder[T]], name: str, asker: str, spent: float) -> tuple[RegisterAnswer[T], ...]:
        on_behalf = Asker(asker, next(self._commands))
        asked = [holder for holder in holders if holder.register.takes(name)]
        pending = [self._kept.get(_key(holder, name)) or self._flight(holder, name, on_behalf) for holder in asked]
        if tasks := [one.task for one in pending if isinstance(one, _Flight)]:
            await asyncio.wait(tasks, timeout=max(0.0, self._deadline - spent))
        return tuple(self._answer(holder, one) for holder, one in zip(asked, pending, strict=True))

    def _flight(self, holder: Holder[T], name: str, asker: Asker) -> _Flight:
        """The call under way, joined, or a new one."""
        key = _key(holder, name)
        if (flight := self._under_way.get(key)) is not None:
            flight.askers.join(asker)
            return flight
        askers = Askers(asker)
        task = asyncio.create_task(self._ask(holder, name, askers), name=f"ask {holder.provider}")
        flight = self._under_way[key] = _Flight(askers, task)
        task.add_done_callback(lambda _: self._under_way.pop(key))
        return flight

    async def _ask(self, holder: Holder[T], name: str, askers: Askers) -> RegisterAnswer[T]:
        answer: RegisterAnswer[T] = RegisterAnswer(holder.provider, holder.accounts)
        try:
            async with asyncio.timeout(2 * self._deadline):
                found = await holder.register.find(name, askers)
        except ActionMissingError as error:
            fault = error.fault
            if error.missing.lack is Lack.RIGHT:
                answer = replace(answer, lacked_right=error.missing.action.right)
        except ProviderError as error:
            fault = error.fault
        except TimeoutError:
            fault = DEADLINE_FAULT
        except Exception as error:
            # An adapter's bug must cost its own answer only. The trace stays in the log; it holds no locals.
            log.exception("register.crashed", provider=holder.provider)
            fault = ProviderFault("Transport.Crash", type(error).__name__)
        else:
            answer = self._kept[_key(holder, name)] = replace(answer, found=tuple(found))
            self._observe(holder.provider, None)
            return answer
        fault = explained(fault, holder.provider, self._catalogue)
        self._observe(holder.provider, fault)
        return replace(answer, fault=fault)

    def _answer(self, holder: Holder[T], pending: RegisterAnswer[T] | _Flight) -> RegisterAnswer[T]:
        """What is known now."""
        if isinstance(pending, RegisterAnswer):
            return pending
        if pending.task.done() and not pending.task.cancelled():
            return pending.task.result()
        late = explained(DEADLINE_FAULT, holder.provider, self._catalogue)
        return RegisterAnswer(holder.provider, holder.accounts, fault=late)


def _key(holder: Holder[Any], name: str) -> Key:
    return id(holder.register), name


def _signatures(provider: Provider) -> Register[Signature] | None:
    return provider.signatures if isinstance(provider, HasSignatures) else None


def _templates(provider: Provider) -> Register[Template] | None:
    return provider.templates if isinstance(provider, HasTemplates) else None


def _holders(providers: Iterable[Provider], register_of: Callable[[Provider], Register[T] | None]) -> list[Holder[T]]:
    """Each register once, with all the accounts that have it."""
    holders: dict[int, Holder[T]] = {}
    for provider in providers:
        if (register := register_of(provider)) is not None:
            known = holders.get(id(register), Holder(register, provider.name, ()))
            holders[id(register)] = replace(known, accounts=(*known.accounts, provider.account))
    return list(holders.values())


def _chosen(holders: Sequence[Holder[T]], providers: Iterable[str]) -> Sequence[Holder[T]]:
    """The holders at `providers`; all where none of these has a register."""
    wanted = set(providers)
    return [holder for holder in holders if holder.provider in wanted] or holders
