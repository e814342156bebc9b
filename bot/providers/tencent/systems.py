"""The provider system of Tencent Cloud's API 3.0."""

from bot.i18n import phrase
from bot.providers.system import System
from bot.providers.tencent import NAME

TENCENT = System(
    name=NAME,
    title=phrase("Tencent"),
    aliases=("tencentcloud", "tencent-cloud", "tencent cloud", "qcloud", "tx", "腾讯", "腾讯云"),
    answers=phrase("by number"),
    keys=("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SMS_SDK_APP_ID"),
)

SYSTEMS = (TENCENT,)
