"""The provider system of Tencent's legacy API."""

from bot.i18n import phrase
from bot.providers.system import System
from bot.providers.tencent.legacy import NAME

LEGACY = System(
    name=NAME,
    title=phrase("Tencent legacy"),
    aliases=("legacy", "qcloud-legacy", "腾讯旧版", "腾讯云旧版"),
    answers=phrase("by number, old API"),
    keys=("TENCENT_SMS_LEGACY_SDKAPPID", "TENCENT_SMS_LEGACY_APPKEY"),
)

SYSTEMS = (LEGACY,)
