"""The settings of one app at the legacy API."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from bot.config.endpoint import Endpoint
from bot.config.model import SettingsModel
from bot.errors import InvalidValueError
from bot.i18n import phrase
from bot.providers.tencent.settings import ApiSecret, read_app_ids

DRAIN_SWITCH = "TENCENT_SMS_LEGACY_DRAIN"


def _app_id(value: Any) -> str:
    ids = read_app_ids(value)
    if len(ids) > 1:
        raise InvalidValueError(phrase("must be one app id; further ones go into accounts of the TOML file"))
    return ids[0]


class TencentLegacySettings(SettingsModel):
    """One app at the legacy API, which has an app key of its own. The aliases are the keys."""

    app_id: Annotated[str, BeforeValidator(_app_id)] = Field(alias="TENCENT_SMS_LEGACY_SDKAPPID")
    """SDK AppID of an application of the old API (v5): adds a lookup by number."""
    app_key: ApiSecret = Field(alias="TENCENT_SMS_LEGACY_APPKEY")
    """AppKey of that application."""
    endpoint: Endpoint = Field("https://yun.tim.qq.com", alias="TENCENT_SMS_LEGACY_ENDPOINT")
    """Address of the old API."""
    drains: bool = Field(False, alias="TENCENT_SMS_LEGACY_DRAIN")
    """Drain its queue into the receipt store. **No other consumer will receive these receipts.**"""
