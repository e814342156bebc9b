"""The self-check: are the settings whole, does Slack take our tokens, does each provider answer, are the clocks right?

Every check asks something harmless and real: Slack who we are, each provider for the last minute of a number that is the
phone library's example number, or for a message id that nobody has.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import aiohttp
import phonenumbers
from phonenumbers import PhoneNumberFormat
from slack_sdk.errors import SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import SettingsError
from bot.model import PhoneNumber, Query, Target, Window
from bot.providers.base import Remarkable
from bot.slack.bolt import open_web_client, who_we_are

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.clock import Clock
    from bot.config import General
    from bot.database import Database
    from bot.lookup import LookupService
    from bot.model import Coverage
    from bot.unknown_codes import UnknownCodes

PROBE_ID = "100000000000000001"  # has the shape of Alibaba's international ids


class Health(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, how it ended, what that means and what to do."""

    name: str
    health: Health
    said: str
    next_step: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `doctor --json` prints it."""
        return asdict(self)


async def check_providers(service: LookupService, titles: Mapping[str, str], region: str, clock: Clock) -> list[Check]:
    """Ask every account for the last minute of the probe."""
    now = clock().replace(microsecond=0)
    targets = (Target(number=_probe_number(region)), Target(message_id=PROBE_ID))
    report = await service.lookup(Query(targets, Window(now - timedelta(minutes=1), now)), refresh=True)
    remarks = [provider for provider in service.providers if isinstance(provider, Remarkable) and provider.remark]
    return [
        *(_provider_check(part, titles) for part in report.coverage),
        *(Check(f"{titles.get(one.name, one.name)} {one.account}", Health.WARNING, one.remark) for one in remarks),
    ]


async def check_state(database: Database, unknown: UnknownCodes) -> list[Check]:
    """Write into the database, and tell which codes were met that the catalogue does not list."""
    try:
        await database.check()
    except (SQLAlchemyError, OSError) as error:
        return [Check("Database", Health.FAILED, f"cannot be written ({type(error).__name__})", "See SMSSTATUS_DATABASE_URL")]
    checks = [Check("Database", Health.OK, "can be written")]
    if met := await unknown.most(5):
        codes = ", ".join(f"{one.code} × {one.count} ({one.provider})" for one in met)
        step = "Explain them in the overlay: SMSSTATUS_CODES_OVERLAY"
        checks.append(Check("Codes", Health.WARNING, f"met, and not in our table: {codes}", step))
    return checks


async def check_slack(general: General) -> list[Check]:
    """Ask Slack who we are with the bot token, and for a Socket Mode address with the app-level token."""
    if general.bot_token is None:
        return [Check("Slack", Health.WARNING, "SLACK_BOT_TOKEN is not set; the terminal works without it", "Set it for serve")]
    async with aiohttp.ClientSession() as session:
        client = open_web_client(general, session)
        try:
            identity = await who_we_are(client)
        except SettingsError as error:
            return [Check("Slack", Health.FAILED, error.lines[0], "Put the setting right, then run doctor again")]
        checks = [Check("Slack", Health.OK, f"the bot token is {identity.user}'s in {identity.team}")]
        if general.app_token is not None:
            checks.append(await _check_app_token(client, general.app_token.get_secret_value()))
        return checks


async def _check_app_token(client: AsyncWebClient, app_token: str) -> Check:
    try:
        await client.apps_connections_open(app_token=app_token)
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        return Check(
            "Socket Mode", Health.FAILED, f"SLACK_APP_TOKEN is refused ({type(error).__name__})", "Copy the app-level token again"
        )
    return Check("Socket Mode", Health.OK, "the app-level token opens connections")


def _provider_check(part: Coverage, titles: Mapping[str, str]) -> Check:
    name = f"{titles.get(part.provider, part.provider)} {part.account}"
    if part.error is None:
        return Check(name, Health.OK, "answers")
    words = part.error.explanation.words() if part.error.explanation else None
    said = f"{words.title if words else 'did not answer'} ({part.error.code})"
    return Check(name, Health.FAILED, said, words.next_step if words else "")


def _probe_number(region: str) -> PhoneNumber:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    number = example or phonenumbers.parse("+8613800000000")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return PhoneNumber(e164, number.country_code or 0, phonenumbers.national_significant_number(number))
