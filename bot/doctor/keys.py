"""The keys of the accounts: a warning for each that can send, or do anything else than read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.doctor.check import Check, Health
from bot.errors import ProviderError
from bot.providers.key_rights import HasKey
from bot.sanitize import single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.i18n import Language
    from bot.providers.base import Provider
    from bot.providers.key_rights import Key, KeyRights

_MOST, _LONGEST = 4, 60  # actions that are named, and characters of each


async def check_keys(providers: Iterable[Provider], titles: Mapping[str, str], language: Language) -> list[Check]:
    """A finding for each key. Accounts that share one have one."""
    keys: list[tuple[Key, str]] = []
    for provider in providers:
        if isinstance(provider, HasKey) and provider.key is not None and all(provider.key != key for key, _ in keys):
            keys.append((provider.key, titles.get(provider.name, provider.name)))
    found = await asyncio.gather(*(_rights(key) for key, _ in keys))
    return [_check(title, rights, language) for (_, title), rights in zip(keys, found, strict=True)]


async def _rights(key: Key) -> KeyRights | None:
    """None: the vendor does not say, or cannot be reached; the lookup beside it tells why."""
    try:
        return await key.rights()
    except (ProviderError, TimeoutError, KeyError, TypeError, ValueError):
        return None


def _check(title: str, rights: KeyRights | None, language: Language) -> Check:
    name = language.say("Key of {provider}", provider=title)
    step = language.say("Use the key of a sub-user with no other policy than that of the docs")
    if rights is not None and rights.next_step is not None:
        step = rights.next_step.said_in(language)
    if rights is not None and rights.said is not None:
        is_warning = rights.next_step is not None
        return Check(name, Health.WARNING if is_warning else Health.OK, rights.said.said_in(language), step if is_warning else "")
    if rights is not None and rights.is_root:
        said = language.say("it is the account's own: it can send messages, and do all else")
        return Check(name, Health.WARNING, said, step)
    if rights is not None and rights.is_sole:
        said = language.say("it can send messages too: the old API has no key that only reads")
        return Check(name, Health.WARNING, said, language.say("Keep it as you keep the key that sends; API 3.0 needs none such"))
    if rights is not None and rights.beyond:
        named = [truncate(single_line(one), _LONGEST) for one in rights.beyond]
        said = language.say("it can do more than read: {actions}", actions=language.listed(named, most=_MOST))
        return Check(name, Health.WARNING, said, step)
    if rights is not None and rights.is_known:
        return Check(name, Health.OK, language.say("it can only read"))
    if rights is not None:
        said = language.say("a sub-user's or a role's; whether it can send is not known, for it may not read its own policies")
        return Check(name, Health.OK, said)
    return Check(name, Health.OK, language.say("whose it is, the provider does not say"))
