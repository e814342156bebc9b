"""The provider systems of Alibaba Cloud: the domestic product and the international one."""

from bot.i18n import phrase
from bot.providers.aliyun import DOMESTIC_NAME, INTL_NAME
from bot.providers.system import System

DOMESTIC = System(
    name=DOMESTIC_NAME,
    title=phrase("Alibaba"),
    aliases=("alibaba", "alibaba cloud", "ali", "阿里", "阿里云"),
    answers=phrase("by number"),
    keys=("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
)

INTL = System(
    name=INTL_NAME,
    title=phrase("Alibaba intl"),
    aliases=("alibaba-intl", "ali-intl", "intl", "阿里国际", "阿里云国际"),
    answers=phrase("by MessageId"),
    keys=(
        "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_SMS_INTL_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    ),
)

SYSTEMS = (DOMESTIC, INTL)
