"""A vendor that fails for minutes, while people ask and ask: what their lookups leave in memory."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.codes import load_catalogue
from bot.lookup import LookupService
from bot.model import PhoneNumber, Query, Target, Window
from bot.observability.metrics import Metrics
from bot.providers.aliyun.plugin import open_aliyun
from bot.providers.aliyun.settings import AliyunSettings
from bot.providers.tencent.plugin import open_tencent
from bot.providers.tencent.settings import TencentSettings
from bot.sandbox.providers.aliyun import AliyunAccount
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.tencent import TencentAccount, TencentStandIn
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOKUPS = 10
MOST_OBJECTS = 200  # a lookup; without `release_frames` there are 540
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def no_search() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def test_lookups_that_a_dead_and_a_slow_vendor_cut_off_leave_little_for_a_search_of_all(no_search: None) -> None:
    tencent_account, aliyun_account = TencentAccount(), AliyunAccount()
    async with TencentStandIn(accounts=[tencent_account]) as slow:
        slow.faults.play(ProviderFaultKind.DELAY, seconds=30.0)
        tencent = TencentSettings.model_validate(
            {
                "TENCENTCLOUD_SECRET_ID": tencent_account.secret_id,
                "TENCENTCLOUD_SECRET_KEY": tencent_account.secret_key,
                "TENCENTCLOUD_SMS_SDK_APP_ID": [tencent_account.app_ids[0]],
                "TENCENTCLOUD_SMS_ENDPOINT": slow.url,
            }
        )
        aliyun = AliyunSettings.model_validate(
            {
                "ALIBABA_CLOUD_ACCESS_KEY_ID": aliyun_account.access_key_id,
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": aliyun_account.access_key_secret,
                "ALIBABA_CLOUD_SMS_ENDPOINT": NOBODY,
            }
        )
        providers = [*open_tencent(tencent, None, system_clock), *open_aliyun(aliyun, None, system_clock)]
        service = LookupService(providers, load_catalogue(None), Metrics(), deadline_seconds=0.2)
        now = datetime.now(UTC)

        async def ask(tail: int) -> None:
            number = PhoneNumber(f"+86137{tail:08}", 86, f"137{tail:08}")
            await service.lookup(Query((Target(number),), Window(now - timedelta(hours=2), now)))

        await ask(0)
        gc.collect()
        await asyncio.gather(*(ask(tail) for tail in range(1, LOOKUPS + 1)))
        await service.aclose()

    assert gc.collect() < LOOKUPS * MOST_OBJECTS
