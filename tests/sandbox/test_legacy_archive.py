"""The archive: old receipts that wait in the legacy queue, and that no lookup at a provider tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import phonenumbers

from bot.model import PhoneNumber, Target, Window
from bot.providers.base import ProviderQuery, ResultCollector
from bot.providers.tencent.legacy.plugin import open_legacy, open_legacy_queues
from bot.providers.tencent.legacy.settings import TencentLegacySettings
from bot.receipts.model import RecordKind
from bot.sandbox.archive import ARCHIVE, ARCHIVED_NUMBER, LEGACY_ACCOUNT, Archive
from bot.sandbox.providers.tencent_legacy import TencentLegacyStandIn
from bot.sandbox.stories import STORIES
from bot.timing.clock import system_clock
from tests.cases import each

NUMBER = PhoneNumber(ARCHIVED_NUMBER, 86, ARCHIVED_NUMBER.removeprefix("+86"))


@each("hour", range(0, 24, 6))
def test_every_receipt_is_older_than_tencent_keeps_and_newer_than_the_store_forgets(hour: int) -> None:
    now = datetime(2026, 11, 20, hour, 0, 1, tzinfo=UTC)
    archive = Archive(lambda: now)

    assert all(timedelta(days=7, hours=1) < now - message.sent_at < timedelta(days=12) for message in archive.messages)
    assert all(message.receipt is not None and message.receipt.at < now for message in archive.messages)
    assert len({message.message_id for message in archive.messages}) == len(archive.messages) == 3


def test_the_number_is_valid_and_nobody_elses() -> None:
    assert phonenumbers.is_valid_number(phonenumbers.parse(ARCHIVED_NUMBER))
    assert {story.number for story in ARCHIVE}.isdisjoint(story.number for story in STORIES)


async def test_the_queue_tells_what_the_lookup_does_not() -> None:
    archive = Archive()
    async with TencentLegacyStandIn(archive.messages, replies=archive.replies, accounts=[LEGACY_ACCOUNT]) as stand_in:
        settings = TencentLegacySettings.model_validate({
            "TENCENT_SMS_LEGACY_SDKAPPID": LEGACY_ACCOUNT.app_id,
            "TENCENT_SMS_LEGACY_APPKEY": LEGACY_ACCOUNT.app_key,
            "TENCENT_SMS_LEGACY_ENDPOINT": stand_in.url,
            "TENCENT_SMS_LEGACY_DRAIN": True,
        })  # fmt: skip
        (provider,), (queue,) = open_legacy(settings, None, system_clock), open_legacy_queues(settings, system_clock)
        collector = ResultCollector()
        now = system_clock()
        await provider.query(ProviderQuery(Target(NUMBER), Window(now - timedelta(days=12), now)), collector)
        receipts, replies = [json.loads(await queue.pull(kind)) for kind in (RecordKind.RECEIPTS, RecordKind.REPLIES)]
        await provider.aclose()
        await queue.aclose()

    assert collector.deliveries == []
    assert [row["errmsg"] for row in receipts["data"]] == ["DELIVRD", "MK:0008", "MBBLACK"]
    assert [row["text"] for row in replies["data"]] == ["TD"]
