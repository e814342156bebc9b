"""Tencent Cloud's two systems: API 3.0, and the legacy API."""

from bot.i18n import phrase
from bot.providers.system import System
from bot.providers.tencent import NAME, legacy

TENCENT = System(
    name=NAME,
    title=phrase("Tencent"),
    aliases=("tencentcloud", "tencent-cloud", "qcloud", "tx", "腾讯", "腾讯云"),
    answers=phrase("receipts of one number, the last 7 days"),
    keys=("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SMS_SDK_APP_ID"),
)

LEGACY = System(
    name=legacy.NAME,
    title=phrase("Tencent legacy"),
    aliases=("legacy", "qcloud-legacy", "腾讯旧版", "腾讯云旧版"),
    answers=phrase("receipts of one number (old API), 7 days"),
    keys=("TENCENT_SMS_LEGACY_SDKAPPID", "TENCENT_SMS_LEGACY_APPKEY"),
)
